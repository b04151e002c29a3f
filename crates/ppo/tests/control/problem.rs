//! Many instances of one problem as a vector environment.

use peergrid_ppo::{End, Policy, VectorEnv};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// A problem with one number as its action.
pub trait Problem {
    /// Numbers in an observation.
    const OBSERVATION_SIZE: usize;
    /// Steps after which an episode is truncated.
    const STEPS: usize;

    /// A new episode.
    fn start(rng: &mut ChaCha8Rng) -> Self;

    fn observe(&self, observation: &mut [f32]);

    /// One step; returns the reward, and whether the episode terminated.
    fn step(&mut self, action: f64) -> (f64, bool);
}

/// Instances side by side, each of which starts anew when its episode ends.
pub struct Many<P> {
    instances: Vec<(P, usize)>,
    rng: ChaCha8Rng,
}

impl<P: Problem> Many<P> {
    pub fn new(count: usize, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let instances = (0..count).map(|_| (P::start(&mut rng), 0)).collect();
        Self { instances, rng }
    }
}

impl<P: Problem> VectorEnv for Many<P> {
    fn streams(&self) -> usize {
        self.instances.len()
    }

    fn observation_size(&self) -> usize {
        P::OBSERVATION_SIZE
    }

    fn action_size(&self) -> usize {
        1
    }

    fn observe(&mut self, observations: &mut [f32]) {
        let rows = observations.chunks_exact_mut(P::OBSERVATION_SIZE);
        for ((instance, _), row) in self.instances.iter().zip(rows) {
            instance.observe(row);
        }
    }

    fn step(
        &mut self,
        actions: &[f32],
        rewards: &mut [f32],
        ends: &mut [End],
        final_observations: &mut [f32],
    ) {
        let rows = final_observations.chunks_exact_mut(P::OBSERVATION_SIZE);
        for (i, ((instance, steps), row)) in self.instances.iter_mut().zip(rows).enumerate() {
            let (reward, terminated) = instance.step(f64::from(actions[i]));
            rewards[i] = reward as f32;
            *steps += 1;
            ends[i] = match (terminated, *steps == P::STEPS) {
                (true, _) => End::Terminated,
                (false, true) => End::Truncated,
                (false, false) => End::Continues,
            };
            if ends[i] == End::Truncated {
                instance.observe(row);
            }
            if ends[i] != End::Continues {
                (*instance, *steps) = (P::start(&mut self.rng), 0);
            }
        }
    }
}

/// Mean return of `episodes` episodes in which the mean action is taken.
pub fn mean_return<P: Problem>(policy: &Policy, episodes: usize, seed: u64) -> f64 {
    let mut policy = policy.clone();
    let mut env = Many::<P>::new(episodes, seed);
    let mut observations = vec![0.0; episodes * P::OBSERVATION_SIZE];
    let mut final_observations = observations.clone();
    let (mut actions, mut rewards) = (vec![0.0; episodes], vec![0.0; episodes]);
    let mut ends = vec![End::Continues; episodes];
    let mut running = vec![true; episodes];
    let mut sum = 0.0;
    for _ in 0..P::STEPS {
        env.observe(&mut observations);
        policy.act(&observations, episodes, &mut actions);
        env.step(&actions, &mut rewards, &mut ends, &mut final_observations);
        for ((running, reward), end) in running.iter_mut().zip(&rewards).zip(&ends) {
            // Only the first episode of each instance counts.
            if *running {
                sum += f64::from(*reward);
            }
            *running &= *end == End::Continues;
        }
    }
    sum / episodes as f64
}
