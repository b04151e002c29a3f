//! An environment whose answer is known: the best action is the observation.

use peergrid_ppo::{End, VectorEnv};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Steps after which an episode is cut short.
const EPISODE: u64 = 5;

/// What to break, for tests of faults.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Reward,
    Observation,
    FinalObservation,
}

/// Observations are uniform in [−1, 1], rewards −(action − observation)².
pub struct Identity {
    rng: ChaCha8Rng,
    state: Vec<f32>,
    steps: u64,
    /// A fault in this step (counted from 1) of this stream.
    pub fault: Option<(Fault, u64, usize)>,
}

impl Identity {
    pub fn new(streams: usize, seed: u64) -> Self {
        let mut env = Self {
            rng: ChaCha8Rng::seed_from_u64(seed),
            state: vec![0.0; streams],
            steps: 0,
            fault: None,
        };
        env.draw();
        env
    }

    fn draw(&mut self) {
        for state in &mut self.state {
            *state = self.rng.random_range(-1.0..1.0);
        }
    }
}

impl VectorEnv for Identity {
    fn streams(&self) -> usize {
        self.state.len()
    }

    fn observation_size(&self) -> usize {
        1
    }

    fn action_size(&self) -> usize {
        1
    }

    fn observe(&mut self, observations: &mut [f32]) {
        observations.copy_from_slice(&self.state);
    }

    fn step(
        &mut self,
        actions: &[f32],
        rewards: &mut [f32],
        ends: &mut [End],
        final_observations: &mut [f32],
    ) {
        self.steps += 1;
        for ((reward, action), state) in rewards.iter_mut().zip(actions).zip(&self.state) {
            *reward = -(action - state).powi(2);
        }
        let truncated = self.steps.is_multiple_of(EPISODE);
        ends.fill(if truncated { End::Truncated } else { End::Continues });
        final_observations.copy_from_slice(&self.state);
        self.draw();
        if let Some((fault, step, stream)) = self.fault
            && step == self.steps
        {
            match fault {
                Fault::Reward => rewards[stream] = f32::NAN,
                Fault::Observation => self.state[stream] = f32::INFINITY,
                Fault::FinalObservation => final_observations[stream] = f32::NAN,
            }
        }
    }
}
