//! The losses of proximal policy optimisation on one minibatch, and the clip of its gradient.

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
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
    /// `[rows]`
    pub(crate) advantages: Tensor<1>,
    /// Targets of the critic, `[rows]`.
    pub(crate) returns: Tensor<1>,
    /// Log density of the actions under the policy that took them, `[rows]`.
    pub(crate) old_log_prob: Tensor<1>,
}

/// The loss to descend, and the measures that are reported.
pub(crate) struct Losses {
    /// `[1]`, tracks gradients.
    pub(crate) total: Tensor<1>,
    /// Policy loss, value loss, approximate KL divergence, clip fraction: `[1]` each, untracked.
    pub(crate) measures: [Tensor<1>; 4],
}

/// Advantages with mean 0 and (unbiased) standard deviation 1.
pub(crate) fn standardise(advantages: Tensor<1>) -> Tensor<1> {
    let (variance, mean) = advantages.clone().var_mean(0);
    (advantages - mean) / (variance.sqrt() + 1e-8)
}

/// The loss on one minibatch, as Stable-Baselines3 has it: clipped surrogate, squared error of
/// the critic, entropy bonus.
pub(crate) fn losses(module: &ActorCritic, samples: Samples, settings: &PpoSettings) -> Losses {
    let Samples { observations, actions, advantages, returns, old_log_prob } = samples;
    let observations = observations.autodiff();
    let advantages = standardise(advantages).autodiff();
    let log_std = module.log_std.val();

    let means = module.actor.forward(observations.clone());
    let log_prob = gaussian::log_prob(actions.autodiff(), means, log_std.clone());
    let log_ratio = log_prob - old_log_prob.autodiff();
    let ratio = log_ratio.clone().exp();
    let clipped = ratio.clone().clamp(1.0 - settings.clip_range, 1.0 + settings.clip_range);
    let surrogate = (ratio.clone() * advantages.clone()).min_pair(clipped * advantages);
    let policy_loss = surrogate.mean().neg();

    let values = module.critic.forward(observations).squeeze_dim::<1>(1);
    let value_loss = (values - returns.autodiff()).square().mean();

    // The entropy's constant has no gradient, so only the sum of log_std is left of it.
    let total = policy_loss.clone() + value_loss.clone() * settings.value_coefficient
        - log_std.sum() * settings.entropy_coefficient;

    let (log_ratio, excess) = (log_ratio.without_autodiff(), ratio.without_autodiff() - 1.0);
    let kl = (excess.clone() - log_ratio).mean();
    let clip_fraction = excess.abs().greater_scalar(settings.clip_range).float().mean();
    let [policy_loss, value_loss] = [policy_loss, value_loss].map(Tensor::without_autodiff);
    Losses { total, measures: [policy_loss, value_loss, kl, clip_fraction] }
}

/// Scales all gradients by one factor so that their joint Euclidean norm is at most `max_norm`
/// (`clip_grad_norm_` of PyTorch), without reading anything back from the device.
///
/// Returns the gradients and their norm before the clip, `[1]`.
pub(crate) fn clip_global_norm<M: Module>(
    module: &M,
    mut gradients: GradientsParams,
    max_norm: f64,
) -> (GradientsParams, Option<Tensor<1>>) {
    let mut sum = SumOfSquares { gradients: &gradients, sum: None };
    module.visit(&mut sum);
    let Some(norm) = sum.sum.map(Tensor::sqrt) else { return (gradients, None) };
    let factor = ((norm.clone() + 1e-6).recip() * max_norm).clamp_max(1.0);
    module.visit(&mut Scale { gradients: &mut gradients, factor });
    (gradients, Some(norm))
}

struct SumOfSquares<'a> {
    gradients: &'a GradientsParams,
    sum: Option<Tensor<1>>,
}

impl ModuleVisitor for SumOfSquares<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.get::<D>(param.id) {
            let squares = gradient.square().sum();
            self.sum = Some(match self.sum.take() {
                Some(sum) => sum + squares,
                None => squares,
            });
        }
    }
}

struct Scale<'a> {
    gradients: &'a mut GradientsParams,
    factor: Tensor<1>,
}

impl ModuleVisitor for Scale<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.remove::<D>(param.id) {
            let factor = self.factor.clone().reshape([1; D]);
            self.gradients.register(param.id, gradient * factor);
        }
    }
}
