//! Proximal policy optimisation on Burn, over any environment behind a small trait.
//!
//! A [`Trainer`] repeats two things. A *rollout*: the [`Policy`], on the CPU, acts for all streams
//! of a [`VectorEnv`] at once, and advantages are estimated (`gae`). An *update*: the [`Learner`],
//! on the CPU or on WebGPU ([`Compute`]), goes over the rollout a few times in minibatches
//! (`loss`) and hands its new weights to the policy. The batch crosses to the device once per
//! iteration, weights and measures come back once, and nothing waits for the device otherwise.
//!
//! - `settings`, `stats`, `error`: what goes in, what comes out, what can go wrong
//! - `weights`, `network`, `gaussian`: the actor, the critic and the distribution of actions
//! - `normalise`: running moments of observations and returns, which travel with the weights
//! - `rollout`, `gae`, `loss`, `learner`, `trainer`: the algorithm, in this order
//! - `policy`, `checkpoint`, `safetensors`: acting and storing
//!
//! The algorithm and its defaults follow Stable-Baselines3. Units are the environment's own.

mod checkpoint;
mod compute;
mod env;
mod error;
mod gae;
mod gaussian;
mod learner;
mod loss;
mod network;
mod normalise;
mod policy;
mod rollout;
mod safetensors;
mod settings;
mod stats;
mod trainer;
mod weights;

pub use compute::Compute;
#[cfg(feature = "webgpu")]
pub use compute::webgpu;
pub use env::{End, VectorEnv};
pub use error::PpoError;
pub use learner::{Batch, Learner, UpdateStats};
pub use network::{ActorCritic, Mlp};
pub use policy::Policy;
pub use settings::{Activation, LearningRateSchedule, PpoSettings};
pub use stats::IterationStats;
pub use trainer::Trainer;
pub use weights::NetworkShape;
