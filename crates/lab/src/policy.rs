//! The policies that results compare.

#[cfg(feature = "optimum")]
use peergrid_agents::{Mpc, Optimum, SelfishOptimum};
use peergrid_agents::{NoBattery, Policy, RuleBased, StreetGreedy, TimeOfUse};
use serde::{Deserialize, Serialize};

use crate::{LabError, setting::Setting};

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
    /// A rule with a few numbers, tuned on the training days.
    TimeOfUse,
    /// The street's plan on yesterday's load and PV, made anew in every step.
    Mpc,
    /// Each home's plan for itself, with perfect foresight.
    SelfishOptimum,
    /// The street's plan with perfect foresight: the yardstick.
    Optimum,
    /// The trained agent.
    Agent,
}

impl PolicyKind {
    /// The policies that act on what the homes know and are quick: rules.
    pub const RULES: [Self; 4] =
        [Self::NoBattery, Self::RuleBased, Self::StreetGreedy, Self::TimeOfUse];

    /// The policies that are no trained agents, as far as this build holds them: the rules, and what
    /// plans where the linear program is compiled in.
    pub const FIXED: &[Self] = &[
        Self::NoBattery,
        Self::RuleBased,
        Self::StreetGreedy,
        Self::TimeOfUse,
        #[cfg(feature = "optimum")]
        Self::Mpc,
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
            Self::TimeOfUse => "Tuned time-of-use rule",
            Self::Mpc => "Model-predictive control",
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
            Self::TimeOfUse => "time_of_use",
            Self::Mpc => "mpc",
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

    /// The policy for a setting, which counts no wear, as the measures of results count none;
    /// `None` for the agent, which must be trained, and for what this build does not hold.
    pub fn for_setting(self, setting: &Setting) -> Option<Box<dyn Policy>> {
        self.counting_wear(setting, 0.0)
    }

    /// As [`PolicyKind::for_setting`]; a kWh charged or discharged counts as `wear` $, ≥ 0.
    pub fn counting_wear(self, setting: &Setting, wear: f64) -> Option<Box<dyn Policy>> {
        match self {
            Self::TimeOfUse => Some(Box::new(time_of_use(setting, wear))),
            #[cfg(feature = "optimum")]
            Self::Mpc => Some(Box::new(Mpc::new(wear))),
            #[cfg(feature = "optimum")]
            Self::SelfishOptimum => Some(Box::new(SelfishOptimum::new(wear))),
            #[cfg(feature = "optimum")]
            Self::Optimum => Some(Box::new(Optimum::new(wear))),
            _ => self.fixed(),
        }
    }

    /// The policy, if it needs neither training nor days to be tuned on; it counts no wear.
    pub fn fixed(self) -> Option<Box<dyn Policy>> {
        match self {
            Self::NoBattery => Some(Box::new(NoBattery)),
            Self::RuleBased => Some(Box::new(RuleBased)),
            Self::StreetGreedy => Some(Box::new(StreetGreedy)),
            #[cfg(feature = "optimum")]
            Self::Mpc => Some(Box::new(Mpc::default())),
            #[cfg(feature = "optimum")]
            Self::SelfishOptimum => Some(Box::new(SelfishOptimum::default())),
            #[cfg(feature = "optimum")]
            Self::Optimum => Some(Box::new(Optimum::default())),
            #[cfg(not(feature = "optimum"))]
            Self::Mpc | Self::SelfishOptimum | Self::Optimum => None,
            Self::TimeOfUse | Self::Agent => None,
        }
    }
}

/// The time-of-use rule, tuned on the setting's training days.
pub fn time_of_use(setting: &Setting, wear: f64) -> TimeOfUse {
    let length = setting.spec.episode.length.days();
    TimeOfUse::tuned(&setting.community, &setting.train, length, wear)
}
