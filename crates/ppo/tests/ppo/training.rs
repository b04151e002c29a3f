//! The whole loop on small environments: learning, determinism, bookkeeping, faults.

use crate::common::{Fault, Identity};
use peergrid_ppo::{Compute, End, Policy, PpoError, PpoSettings, Trainer, VectorEnv};
use pollster::block_on;

fn settings() -> PpoSettings {
    PpoSettings {
        n_steps: 16,
        batch_size: 128,
        n_epochs: 4,
        net_arch: vec![32],
        gamma: 0.99,
        total_timesteps: 512 * 60,
        ..PpoSettings::default()
    }
}

/// Mean squared distance of the mean action from what is asked for.
fn error_of(policy: &Policy) -> f32 {
    let mut policy = policy.clone();
    let observations: Vec<f32> = (0..41).map(|i| i as f32 / 20.0 - 1.0).collect();
    let mut actions = vec![0.0; 41];
    policy.act(&observations, 41, &mut actions);
    actions.iter().zip(&observations).map(|(a, s)| (a - s).powi(2)).sum::<f32>() / 41.0
}

fn train(seed: u64, iterations: u64) -> Trainer {
    let mut env = Identity::new(32, 1);
    let mut trainer = Trainer::new(settings(), &env, Compute::Cpu, seed).unwrap();
    for _ in 0..iterations {
        block_on(trainer.iterate(&mut env)).unwrap();
    }
    trainer
}

#[test]
fn it_learns_to_answer_with_the_observation() {
    let untrained = error_of(train(0, 0).policy());
    let trained = error_of(train(0, 60).policy());
    assert!(untrained > 0.3, "{untrained}");
    assert!(trained < 0.01, "{trained}");
}

#[test]
fn the_same_seed_gives_the_same_weights_and_another_seed_does_not() {
    let bytes =
        |seed| train(seed, 3).policy().to_bytes(&std::collections::BTreeMap::new()).unwrap();
    assert_eq!(bytes(7), bytes(7));
    assert_ne!(bytes(7), bytes(8));
}

#[test]
fn the_statistics_add_up() {
    let mut env = Identity::new(32, 1);
    let mut trainer = Trainer::new(settings(), &env, Compute::Cpu, 0).unwrap();
    let first = block_on(trainer.iterate(&mut env)).unwrap();
    assert_eq!((first.iteration, first.total_steps, first.rollout_steps), (1, 512, 512));
    assert_eq!((first.updates, first.epochs), (16, 4));
    // Episodes of five steps in sixteen: three end, and a sixteenth step is left over.
    assert_eq!((first.episodes, first.mean_episode_length), (3 * 32, Some(5.0)));
    let mean = first.mean_episode_return.unwrap();
    assert!((mean / 5.0 - first.mean_reward).abs() < 0.1, "{mean} {}", first.mean_reward);
    let second = block_on(trainer.iterate(&mut env)).unwrap();
    // The sixteenth step counts for the next rollout.
    assert_eq!((second.episodes, second.mean_episode_length), (3 * 32, Some(5.0)));
    assert!(second.learning_rate < first.learning_rate);
    assert_eq!((trainer.iteration(), trainer.total_steps()), (2, 1024));
}

#[test]
fn the_range_of_actions_widens_as_answers_come_to_depend_on_the_state() {
    let mut env = Identity::new(32, 1);
    let mut trainer = Trainer::new(settings(), &env, Compute::Cpu, 0).unwrap();
    let width = |stats: &peergrid_ppo::IterationStats| stats.action_high[0] - stats.action_low[0];
    let first = block_on(trainer.iterate(&mut env)).unwrap();
    let mut last = first.clone();
    for _ in 1..40 {
        last = block_on(trainer.iterate(&mut env)).unwrap();
    }
    assert!(width(&first) < 1.0, "{first:?}");
    // Nine tenths of states that are uniform in [−1, 1].
    assert!((width(&last) - 1.8).abs() < 0.2, "{last:?}");
}

#[test]
fn training_goes_on_from_saved_weights() {
    let trained = train(0, 30);
    let bytes = trained.policy().to_bytes(&std::collections::BTreeMap::new()).unwrap();
    let mut env = Identity::new(32, 1);
    let mut trainer = Trainer::new(settings(), &env, Compute::Cpu, 9).unwrap();
    trainer.set_policy(Policy::from_bytes(&bytes).unwrap().0).unwrap();
    assert_eq!(error_of(trainer.policy()), error_of(trained.policy()));
    block_on(trainer.iterate(&mut env)).unwrap();
    assert!(error_of(trainer.policy()) < 2.0 * error_of(trained.policy()) + 0.01);

    let other = PpoSettings { net_arch: vec![8], ..settings() };
    let error = trainer.set_policy(Policy::new(&other, 1, 1, 0).unwrap()).unwrap_err();
    assert!(error.to_string().contains("networks"), "{error}");
    let other = PpoSettings { normalise_returns: false, ..settings() };
    let error = trainer.set_policy(Policy::new(&other, 1, 1, 0).unwrap()).unwrap_err();
    assert!(error.to_string().contains("normalise_returns"), "{error}");
}

#[test]
fn numbers_that_are_not_finite_are_named_and_do_no_harm() {
    for (fault, what) in [
        (Fault::Reward, "reward"),
        (Fault::Observation, "observation"),
        (Fault::FinalObservation, "final observation"),
    ] {
        let mut env = Identity::new(4, 1);
        let small = PpoSettings { batch_size: 32, ..settings() };
        let mut trainer = Trainer::new(small, &env, Compute::Cpu, 0).unwrap();
        block_on(trainer.iterate(&mut env)).unwrap();
        let before = trainer.policy().to_bytes(&std::collections::BTreeMap::new()).unwrap();
        // The 20th step of the environment is step 3 of the second rollout, counted from 0; an
        // observation made then is seen at step 4.
        env.fault = Some((fault, 20, 2));
        let error = block_on(trainer.iterate(&mut env)).unwrap_err();
        let PpoError::NotFinite { what: found, iteration, step, stream, .. } = error else {
            panic!("{error}");
        };
        let expected = if fault == Fault::Observation { 4 } else { 3 };
        assert_eq!((found, iteration, step, stream), (what, 2, expected, 2));
        let after = trainer.policy().to_bytes(&std::collections::BTreeMap::new()).unwrap();
        assert_eq!(before, after, "{what}");
        block_on(trainer.iterate(&mut Identity::new(4, 1))).unwrap();
    }
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let env = Identity::new(4, 1);
    let refused = |settings: PpoSettings| {
        Trainer::new(settings, &env, Compute::Cpu, 0).err().unwrap().to_string()
    };
    let error = refused(PpoSettings { batch_size: 65, ..settings() });
    assert!(error.contains("batch_size") && error.contains("at most 64"), "{error}");
    let error = refused(PpoSettings { log_std_init: vec![0.0; 2], ..settings() });
    assert!(error.contains("log_std_init"), "{error}");

    let mut trainer =
        Trainer::new(PpoSettings { batch_size: 64, ..settings() }, &env, Compute::Cpu, 0).unwrap();
    let error = block_on(trainer.iterate(&mut Identity::new(5, 1))).unwrap_err().to_string();
    assert!(error.contains("streams = 5") && error.contains('4'), "{error}");
    let error = Trainer::new(settings(), &Identity::new(0, 1), Compute::Cpu, 0).err().unwrap();
    assert!(error.to_string().contains("at least 1"), "{error}");
}

/// Rewards 1 for ever, in episodes cut short after each step.
struct Forever {
    truncates: bool,
}

impl VectorEnv for Forever {
    fn streams(&self) -> usize {
        8
    }

    fn observation_size(&self) -> usize {
        1
    }

    fn action_size(&self) -> usize {
        1
    }

    fn observe(&mut self, observations: &mut [f32]) {
        observations.fill(1.0);
    }

    fn step(&mut self, _: &[f32], rewards: &mut [f32], ends: &mut [End], finals: &mut [f32]) {
        rewards.fill(1.0);
        ends.fill(if self.truncates { End::Truncated } else { End::Terminated });
        finals.fill(1.0);
    }
}

#[test]
fn the_critic_sees_past_a_truncation_but_not_past_an_end() {
    let value = |truncates: bool| {
        let mut env = Forever { truncates };
        let settings = PpoSettings {
            gamma: 0.5,
            n_steps: 32,
            batch_size: 64,
            n_epochs: 10,
            learning_rate: 1e-2,
            net_arch: vec![8],
            normalise_observations: false,
            normalise_returns: false,
            total_timesteps: 256 * 40,
            ..PpoSettings::default()
        };
        let mut trainer = Trainer::new(settings, &env, Compute::Cpu, 0).unwrap();
        for _ in 0..40 {
            block_on(trainer.iterate(&mut env)).unwrap();
        }
        let mut values = [0.0];
        trainer.policy().clone().values(&[1.0], 1, &mut values);
        values[0]
    };
    // 1 and then nothing; 1 + γ + γ² + … = 2.
    assert!((value(false) - 1.0).abs() < 0.05, "{}", value(false));
    assert!((value(true) - 2.0).abs() < 0.05, "{}", value(true));
}
