//! A rollout to learn from: in main memory, and on the learner's device.

use burn::tensor::{Device, Int, Tensor, TensorData};

use crate::loss::{Samples, standardise};
use crate::weights::NetworkShape;

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

impl Batch<'_> {
    /// Number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.advantages.len()
    }
}

/// A rollout on the device: one matrix, so that it crosses at once and a row is gathered at once.
pub(crate) struct Experience {
    /// Observation, action, advantage and return of each row.
    packed: Tensor<2>,
    observation_size: usize,
    action_size: usize,
}

impl Experience {
    /// Brings a batch to the device.
    pub(crate) fn upload(batch: &Batch<'_>, shape: &NetworkShape, device: &Device) -> Self {
        let &NetworkShape { observation_size, action_size, .. } = shape;
        let width = observation_size + action_size + 2;
        let mut values = Vec::with_capacity(batch.rows() * width);
        for row in 0..batch.rows() {
            values.extend_from_slice(
                &batch.observations[row * observation_size..][..observation_size],
            );
            values.extend_from_slice(&batch.actions[row * action_size..][..action_size]);
            values.extend([batch.advantages[row], batch.returns[row]]);
        }
        let packed = Tensor::from_data(TensorData::new(values, [batch.rows(), width]), device);
        Self { packed, observation_size, action_size }
    }

    /// Observations `[rows, observation_size]` and actions `[rows, action_size]`.
    pub(crate) fn seen_and_done(&self) -> (Tensor<2>, Tensor<2>) {
        let observations = self.packed.clone().narrow(1, 0, self.observation_size);
        let actions = self.packed.clone().narrow(1, self.observation_size, self.action_size);
        (observations, actions)
    }

    /// All rows, in the order that `order` names them in, for minibatches of so many rows;
    /// `old_log_prob` is `[rows, 1]`.
    pub(crate) fn shuffled(
        &self,
        old_log_prob: &Tensor<2>,
        order: &Tensor<1, Int>,
        minibatch: usize,
    ) -> Samples {
        let shuffled = Self { packed: self.packed.clone().select(0, order.clone()), ..*self };
        let (observations, actions) = shuffled.seen_and_done();
        let column = |from: &Tensor<2>, at: usize| from.clone().narrow(1, at, 1).reshape([-1]);
        let first = self.observation_size + self.action_size;
        Samples {
            observations,
            actions,
            advantages: standardise(column(&shuffled.packed, first), minibatch),
            returns: column(&shuffled.packed, first + 1),
            old_log_prob: column(&old_log_prob.clone().select(0, order.clone()), 0),
        }
    }
}
