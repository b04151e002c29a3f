//! The actor and the critic as a Burn module.

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::activation::{relu, tanh};
use burn::tensor::{Device, Tensor, TensorData};

use crate::weights::{NetworkShape, Weights};
use crate::{Activation, PpoError};

/// A multi-layer perceptron; the last layer is linear.
#[derive(Module, Debug)]
pub struct Mlp {
    layers: Vec<Linear>,
    #[module(skip)]
    activation: Activation,
}

impl Mlp {
    /// Maps `[rows, inputs]` to `[rows, outputs]`.
    pub fn forward(&self, input: Tensor<2>) -> Tensor<2> {
        let mut signal = input;
        for (index, layer) in self.layers.iter().enumerate() {
            signal = layer.forward(signal);
            if index + 1 < self.layers.len() {
                signal = match self.activation {
                    Activation::Relu => relu(signal),
                    Activation::Tanh => tanh(signal),
                };
            }
        }
        signal
    }
}

/// Actor, critic and the exploration noise, which depends on no state.
///
/// Actions are distributed as independent normals: `a ~ N(actor(s), exp(log_std)²)`.
#[derive(Module, Debug)]
pub struct ActorCritic {
    /// Observations `[rows, observation_size]` to mean actions `[rows, action_size]`.
    pub actor: Mlp,
    /// Observations `[rows, observation_size]` to values `[rows, 1]`.
    pub critic: Mlp,
    /// Logarithm of the noise's standard deviation, `[action_size]`.
    pub log_std: Param<Tensor<1>>,
}

impl ActorCritic {
    /// A module on `device` with these weights, which track gradients if the device does.
    pub(crate) fn from_weights(shape: &NetworkShape, weights: &Weights, device: &Device) -> Self {
        let shapes = shape.tensors();
        // The clone is what the tensor then owns.
        let data = |index: usize| TensorData::new(weights.0[index].clone(), &*shapes[index].1);
        let mlp = |first: usize, layers: usize| Mlp {
            layers: (0..layers)
                .map(|layer| Linear {
                    weight: Param::from_data(data(first + 2 * layer), device),
                    bias: Some(Param::from_data(data(first + 2 * layer + 1), device)),
                })
                .collect(),
            activation: shape.activation,
        };
        let layers = shape.hidden.len() + 1;
        Self {
            actor: mlp(0, layers),
            critic: mlp(2 * layers, layers),
            log_std: Param::from_data(data(4 * layers), device),
        }
    }

    /// Every weight tensor, flat and without autodiff, in the order of [`NetworkShape::tensors`].
    pub(crate) fn flat_tensors(&self) -> Vec<Tensor<1>> {
        let mut tensors = Vec::new();
        for layer in self.actor.layers.iter().chain(&self.critic.layers) {
            tensors.push(layer.weight.val().without_autodiff().flatten(0, 1));
            tensors.extend(layer.bias.as_ref().map(|bias| bias.val().without_autodiff()));
        }
        tensors.push(self.log_std.val().without_autodiff());
        tensors
    }
}

/// The numbers of a tensor that was read back.
pub(crate) fn floats(data: TensorData) -> Result<Vec<f32>, PpoError> {
    data.try_into_vec_as::<f32>().map_err(|error| PpoError::Device { reason: error.to_string() })
}
