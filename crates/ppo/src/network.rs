//! The actor and the critic: functions of one vector that holds the weights of both.

use burn::tensor::activation::{relu, tanh};
use burn::tensor::module::linear;
use burn::tensor::{Gradients, Shape, Tensor, TensorData};

use crate::weights::FlatLayout;
use crate::{Activation, PpoError};

/// A multi-layer perceptron; the last layer is linear.
#[derive(Debug, Clone)]
pub(crate) struct Mlp {
    /// Weights `[inputs, outputs]` and biases `[outputs]`.
    layers: Vec<(Tensor<2>, Tensor<1>)>,
    activation: Activation,
}

impl Mlp {
    /// Maps `[rows, inputs]` to `[rows, outputs]`.
    pub(crate) fn forward(&self, input: Tensor<2>) -> Tensor<2> {
        let mut signal = input;
        for (index, (weight, bias)) in self.layers.iter().enumerate() {
            signal = linear(signal, weight.clone(), Some(bias.clone()));
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
#[derive(Debug, Clone)]
pub(crate) struct ActorCritic {
    /// Observations `[rows, observation_size]` to mean actions `[rows, action_size]`.
    pub(crate) actor: Mlp,
    /// Observations `[rows, observation_size]` to values `[rows, 1]`.
    pub(crate) critic: Mlp,
    /// Logarithm of the noise's standard deviation, `[action_size]`.
    pub(crate) log_std: Tensor<1>,
}

impl ActorCritic {
    /// The networks with the weights in `flat`, of which they are views where the device has
    /// views; `tracks` says whether the weights track gradients.
    pub(crate) fn new(
        layout: &FlatLayout,
        activation: Activation,
        flat: &Tensor<1>,
        tracks: bool,
    ) -> Self {
        let mlp = |first: usize| Mlp {
            layers: (first..first + 2 * layout.layers)
                .step_by(2)
                .map(|at| (view(layout, flat, at, tracks), view(layout, flat, at + 1, tracks)))
                .collect(),
            activation,
        };
        Self {
            actor: mlp(0),
            critic: mlp(2 * layout.layers),
            log_std: view(layout, flat, 4 * layout.layers, tracks),
        }
    }

    /// Takes the weights' gradient out of `gradients`, laid out as the weights are.
    pub(crate) fn gradient(&self, layout: &FlatLayout, mut gradients: Gradients) -> Tensor<1> {
        let mut parts = Vec::with_capacity(layout.shapes.len() + 1);
        for (weight, bias) in self.actor.layers.iter().chain(&self.critic.layers) {
            parts.push(take(weight, &mut gradients));
            parts.push(take(bias, &mut gradients));
        }
        parts.push(take(&self.log_std, &mut gradients));
        let mut parts: Vec<_> = layout.order.iter().map(|&tensor| parts[tensor].clone()).collect();
        if layout.padding() > 0 {
            parts.push(Tensor::zeros([layout.padding()], &parts[0].device()));
        }
        Tensor::cat(parts, 0)
    }
}

fn view<const D: usize>(
    layout: &FlatLayout,
    flat: &Tensor<1>,
    tensor: usize,
    tracks: bool,
) -> Tensor<D> {
    let range = layout.range(tensor);
    let shape = Shape::from(layout.shapes[tensor].clone());
    let view = flat.clone().narrow(0, range.start, range.len()).reshape(shape);
    if tracks { view.autodiff().require_grad() } else { view }
}

/// A weight's gradient, flat; 0 if the loss does not depend on the weight.
fn take<const D: usize>(weight: &Tensor<D>, gradients: &mut Gradients) -> Tensor<1> {
    let gradient = weight.grad_remove(gradients);
    let gradient = gradient.unwrap_or_else(|| weight.clone().without_autodiff().zeros_like());
    gradient.reshape([-1])
}

/// The numbers of a tensor that was read back.
pub(crate) fn floats(data: TensorData) -> Result<Vec<f32>, PpoError> {
    data.try_into_vec_as::<f32>().map_err(|error| PpoError::Device { reason: error.to_string() })
}
