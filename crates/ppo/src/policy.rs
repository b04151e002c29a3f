//! The policy that acts: a copy of the networks on the CPU, with its normalisers.

use burn::tensor::{Device, Tensor, TensorData};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::network::{ActorCritic, Mlp};
use crate::normalise::{ObservationNormaliser, ReturnNormaliser, RunningMoments};
use crate::weights::{FlatLayout, NetworkShape, Weights};
use crate::{PpoError, PpoSettings};

/// Rows per forward pass: the layers' signals then stay in the processor's cache.
const CHUNK: usize = 2048;

/// A policy to act with, evaluate and store; always on the CPU, always without autodiff.
///
/// Observations go in raw: the policy standardises them itself, if it was trained so.
#[derive(Debug, Clone)]
pub struct Policy {
    shape: NetworkShape,
    weights: Weights,
    network: ActorCritic,
    std: Vec<f32>,
    pub(crate) observations: Option<ObservationNormaliser>,
    pub(crate) returns: Option<ReturnNormaliser>,
    scratch: Vec<f32>,
}

impl Policy {
    /// An untrained policy with orthogonal weights drawn from `seed`.
    ///
    /// # Errors
    /// [`PpoError::Setting`] for settings out of range, or a `log_std_init` that has neither
    /// one value nor one per action.
    pub fn new(
        settings: &PpoSettings,
        observation_size: usize,
        action_size: usize,
        seed: u64,
    ) -> Result<Self, PpoError> {
        settings.validate()?;
        let (hidden, activation) = (settings.net_arch.clone(), settings.activation_fn);
        let shape = NetworkShape { observation_size, action_size, hidden, activation };
        let weights = Weights::initial(&shape, settings, seed)?;
        let observations = settings
            .normalise_observations
            .then(|| ObservationNormaliser::new(RunningMoments::new(observation_size)));
        let returns = settings
            .normalise_returns
            .then(|| ReturnNormaliser { moments: RunningMoments::new(1) });
        Ok(Self::from_parts(shape, weights, observations, returns))
    }

    pub(crate) fn from_parts(
        shape: NetworkShape,
        weights: Weights,
        observations: Option<ObservationNormaliser>,
        returns: Option<ReturnNormaliser>,
    ) -> Self {
        let network = network(&shape, &weights);
        let std = weights.log_std().iter().map(|value| value.exp()).collect();
        Self { shape, weights, network, std, observations, returns, scratch: Vec::new() }
    }

    /// The networks' sizes.
    pub fn shape(&self) -> &NetworkShape {
        &self.shape
    }

    /// The logarithm of the exploration noise's standard deviation, per action.
    pub fn log_std(&self) -> &[f32] {
        self.weights.log_std()
    }

    pub(crate) fn weights(&self) -> &Weights {
        &self.weights
    }

    pub(crate) fn set_weights(&mut self, weights: Weights) {
        self.network = network(&self.shape, &weights);
        self.std = weights.log_std().iter().map(|value| value.exp()).collect();
        self.weights = weights;
    }

    /// Writes the mean action, shape `[rows, action_size]`, for each row of `observations`, shape
    /// `[rows, observation_size]`. Actions are unclipped.
    ///
    /// A row with a number that is not finite gives actions that are not finite.
    ///
    /// # Panics
    /// If a slice is too short for `rows`.
    pub fn act(&mut self, observations: &[f32], rows: usize, actions: &mut [f32]) {
        let normalised = self.take_normalised(observations, rows);
        self.act_normalised(&normalised, rows, actions);
        self.scratch = normalised;
    }

    /// As [`act`](Self::act), with the exploration noise added.
    ///
    /// # Panics
    /// If a slice is too short for `rows`.
    pub fn sample(
        &mut self,
        observations: &[f32],
        rows: usize,
        rng: &mut impl Rng,
        actions: &mut [f32],
    ) {
        let normalised = self.take_normalised(observations, rows);
        self.sample_normalised(&normalised, rows, rng, actions);
        self.scratch = normalised;
    }

    /// Writes the critic's value, shape `[rows]`, of each row of `observations`, in units of the
    /// scaled reward.
    ///
    /// # Panics
    /// If a slice is too short for `rows`.
    pub fn values(&mut self, observations: &[f32], rows: usize, values: &mut [f32]) {
        let normalised = self.take_normalised(observations, rows);
        self.values_normalised(&normalised, rows, values);
        self.scratch = normalised;
    }

    /// Writes the observations as the networks see them.
    pub(crate) fn normalise(&self, observations: &[f32], normalised: &mut [f32]) {
        match &self.observations {
            Some(normaliser) => normaliser.apply(observations, normalised),
            None => normalised.copy_from_slice(observations),
        }
    }

    /// The normalised observations in the scratch buffer, which the caller puts back.
    fn take_normalised(&mut self, observations: &[f32], rows: usize) -> Vec<f32> {
        let mut normalised = std::mem::take(&mut self.scratch);
        let size = rows * self.shape.observation_size;
        normalised.resize(size, 0.0);
        self.normalise(&observations[..size], &mut normalised);
        normalised
    }

    pub(crate) fn act_normalised(&self, normalised: &[f32], rows: usize, actions: &mut [f32]) {
        self.forward(&self.network.actor, normalised, rows, actions);
    }

    pub(crate) fn sample_normalised(
        &self,
        normalised: &[f32],
        rows: usize,
        rng: &mut impl Rng,
        actions: &mut [f32],
    ) {
        self.act_normalised(normalised, rows, actions);
        for row in actions.chunks_exact_mut(self.shape.action_size).take(rows) {
            for (action, std) in row.iter_mut().zip(&self.std) {
                let noise: f32 = StandardNormal.sample(rng);
                *action += std * noise;
            }
        }
    }

    pub(crate) fn values_normalised(&self, normalised: &[f32], rows: usize, values: &mut [f32]) {
        self.forward(&self.network.critic, normalised, rows, values);
    }

    fn forward(&self, network: &Mlp, input: &[f32], rows: usize, output: &mut [f32]) {
        if rows == 0 {
            return;
        }
        let columns = self.shape.observation_size;
        let width = output.len() / rows;
        let chunks = input.chunks(CHUNK * columns).zip(output.chunks_mut(CHUNK * width));
        for (input, output) in chunks {
            let shape = [input.len() / columns, columns];
            let data = TensorData::new(input.to_vec(), shape);
            // Reading a tensor on flex waits for nothing, in a browser neither.
            let result = network.forward(Tensor::from_data(data, &Device::flex())).into_data();
            output.copy_from_slice(result.as_slice().expect("numbers of single precision"));
        }
    }
}

/// The networks that act: on the CPU, without autodiff.
fn network(shape: &NetworkShape, weights: &Weights) -> ActorCritic {
    let layout = FlatLayout::new(shape);
    let data = TensorData::new(weights.flat(&layout), [layout.length]);
    let flat = Tensor::from_data(data, &Device::flex());
    ActorCritic::new(&layout, shape.activation, &flat, false)
}
