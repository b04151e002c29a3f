//! The losses of proximal policy optimisation on one minibatch, and the clip of its gradient.

use burn::tensor::Tensor;

use crate::network::ActorCritic;
use crate::{PpoSettings, gaussian};

/// Samples to learn from, on the learner's device, without autodiff. `rows` is the same in all.
#[derive(Clone)]
pub(crate) struct Samples {
    /// `[rows, observation_size]`, as the networks see them.
    pub(crate) observations: Tensor<2>,
    /// `[rows, action_size]`, unclipped.
    pub(crate) actions: Tensor<2>,
    /// Standardised, `[rows]`.
    pub(crate) advantages: Tensor<1>,
    /// Targets of the critic, `[rows]`.
    pub(crate) returns: Tensor<1>,
    /// Log density of the actions under the policy that took them, `[rows]`.
    pub(crate) old_log_prob: Tensor<1>,
}

impl Samples {
    /// `rows` rows from `start` on.
    pub(crate) fn narrow(&self, start: usize, rows: usize) -> Self {
        let narrow = |column: &Tensor<1>| column.clone().narrow(0, start, rows);
        Self {
            observations: self.observations.clone().narrow(0, start, rows),
            actions: self.actions.clone().narrow(0, start, rows),
            advantages: narrow(&self.advantages),
            returns: narrow(&self.returns),
            old_log_prob: narrow(&self.old_log_prob),
        }
    }
}

/// The loss to descend, and the measures that are reported.
pub(crate) struct Losses {
    /// `[1]`, tracks gradients.
    pub(crate) total: Tensor<1>,
    /// Clipped surrogate, squared error of the critic, KL divergence and whether the ratio is
    /// outside the clip range, of each row: `[rows]` each, untracked.
    pub(crate) measures: [Tensor<1>; 4],
}

/// Advantages with mean 0 and (unbiased) standard deviation 1 in each minibatch of so many rows;
/// what is left over after the last is left out.
pub(crate) fn standardise(advantages: Tensor<1>, minibatch: usize) -> Tensor<1> {
    let minibatches = advantages.dims()[0] / minibatch;
    let whole = advantages.narrow(0, 0, minibatches * minibatch);
    let blocks = whole.reshape([minibatches, minibatch]);
    let (variance, mean) = blocks.clone().var_mean(1);
    ((blocks - mean) / (variance.sqrt() + 1e-8)).reshape([-1])
}

/// The loss on one minibatch, as Stable-Baselines3 has it: clipped surrogate, squared error of
/// the critic, entropy bonus.
pub(crate) fn losses(module: &ActorCritic, samples: Samples, settings: &PpoSettings) -> Losses {
    let Samples { observations, actions, advantages, returns, old_log_prob } = samples;
    let observations = observations.autodiff();
    let advantages = advantages.autodiff();
    let log_std = module.log_std.clone();

    let means = module.actor.forward(observations.clone());
    let log_prob = gaussian::log_prob(actions.autodiff(), means, log_std.clone());
    let log_ratio = log_prob - old_log_prob.autodiff();
    let ratio = log_ratio.clone().exp();
    let clipped = ratio.clone().clamp(1.0 - settings.clip_range, 1.0 + settings.clip_range);
    let surrogate = (ratio.clone() * advantages.clone()).min_pair(clipped * advantages);

    let values = module.critic.forward(observations).squeeze_dim::<1>(1);
    let errors = (values - returns.autodiff()).square();

    // The entropy's constant has no gradient, so only the sum of log_std is left of it.
    let total = errors.clone().mean() * settings.vf_coef
        - surrogate.clone().mean()
        - log_std.sum() * settings.ent_coef;

    let (log_ratio, excess) = (log_ratio.without_autodiff(), ratio.without_autodiff() - 1.0);
    let kl = excess.clone() - log_ratio;
    let outside = excess.abs().greater_scalar(settings.clip_range).float();
    let [surrogate, errors] = [surrogate, errors].map(Tensor::without_autodiff);
    Losses { total, measures: [surrogate, errors, kl, outside] }
}

/// Scales a gradient so that its Euclidean norm is at most `max_norm` (`clip_grad_norm_` of
/// PyTorch), without reading anything back from the device.
///
/// Returns the gradient and its norm before the clip, `[1]`.
pub(crate) fn clip_norm(gradient: Tensor<1>, max_norm: f64) -> (Tensor<1>, Tensor<1>) {
    let norm = gradient.clone().square().sum().sqrt();
    let factor = ((norm.clone() + 1e-6).recip() * max_norm).clamp_max(1.0);
    (gradient * factor, norm)
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, TensorData};

    use super::*;
    use crate::weights::{FlatLayout, NetworkShape, Weights};
    use crate::{Activation, PpoSettings};

    fn vector(values: &[f32]) -> Tensor<1> {
        Tensor::from_data(TensorData::new(values.to_vec(), [values.len()]), &Device::flex())
    }

    fn scalar(tensor: Tensor<1>) -> f32 {
        tensor.into_data().try_into_vec::<f32>().unwrap()[0]
    }

    /// The gradient (3, 0, 4), of norm 5, after the clip.
    fn clipped(max_norm: f64) -> (Vec<f32>, f32) {
        let (gradient, norm) = clip_norm(vector(&[3.0, 0.0, 4.0]), max_norm);
        (gradient.into_data().try_into_vec().unwrap(), scalar(norm))
    }

    #[test]
    fn the_clip_bounds_the_norm_and_keeps_the_direction() {
        let (values, norm) = clipped(0.5);
        assert!((norm - 5.0).abs() < 1e-6);
        for (found, expected) in values.into_iter().zip([0.3, 0.0, 0.4]) {
            assert!((found - expected).abs() < 1e-6, "{found} against {expected}");
        }
        assert_eq!(clipped(10.0), (vec![3.0, 0.0, 4.0], 5.0), "a small gradient is left alone");
    }

    #[test]
    fn each_minibatch_s_advantages_get_mean_zero_and_unbiased_deviation_one() {
        let found = standardise(vector(&[1.0, 2.0, 6.0, 50.0, 40.0, 0.0, 7.0]), 3);
        let found = found.into_data().try_into_vec::<f32>().unwrap();
        // Mean 3, squares 4 + 1 + 9 over n − 1 = 2; mean 30, squares 400 + 100 + 900 over 2.
        let expected = [-2.0, -1.0, 3.0]
            .map(|x| x / 7f32.sqrt())
            .into_iter()
            .chain([20.0, 10.0, -30.0].map(|x| x / 700f32.sqrt()));
        assert_eq!(found.len(), 6, "the seventh fills no minibatch");
        for (found, expected) in found.into_iter().zip(expected) {
            assert!((found - expected).abs() < 1e-6);
        }
    }

    fn tiny() -> (NetworkShape, Weights, PpoSettings) {
        let settings = PpoSettings {
            net_arch: vec![3],
            activation_fn: Activation::Tanh,
            ent_coef: 0.02,
            clip_range: 0.2,
            ..PpoSettings::default()
        };
        let (hidden, activation) = (settings.net_arch.clone(), settings.activation_fn);
        let shape = NetworkShape { observation_size: 2, action_size: 2, hidden, activation };
        let mut weights = Weights::initial(&shape, &settings, 5).unwrap();
        // A policy head of gain 0.01 would leave the layers before it hardly any gradient.
        for weight in &mut weights.0[2] {
            *weight *= 100.0;
        }
        (shape, weights, settings)
    }

    fn samples() -> Samples {
        let device = Device::flex();
        Samples {
            observations: Tensor::from_data(
                [[0.5, -1.0], [1.5, 0.3], [-0.7, 0.8], [0.1, 0.2]],
                &device,
            ),
            actions: Tensor::from_data([[0.3, 0.1], [-0.2, 0.5], [0.9, -0.4], [0.0, 0.3]], &device),
            advantages: standardise(vector(&[1.0, -0.5, 0.3, 2.0]), 4),
            returns: vector(&[0.7, -0.1, 1.2, 0.4]),
            // Some ratios within the clip range, some on either side of it.
            old_log_prob: vector(&[-1.0, -0.6, -2.5, 0.1]),
        }
    }

    fn network(shape: &NetworkShape, weights: &Weights) -> (FlatLayout, ActorCritic) {
        let layout = FlatLayout::new(shape);
        let flat = vector(&weights.flat(&layout));
        let network = ActorCritic::new(&layout, shape.activation, &flat, true);
        (layout, network)
    }

    fn total(shape: &NetworkShape, weights: &Weights, settings: &PpoSettings) -> f64 {
        let (_, network) = network(shape, weights);
        f64::from(scalar(losses(&network, samples(), settings).total))
    }

    #[test]
    fn gradients_agree_with_central_differences() {
        let (shape, weights, settings) = tiny();
        let (layout, network) = network(&shape, &weights);
        let loss = losses(&network, samples(), &settings);
        let gradient = network.gradient(&layout, loss.total.backward());
        let gradient = gradient.into_data().try_into_vec::<f32>().unwrap();
        let gradient = Weights::from_flat(&layout, &gradient);
        let step = 2e-3;
        let mut largest = 0f64;
        for (tensor, gradients) in gradient.0.iter().enumerate() {
            for (at, gradient) in gradients.iter().enumerate() {
                let moved = |by: f32| {
                    let mut weights = weights.clone();
                    weights.0[tensor][at] += by;
                    total(&shape, &weights, &settings)
                };
                let difference = (moved(step) - moved(-step)) / f64::from(2.0 * step);
                let error = (difference - f64::from(*gradient)).abs();
                assert!(error < 1e-3, "tensor {tensor}[{at}]: {gradient} against {difference}");
                largest = largest.max(difference.abs());
            }
        }
        assert_eq!(gradient.0.len(), 9, "every tensor has a gradient");
        assert!(largest > 0.1, "the comparison is not one of zeros: {largest}");
    }

    #[test]
    fn the_measures_match_their_definitions() {
        let (shape, mut weights, settings) = tiny();
        // Means 0, deviations 1, values 0.25: ratios and losses can be worked out by hand.
        for tensor in &mut weights.0 {
            tensor.fill(0.0);
        }
        weights.0[7] = vec![0.25];
        let (_, network) = network(&shape, &weights);
        let samples = samples();
        let expected = by_hand(&samples, settings.clip_range);
        let found = losses(&network, samples, &settings).measures.map(|rows| scalar(rows.mean()));
        for (found, expected) in found.into_iter().zip(expected) {
            assert!((f64::from(found) - expected).abs() < 1e-5, "{found} against {expected}");
        }
        assert!(expected[3] > 0.0 && expected[3] < 1.0, "some are clipped, some are not");
    }

    fn by_hand(samples: &Samples, clip: f64) -> [f64; 4] {
        let column = |tensor: &Tensor<1>| tensor.clone().into_data().try_into_vec::<f32>().unwrap();
        let actions = samples.actions.clone().into_data().try_into_vec::<f32>().unwrap();
        let (advantages, returns) = (column(&samples.advantages), column(&samples.returns));
        let old = column(&samples.old_log_prob);
        let mut sums = [0.0; 4];
        for row in 0..4 {
            let squares: f64 =
                actions[2 * row..2 * row + 2].iter().map(|&a| f64::from(a).powi(2)).sum();
            let log_prob = -0.5 * squares - (2.0 * std::f64::consts::PI).ln();
            let log_ratio = log_prob - f64::from(old[row]);
            let ratio = log_ratio.exp();
            let advantage = f64::from(advantages[row]);
            let clipped = ratio.clamp(1.0 - clip, 1.0 + clip);
            sums[0] += (ratio * advantage).min(clipped * advantage) / 4.0;
            sums[1] += (0.25 - f64::from(returns[row])).powi(2) / 4.0;
            sums[2] += (ratio - 1.0 - log_ratio) / 4.0;
            sums[3] += if (ratio - 1.0).abs() > clip { 0.25 } else { 0.0 };
        }
        sums
    }
}
