//! The training loop: a rollout, an update, and what they measured.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::rollout::{Episodes, Rollout, Sizes};
use crate::spread::action_range;
use crate::{
    Compute, IterationStats, Learner, Policy, PpoError, PpoSettings, UpdateStats, VectorEnv,
    gaussian,
};

/// The random streams of the exploration noise and of the minibatches.
const ACTIONS_STREAM: u64 = 2;
const SHUFFLE_STREAM: u64 = 3;

/// Trains a policy on an environment, one iteration at a time.
///
/// The same settings, seed and environment give the same weights on one platform and device.
pub struct Trainer {
    settings: PpoSettings,
    compute: Compute,
    sizes: Sizes,
    policy: Policy,
    learner: Learner,
    rollout: Rollout,
    actions_rng: ChaCha8Rng,
    shuffle_rng: ChaCha8Rng,
    iteration: u64,
    total_steps: u64,
}

impl Trainer {
    /// A trainer with an untrained policy for environments of `env`'s sizes.
    ///
    /// # Errors
    /// [`PpoError::Setting`] for settings out of range or a minibatch larger than a rollout;
    /// [`PpoError::Size`] if one of the environment's sizes is 0.
    pub fn new(
        settings: PpoSettings,
        env: &impl VectorEnv,
        compute: Compute,
        seed: u64,
    ) -> Result<Self, PpoError> {
        let sizes = Sizes::of(env);
        sizes.check(env)?;
        let policy = Policy::new(&settings, sizes.observation, sizes.action, seed)?;
        check_rollout(&settings, sizes.streams)?;
        let stream = |number: u64| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream(number);
            rng
        };
        Ok(Self {
            learner: Learner::new(&settings, &policy, &compute)?,
            rollout: Rollout::new(sizes, settings.n_steps),
            settings,
            compute,
            sizes,
            policy,
            actions_rng: stream(ACTIONS_STREAM),
            shuffle_rng: stream(SHUFFLE_STREAM),
            iteration: 0,
            total_steps: 0,
        })
    }

    /// One rollout and one update.
    ///
    /// # Errors
    /// [`PpoError::Size`] if the environment has other sizes than the first one;
    /// [`PpoError::NotFinite`] if it gives a number that is not finite; [`PpoError::Diverged`] if
    /// the update makes one; [`PpoError::Device`] if the device fails. After an error the policy
    /// is as before this iteration; the environment stands wherever its last step left it, and
    /// should be made anew.
    pub async fn iterate<E: VectorEnv>(&mut self, env: &mut E) -> Result<IterationStats, PpoError> {
        self.sizes.check(env)?;
        let before = self.policy.clone();
        let result = self.try_iterate(env).await;
        if result.is_err() {
            self.policy = before;
            self.rollout.forget();
        }
        result
    }

    /// A rollout that nothing is learned from but what observations and returns look like: the
    /// part of an iteration before its update.
    ///
    /// # Errors
    /// As [`iterate`](Self::iterate).
    pub fn rollout<E: VectorEnv>(&mut self, env: &mut E) -> Result<(), PpoError> {
        self.sizes.check(env)?;
        self.collect(env, self.iteration + 1).map(|_| ())
    }

    fn collect<E: VectorEnv>(&mut self, env: &mut E, iteration: u64) -> Result<Episodes, PpoError> {
        let Self { settings, policy, rollout, actions_rng, .. } = self;
        rollout.collect(env, policy, settings, iteration, actions_rng)
    }

    async fn try_iterate<E: VectorEnv>(&mut self, env: &mut E) -> Result<IterationStats, PpoError> {
        let iteration = self.iteration + 1;
        let episodes = self.collect(env, iteration)?;
        let Self { settings, policy, rollout, .. } = self;
        let learning_rate = settings.learning_rate_at(self.total_steps);
        let batch = rollout.batch();
        let update =
            self.learner.update(policy, batch, learning_rate, &mut self.shuffle_rng).await?;
        self.iteration = iteration;
        self.total_steps += self.rollout.rows() as u64;
        Ok(self.stats(&episodes, &update, learning_rate))
    }

    fn stats(
        &self,
        episodes: &Episodes,
        update: &UpdateStats,
        learning_rate: f64,
    ) -> IterationStats {
        let range = action_range(&self.policy, self.rollout.batch().observations);
        let per_episode = |sum: f64| (episodes.count > 0).then(|| sum / episodes.count as f64);
        IterationStats {
            iteration: self.iteration,
            total_steps: self.total_steps,
            rollout_steps: self.rollout.rows() as u64,
            updates: update.updates,
            epochs: update.epochs,
            episodes: episodes.count,
            mean_episode_return: per_episode(episodes.sum_of_returns),
            mean_episode_length: per_episode(episodes.sum_of_lengths as f64),
            mean_reward: episodes.sum_of_rewards / self.rollout.rows() as f64,
            policy_loss: update.policy_loss,
            value_loss: update.value_loss,
            entropy: gaussian::entropy(self.policy.log_std()),
            approx_kl: update.approx_kl,
            clip_fraction: update.clip_fraction,
            explained_variance: self.rollout.explained_variance(),
            learning_rate,
            grad_norm: update.grad_norm,
            log_std: self.policy.log_std().to_vec(),
            action_low: range.low,
            action_high: range.high,
        }
    }

    /// The policy as it acts now; clone it to evaluate it or to keep it.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Goes on from another policy's weights and normalisers, with a fresh Adam. Steps and the
    /// learning rate's schedule go on from where they are.
    ///
    /// # Errors
    /// [`PpoError::Checkpoint`] if the policy's networks or normalisers are not those that the
    /// settings and the environment ask for.
    pub fn set_policy(&mut self, policy: Policy) -> Result<(), PpoError> {
        let own = &self.policy;
        let refuse = |reason: String| Err(PpoError::Checkpoint { reason });
        if policy.shape() != own.shape() {
            return refuse(format!(
                "its networks are {:?}, but this run needs {:?}",
                policy.shape(),
                own.shape()
            ));
        }
        let pairs = [
            ("observations", policy.observations.is_some(), own.observations.is_some()),
            ("returns", policy.returns.is_some(), own.returns.is_some()),
        ];
        for (what, has, wanted) in pairs {
            if has != wanted {
                return refuse(format!(
                    "its normalise_{what} is {has}, but this run's settings say {wanted}"
                ));
            }
        }
        self.learner = Learner::new(&self.settings, &policy, &self.compute)?;
        self.policy = policy;
        Ok(())
    }

    /// The settings in use.
    pub fn settings(&self) -> &PpoSettings {
        &self.settings
    }

    /// Iterations done.
    pub fn iteration(&self) -> u64 {
        self.iteration
    }

    /// Home-steps collected so far.
    pub fn total_steps(&self) -> u64 {
        self.total_steps
    }

    /// Whether the settings' `total_timesteps` are done.
    pub fn is_done(&self) -> bool {
        self.total_steps >= self.settings.total_timesteps
    }
}

fn check_rollout(settings: &PpoSettings, streams: usize) -> Result<(), PpoError> {
    let rows = settings.n_steps.saturating_mul(streams);
    let refuse = |field, value: usize, expected: String| {
        Err(PpoError::Setting { field, value: value.to_string(), expected })
    };
    if settings.batch_size > rows {
        let expected = format!(
            "at most {rows}, the home-steps of an iteration ({streams} streams × {} steps)",
            settings.n_steps
        );
        return refuse("batch_size", settings.batch_size, expected);
    }
    // Row numbers go to the device as 32-bit integers.
    if i32::try_from(rows).is_err() {
        let expected = format!("fewer, so that {streams} streams make under 2^31 home-steps");
        return refuse("n_steps", settings.n_steps, expected);
    }
    Ok(())
}
