//! The networks in training: on the CPU or on WebGPU.

use burn::optim::{Adam, AdamConfig, AdamState, Optimizer};
use burn::tensor::{Device, Int, Tensor, TensorData};
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::experience::{Batch, Experience};
use crate::loss::{Losses, Samples, clip_norm, losses};
use crate::network::{ActorCritic, floats};
use crate::weights::{FlatLayout, NetworkShape, Weights};
use crate::{Compute, Policy, PpoError, PpoSettings, gaussian};

/// Adam's ε, the one Stable-Baselines3 gives PPO.
const ADAM_EPSILON: f32 = 1e-5;

/// Epochs whose orders are uploaded together: usually all.
const ORDERS: usize = 16;

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
    layout: FlatLayout,
    device: Device,
    adam: Adam,
    state: State,
}

/// What an update changes.
#[derive(Clone)]
struct State {
    /// All weights.
    weights: Tensor<1>,
    /// Adam's moments; none before the first step.
    moments: Option<AdamState<1>>,
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
        let (settings, shape) = (settings.clone(), policy.shape().clone());
        let layout = FlatLayout::new(&shape);
        let weights = TensorData::new(policy.weights().flat(&layout), [layout.length]);
        let state = State { weights: Tensor::from_data(weights, &device), moments: None };
        let adam = AdamConfig::new().with_epsilon(ADAM_EPSILON).build();
        Ok(Self { settings, updates_done: 0, shape, layout, device, adam, state })
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
        let before = self.state.clone();
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
                self.state = before;
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
        let (batch_size, rows) = (self.settings.batch_size, batch.rows());
        let experience = Experience::upload(&batch, &self.shape, &self.device);
        let old_log_prob = self.log_probs(&experience);
        let mut orders = Tensor::empty([0], &self.device);
        let per_epoch = rows / batch_size;
        let mut sums = Vec::new();
        let mut epochs = 0;
        while epochs < self.settings.n_epochs {
            if epochs.is_multiple_of(ORDERS) {
                let count = ORDERS.min(self.settings.n_epochs - epochs);
                orders = orders_of(rows, count, rng, &self.device);
            }
            let order = orders.clone().narrow(0, epochs % ORDERS * rows, rows);
            let shuffled = experience.shuffled(&old_log_prob, &order, batch_size);
            let mut epoch_sums = Vec::new();
            for minibatch in 0..per_epoch {
                let samples = shuffled.narrow(minibatch * batch_size, batch_size);
                epoch_sums = added(epoch_sums, self.step(samples, learning_rate));
            }
            epochs += 1;
            sums = added(sums, epoch_sums.clone());
            if let Some(target) = self.settings.target_kl {
                let kl = read(means(epoch_sums)).await?[2] / per_epoch as f32;
                if f64::from(kl) > 1.5 * target {
                    break;
                }
            }
        }
        self.finish(means(sums), (epochs * per_epoch) as u64, epochs).await
    }

    /// The networks with the present weights; `tracks` says whether these track gradients.
    fn network(&self, tracks: bool) -> ActorCritic {
        ActorCritic::new(&self.layout, self.shape.activation, &self.state.weights, tracks)
    }

    /// One minibatch: gradient, clip, Adam. Returns the measures of [`Losses`] and the gradient's
    /// norm, on the device.
    fn step(&mut self, samples: Samples, learning_rate: f64) -> Vec<Tensor<1>> {
        let network = self.network(true);
        let Losses { total, measures } = losses(&network, samples, &self.settings);
        let gradient = network.gradient(&self.layout, total.backward());
        drop(network);
        let (gradient, norm) = clip_norm(gradient, self.settings.max_grad_norm);
        let (weights, moments) = (self.state.weights.clone(), self.state.moments.take());
        let (weights, moments) = self.adam.step(learning_rate, weights, gradient, moments);
        self.state = State { weights, moments };
        measures.into_iter().chain([norm]).collect()
    }

    /// Log densities `[rows, 1]` of the actions taken, in passes of exactly `batch_size` rows: the same kernels as in
    /// training, so that the first ratio is exactly 1, and no new shape for the GPU.
    fn log_probs(&self, experience: &Experience) -> Tensor<2> {
        let (observations, actions) = experience.seen_and_done();
        let [rows, _] = observations.dims();
        let batch_size = self.settings.batch_size;
        let module = self.network(false);
        let mut parts = Vec::new();
        let mut done = 0;
        while done < rows {
            // The last pass reaches back over rows that were done already.
            let start = done.min(rows - batch_size);
            let means = module.actor.forward(observations.clone().narrow(0, start, batch_size));
            let actions = actions.clone().narrow(0, start, batch_size);
            let part = gaussian::log_prob(actions, means, module.log_std.clone());
            parts.push(part.narrow(0, done - start, start + batch_size - done));
            done = start + batch_size;
        }
        Tensor::cat(parts, 0).unsqueeze_dim(1)
    }

    /// The one read of an update: measures and weights together.
    async fn finish(
        &self,
        sums: Tensor<1>,
        updates: u64,
        epochs: usize,
    ) -> Result<(UpdateStats, Weights), PpoError> {
        let read = read(Tensor::cat(vec![self.state.weights.clone(), sums], 0)).await?;
        let (weights, sums) = read.split_at(self.layout.length);
        let mean = |measure: usize| f64::from(sums[measure]) / updates as f64;
        let stats = UpdateStats {
            updates,
            epochs,
            policy_loss: -mean(0),
            value_loss: mean(1),
            approx_kl: mean(2),
            clip_fraction: mean(3),
            grad_norm: mean(4),
        };
        Ok((stats, Weights::from_flat(&self.layout, weights)))
    }
}

impl UpdateStats {
    fn all_finite(&self) -> bool {
        [self.policy_loss, self.value_loss, self.approx_kl, self.clip_fraction, self.grad_norm]
            .iter()
            .all(|value| value.is_finite())
    }
}

/// The orders in which so many epochs go through the rows, one after another.
fn orders_of(rows: usize, epochs: usize, rng: &mut ChaCha8Rng, device: &Device) -> Tensor<1, Int> {
    let mut order: Vec<i32> = (0..).take(rows).collect();
    let mut orders = Vec::with_capacity(rows * epochs);
    for _ in 0..epochs {
        order.shuffle(rng);
        orders.extend_from_slice(&order);
    }
    Tensor::from_data(TensorData::new(orders, [rows * epochs]), device)
}

/// Measures of several minibatches added up; kept by rows, so that they are reduced only once.
fn added(sums: Vec<Tensor<1>>, more: Vec<Tensor<1>>) -> Vec<Tensor<1>> {
    if sums.is_empty() {
        return more;
    }
    sums.into_iter().zip(more).map(|(sum, more)| sum + more).collect()
}

/// The mean of each measure over rows.
fn means(measures: Vec<Tensor<1>>) -> Tensor<1> {
    Tensor::cat(measures.into_iter().map(Tensor::mean).collect(), 0)
}

/// Reads a tensor back.
async fn read(tensor: Tensor<1>) -> Result<Vec<f32>, PpoError> {
    let data = tensor.into_data_async().await;
    floats(data.map_err(|error| PpoError::Device { reason: error.to_string() })?)
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
        let experience = Experience::upload(&data.batch(), &learner.shape, &learner.device);
        let old_log_prob = learner.log_probs(&experience);
        // Rows in another order than the densities were computed in.
        let order: Vec<i32> = (0..128).map(|i| (i * 97) % 300).collect();
        let indices = Tensor::from_data(TensorData::new(order, [128]), &learner.device);
        let samples = experience.shuffled(&old_log_prob, &indices, 128);
        let measures = means(learner.step(samples, 1e-3));
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
