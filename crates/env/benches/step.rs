//! How fast the microgrids step: a day of 200 communities of ten homes, observations included.
#![allow(missing_docs, clippy::unwrap_used, reason = "criterion's macros; a benchmark may stop")]

use std::{hint::black_box, sync::Arc};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use peergrid_data::Synthetic;
use peergrid_env::{
    ACTION_SIZE, BatteryMode, Checked, Community, HomeSetup, Microgrids, ObservationSettings,
    Profile, Scenario, Settled, StreetReport, Tariff, observation_size,
};
use peergrid_guard::Action;
use peergrid_physics::{Battery, FeederSpec};

const MICROGRIDS: usize = 200;
const HOMES: usize = 10;

fn community() -> Arc<Community> {
    let data = Synthetic { homes: HOMES, days: 60, ..Synthetic::default() }.generate().unwrap();
    let home = |h: usize| HomeSetup {
        battery: h.is_multiple_of(2).then(Battery::default),
        ..HomeSetup::default()
    };
    let tariff = Tariff::by_id("sydney-time-of-use").unwrap();
    let scenario = Scenario {
        feeder: Some(FeederSpec::default()),
        ..Scenario::new((0..HOMES).map(home).collect(), tariff)
    };
    Community::new(&data, &scenario).unwrap().into()
}

fn day(microgrids: &mut Microgrids) {
    let homes = MICROGRIDS * HOMES;
    let raw = vec![0.1; homes * ACTION_SIZE];
    let settings = ObservationSettings::default();
    let seen: Vec<usize> = (0..HOMES).collect();
    let mut observations = vec![0.0; homes * observation_size(settings.profile)];
    let mut proposed = vec![Action::default(); homes];
    let (mut checked, mut settled) = (Checked::default(), Settled::default());
    while !microgrids.ended() {
        microgrids.observe(settings, &seen, &mut observations);
        microgrids.propose(BatteryMode::Gate, StreetReport::ThisStep, &raw, &mut proposed);
        microgrids.check(&proposed, &mut checked);
        microgrids.step(&checked, &mut settled).unwrap();
    }
    black_box((&settled, &observations));
}

fn step(c: &mut Criterion) {
    let community = community();
    let days: Vec<usize> = (0..MICROGRIDS).map(|m| 1 + m % 59).collect();
    let mut group = c.benchmark_group("a day of 200 communities of 10 homes, in home-steps");
    group.throughput(Throughput::Elements((MICROGRIDS * HOMES * 24) as u64));
    for (name, counterfactuals) in [("plain", false), ("with counterfactuals", true)] {
        let mut fresh = Microgrids::new(community.clone(), 1).with_counterfactuals(counterfactuals);
        fresh.reset(&days).unwrap();
        group.bench_function(name, |b| {
            b.iter_batched_ref(|| fresh.clone(), day, BatchSize::LargeInput);
        });
    }
    group.finish();
}

/// What all homes see in one step, in observations.
fn observe(c: &mut Criterion) {
    let mut microgrids = Microgrids::new(community(), 1);
    microgrids.reset(&(0..MICROGRIDS).map(|m| 1 + m % 59).collect::<Vec<_>>()).unwrap();
    let homes: Vec<usize> = (0..HOMES).collect();
    let mut group = c.benchmark_group("what 200 communities of 10 homes see, in observations");
    group.throughput(Throughput::Elements((MICROGRIDS * HOMES) as u64));
    for profile in Profile::ALL {
        let settings = ObservationSettings { profile, ..ObservationSettings::default() };
        let mut out = vec![0.0; MICROGRIDS * HOMES * observation_size(profile)];
        group.bench_function(profile.id(), |b| {
            b.iter(|| microgrids.observe(settings, &homes, black_box(&mut out)));
        });
    }
    group.finish();
}

criterion_group!(benches, step, observe);
criterion_main!(benches);
