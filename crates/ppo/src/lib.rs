//! Proximal policy optimisation on Burn, over any environment behind a small trait.

mod env;
mod error;
mod settings;
mod stats;

pub use env::{End, VectorEnv};
pub use error::PpoError;
pub use settings::{Activation, LearningRateSchedule, PpoSettings};
pub use stats::IterationStats;
