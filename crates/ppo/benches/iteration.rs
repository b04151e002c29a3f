//! Speed of acting and of learning, per home-step.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use peergrid_ppo::{Batch, Compute, Learner, Policy, PpoSettings};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const ROWS: usize = 2048;
const OBSERVATIONS: usize = 24;
const ACTIONS: usize = 3;

fn random(length: usize, rng: &mut ChaCha8Rng) -> Vec<f32> {
    (0..length).map(|_| rng.random_range(-1.0..1.0)).collect()
}

fn forward(criterion: &mut Criterion) {
    let settings = PpoSettings::default();
    let mut policy = Policy::new(&settings, OBSERVATIONS, ACTIONS, 0).expect("valid settings");
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let observations = random(ROWS * OBSERVATIONS, &mut rng);
    let mut actions = vec![0.0; ROWS * ACTIONS];
    let mut values = vec![0.0; ROWS];
    let mut group = criterion.benchmark_group("forward");
    group.throughput(Throughput::Elements(ROWS as u64));
    group.bench_function("actor", |bencher| {
        bencher.iter(|| policy.act(black_box(&observations), ROWS, &mut actions));
    });
    group.bench_function("actor with noise", |bencher| {
        bencher.iter(|| policy.sample(black_box(&observations), ROWS, &mut rng, &mut actions));
    });
    group.bench_function("critic", |bencher| {
        bencher.iter(|| policy.values(black_box(&observations), ROWS, &mut values));
    });
    group.finish();
}

fn update(criterion: &mut Criterion) {
    // Twelve minibatches, one epoch: the cost of the upload and the read is spread as in training.
    let rows = 12 * ROWS;
    let settings = PpoSettings { batch_size: ROWS, n_epochs: 1, ..PpoSettings::default() };
    let mut policy = Policy::new(&settings, OBSERVATIONS, ACTIONS, 0).expect("valid settings");
    let mut learner = Learner::new(&settings, &policy, &Compute::Cpu).expect("valid settings");
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let (observations, actions) =
        (random(rows * OBSERVATIONS, &mut rng), random(rows * ACTIONS, &mut rng));
    let (advantages, returns) = (random(rows, &mut rng), random(rows, &mut rng));
    let batch = Batch {
        observations: &observations,
        actions: &actions,
        advantages: &advantages,
        returns: &returns,
    };
    let mut group = criterion.benchmark_group("update");
    group.throughput(Throughput::Elements(rows as u64));
    group.sample_size(20);
    group.bench_function("ReLU 64-64, minibatch 2048", |bencher| {
        bencher.iter(|| {
            // A tiny step: the data are random, and long runs must not diverge.
            pollster::block_on(learner.update(&mut policy, batch, 1e-8, &mut rng))
                .expect("finite data")
        });
    });
    group.finish();
}

criterion_group!(benches, forward, update);
criterion_main!(benches);
