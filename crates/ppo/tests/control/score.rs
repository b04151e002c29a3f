//! Scores after training, over five seeds.

use std::{thread, time::Instant};

use peergrid_ppo::{Compute, LearningRateSchedule, Policy, PpoSettings, Trainer};
use pollster::block_on;

use crate::{
    cart_pole::CartPole,
    pendulum::Pendulum,
    problem::{Many, Problem, mean_return},
};

const SEEDS: [u64; 5] = [1, 2, 3, 4, 5];
/// Episodes of an evaluation.
const EPISODES: usize = 50;

/// What the Zoo changes of Stable-Baselines3's defaults for both problems.
fn settings() -> PpoSettings {
    PpoSettings {
        learning_rate: 1e-3,
        learning_rate_schedule: LearningRateSchedule::Linear,
        ..PpoSettings::sb3_defaults()
    }
}

fn train<P: Problem>(settings: &PpoSettings, streams: usize, seed: u64) -> Policy {
    let mut env = Many::<P>::new(streams, 1000 + seed);
    let mut trainer = Trainer::new(settings.clone(), &env, Compute::Cpu, seed).unwrap();
    while !trainer.is_done() {
        block_on(trainer.iterate(&mut env)).unwrap();
    }
    trainer.policy().clone()
}

/// The score of each seed, ascending; as many seeds at a time as there are cores.
fn scores<P: Problem>(settings: &PpoSettings, streams: usize) -> Vec<f64> {
    let started = Instant::now();
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let mut scores = Vec::new();
    for seeds in SEEDS.chunks(cores.min(SEEDS.len())) {
        let score = |seed| mean_return::<P>(&train::<P>(settings, streams, seed), EPISODES, 77);
        thread::scope(|scope| {
            let runs: Vec<_> = seeds.iter().map(|&s| scope.spawn(move || score(s))).collect();
            scores.extend(runs.into_iter().map(|run| run.join().unwrap()));
        });
    }
    println!("scores of seeds {SEEDS:?}: {scores:.1?} ({:.0?})", started.elapsed());
    scores.sort_by(f64::total_cmp);
    scores
}

#[test]
#[ignore = "trains for tens of seconds"]
fn cart_pole_is_solved_within_50_000_steps() {
    let settings = PpoSettings {
        learning_rate_schedule: LearningRateSchedule::Linear,
        n_steps: 32,
        batch_size: 256,
        n_epochs: 20,
        gamma: 0.98,
        gae_lambda: 0.8,
        total_timesteps: 195 * 8 * 32,
        ..settings()
    };
    let scores = scores::<CartPole>(&settings, 8);
    // The threshold at which Gymnasium counts it as solved; 500 is the most there is.
    assert!(scores[0] >= 475.0, "{scores:?}");
}

#[test]
#[ignore = "trains for tens of seconds"]
fn pendulum_swings_up_within_100_000_steps() {
    let settings = PpoSettings {
        learning_rate_schedule: LearningRateSchedule::Constant,
        n_steps: 1024,
        batch_size: 64,
        n_epochs: 10,
        gamma: 0.9,
        gae_lambda: 0.95,
        total_timesteps: 24 * 4 * 1024,
        ..settings()
    };
    let scores = scores::<Pendulum>(&settings, 4);
    // Doing nothing scores about −1,200; a trained controller hardly gets beyond −150.
    assert!(scores[SEEDS.len() / 2] >= -250.0, "{scores:?}");
}
