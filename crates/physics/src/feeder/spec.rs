//! A feeder as a person describes it.

use serde::{Deserialize, Serialize};

use super::{FeederError, layout::Layout};
use crate::{Cable, Service};

/// A feeder: a street of equally spaced homes, or a tree of lines of one's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct FeederSpec {
    /// Cable type of a street.
    pub cable: Cable,
    /// In a street: distance from the busbar to the first home and between homes, m, > 0.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0)))]
    pub spacing_m: f64,
    /// How homes are connected.
    pub service: Service,
    /// In a street: most homes on one cable, ≥ 1; the next home starts another cable.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub homes_per_cable: usize,
    /// Where not empty: the lines of an own tree, in any order, instead of the street. Homes sit
    /// at the buses that bear their ids, other buses are junctions; the one bus that is never a
    /// `to` is the source, the transformer's busbar.
    pub lines: Vec<LineSpec>,
    /// The transformer before the busbar; an ideal source where absent.
    pub transformer: Option<TransformerSpec>,
    /// How the power flow is solved.
    pub method: PowerFlowMethod,
    /// A bad section; none where absent.
    pub fault: Option<Fault>,
}

impl Default for FeederSpec {
    fn default() -> Self {
        Self {
            cable: Cable::Nayy4x150,
            spacing_m: 35.0,
            service: Service::ThreePhase,
            homes_per_cable: 20,
            lines: Vec::new(),
            transformer: None,
            method: PowerFlowMethod::Exact,
            fault: None,
        }
    }
}

impl FeederSpec {
    /// Checks all that does not depend on the homes. What does is checked by
    /// [`Feeder::build`](super::Feeder::build): whether every home has a bus, and in a street
    /// whether the fault is at a home.
    ///
    /// # Errors
    /// The first value out of range, and lines that are no tree.
    pub fn validate(&self) -> Result<(), FeederError> {
        if self.lines.is_empty() {
            Layout::street(self, &[])?;
        } else {
            Layout::tree(&self.lines)?.with_fault(self.fault.as_ref())?;
        }
        self.transformer.as_ref().map_or(Ok(()), TransformerSpec::validate)?;
        self.fault.as_ref().map_or(Ok(()), Fault::validate)
    }
}

/// A line between two buses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LineSpec {
    /// The bus nearer the source.
    pub from: String,
    /// The bus it feeds.
    pub to: String,
    /// Length, m, > 0.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0)))]
    pub length_m: f64,
    /// Cable type; or own resistance and reactance.
    #[serde(default)]
    pub cable: Option<Cable>,
    /// Resistance of one conductor, Ω/km, ≥ 0.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0)))]
    pub r_ohm_per_km: Option<f64>,
    /// Reactance of one conductor, Ω/km, ≥ 0.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0)))]
    pub x_ohm_per_km: Option<f64>,
    /// Current limit, A, > 0: the cable type's where absent, none for a line of own r and x.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0)))]
    pub ampacity_a: Option<f64>,
}

impl LineSpec {
    /// Resistance and reactance of one conductor (Ω) and ampacity (A, infinite where unknown).
    /// `line` is the line's number in messages.
    pub(crate) fn parameters(&self, line: usize) -> Result<(f64, f64, f64), FeederError> {
        let check = |good, name, value, expected| {
            let bus = &self.to;
            let wrong =
                || FeederError::LineNumber { line, name, bus: bus.clone(), value, expected };
            if good { Ok(()) } else { Err(wrong()) }
        };
        let positive = |v: f64| v.is_finite() && v > 0.0;
        let not_negative = |v: f64| v.is_finite() && v >= 0.0;
        check(positive(self.length_m), "length_m", self.length_m, "a length above 0 m")?;
        let (r, x, ampacity) = self.per_km(line)?;
        check(not_negative(r), "r_ohm_per_km", r, "0 Ω/km or more")?;
        check(not_negative(x), "x_ohm_per_km", x, "0 Ω/km or more")?;
        let limit = self.ampacity_a.unwrap_or(1.0);
        check(positive(limit), "ampacity_a", limit, "a current above 0 A")?;
        let km = self.length_m / 1000.0;
        Ok((r * km, x * km, self.ampacity_a.unwrap_or(ampacity)))
    }

    fn per_km(&self, line: usize) -> Result<(f64, f64, f64), FeederError> {
        let found = match (self.cable, self.r_ohm_per_km, self.x_ohm_per_km) {
            (Some(cable), None, None) => return Ok(cable.parameters()),
            (None, Some(r), Some(x)) => return Ok((r, x, f64::INFINITY)),
            (None, None, None) => "no impedance",
            (None, Some(_), None) => "a resistance without a reactance",
            (None, None, Some(_)) => "a reactance without a resistance",
            (Some(_), ..) => "a cable type and an impedance of its own",
        };
        Err(FeederError::Impedance { line, bus: self.to.clone(), found })
    }
}

/// A distribution transformer, a series impedance on the low-voltage side:
/// `Z = vk/100·V²/S`, `R = vkr/100·V²/S`, `X = √(Z² − R²)`.
///
/// For three phases it is the usual three-phase unit. For single-phase service it is a
/// single-phase unit of the same rating on the service's voltage; its impedance is that of the
/// whole winding, so it is not doubled for the return conductor as a line's is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct TransformerSpec {
    /// Rated apparent power, kVA, > 0.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0)))]
    pub rated_kva: f64,
    /// Short-circuit voltage, % of the nominal voltage, in [0, 100].
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 100)))]
    pub vk_percent: f64,
    /// Its resistive part, %, in [0, `vk_percent`].
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 100)))]
    pub vkr_percent: f64,
}

impl Default for TransformerSpec {
    fn default() -> Self {
        Self { rated_kva: 250.0, vk_percent: 4.0, vkr_percent: 1.2 }
    }
}

impl TransformerSpec {
    pub(crate) fn validate(&self) -> Result<(), FeederError> {
        let check = FeederError::check;
        let (rated, vk, vkr) = (self.rated_kva, self.vk_percent, self.vkr_percent);
        let positive = rated.is_finite() && rated > 0.0;
        check(positive, "transformer.rated_kva", rated, "a power above 0 kVA")?;
        check((0.0..=100.0).contains(&vk), "transformer.vk_percent", vk, "from 0 to 100 %")?;
        let field = "transformer.vkr_percent";
        check((0.0..=vk).contains(&vkr), field, vkr, "from 0 % to `vk_percent`")
    }

    /// Resistance and reactance per unit of 1 kVA at the nominal voltage.
    pub(crate) fn impedance(&self) -> (f64, f64) {
        let x_percent = (self.vk_percent.powi(2) - self.vkr_percent.powi(2)).sqrt();
        let unit = 100.0 * self.rated_kva;
        (self.vkr_percent / unit, x_percent / unit)
    }
}

/// How a power flow is solved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PowerFlowMethod {
    /// The branch-flow equations in full, by backward–forward sweeps.
    #[default]
    Exact,
    /// `LinDistFlow`: voltages without the effect of losses, and losses estimated from the
    /// lossless flows at nominal voltage. Voltages of a feeder under load come out a little too
    /// high, losses a little too low.
    Linear,
}

/// A bad section of the feeder: a loose joint, a corroded sleeve.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The bus whose incoming line is bad; in a street, the home.
    pub bus: String,
    /// What its impedance is multiplied by, ≥ 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub impedance_factor: f64,
}

impl Fault {
    pub(crate) fn validate(&self) -> Result<(), FeederError> {
        let factor = self.impedance_factor;
        let good = factor.is_finite() && factor >= 1.0;
        FeederError::check(good, "fault.impedance_factor", factor, "1 or more")
    }
}
