//! How homes are connected, and what that means for voltage, current and loss.

use serde::{Deserialize, Serialize};

/// How the homes are connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// Balanced over three phases, 400 V line to line: loss `3·r·I²`, `I = S/(√3·V)`.
    #[default]
    ThreePhase,
    /// One phase and neutral, 230 V, a go and a return conductor: loss `2·r·I²`, `I = S/V`.
    SinglePhase,
}

impl Service {
    /// Usual nominal voltage, V: line to line for three phases, phase to neutral for one.
    pub const fn voltage(self) -> f64 {
        match self {
            Self::ThreePhase => 400.0,
            Self::SinglePhase => 230.0,
        }
    }

    /// The convention in a few words, for whoever reads the results.
    pub const fn convention(self) -> &'static str {
        match self {
            Self::ThreePhase => {
                "three-phase balanced: line-to-line voltage, I = S/(√3·V), loss = 3·r·I²"
            }
            Self::SinglePhase => {
                "single-phase: phase-to-neutral voltage, I = S/V, go and return conductor, loss = 2·r·I²"
            }
        }
    }

    /// Conductors a current passes through, as a factor on a line's impedance.
    pub(crate) const fn loop_factor(self) -> f64 {
        match self {
            Self::ThreePhase => 1.0,
            Self::SinglePhase => 2.0,
        }
    }

    /// Current in one conductor per kVA at `nominal_v` volts, A.
    pub(crate) fn amperes_per_kva(self, nominal_v: f64) -> f64 {
        match self {
            Self::ThreePhase => 1000.0 / (nominal_v * 3.0_f64.sqrt()),
            Self::SinglePhase => 1000.0 / nominal_v,
        }
    }
}
