//! What can go wrong, in sentences for the person who has to mend it.

use thiserror::Error;

/// An error of the learner.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum PpoError {
    /// A setting outside its range.
    #[error("PPO setting `{field}` is {value}, but it must be {expected}.")]
    Setting {
        /// The field's name as in [`PpoSettings`](crate::PpoSettings).
        field: &'static str,
        /// What it holds.
        value: String,
        /// What would be right.
        expected: String,
    },
    /// The environment's sizes do not fit the settings, the policy, or each other.
    #[error("The environment has {what} = {found}, but {expected} is needed.")]
    Size {
        /// Which size.
        what: &'static str,
        /// What the environment says.
        found: usize,
        /// What would be right.
        expected: String,
    },
    /// The environment produced a number that is not finite.
    #[error(
        "The environment gave a {what} that is not finite ({value}) at step {step} of iteration \
         {iteration}, stream {stream}; the weights were left as they were before this iteration."
    )]
    NotFinite {
        /// `observation`, `final observation` or `reward`.
        what: &'static str,
        /// The number itself.
        value: f32,
        /// Iteration, counted from 1.
        iteration: u64,
        /// Step within the rollout, counted from 0.
        step: usize,
        /// Stream, counted from 0.
        stream: usize,
    },
    /// The update produced weights or losses that are not finite.
    #[error(
        "The update of iteration {iteration} made {what} not finite; a lower learning_rate or \
         max_grad_norm helps. The weights were put back as they were before this iteration."
    )]
    Diverged {
        /// Which quantity.
        what: &'static str,
        /// Iteration, counted from 1.
        iteration: u64,
    },
    /// A checkpoint that cannot be read.
    #[error("This is not a usable checkpoint: {reason}.")]
    Checkpoint {
        /// What is wrong with it.
        reason: String,
    },
    /// The device failed, or cannot be had.
    #[error("The computing device failed: {reason}.")]
    Device {
        /// What the device's driver said.
        reason: String,
    },
}
