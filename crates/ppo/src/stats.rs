//! What one iteration reports.

use serde::Serialize;

/// The measures of one iteration: one rollout and the update on it.
///
/// Losses and divergences are means over all minibatches of all epochs that ran.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IterationStats {
    /// Iterations done, this one included.
    pub iteration: u64,
    /// Home-steps collected so far, this rollout included.
    pub total_steps: u64,
    /// Home-steps of this rollout.
    pub rollout_steps: u64,
    /// Minibatch updates of this iteration.
    pub updates: u64,
    /// Epochs that ran, fewer than set where `target_kl` stopped them.
    pub epochs: usize,
    /// Episodes that ended in this rollout, over all streams.
    pub episodes: u64,
    /// Mean over those episodes of the undiscounted sum of unscaled rewards; none if none ended.
    pub mean_episode_return: Option<f64>,
    /// Mean length of those episodes in steps; none if none ended.
    pub mean_episode_length: Option<f64>,
    /// Mean unscaled reward per home-step.
    pub mean_reward: f64,
    /// Clipped surrogate loss, without dimension.
    pub policy_loss: f64,
    /// `mean((R − V)²)`, in squared units of (normalised) return.
    pub value_loss: f64,
    /// Entropy of the action distribution in nats, at the end of the update.
    pub entropy: f64,
    /// KL divergence from the old policy in nats, estimated as `mean(ratio − 1 − ln ratio)`.
    pub approx_kl: f64,
    /// Share of samples whose ratio lay outside the clip range.
    pub clip_fraction: f64,
    /// `1 − Var(R − V)/Var(R)` of the critic before the update; none if the returns are constant.
    pub explained_variance: Option<f64>,
    /// Learning rate of this iteration.
    pub learning_rate: f64,
    /// Euclidean norm of the whole gradient before clipping.
    pub grad_norm: f64,
    /// Logarithm of the exploration noise per action, at the end of the update.
    pub log_std: Vec<f32>,
    /// Per action, the mean action below which one state of this rollout in twenty lies, at the
    /// end of the update.
    pub action_low: Vec<f32>,
    /// The mean action above which one in twenty lies. Where the two meet, the policy answers
    /// every state alike.
    pub action_high: Vec<f32>,
}
