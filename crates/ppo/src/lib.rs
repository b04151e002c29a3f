//! Proximal policy optimisation on Burn, over any environment behind a small trait.
//!
//! A [`Trainer`] repeats two things. A *rollout*: the [`Policy`], on the CPU, acts for all streams
//! of a [`VectorEnv`] at once, and advantages are estimated (`gae`). An *update*: the [`Learner`],
//! on the CPU or on WebGPU ([`Compute`]), goes over the rollout a few times in minibatches
//! (`loss`) and hands its new weights to the policy. The batch crosses to the device once per
//! iteration, weights and measures come back once, and nothing waits for the device otherwise.
//!
//! - `settings`, `warnings`, `stats`, `error`: what goes in, what is doubtful of it, what comes
//!   out, what can go wrong
//! - `weights`, `network`, `gaussian`: the actor, the critic and the distribution of actions
//! - `normalise`: running moments of observations and returns, which travel with the weights
//! - `rollout`, `gae`, `experience`, `loss`, `learner`, `trainer`: the algorithm, in this order
//! - `spread`: whether the policy still decides anything
//! - `policy`, `checkpoint`, `safetensors`: acting and storing
//!
//! Without the feature `learner` (on by default) only the settings and the error are there, and
//! nothing of Burn.
//!
//! The algorithm follows Stable-Baselines3, and so do the settings' names; [`PpoSettings::sb3_defaults`]
//! are its defaults. It differs in three things: rows left over after the last whole minibatch of an
//! epoch are not used in it, `target_kl` is looked at after each epoch and not in each minibatch, and
//! a linear learning rate is that of the rollout's beginning. Units are the environment's own.

#[cfg(feature = "learner")]
mod checkpoint;
#[cfg(feature = "learner")]
mod compute;
#[cfg(feature = "learner")]
mod env;
mod error;
#[cfg(feature = "learner")]
mod experience;
#[cfg(feature = "learner")]
mod gae;
#[cfg(feature = "learner")]
mod gaussian;
#[cfg(feature = "learner")]
mod learner;
#[cfg(feature = "learner")]
mod loss;
#[cfg(feature = "learner")]
mod network;
#[cfg(feature = "learner")]
mod normalise;
#[cfg(feature = "learner")]
mod policy;
#[cfg(feature = "learner")]
mod rollout;
#[cfg(feature = "learner")]
mod safetensors;
mod settings;
#[cfg(feature = "learner")]
mod spread;
#[cfg(feature = "learner")]
mod stats;
#[cfg(feature = "learner")]
mod trainer;
mod warnings;
#[cfg(feature = "learner")]
mod weights;

#[cfg(feature = "learner")]
pub use compute::Compute;
#[cfg(feature = "webgpu")]
pub use compute::webgpu;
#[cfg(feature = "learner")]
pub use env::{End, VectorEnv};
pub use error::PpoError;
#[cfg(feature = "learner")]
pub use experience::Batch;
#[cfg(feature = "learner")]
pub use learner::{Learner, UpdateStats};
#[cfg(feature = "learner")]
pub use policy::Policy;
pub use settings::{Activation, LearningRateSchedule, PpoSettings};
#[cfg(feature = "learner")]
pub use stats::IterationStats;
#[cfg(feature = "learner")]
pub use trainer::Trainer;
#[cfg(feature = "learner")]
pub use weights::NetworkShape;
