//! Weights, credit and presets.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Weights of the reward's terms, all ≥ 0.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Weights {
    /// Per $ earned.
    #[cfg_attr(feature = "schema", schemars(range(min = 0)))]
    pub profit: f64,
    /// Per kWh bought from the grid.
    #[cfg_attr(feature = "schema", schemars(range(min = 0)))]
    pub grid: f64,
    /// Per kWh bought from the grid inside the tariff's peak window, on top of `grid`.
    #[cfg_attr(feature = "schema", schemars(range(min = 0)))]
    pub peak: f64,
    /// Per squared distance of the state of charge (a fraction) from the comfort band.
    #[cfg_attr(feature = "schema", schemars(range(min = 0)))]
    pub soc: f64,
    /// Per kWh of battery throughput, in $ like its wear.
    #[cfg_attr(feature = "schema", schemars(range(min = 0)))]
    pub degradation: f64,
    /// Per unit of the Gini coefficient of the homes' savings so far.
    #[cfg_attr(feature = "schema", schemars(range(min = 0)))]
    pub fairness: f64,
    /// Per $ of penalty for violated limits of the grid, where the scenario penalises them.
    #[cfg_attr(feature = "schema", schemars(range(min = 0)))]
    pub limits: f64,
}

impl Weights {
    /// "Phase 2": profit only.
    pub const PROFIT_ONLY: Self = Self {
        profit: 1.0,
        grid: 0.0,
        peak: 0.0,
        soc: 0.0,
        degradation: 0.0,
        fairness: 0.0,
        limits: 1.0,
    };
    /// "Phase 3": grid-aware, every kWh from the grid costs half a dollar more.
    pub const GRID_AWARE: Self = Self { grid: 0.5, ..Self::PROFIT_ONLY };
    /// Peak-aware: the same weight on the peak window's imports alone.
    pub const PEAK_AWARE: Self = Self { peak: 0.5, ..Self::PROFIT_ONLY };
    /// Cooperative: uneven savings cost every home; goes with [`Credit::Community`].
    pub const COOPERATIVE: Self = Self { fairness: 0.1, ..Self::PROFIT_ONLY };
}

impl Default for Weights {
    fn default() -> Self {
        Self::GRID_AWARE
    }
}

/// Whose outcome a home is rewarded for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Credit {
    /// Its own bill and import.
    Own,
    /// The community's mean.
    Community,
    /// The community's outcome with the home's battery flow less without it.
    #[default]
    Difference,
    /// Own and community, mixed by `own_share`.
    Mix,
}

/// The reward as a specification describes it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct RewardSettings {
    /// Weights of the terms.
    pub weights: Weights,
    /// Whose outcome counts.
    pub credit: Credit,
    /// Share of the own outcome under `credit: "mix"`, 0 to 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1)))]
    pub own_share: f64,
    /// Lower end of the comfort band of the state of charge, a fraction of the capacity.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1)))]
    pub soc_comfort_min: f64,
    /// Upper end of the comfort band.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1)))]
    pub soc_comfort_max: f64,
}

impl Default for RewardSettings {
    fn default() -> Self {
        Self {
            weights: Weights::default(),
            credit: Credit::default(),
            own_share: 0.5,
            soc_comfort_min: 0.2,
            soc_comfort_max: 0.9,
        }
    }
}

/// A reward out of range.
#[derive(Debug, Clone, PartialEq, Error)]
#[error("reward field `{field}` is {value}; it must be {expected}")]
pub struct RewardError {
    /// The field at fault.
    pub field: &'static str,
    /// What it holds.
    pub value: f64,
    /// What would be right.
    pub expected: &'static str,
}

impl RewardSettings {
    /// Checks every field's range.
    ///
    /// # Errors
    /// The first field out of range.
    pub fn validate(&self) -> Result<(), RewardError> {
        let w = &self.weights;
        let weights = [
            ("weights.profit", w.profit),
            ("weights.grid", w.grid),
            ("weights.peak", w.peak),
            ("weights.soc", w.soc),
            ("weights.degradation", w.degradation),
            ("weights.fairness", w.fairness),
            ("weights.limits", w.limits),
        ];
        for (field, value) in weights {
            if !(value.is_finite() && value >= 0.0) {
                return Err(RewardError { field, value, expected: "a finite number, 0 or more" });
            }
        }
        let fractions = [
            ("own_share", self.own_share),
            ("soc_comfort_min", self.soc_comfort_min),
            ("soc_comfort_max", self.soc_comfort_max),
        ];
        for (field, value) in fractions {
            if !(0.0..=1.0).contains(&value) {
                return Err(RewardError { field, value, expected: "a fraction from 0 to 1" });
            }
        }
        if self.soc_comfort_min > self.soc_comfort_max {
            let value = self.soc_comfort_min;
            let expected = "at most soc_comfort_max";
            return Err(RewardError { field: "soc_comfort_min", value, expected });
        }
        Ok(())
    }
}
