//! A random neighbourhood with the statistics of measured ones.

use serde::{Deserialize, Serialize};

use crate::{DataError, Neighbourhood};

/// The settings of a synthetic neighbourhood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Synthetic {
    /// Number of homes, 1 to 1000.
    pub homes: usize,
    /// Seed of all randomness.
    pub seed: u64,
    /// Length of a step in minutes: 30 or 60.
    pub step_minutes: u32,
    /// Calendar year of the first day, which is 1 January: 2008 to 2100.
    pub year: i16,
    /// Number of days, 1 to 3653.
    pub days: usize,
}

impl Default for Synthetic {
    fn default() -> Self {
        Self { homes: 10, seed: 1, step_minutes: 60, year: 2026, days: 365 }
    }
}

impl Synthetic {
    /// Draws the neighbourhood.
    ///
    /// # Errors
    /// [`DataError::Setting`] for a setting outside its range.
    pub fn generate(&self) -> Result<Neighbourhood, DataError> {
        Err(DataError::Setting { field: "homes", value: self.homes.to_string(), expected: "homes" })
    }
}
