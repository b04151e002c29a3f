//! The networks in training: on the CPU or on WebGPU.

use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Int, Tensor, TensorData, Transaction};
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::loss::{Losses, Samples, clip_global_norm, losses};
use crate::network::{ActorCritic, floats};
use crate::weights::{NetworkShape, Weights};
use crate::{Compute, Policy, PpoError, PpoSettings, gaussian};

/// Adam's ε, the one Stable-Baselines3 gives PPO.
const ADAM_EPSILON: f32 = 1e-5;
/// Measures summed on the device: those of [`Losses`] and the gradient's norm.
const MEASURES: usize = 5;

/// A rollout in main memory, ready to learn from; all slices have the same number of rows.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a> {
    /// Observations as the networks see them, `[rows, observation_size]`.
    pub observations: &'a [f32],
    /// Unclipped actions, `[rows, action_size]`.
    pub actions: &'a [f32],
    /// Advantages, `[rows]`.
    pub advantages: &'a [f32],
    /// The critic's targets, `[rows]`.
    pub returns: &'a [f32],
}

/// What an update did, as means over its minibatches.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateStats {
    /// Minibatches learned from.
    pub updates: u64,
    /// Epochs that ran.
    pub epochs: usize,
    /// Clipped surrogate loss.
    pub policy_loss: f64,
    /// `mean((R − V)²)`.
    pub value_loss: f64,
    /// KL divergence from the old policy in nats.
    pub approx_kl: f64,
    /// Share of ratios outside the clip range.
    pub clip_fraction: f64,
    /// Norm of the gradient before clipping.
    pub grad_norm: f64,
}

/// Actor, critic and Adam on the device that trains them.
///
/// Nothing is read back synchronously, so that it runs in a browser on WebGPU too.
pub struct Learner {
    settings: PpoSettings,
    updates_done: u64,
    shape: NetworkShape,
    device: Device,
    module: ActorCritic,
    optimizer: ModuleOptimizer,
}

impl Learner {
    /// A learner that starts from the policy's weights, with a fresh Adam.
    ///
    /// # Errors
    /// [`PpoError::Setting`] for settings out of range.
    pub fn new(
        settings: &PpoSettings,
        policy: &Policy,
        compute: &Compute,
    ) -> Result<Self, PpoError> {
        settings.validate()?;
        let device = compute.device();
        let module =
            ActorCritic::from_weights(policy.shape(), policy.weights(), &device.clone().autodiff());
        let optimizer = AdamConfig::new().with_epsilon(ADAM_EPSILON).init();
        let (settings, shape) = (settings.clone(), policy.shape().clone());
        Ok(Self { settings, updates_done: 0, shape, device, module, optimizer })
    }

    /// Learns from `batch` for the settings' epochs, in minibatches of `batch_size` rows that
    /// `rng` shuffles anew each epoch; a last, incomplete minibatch is left out. The new weights
    /// go into `policy`, which must have the shape of the one the learner was made from.
    ///
    /// # Errors
    /// [`PpoError::Device`] if the device fails; [`PpoError::Diverged`] if a weight or a measure
    /// is not finite. After an error the policy, the networks and Adam are as before.
    ///
    /// # Panics
    /// If the batch has fewer rows than a minibatch, or its slices differ in rows.
    pub async fn update(
        &mut self,
        policy: &mut Policy,
        batch: Batch<'_>,
        learning_rate: f64,
        rng: &mut ChaCha8Rng,
    ) -> Result<UpdateStats, PpoError> {
        let before = (self.module.clone(), self.optimizer.clone());
        let iteration = self.updates_done + 1;
        let result = self.epochs(batch, learning_rate, rng).await;
        let result = result.and_then(|(stats, weights)| {
            let diverged = |what| Err(PpoError::Diverged { what, iteration });
            if !weights.all_finite() {
                return diverged("weights");
            }
            if !stats.all_finite() {
                return diverged("losses");
            }
            Ok((stats, weights))
        });
        match result {
            Ok((stats, weights)) => {
                policy.set_weights(weights);
                self.updates_done = iteration;
                Ok(stats)
            }
            Err(error) => {
                (self.module, self.optimizer) = before;
                Err(error)
            }
        }
    }

    async fn epochs(
        &mut self,
        batch: Batch<'_>,
        learning_rate: f64,
        rng: &mut ChaCha8Rng,
    ) -> Result<(UpdateStats, Weights), PpoError> {
        let (batch_size, rows) = (self.settings.batch_size, batch.advantages.len());
        let samples = self.upload(batch);
        let per_epoch = rows / batch_size;
        let mut order: Vec<i32> = (0..).take(rows).collect();
        let mut sums = Tensor::<1>::zeros([MEASURES], &self.device);
        let mut epochs = 0;
        while epochs < self.settings.n_epochs {
            order.shuffle(rng);
            let data = TensorData::new(order.clone(), [rows]);
            let indices = Tensor::<1, Int>::from_data(data, &self.device);
            let mut epoch_sums = Tensor::<1>::zeros([MEASURES], &self.device);
            for minibatch in 0..per_epoch {
                let chosen = indices.clone().narrow(0, minibatch * batch_size, batch_size);
                epoch_sums = epoch_sums + self.step(samples.select(&chosen), learning_rate);
            }
            epochs += 1;
            sums = sums + epoch_sums.clone();
            if let Some(target) = self.settings.target_kl {
                let kl = read(vec![epoch_sums]).await?[0][2] / per_epoch as f32;
                if f64::from(kl) > 1.5 * target {
                    break;
                }
            }
        }
        self.finish(sums, (epochs * per_epoch) as u64, epochs).await
    }

    /// One minibatch: gradient, clip, Adam. Returns the measures, `[MEASURES]`, on the device.
    fn step(&mut self, samples: Samples, learning_rate: f64) -> Tensor<1> {
        let Losses { total, measures } = losses(&self.module, samples, &self.settings);
        let gradients = GradientsParams::from_grads(total.backward(), &self.module);
        let max_norm = self.settings.max_grad_norm;
        let (gradients, norm) = clip_global_norm(&self.module, gradients, max_norm);
        self.module = self.optimizer.step(learning_rate, self.module.clone(), gradients);
        let norm = norm.unwrap_or_else(|| Tensor::zeros([1], &self.device));
        Tensor::cat(measures.into_iter().chain([norm]).collect(), 0)
    }

    /// The batch on the device, with the log densities the present policy gives its actions.
    fn upload(&self, batch: Batch<'_>) -> Samples {
        let rows = batch.advantages.len();
        let matrix = |values: &[f32], columns: usize| {
            let data = TensorData::new(values.to_vec(), [rows, columns]);
            Tensor::<2>::from_data(data, &self.device)
        };
        let vector = |values: &[f32]| {
            Tensor::<1>::from_data(TensorData::new(values.to_vec(), [rows]), &self.device)
        };
        let observations = matrix(batch.observations, self.shape.observation_size);
        let actions = matrix(batch.actions, self.shape.action_size);
        let old_log_prob = self.log_probs(&observations, &actions);
        let (advantages, returns) = (vector(batch.advantages), vector(batch.returns));
        Samples { observations, actions, advantages, returns, old_log_prob }
    }

    /// Log densities `[rows]`, in passes of exactly `batch_size` rows: the same kernels as in
    /// training, so that the first ratio is exactly 1, and no new shape for the GPU.
    fn log_probs(&self, observations: &Tensor<2>, actions: &Tensor<2>) -> Tensor<1> {
        let [rows, _] = observations.dims();
        let batch_size = self.settings.batch_size;
        let module = burn::module::Module::valid(&self.module);
        let mut parts = Vec::new();
        let mut done = 0;
        while done < rows {
            // The last pass reaches back over rows that were done already.
            let start = done.min(rows - batch_size);
            let means = module.actor.forward(observations.clone().narrow(0, start, batch_size));
            let actions = actions.clone().narrow(0, start, batch_size);
            let part = gaussian::log_prob(actions, means, module.log_std.val());
            parts.push(part.narrow(0, done - start, start + batch_size - done));
            done = start + batch_size;
        }
        Tensor::cat(parts, 0)
    }

    /// The one read of an update: measures and weights together.
    async fn finish(
        &self,
        sums: Tensor<1>,
        updates: u64,
        epochs: usize,
    ) -> Result<(UpdateStats, Weights), PpoError> {
        let mut tensors = self.module.flat_tensors();
        tensors.push(sums);
        let mut tensors = read(tensors).await?;
        let sums = tensors.pop().unwrap_or_default();
        let mean = |measure: usize| f64::from(sums[measure]) / updates as f64;
        let stats = UpdateStats {
            updates,
            epochs,
            policy_loss: mean(0),
            value_loss: mean(1),
            approx_kl: mean(2),
            clip_fraction: mean(3),
            grad_norm: mean(4),
        };
        Ok((stats, Weights(tensors)))
    }
}

impl UpdateStats {
    fn all_finite(&self) -> bool {
        [self.policy_loss, self.value_loss, self.approx_kl, self.clip_fraction, self.grad_norm]
            .iter()
            .all(|value| value.is_finite())
    }
}

impl Samples {
    /// The rows that `indices` names.
    fn select(&self, indices: &Tensor<1, Int>) -> Self {
        Self {
            observations: self.observations.clone().select(0, indices.clone()),
            actions: self.actions.clone().select(0, indices.clone()),
            advantages: self.advantages.clone().select(0, indices.clone()),
            returns: self.returns.clone().select(0, indices.clone()),
            old_log_prob: self.old_log_prob.clone().select(0, indices.clone()),
        }
    }
}

/// Reads flat tensors back, all at once.
async fn read(tensors: Vec<Tensor<1>>) -> Result<Vec<Vec<f32>>, PpoError> {
    let transaction = tensors.into_iter().fold(Transaction::default(), Transaction::register);
    let data = transaction.execute_async().await;
    let data = data.map_err(|error| PpoError::Device { reason: error.to_string() })?;
    data.into_iter().map(floats).collect()
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};

    use super::*;

    const ROWS: usize = 300;
    const OBSERVATIONS: usize = 5;
    const ACTIONS: usize = 2;

    fn settings() -> PpoSettings {
        PpoSettings { batch_size: 128, n_epochs: 2, ..PpoSettings::default() }
    }

    struct Data {
        observations: Vec<f32>,
        actions: Vec<f32>,
        advantages: Vec<f32>,
        returns: Vec<f32>,
    }

    impl Data {
        fn new(policy: &Policy) -> Self {
            let mut rng = ChaCha8Rng::seed_from_u64(11);
            let mut random = |length: usize| -> Vec<f32> {
                (0..length).map(|_| rng.random_range(-2.0..2.0)).collect()
            };
            let observations = random(ROWS * OBSERVATIONS);
            let (advantages, returns) = (random(ROWS), random(ROWS));
            let mut actions = vec![0.0; ROWS * ACTIONS];
            policy.sample_normalised(&observations, ROWS, &mut rng, &mut actions);
            Self { observations, actions, advantages, returns }
        }

        fn batch(&self) -> Batch<'_> {
            let Self { observations, actions, advantages, returns } = self;
            Batch { observations, actions, advantages, returns }
        }
    }

    fn learner(settings: &PpoSettings) -> (Learner, Policy) {
        let policy = Policy::new(settings, OBSERVATIONS, ACTIONS, 4).unwrap();
        (Learner::new(settings, &policy, &Compute::Cpu).unwrap(), policy)
    }

    #[test]
    fn the_first_ratio_is_exactly_one() {
        let (mut learner, policy) = learner(&settings());
        let data = Data::new(&policy);
        let samples = learner.upload(data.batch());
        // Rows in another order than the densities were computed in.
        let order: Vec<i32> = (0..128).map(|i| (i * 97) % 300).collect();
        let indices = Tensor::from_data(TensorData::new(order, [128]), &learner.device);
        let measures = learner.step(samples.select(&indices), 1e-3);
        let measures = measures.into_data().try_into_vec::<f32>().unwrap();
        assert_eq!(measures[2..4], [0.0, 0.0], "KL and clip fraction");
        // Standardised advantages sum to 0, so with ratios of 1 so does the policy loss.
        assert!(measures[0].abs() < 1e-6);
    }

    #[test]
    fn an_update_descends_and_hands_the_weights_over() {
        let settings = PpoSettings { n_epochs: 20, ..settings() };
        let (mut learner, mut policy) = learner(&settings);
        let (data, before) = (Data::new(&policy), policy.weights().clone());
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut update = |policy: &mut Policy| {
            pollster::block_on(learner.update(policy, data.batch(), 1e-3, &mut rng)).unwrap()
        };
        let first = update(&mut policy);
        assert_eq!((first.updates, first.epochs), (40, 20), "two whole minibatches of 128 in 300");
        assert!(policy.weights() != &before);
        let second = update(&mut policy);
        assert!(second.value_loss < first.value_loss);
        assert!(first.approx_kl > 0.0 && first.grad_norm > 0.0);
    }

    #[test]
    fn target_kl_stops_the_epochs() {
        let settings = PpoSettings { n_epochs: 50, target_kl: Some(1e-4), ..settings() };
        let (mut learner, mut policy) = learner(&settings);
        let data = Data::new(&policy);
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let update = learner.update(&mut policy, data.batch(), 1e-2, &mut rng);
        let stats = pollster::block_on(update).unwrap();
        assert!(stats.epochs < 50 && stats.updates == 2 * stats.epochs as u64, "{stats:?}");
    }

    #[test]
    fn a_diverging_update_leaves_everything_as_it_was() {
        let (mut learner, mut policy) = learner(&settings());
        let mut data = Data::new(&policy);
        let good = data.returns.clone();
        data.returns[7] = f32::MAX;
        let before = policy.weights().clone();
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let update = learner.update(&mut policy, data.batch(), 1e-3, &mut rng);
        let error = pollster::block_on(update).unwrap_err();
        assert!(matches!(error, PpoError::Diverged { iteration: 1, .. }), "{error}");
        assert!(policy.weights() == &before);
        data.returns = good;
        let update = learner.update(&mut policy, data.batch(), 1e-3, &mut rng);
        pollster::block_on(update).unwrap();
    }
}
