//! Full PPO: 256 homes × 128 steps, 4 epochs of minibatches of 2,048, networks of 64–64.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use peergrid_lab::{Setting, Spec, Streams};
use peergrid_ppo::{Batch, Compute, Learner, Policy, PpoSettings, Trainer, VectorEnv as _};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::Kernel;

/// 32 streets of 8 homes, all with a battery.
const SPEC: &str = r#"{
    "data": {"source": "synthetic", "homes": 8},
    "homes": {"pv_homes": "every_other", "battery_homes": "all"},
    "training": {"microgrids": 32}
}"#;
const STEPS: usize = 128;
const ROWS: usize = 256 * STEPS;
const HOME_STEPS: (usize, &str) = (ROWS, "home-steps");

/// Acting in the environment and estimating advantages.
pub fn rollout() -> Kernel {
    let (mut trainer, mut streams) = training();
    Kernel::new("rollout", HOME_STEPS, move || {
        trainer.rollout(&mut streams).expect("a street that can be simulated");
    })
}

/// Learning from a rollout, four times over.
pub fn update() -> Kernel {
    let (_, streams) = training();
    let settings = settings();
    let (seen, acts) = (streams.observation_size(), streams.action_size());
    let mut policy = Policy::new(&settings, seen, acts, 0).expect("the default settings");
    let mut learner =
        Learner::new(&settings, &policy, &Compute::Cpu).expect("the default settings");
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut random =
        |length: usize| -> Vec<f32> { (0..length).map(|_| rng.random_range(-1.0..1.0)).collect() };
    let (observations, advantages, returns) = (random(ROWS * seen), random(ROWS), random(ROWS));
    let mut actions = vec![0.0; ROWS * acts];
    policy.sample(&observations, ROWS, &mut rng, &mut actions);
    Kernel::new("update", HOME_STEPS, move || {
        let batch = Batch {
            observations: &observations,
            actions: &actions,
            advantages: &advantages,
            returns: &returns,
        };
        // A tiny step: the data are random, and long runs must not diverge.
        at_once(learner.update(&mut policy, batch, 1e-8, &mut rng)).expect("finite data");
    })
}

/// One iteration of training.
pub fn iteration() -> Kernel {
    let (mut trainer, mut streams) = training();
    Kernel::new("full iteration", HOME_STEPS, move || {
        at_once(trainer.iterate(&mut streams)).expect("a learner that does not diverge");
    })
}

fn settings() -> PpoSettings {
    // So long that the learning rate does not move.
    PpoSettings { n_steps: STEPS, total_timesteps: 1 << 40, ..PpoSettings::default() }
}

fn training() -> (Trainer, Streams) {
    let spec = Spec { ppo: settings(), ..Spec::from_json(SPEC).expect("a valid specification") };
    let data = spec.data.without_file().expect("a synthetic neighbourhood");
    let setting = Setting::new(spec, data).expect("a valid setting");
    let streams = Streams::new(&setting).expect("homes with batteries");
    let trainer = Trainer::new(setting.spec.ppo, &streams, Compute::Cpu, 1);
    (trainer.expect("the default settings"), streams)
}

/// The result of work on the CPU, which never waits.
fn at_once<T>(work: impl Future<Output = T>) -> T {
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("the CPU never waits"),
    }
}
