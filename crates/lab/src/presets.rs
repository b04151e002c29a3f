//! Specifications and tariffs that ship.

use peergrid_env::{Tariff, Window};
use peergrid_reward::Weights;
use serde::Serialize;

use crate::{LabError, Spec};

/// A specification that a user picks by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preset {
    /// Short name, also the file name in `data/specs`.
    pub id: &'static str,
    /// The document.
    pub json: &'static str,
}

impl Preset {
    /// The specification.
    ///
    /// # Errors
    /// None for a preset that ships (a test reads them all).
    pub fn spec(&self) -> Result<Spec, LabError> {
        Spec::from_json(self.json)
    }
}

/// The preset of a file in `data/specs`.
macro_rules! preset {
    ($id:literal) => {
        Preset { id: $id, json: include_str!(concat!("../../../data/specs/", $id, ".json")) }
    };
}

/// The presets that run without a file: streets, then streets under stress.
pub const PRESETS: [Preset; 10] = [
    preset!("sydney-street"),
    preset!("small-street"),
    preset!("four-prosumers"),
    preset!("high-solar"),
    preset!("no-sun"),
    preset!("hundred-homes"),
    preset!("cloudy-week"),
    preset!("grid-outage"),
    preset!("greedy-neighbours"),
    preset!("faulty-section"),
];

/// What an agent is asked to do: named weights of the reward.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AgentPreset {
    /// Short name, also in the names of result files.
    pub id: &'static str,
    /// What a person calls it.
    pub label: &'static str,
    /// What it means, in a sentence.
    pub description: &'static str,
    /// The weights.
    pub weights: Weights,
}

/// The agents that are compared.
pub const AGENTS: [AgentPreset; 3] = [
    AgentPreset {
        id: "phase3",
        label: "Grid-aware (Phase 3)",
        description: "Every kWh bought from the grid costs the agent 0.50 $ on top of its price.",
        weights: Weights::GRID_AWARE,
    },
    AgentPreset {
        id: "phase2",
        label: "Profit-only (Phase 2)",
        description: "Only money counts.",
        weights: Weights::PROFIT_ONLY,
    },
    AgentPreset {
        id: "peak_aware",
        label: "Peak-aware",
        description: "Every kWh bought inside the tariff's peak window costs 0.50 $ on top.",
        weights: Weights::PEAK_AWARE,
    },
];

/// The id of the agent with these weights; `agent` for weights of one's own.
pub fn agent_id(weights: &Weights) -> &'static str {
    AGENTS.iter().find(|a| a.weights == *weights).map_or("agent", |a| a.id)
}

/// The label of the agent with these weights.
pub fn agent_label(weights: &Weights) -> &'static str {
    AGENTS.iter().find(|a| a.weights == *weights).map_or("Agent, own weights", |a| a.label)
}

/// "Sydney time-of-use": an illustrative retail tariff, peak 15–21 h every day.
pub fn sydney_time_of_use() -> Tariff {
    let peak = Window { price: Some(0.58), peak: true, ..Window::daily("peak", 15.0, 21.0) };
    Tariff {
        source: "Illustrative retail prices; peak hours of the Ausgrid network tariff from \
                 1 July 2024, applied all year"
            .to_owned(),
        windows: vec![peak],
        ..Tariff::flat("Sydney time-of-use", 0.28, 0.05)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_valid() {
        for preset in PRESETS {
            let spec = preset.spec().unwrap();
            assert!(!spec.name.is_empty() && !spec.description.is_empty(), "{}", preset.id);
        }
        assert_eq!(Tariff::by_id("sydney-time-of-use").unwrap(), sydney_time_of_use());
        let eight = include_str!("../../../data/specs/eight-homes.json");
        assert_eq!(Spec::from_json(eight).unwrap().tariff, sydney_time_of_use());
    }
}
