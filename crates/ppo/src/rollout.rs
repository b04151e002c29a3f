//! Collecting experience: the buffers of one rollout and the loop that fills them.

use rand_chacha::ChaCha8Rng;

use crate::gae::{Trajectories, advantages};
use crate::normalise::{ObservationNormaliser, RunningMoments};
use crate::{Batch, End, Policy, PpoError, PpoSettings, VectorEnv};

/// Sizes that a trainer was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sizes {
    pub(crate) streams: usize,
    pub(crate) observation: usize,
    pub(crate) action: usize,
}

impl Sizes {
    pub(crate) fn of(env: &impl VectorEnv) -> Self {
        Self {
            streams: env.streams(),
            observation: env.observation_size(),
            action: env.action_size(),
        }
    }

    /// Whether an environment still has these sizes, and none of them is 0.
    pub(crate) fn check(&self, env: &impl VectorEnv) -> Result<(), PpoError> {
        let found = Self::of(env);
        let pairs = [
            ("streams", found.streams, self.streams),
            ("observation_size", found.observation, self.observation),
            ("action_size", found.action, self.action),
        ];
        for (what, found, expected) in pairs {
            if found == 0 {
                return Err(PpoError::Size { what, found, expected: "at least 1".to_owned() });
            }
            if found != expected {
                return Err(PpoError::Size { what, found, expected: expected.to_string() });
            }
        }
        Ok(())
    }
}

/// What each stream's running episode has earned so far, across rollouts.
#[derive(Debug, Clone, Default)]
struct Running {
    /// Undiscounted sum of rewards.
    episode_return: f64,
    episode_length: u64,
    /// Discounted sum of rewards, whose variance scales them.
    discounted: f32,
}

/// Episodes that ended in a rollout, in unscaled rewards.
#[derive(Debug, Clone, Default)]
pub(crate) struct Episodes {
    pub(crate) count: u64,
    pub(crate) sum_of_returns: f64,
    pub(crate) sum_of_lengths: u64,
    /// Over all home-steps of the rollout, whether their episode ended or not.
    pub(crate) sum_of_rewards: f64,
}

/// The buffers of one rollout; matrices are `[steps, streams, …]`, row-major.
pub(crate) struct Rollout {
    sizes: Sizes,
    steps: usize,
    running: Vec<Running>,
    observations: Vec<f32>,
    actions: Vec<f32>,
    rewards: Vec<f32>,
    ends: Vec<End>,
    values: Vec<f32>,
    final_values: Vec<f32>,
    last_values: Vec<f32>,
    advantages: Vec<f32>,
    returns: Vec<f32>,
    // One step's raw observations, and normalised ones at the rollout's end.
    raw: Vec<f32>,
    raw_final: Vec<f32>,
    last: Vec<f32>,
    // Normalised final observations of truncated steps, and which steps they are.
    finals: Vec<f32>,
    finals_at: Vec<usize>,
    discounted: Vec<f32>,
    seen: RunningMoments,
    seen_returns: RunningMoments,
}

impl Rollout {
    pub(crate) fn new(sizes: Sizes, steps: usize) -> Self {
        let Sizes { streams, observation, action } = sizes;
        let rows = steps * streams;
        let zeros = |length: usize| vec![0.0; length];
        Self {
            sizes,
            steps,
            running: fresh(streams),
            observations: zeros(rows * observation),
            actions: zeros(rows * action),
            rewards: zeros(rows),
            ends: vec![End::Continues; rows],
            values: zeros(rows),
            final_values: zeros(rows),
            last_values: zeros(streams),
            advantages: zeros(rows),
            returns: zeros(rows),
            raw: zeros(streams * observation),
            raw_final: zeros(streams * observation),
            last: zeros(streams * observation),
            finals: Vec::new(),
            finals_at: Vec::new(),
            discounted: zeros(streams),
            seen: RunningMoments::new(observation),
            seen_returns: RunningMoments::new(1),
        }
    }

    /// Home-steps of a rollout.
    pub(crate) fn rows(&self) -> usize {
        self.rewards.len()
    }

    /// Forgets the running episodes.
    pub(crate) fn forget(&mut self) {
        self.running = fresh(self.sizes.streams);
    }

    /// Lets `policy` act for all steps, then estimates advantages and returns. The policy's
    /// normalisers learn from what was seen.
    ///
    /// # Errors
    /// [`PpoError::NotFinite`] at the first number from the environment that is not finite.
    pub(crate) fn collect<E: VectorEnv>(
        &mut self,
        env: &mut E,
        policy: &mut Policy,
        settings: &PpoSettings,
        iteration: u64,
        rng: &mut ChaCha8Rng,
    ) -> Result<Episodes, PpoError> {
        self.finals.clear();
        self.finals_at.clear();
        self.seen = RunningMoments::new(self.sizes.observation);
        self.seen_returns = RunningMoments::new(1);
        // The first rollout has no statistics to normalise by: it learns them step by step.
        let warming_up = policy.observations.as_ref().is_some_and(ObservationNormaliser::is_new);
        let mut episodes = Episodes::default();
        for step in 0..self.steps {
            self.observe(env, (iteration, step))?;
            if warming_up && let Some(normaliser) = &mut policy.observations {
                normaliser.merge(&self.seen);
                self.seen = RunningMoments::new(self.sizes.observation);
            }
            self.advance(env, policy, (iteration, step), rng)?;
            self.account(step, settings.gamma as f32, &mut episodes);
        }
        self.observe(env, (iteration, self.steps))?;
        policy.normalise(&self.raw, &mut self.last);
        self.estimate(policy, settings);
        if let Some(normaliser) = &mut policy.observations {
            normaliser.merge(&self.seen);
        }
        Ok(episodes)
    }

    /// The rollout to learn from.
    pub(crate) fn batch(&self) -> Batch<'_> {
        Batch {
            observations: &self.observations,
            actions: &self.actions,
            advantages: &self.advantages,
            returns: &self.returns,
        }
    }

    /// `1 − Var(R − V)/Var(R)`, none if the returns do not vary.
    pub(crate) fn explained_variance(&self) -> Option<f64> {
        let mut moments = RunningMoments::new(1);
        moments.update(&self.returns);
        let mut errors = RunningMoments::new(1);
        // An advantage is exactly the return less the value.
        errors.update(&self.advantages);
        (moments.variance[0] > 0.0).then(|| 1.0 - errors.variance[0] / moments.variance[0])
    }

    /// Reads the current observations into `raw`.
    fn observe(
        &mut self,
        env: &mut impl VectorEnv,
        (iteration, step): (u64, usize),
    ) -> Result<(), PpoError> {
        env.observe(&mut self.raw);
        check_finite("observation", &self.raw, self.sizes.observation, (iteration, step), 0)?;
        self.seen.update(&self.raw);
        Ok(())
    }

    /// Acts on `raw` and takes the step.
    fn advance(
        &mut self,
        env: &mut impl VectorEnv,
        policy: &Policy,
        (iteration, step): (u64, usize),
        rng: &mut ChaCha8Rng,
    ) -> Result<(), PpoError> {
        let Sizes { streams, observation, action } = self.sizes;
        let rows = step * streams..(step + 1) * streams;
        let seen = &mut self.observations[rows.start * observation..rows.end * observation];
        let actions = &mut self.actions[rows.start * action..rows.end * action];
        let (rewards, ends) = (&mut self.rewards[rows.clone()], &mut self.ends[rows.clone()]);
        policy.normalise(&self.raw, seen);
        policy.sample_normalised(seen, streams, rng, actions);
        env.step(actions, rewards, ends, &mut self.raw_final);
        check_finite("reward", rewards, 1, (iteration, step), 0)?;
        for (stream, end) in ends.iter().enumerate() {
            if *end != End::Truncated {
                continue;
            }
            let raw = &self.raw_final[stream * observation..(stream + 1) * observation];
            check_finite("final observation", raw, observation, (iteration, step), stream)?;
            let start = self.finals.len();
            self.finals.resize(start + observation, 0.0);
            policy.normalise(raw, &mut self.finals[start..]);
            self.finals_at.push(rows.start + stream);
        }
        Ok(())
    }

    /// Adds the step's rewards to the running episodes and closes those that ended.
    fn account(&mut self, step: usize, gamma: f32, episodes: &mut Episodes) {
        let first = step * self.sizes.streams;
        for (stream, running) in self.running.iter_mut().enumerate() {
            let reward = self.rewards[first + stream];
            episodes.sum_of_rewards += f64::from(reward);
            running.episode_return += f64::from(reward);
            running.episode_length += 1;
            running.discounted = gamma * running.discounted + reward;
            self.discounted[stream] = running.discounted;
            if self.ends[first + stream] != End::Continues {
                episodes.count += 1;
                episodes.sum_of_returns += running.episode_return;
                episodes.sum_of_lengths += running.episode_length;
                *running = Running::default();
            }
        }
        self.seen_returns.update(&self.discounted);
    }

    fn estimate(&mut self, policy: &mut Policy, settings: &PpoSettings) {
        if let Some(normaliser) = &mut policy.returns {
            normaliser.moments.merge(&self.seen_returns);
            normaliser.apply(&mut self.rewards);
        }
        policy.values_normalised(&self.observations, self.rows(), &mut self.values);
        policy.values_normalised(&self.last, self.sizes.streams, &mut self.last_values);
        let mut finals = vec![0.0; self.finals_at.len()];
        policy.values_normalised(&self.finals, finals.len(), &mut finals);
        for (&at, value) in self.finals_at.iter().zip(finals) {
            self.final_values[at] = value;
        }
        let trajectories = Trajectories {
            rewards: &self.rewards,
            values: &self.values,
            ends: &self.ends,
            final_values: &self.final_values,
            last_values: &self.last_values,
        };
        advantages(&trajectories, settings.gamma, settings.gae_lambda, &mut self.advantages);
        for ((target, advantage), value) in
            self.returns.iter_mut().zip(&self.advantages).zip(&self.values)
        {
            *target = advantage + value;
        }
    }
}

fn fresh(streams: usize) -> Vec<Running> {
    vec![Running::default(); streams]
}

/// Names the first number that is not finite by its step and its row, the stream; the first row
/// is stream `first`.
fn check_finite(
    what: &'static str,
    values: &[f32],
    columns: usize,
    (iteration, step): (u64, usize),
    first: usize,
) -> Result<(), PpoError> {
    match values.iter().enumerate().find(|(_, value)| !value.is_finite()) {
        None => Ok(()),
        Some((at, &value)) => {
            let stream = first + at / columns;
            Err(PpoError::NotFinite { what, value, iteration, step, stream })
        }
    }
}
