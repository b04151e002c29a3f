//! Specifications and tariffs that ship.

use peergrid_env::{Tariff, Window};
use peergrid_ppo::PpoSettings;
use peergrid_reward::{Credit, RewardSettings, Weights};
use serde::{Serialize, Serializer};

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

/// What an agent is asked to do: named weights of the reward, and whose outcome counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AgentPreset {
    /// Short name, also in the names of result files.
    pub id: &'static str,
    /// What a person calls it.
    pub label: &'static str,
    /// What it means, in a sentence.
    pub description: &'static str,
    /// The weights; no two presets have the same.
    pub weights: Weights,
    /// Whose outcome a home is rewarded for.
    pub credit: Credit,
}

/// The agents that a user picks from.
pub const AGENTS: [AgentPreset; 4] = [
    AgentPreset {
        id: "phase3",
        label: "Grid-aware (Phase 3)",
        description: "Every kWh bought from the grid costs the agent 0.50 $ on top of its price.",
        weights: Weights::GRID_AWARE,
        credit: Credit::Difference,
    },
    AgentPreset {
        id: "phase2",
        label: "Profit-only (Phase 2)",
        description: "Only money counts.",
        weights: Weights::PROFIT_ONLY,
        credit: Credit::Difference,
    },
    AgentPreset {
        id: "peak_aware",
        label: "Peak-aware",
        description: "Every kWh bought inside the tariff's peak window costs 0.50 $ on top.",
        weights: Weights::PEAK_AWARE,
        credit: Credit::Difference,
    },
    AgentPreset {
        id: "cooperative",
        label: "Cooperative",
        description: "Every home is paid what the street's homes gain on average, less where their \
                      savings are uneven.",
        weights: Weights::COOPERATIVE,
        credit: Credit::Community,
    },
];

/// The agents that studies compare: those that are paid for the difference they make.
pub fn studied() -> impl Iterator<Item = &'static AgentPreset> {
    AGENTS.iter().filter(|preset| preset.credit == Credit::Difference)
}

/// Settings of the learner that a user picks by name.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct LearnerPreset {
    /// Short name.
    pub id: &'static str,
    /// What a person calls it.
    pub label: &'static str,
    /// What it is good for, in a sentence.
    pub description: &'static str,
    /// Communities simulated side by side.
    pub microgrids: usize,
    #[serde(rename = "ppo", serialize_with = "called")]
    settings: fn() -> PpoSettings,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn called<S: Serializer>(settings: &fn() -> PpoSettings, to: S) -> Result<S::Ok, S::Error> {
    settings().serialize(to)
}

impl LearnerPreset {
    /// The settings; `total_timesteps` is the default.
    pub fn settings(&self) -> PpoSettings {
        (self.settings)()
    }

    /// Gives `spec` this learner. The length of the training stays what it is.
    pub fn apply(&self, spec: &mut Spec) {
        let total_timesteps = spec.ppo.total_timesteps;
        spec.ppo = PpoSettings { total_timesteps, ..self.settings() };
        spec.training.microgrids = self.microgrids;
    }
}

/// The learners that are compared, the default first.
pub const LEARNERS: [LearnerPreset; 2] = [
    LearnerPreset {
        id: "default",
        label: "Made for streets",
        description: "256 streets side by side, minibatches of 2,048, ReLU networks, everything \
                      normalised.",
        microgrids: 256,
        settings: PpoSettings::default,
    },
    LearnerPreset {
        id: "sb3_defaults",
        label: "Stable-Baselines3 defaults",
        description: "What Stable-Baselines3 takes for PPO unless told otherwise, in one street: \
                      for comparison.",
        microgrids: 1,
        settings: PpoSettings::sb3_defaults,
    },
];

/// The learner preset of this name.
pub fn learner(id: &str) -> Option<&'static LearnerPreset> {
    LEARNERS.iter().find(|preset| preset.id == id)
}

/// The preset of the agent that is rewarded so: by its weights, for the same homes' outcome.
fn agent(reward: &RewardSettings) -> Option<&'static AgentPreset> {
    AGENTS.iter().find(|a| a.weights == reward.weights && a.credit == reward.credit)
}

/// The id of the agent that is rewarded so; `agent` for a reward of one's own.
pub fn agent_id(reward: &RewardSettings) -> &'static str {
    agent(reward).map_or("agent", |a| a.id)
}

/// The label of the agent that is rewarded so.
pub fn agent_label(reward: &RewardSettings) -> &'static str {
    agent(reward).map_or("Agent, own weights", |a| a.label)
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
    fn learners_are_valid_warn_of_nothing_and_leave_the_length_alone() {
        for preset in LEARNERS {
            let mut spec = Spec::default();
            spec.ppo.total_timesteps = 900_000;
            preset.apply(&mut spec);
            spec.validate().unwrap();
            assert_eq!(spec.ppo.total_timesteps, 900_000);
            // Five homes with a battery.
            let warnings = spec.ppo.warnings(5 * spec.training.microgrids);
            assert_eq!(warnings, Vec::<String>::new(), "{}", preset.id);
            assert_eq!(learner(preset.id).map(|found| found.label), Some(preset.label));
        }
        assert!(learner("sb4_defaults").is_none());
    }

    #[test]
    fn every_agent_goes_by_its_reward_and_studies_keep_to_one_credit() {
        for AgentPreset { id, label, weights, credit, .. } in AGENTS {
            let reward = RewardSettings { weights, credit, ..RewardSettings::default() };
            assert_eq!((agent_id(&reward), agent_label(&reward)), (id, label));
            let other = RewardSettings { credit: Credit::Own, ..reward };
            assert_eq!(agent_id(&other), "agent", "{id} is no preset for its own outcome");
        }
        let ids: Vec<_> = studied().map(|preset| preset.id).collect();
        assert_eq!(ids, ["phase3", "phase2", "peak_aware"]);
        assert!(studied().all(|preset| preset.credit == Credit::default()));
    }

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
