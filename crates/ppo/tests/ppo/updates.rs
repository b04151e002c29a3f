//! What an update does to a batch, seen from outside.

use peergrid_ppo::{Batch, Compute, Learner, Policy, PpoSettings, UpdateStats};
use pollster::block_on;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const OBSERVATIONS: usize = 6;
const ACTIONS: usize = 3;

/// One update of a fresh policy on `rows` rows of its own actions.
fn update(settings: &PpoSettings, rows: usize) -> UpdateStats {
    let mut policy = Policy::new(settings, OBSERVATIONS, ACTIONS, 3).unwrap();
    let mut learner = Learner::new(settings, &policy, &Compute::Cpu).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mut random =
        |length: usize| -> Vec<f32> { (0..length).map(|_| rng.random_range(-2.0..2.0)).collect() };
    let observations = random(rows * OBSERVATIONS);
    let (mut advantages, returns) = (random(rows), random(rows));
    // Far from standard, and not the same everywhere.
    for (row, advantage) in advantages.iter_mut().enumerate() {
        *advantage = 50.0 + row as f32 + 9.0 * *advantage;
    }
    let mut actions = vec![0.0; rows * ACTIONS];
    policy.sample(&observations, rows, &mut rng, &mut actions);
    let batch = Batch {
        observations: &observations,
        actions: &actions,
        advantages: &advantages,
        returns: &returns,
    };
    block_on(learner.update(&mut policy, batch, settings.learning_rate, &mut rng)).unwrap()
}

fn settings() -> PpoSettings {
    PpoSettings { normalise_observations: false, n_epochs: 1, ..PpoSettings::default() }
}

#[test]
fn the_first_minibatch_has_ratios_of_exactly_one() {
    // Ratios of 1 show as a divergence and a clip fraction of exactly 0; 1,000 rows and 64 are
    // computed in other blocks than 777.
    for rows in [1000, 777, 64] {
        let first = update(&PpoSettings { batch_size: rows, ..settings() }, rows);
        assert_eq!((first.updates, first.approx_kl, first.clip_fraction), (1, 0.0, 0.0));
        let second = update(&PpoSettings { batch_size: rows, n_epochs: 2, ..settings() }, rows);
        assert!(second.approx_kl > 0.0, "the second minibatch sees a policy that has moved");
    }
}

#[test]
fn advantages_are_standardised_within_the_minibatch() {
    // Of 100 rows one minibatch of 64 is learned from. Its own advantages sum to 0, and so, with
    // ratios of 1, does its policy loss; standardised over all 100 they would not.
    let stats = update(&PpoSettings { batch_size: 64, ..settings() }, 100);
    assert_eq!(stats.updates, 1);
    assert!(stats.policy_loss.abs() < 1e-6, "{}", stats.policy_loss);
}
