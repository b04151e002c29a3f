//! The policies that results compare.

use peergrid_agents::{NoBattery, Policy, RuleBased, StreetGreedy};
#[cfg(feature = "optimum")]
use peergrid_agents::{Optimum, SelfishOptimum};
use serde::{Deserialize, Serialize};

use crate::LabError;

/// A kind of policy that results compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyKind {
    /// Batteries stand still.
    NoBattery,
    /// Each home for itself, the baseline.
    RuleBased,
    /// Batteries follow the street's net load.
    StreetGreedy,
    /// Each home's plan for itself, with perfect foresight.
    SelfishOptimum,
    /// The street's plan with perfect foresight: the yardstick.
    Optimum,
    /// The trained agent.
    Agent,
}

impl PolicyKind {
    /// The policies that act on what the homes know and need no training.
    pub const RULES: [Self; 3] = [Self::NoBattery, Self::RuleBased, Self::StreetGreedy];

    /// The policies that need no training in this build: the rules, and the plans with perfect
    /// foresight where the linear program is compiled in.
    pub const FIXED: &[Self] = &[
        Self::NoBattery,
        Self::RuleBased,
        Self::StreetGreedy,
        #[cfg(feature = "optimum")]
        Self::SelfishOptimum,
        #[cfg(feature = "optimum")]
        Self::Optimum,
    ];

    /// What a person calls it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::NoBattery => "No battery",
            Self::RuleBased => "Rule-based",
            Self::StreetGreedy => "Greedy street",
            Self::SelfishOptimum => "Selfish optimum",
            Self::Optimum => "Optimum",
            Self::Agent => "Agent",
        }
    }

    /// Its short name, as in documents.
    pub const fn id(self) -> &'static str {
        match self {
            Self::NoBattery => "no_battery",
            Self::RuleBased => "rule_based",
            Self::StreetGreedy => "street_greedy",
            Self::SelfishOptimum => "selfish_optimum",
            Self::Optimum => "optimum",
            Self::Agent => "agent",
        }
    }

    /// The kind with this short name.
    ///
    /// # Errors
    /// A name that no policy has.
    pub fn by_id(id: &str) -> Result<Self, LabError> {
        let all = Self::FIXED.iter().copied().chain([Self::Agent]);
        all.clone().find(|kind| kind.id() == id).ok_or_else(|| {
            let known: Vec<_> = all.map(Self::id).collect();
            LabError::Policy { name: id.to_owned(), known: known.join(", ") }
        })
    }

    /// The policy; `None` for the agent, which must be trained, and for what this build does not
    /// hold.
    pub fn fixed(self) -> Option<Box<dyn Policy>> {
        match self {
            Self::NoBattery => Some(Box::new(NoBattery)),
            Self::RuleBased => Some(Box::new(RuleBased)),
            Self::StreetGreedy => Some(Box::new(StreetGreedy)),
            #[cfg(feature = "optimum")]
            Self::SelfishOptimum => Some(Box::new(SelfishOptimum::default())),
            #[cfg(feature = "optimum")]
            Self::Optimum => Some(Box::new(Optimum::default())),
            #[cfg(not(feature = "optimum"))]
            Self::SelfishOptimum | Self::Optimum => None,
            Self::Agent => None,
        }
    }
}
