//! How fast the environment is, part by part: what 200 communities of ten homes do in a day, half of
//! the homes with a battery.
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

fn community(feeder: Option<FeederSpec>) -> Arc<Community> {
    let data = Synthetic { homes: HOMES, days: 60, ..Synthetic::default() }.generate().unwrap();
    let home = |h: usize| HomeSetup {
        battery: h.is_multiple_of(2).then(Battery::default),
        ..HomeSetup::default()
    };
    let tariff = Tariff::by_id("sydney-time-of-use").unwrap();
    let scenario = Scenario { feeder, ..Scenario::new((0..HOMES).map(home).collect(), tariff) };
    Community::new(&data, &scenario).unwrap().into()
}

/// The communities at the beginning of their days.
fn morning(feeder: Option<FeederSpec>, counterfactuals: bool) -> Microgrids {
    let mut microgrids =
        Microgrids::new(community(feeder), 1).with_counterfactuals(counterfactuals);
    microgrids.reset(&(0..MICROGRIDS).map(|m| 1 + m % 59).collect::<Vec<_>>()).unwrap();
    microgrids
}

/// Raw numbers that set every battery to work and trade at prices of many kinds.
fn raw() -> Vec<f32> {
    (0..MICROGRIDS * HOMES * ACTION_SIZE).map(|i| (i * 37 % 101) as f32 / 101.0 - 0.4).collect()
}

fn propose(microgrids: &Microgrids, raw: &[f32], proposed: &mut [Action]) {
    microgrids.propose(BatteryMode::Gate, StreetReport::ThisStep, raw, proposed);
}

/// What is proposed in each step of a day.
fn proposals(mut microgrids: Microgrids) -> Vec<Vec<Action>> {
    let raw = raw();
    let (mut checked, mut settled) = (Checked::default(), Settled::default());
    let mut day = Vec::new();
    while !microgrids.ended() {
        let mut proposed = vec![Action::default(); MICROGRIDS * HOMES];
        propose(&microgrids, &raw, &mut proposed);
        microgrids.check(&proposed, &mut checked);
        microgrids.step(&checked, &mut settled).unwrap();
        day.push(proposed);
    }
    day
}

/// The environment alone: guard, market, feeder, batteries, bills, with given actions.
fn step(c: &mut Criterion) {
    let mut group =
        c.benchmark_group("guard and step of 200 communities of 10 homes, in home-steps");
    group.throughput(Throughput::Elements((MICROGRIDS * HOMES * 24) as u64));
    for (name, feeder, counterfactuals) in [
        ("without a feeder", false, false),
        ("with a feeder", true, false),
        ("without a feeder, with counterfactuals", false, true),
        ("with a feeder, with counterfactuals", true, true),
    ] {
        let fresh = morning(feeder.then(FeederSpec::default), counterfactuals);
        let day = proposals(fresh.clone());
        let (mut checked, mut settled) = (Checked::default(), Settled::default());
        let mut run = |microgrids: &mut Microgrids| {
            for proposed in &day {
                microgrids.check(proposed, &mut checked);
                microgrids.step(&checked, &mut settled).unwrap();
            }
            black_box(&settled);
        };
        group.bench_function(name, |b| {
            b.iter_batched_ref(|| fresh.clone(), &mut run, BatchSize::LargeInput);
        });
    }
    group.finish();
}

/// What a policy needs of the environment in one step.
fn parts(c: &mut Criterion) {
    let mut microgrids = morning(None, false);
    let (raw, mut checked) = (raw(), Checked::default());
    let mut proposed = vec![Action::default(); MICROGRIDS * HOMES];
    let mut group = c.benchmark_group("one step of 200 communities of 10 homes, in homes");
    group.throughput(Throughput::Elements((MICROGRIDS * HOMES) as u64));
    group.bench_function("propose", |b| {
        b.iter(|| propose(&microgrids, black_box(&raw), &mut proposed));
    });
    group.bench_function("guard", |b| {
        b.iter(|| microgrids.check(black_box(&proposed), &mut checked));
    });
    let homes: Vec<usize> = (0..HOMES).collect();
    for profile in Profile::ALL {
        let settings = ObservationSettings { profile, ..ObservationSettings::default() };
        let mut out = vec![0.0; MICROGRIDS * HOMES * observation_size(profile)];
        group.bench_function(format!("observe, {}", profile.id()), |b| {
            b.iter(|| microgrids.observe(settings, &homes, black_box(&mut out)));
        });
    }
    group.finish();
}

criterion_group!(benches, step, parts);
criterion_main!(benches);
