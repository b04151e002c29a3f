//! How long a device takes to learn: real minibatches of a setting, of an agent that nobody keeps.

use peergrid_env::ACTION_SIZE;
use peergrid_ppo::{Batch, Compute, End, Learner, Policy, PpoSettings, VectorEnv};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::{LabError, setting::Setting, streams::Streams, training};

/// The random stream of the trial's exploration noise and minibatches.
const TRIAL_STREAM: u64 = 0x7121;

/// Most minibatches of an update: bringing the data to the device and the weights back is shared
/// among several, as in a training.
const MOST_EPOCHS: usize = 4;

/// An untrained agent with experience of one minibatch, ready to learn from it again and again.
pub struct Trial {
    learner: Learner,
    policy: Policy,
    learning_rate: f64,
    experience: Experience,
    rng: ChaCha8Rng,
}

/// What was seen, done and earned.
#[derive(Default)]
struct Experience {
    observations: Vec<f32>,
    actions: Vec<f32>,
    rewards: Vec<f32>,
}

impl Trial {
    /// A trial of the learner's settings on a device.
    ///
    /// # Errors
    /// As [`Training::new`](crate::Training::new); a feeder that cannot carry the load.
    pub fn new(setting: &Setting, compute: &Compute) -> Result<Self, LabError> {
        // What is timed is smaller, and may fit where the whole does not.
        training::check(setting)?;
        let asked = &setting.spec.ppo;
        let mut setting = setting.clone();
        // No more streams, and no longer, than a minibatch has rows.
        let agents = setting.agents().len().max(1);
        let most = (asked.batch_size / agents).max(1);
        let microgrids = setting.spec.training.microgrids.clamp(1, most);
        setting.spec.training.microgrids = microgrids;
        let n_steps = asked.batch_size.div_ceil(agents * microgrids);
        let n_epochs = asked.n_epochs.min(MOST_EPOCHS);
        setting.spec.ppo = PpoSettings { n_steps, n_epochs, ..setting.spec.ppo };
        let mut streams = Streams::new(&setting)?;
        let (ppo, seed) = (&setting.spec.ppo, setting.spec.seed);
        let mut policy = Policy::new(ppo, streams.observation_size(), ACTION_SIZE, seed)?;
        let learner = Learner::new(ppo, &policy, compute)?;
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(TRIAL_STREAM);
        let experience = Experience::collect(&mut streams, &mut policy, n_steps, &mut rng)?;
        Ok(Self { learner, policy, learning_rate: ppo.learning_rate_at(0), experience, rng })
    }

    /// Learns from the minibatch for some epochs; returns how many minibatches that were.
    ///
    /// # Errors
    /// A device that failed; a learner that diverged.
    pub async fn update(&mut self) -> Result<u64, LabError> {
        let Experience { observations, actions, rewards } = &self.experience;
        // What is learned is of no account, so rewards stand for what follows from them.
        let batch = Batch { observations, actions, advantages: rewards, returns: rewards };
        let Self { learner, policy, learning_rate, rng, .. } = self;
        Ok(learner.update(policy, batch, *learning_rate, rng).await?.updates)
    }
}

impl Experience {
    fn collect(
        streams: &mut Streams,
        policy: &mut Policy,
        steps: usize,
        rng: &mut ChaCha8Rng,
    ) -> Result<Self, LabError> {
        let (rows, size) = (streams.streams(), streams.observation_size());
        let mut seen = vec![0.0; rows * size];
        let (mut actions, mut rewards) = (vec![0.0; rows * ACTION_SIZE], vec![0.0; rows]);
        let (mut ends, mut finals) = (vec![End::default(); rows], vec![0.0; rows * size]);
        let mut all = Self::default();
        for _ in 0..steps {
            streams.observe(&mut seen);
            policy.sample(&seen, rows, rng, &mut actions);
            streams.step(&actions, &mut rewards, &mut ends, &mut finals);
            if let Some(fault) = streams.take_fault() {
                return Err(fault);
            }
            all.observations.extend_from_slice(&seen);
            all.actions.extend_from_slice(&actions);
            all.rewards.extend_from_slice(&rewards);
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Spec;

    #[test]
    fn an_update_is_of_one_minibatch_for_some_epochs() {
        for (batch_size, n_epochs, microgrids) in [(60, 10, 30), (7, 2, 30), (2, 1, 1)] {
            let spec = r#"{"data": {"source": "synthetic", "homes": 4, "days": 60}}"#;
            let mut spec = Spec::from_json(spec).unwrap();
            spec.training.microgrids = microgrids;
            spec.ppo.batch_size = batch_size;
            spec.ppo.n_epochs = n_epochs;
            let data = spec.data.without_file().unwrap();
            let setting = Setting::new(spec, data).unwrap();
            let mut trial = Trial::new(&setting, &Compute::Cpu).unwrap();
            // One minibatch, and no more than one step of one street beyond it.
            let rows = trial.experience.rewards.len();
            assert!(rows >= batch_size && rows < batch_size + batch_size.max(5), "{rows}");
            for _ in 0..2 {
                let minibatches = pollster::block_on(trial.update()).unwrap();
                assert_eq!(minibatches as usize, n_epochs.min(4) * (rows / batch_size));
            }
        }
    }

    #[test]
    fn what_cannot_be_trained_is_not_timed() {
        let spec = r#"{
            "data": {"source": "synthetic", "homes": 4, "days": 60},
            "training": {"microgrids": 1},
            "ppo": {"n_steps": 24, "batch_size": 5000}
        }"#;
        let spec = Spec::from_json(spec).unwrap();
        let data = spec.data.without_file().unwrap();
        let setting = Setting::new(spec, data).unwrap();
        let trial = Trial::new(&setting, &Compute::Cpu).map(drop).unwrap_err().to_string();
        let training = crate::Training::new(setting, Compute::Cpu).map(drop).unwrap_err();
        assert_eq!(trial, training.to_string());
    }
}
