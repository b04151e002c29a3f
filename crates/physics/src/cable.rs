//! Low-voltage cables and lines, after pandapower's standard types.

use serde::{Deserialize, Serialize};

/// A cable type: resistance, reactance and current limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Cable {
    /// NAYY 4x50, buried.
    #[serde(rename = "NAYY 4x50")]
    Nayy4x50,
    /// NAYY 4x120, buried.
    #[serde(rename = "NAYY 4x120")]
    Nayy4x120,
    /// NAYY 4x150, buried.
    #[serde(rename = "NAYY 4x150")]
    Nayy4x150,
    /// 15-AL, overhead.
    #[serde(rename = "15-AL")]
    Al15,
    /// 24-AL, overhead.
    #[serde(rename = "24-AL")]
    Al24,
    /// 48-AL, overhead.
    #[serde(rename = "48-AL")]
    Al48,
    /// 94-AL, overhead.
    #[serde(rename = "94-AL")]
    Al94,
}

impl Cable {
    /// Resistance (Ω/km), reactance (Ω/km) and ampacity (A) of one conductor.
    pub const fn parameters(self) -> (f64, f64, f64) {
        match self {
            Self::Nayy4x50 => (0.642, 0.083, 142.0),
            Self::Nayy4x120 => (0.225, 0.080, 242.0),
            Self::Nayy4x150 => (0.208, 0.080, 270.0),
            Self::Al15 => (1.8769, 0.35, 105.0),
            Self::Al24 => (1.2012, 0.335, 140.0),
            Self::Al48 => (0.5939, 0.30, 210.0),
            Self::Al94 => (0.306, 0.29, 350.0),
        }
    }
}
