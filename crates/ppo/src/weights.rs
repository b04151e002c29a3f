//! The networks' weights in main memory: how they start, how they are named, where they lie.

use std::ops::Range;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

use crate::{Activation, PpoError, PpoSettings};

/// The random stream that fills new weights.
const WEIGHTS_STREAM: u64 = 1;
/// Gain of the hidden layers, of the policy's head and of the value head: Stable-Baselines3's.
const HIDDEN_GAIN: f64 = std::f64::consts::SQRT_2;
const POLICY_HEAD_GAIN: f64 = 0.01;
const VALUE_HEAD_GAIN: f64 = 1.0;

/// Sizes of the actor and the critic, which are alike but for their last layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkShape {
    /// Numbers in an observation.
    pub observation_size: usize,
    /// Numbers in an action.
    pub action_size: usize,
    /// Widths of the hidden layers.
    pub hidden: Vec<usize>,
    /// The hidden layers' non-linearity.
    pub activation: Activation,
}

impl NetworkShape {
    /// `(inputs, outputs)` of each layer of a network with `outputs` outputs.
    pub(crate) fn layers(&self, outputs: usize) -> Vec<(usize, usize)> {
        let mut widths = vec![self.observation_size];
        widths.extend(&self.hidden);
        widths.push(outputs);
        widths.windows(2).map(|pair| (pair[0], pair[1])).collect()
    }

    /// Name and shape of every tensor, in the order in which they are stored and read: the
    /// actor's layers, the critic's, the log standard deviations. Weights are `[inputs, outputs]`.
    pub(crate) fn tensors(&self) -> Vec<(String, Vec<usize>)> {
        let mut tensors = Vec::new();
        for (network, outputs) in [("actor", self.action_size), ("critic", 1)] {
            for (index, (inputs, outputs)) in self.layers(outputs).into_iter().enumerate() {
                tensors.push((format!("{network}.{index}.weight"), vec![inputs, outputs]));
                tensors.push((format!("{network}.{index}.bias"), vec![outputs]));
            }
        }
        tensors.push(("log_std".to_owned(), vec![self.action_size]));
        tensors
    }
}

/// Where the tensors of a shape lie in one vector that holds them all.
#[derive(Debug, Clone)]
pub(crate) struct FlatLayout {
    /// Layers of each of the two networks.
    pub(crate) layers: usize,
    /// Shape of each tensor, in the order of [`NetworkShape::tensors`].
    pub(crate) shapes: Vec<Vec<usize>>,
    /// Where each starts.
    pub(crate) starts: Vec<usize>,
    /// The tensors by where they start: one follows upon the other.
    pub(crate) order: Vec<usize>,
    /// Length of the vector; zeros fill it up to a multiple of [`ALIGNMENT`].
    pub(crate) length: usize,
}

/// A WebGPU buffer can be looked at from every 256th byte on; from elsewhere it must be copied.
const ALIGNMENT: usize = 256 / size_of::<f32>();

impl FlatLayout {
    /// Tensors that fill whole blocks of [`ALIGNMENT`] come first, so that all of them are aligned.
    pub(crate) fn new(shape: &NetworkShape) -> Self {
        let shapes: Vec<Vec<usize>> = shape.tensors().into_iter().map(|(_, shape)| shape).collect();
        let size = |tensor: usize| shapes[tensor].iter().product::<usize>();
        let mut order: Vec<usize> = (0..shapes.len()).collect();
        order.sort_by_key(|&tensor| !size(tensor).is_multiple_of(ALIGNMENT));
        let (mut starts, mut end) = (vec![0; shapes.len()], 0);
        for &tensor in &order {
            starts[tensor] = end;
            end += size(tensor);
        }
        let layers = shape.hidden.len() + 1;
        Self { layers, starts, order, length: end.next_multiple_of(ALIGNMENT), shapes }
    }

    /// Where `tensor` lies.
    pub(crate) fn range(&self, tensor: usize) -> Range<usize> {
        let start = self.starts[tensor];
        start..start + self.shapes[tensor].iter().product::<usize>()
    }

    /// Zeros at the vector's end.
    pub(crate) fn padding(&self) -> usize {
        self.length - self.order.last().map_or(0, |&tensor| self.range(tensor).end)
    }
}

/// All weights of an actor and a critic, one vector per tensor of [`NetworkShape::tensors`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Weights(pub(crate) Vec<Vec<f32>>);

impl Weights {
    /// Orthogonal weights, zero biases, and the settings' `log_std_init`.
    pub(crate) fn initial(
        shape: &NetworkShape,
        settings: &PpoSettings,
        seed: u64,
    ) -> Result<Self, PpoError> {
        let log_std = log_std_init(&settings.log_std_init, shape.action_size)?;
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(WEIGHTS_STREAM);
        let mut tensors = Vec::new();
        for (outputs, head_gain) in [(shape.action_size, POLICY_HEAD_GAIN), (1, VALUE_HEAD_GAIN)] {
            let layers = shape.layers(outputs);
            for (index, &(inputs, outputs)) in layers.iter().enumerate() {
                let gain = if index + 1 == layers.len() { head_gain } else { HIDDEN_GAIN };
                tensors.push(orthogonal(inputs, outputs, gain, &mut rng));
                tensors.push(vec![0.0; outputs]);
            }
        }
        tensors.push(log_std);
        Ok(Self(tensors))
    }

    /// The log standard deviation of each action.
    pub(crate) fn log_std(&self) -> &[f32] {
        self.0.last().map_or(&[], Vec::as_slice)
    }

    /// All of them in one vector.
    pub(crate) fn flat(&self, layout: &FlatLayout) -> Vec<f32> {
        let mut flat = vec![0.0; layout.length];
        for (tensor, values) in self.0.iter().enumerate() {
            flat[layout.range(tensor)].copy_from_slice(values);
        }
        flat
    }

    /// The weights in a vector that starts with [`flat`](Self::flat)'s numbers.
    pub(crate) fn from_flat(layout: &FlatLayout, flat: &[f32]) -> Self {
        Self((0..layout.shapes.len()).map(|tensor| flat[layout.range(tensor)].to_vec()).collect())
    }

    pub(crate) fn all_finite(&self) -> bool {
        self.0.iter().flatten().all(|value| value.is_finite())
    }
}

fn log_std_init(values: &[f32], action_size: usize) -> Result<Vec<f32>, PpoError> {
    match values {
        [value] => Ok(vec![*value; action_size]),
        values if values.len() == action_size => Ok(values.to_vec()),
        values => Err(PpoError::Setting {
            field: "log_std_init",
            value: format!("a list of {} values", values.len()),
            expected: format!("one value, or one for each of the {action_size} actions"),
        }),
    }
}

/// A random matrix `[inputs, outputs]`, row-major, whose shorter side is orthonormal times `gain`
/// (Saxe et al. 2014): Gram–Schmidt on normal vectors, done twice for accuracy.
fn orthogonal(inputs: usize, outputs: usize, gain: f64, rng: &mut ChaCha8Rng) -> Vec<f32> {
    let (length, count) = (inputs.max(outputs), inputs.min(outputs));
    let mut vectors: Vec<Vec<f64>> = Vec::with_capacity(count);
    for _ in 0..count {
        let mut vector: Vec<f64> = (0..length).map(|_| StandardNormal.sample(rng)).collect();
        for _ in 0..2 {
            for earlier in &vectors {
                let overlap: f64 = vector.iter().zip(earlier).map(|(a, b)| a * b).sum();
                vector.iter_mut().zip(earlier).for_each(|(a, b)| *a -= overlap * b);
            }
            let norm = vector.iter().map(|a| a * a).sum::<f64>().sqrt();
            for a in &mut vector {
                *a /= norm;
            }
        }
        vectors.push(vector);
    }
    let entry = |input: usize, output: usize| {
        if inputs >= outputs { vectors[output][input] } else { vectors[input][output] }
    };
    (0..inputs * outputs).map(|i| (gain * entry(i / outputs, i % outputs)) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(matrix: &[f32], inputs: usize, outputs: usize, a: usize, b: usize) -> f32 {
        if inputs >= outputs {
            (0..inputs).map(|i| matrix[i * outputs + a] * matrix[i * outputs + b]).sum()
        } else {
            (0..outputs).map(|o| matrix[a * outputs + o] * matrix[b * outputs + o]).sum()
        }
    }

    #[test]
    fn orthogonal_matrices_are_orthogonal_with_the_gain() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        for (inputs, outputs) in [(5, 3), (3, 5), (4, 4), (6, 1)] {
            let matrix = orthogonal(inputs, outputs, 2.0, &mut rng);
            for a in 0..inputs.min(outputs) {
                for b in 0..inputs.min(outputs) {
                    let expected = if a == b { 4.0 } else { 0.0 };
                    assert!((product(&matrix, inputs, outputs, a, b) - expected).abs() < 1e-5);
                }
            }
        }
    }

    #[test]
    fn a_flat_vector_holds_every_weight_once_and_aligned_where_it_can_be() {
        let settings = PpoSettings { log_std_init: vec![-1.0, -2.0, -3.0], ..Default::default() };
        let (hidden, activation) = (vec![64, 5], Activation::Relu);
        let shape = NetworkShape { observation_size: 7, action_size: 3, hidden, activation };
        let mut weights = Weights::initial(&shape, &settings, 1).unwrap();
        for (tensor, values) in weights.0.iter_mut().enumerate() {
            for value in values {
                *value += 10.0 * tensor as f32;
            }
        }
        let layout = FlatLayout::new(&shape);
        let flat = weights.flat(&layout);
        assert!(Weights::from_flat(&layout, &flat) == weights);
        // Rows of 64 weights are whole blocks; heads, their biases and log_std are not.
        let aligned = |tensor: &usize| layout.starts[*tensor].is_multiple_of(ALIGNMENT);
        assert_eq!((0..13).filter(aligned).collect::<Vec<_>>(), [0, 1, 2, 3, 6, 7, 8]);
        let sum = |values: &[f32]| values.iter().copied().map(f64::from).sum::<f64>();
        let expected: f64 = weights.0.iter().map(|values| sum(values)).sum();
        assert!((sum(&flat) - expected).abs() < 1e-6);
        assert_eq!((flat.len() % ALIGNMENT, flat.len() - layout.padding()), (0, 1701));
    }

    #[test]
    fn one_log_std_serves_all_actions_and_a_wrong_number_is_refused() {
        assert_eq!(log_std_init(&[-1.0], 3), Ok(vec![-1.0; 3]));
        assert_eq!(log_std_init(&[-1.0, -2.0], 2), Ok(vec![-1.0, -2.0]));
        let error = log_std_init(&[-1.0, -2.0], 3).unwrap_err().to_string();
        assert!(error.contains("log_std_init") && error.contains("each of the 3"), "{error}");
    }
}
