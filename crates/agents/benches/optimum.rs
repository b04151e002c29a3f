//! How long a plan takes: a week of ten homes with batteries, in half hours.
#![allow(missing_docs, clippy::unwrap_used, reason = "criterion's macros; a benchmark may stop")]

use std::{hint::black_box, sync::Arc};

use criterion::{Criterion, criterion_group, criterion_main};
use peergrid_agents::{Optimum, Policy, SelfishOptimum};
use peergrid_data::Synthetic;
use peergrid_env::{Community, HomeSetup, Microgrids, Scenario, Tariff, Window};
use peergrid_guard::Action;
use peergrid_physics::Battery;

const HOMES: usize = 10;

fn community() -> Arc<Community> {
    let data = Synthetic { homes: HOMES, days: 9, step_minutes: 30, ..Synthetic::default() };
    let data = data.generate().unwrap();
    let peak = Window { price: Some(0.58), peak: true, ..Window::daily("peak", 15.0, 21.0) };
    let tariff = Tariff { windows: vec![peak], ..Tariff::flat("time of use", 0.28, 0.05) };
    let home = HomeSetup { battery: Some(Battery::default()), ..HomeSetup::default() };
    let scenario = Scenario::new(vec![home; HOMES], tariff);
    Community::new(&data, &scenario).unwrap().into()
}

/// Plans every episode and proposes its first step.
fn plan(policy: &mut dyn Policy, microgrids: &Microgrids) {
    let mut proposed = vec![Action::default(); HOMES * microgrids.microgrids()];
    policy.propose(microgrids, &mut proposed);
    black_box(&proposed);
}

fn week(c: &mut Criterion) {
    let community = community();
    let episodes = |days: usize, starts: &[usize]| {
        let mut microgrids = Microgrids::new(community.clone(), days);
        microgrids.reset(starts).unwrap();
        microgrids
    };
    let (week, days) = (episodes(7, &[1]), episodes(1, &[1, 2, 3, 4, 5, 6, 7]));
    let mut group = c.benchmark_group("a week of ten homes in half hours");
    group.sample_size(10);
    for (name, microgrids) in [("one episode", &week), ("seven episodes", &days)] {
        group.bench_function(format!("together, {name}"), |b| {
            b.iter(|| plan(&mut Optimum::default(), microgrids));
        });
        group.bench_function(format!("alone, {name}"), |b| {
            b.iter(|| plan(&mut SelfishOptimum::default(), microgrids));
        });
    }
    group.finish();
}

criterion_group!(benches, week);
criterion_main!(benches);
