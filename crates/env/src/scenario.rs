//! What a scenario adds to a neighbourhood's data: batteries, prices, market, feeder, limits,
//! stress.

use jiff::civil::Date;
use peergrid_market::MarketSettings;
use peergrid_physics::{Battery, FeederSpec};
use serde::{Deserialize, Serialize};

use crate::{community::EnvError, tariff::Tariff};

/// What a scenario adds to a home's data.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HomeSetup {
    /// The battery; none when absent.
    pub battery: Option<Battery>,
    /// Largest net power either way, kW, > 0; unlimited when absent.
    pub connection_kw: Option<f64>,
    /// A greedy neighbour, whatever its policy says: it asks the retail price and bids the feed-in
    /// tariff.
    pub greedy: bool,
}

/// Everything about a community that is not data.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// One per home, in the neighbourhood's order.
    pub homes: Vec<HomeSetup>,
    /// Prices.
    pub tariff: Tariff,
    /// How local orders are cleared.
    pub market: MarketSettings,
    /// The street's cable; losses are neither computed nor billed when absent.
    pub feeder: Option<FeederSpec>,
    /// How the cost of the feeder's losses is shared.
    pub loss_sharing: LossSharing,
    /// What the street may not exceed, and what happens when it does.
    pub limits: Limits,
    /// What goes wrong.
    pub stress: Stress,
}

impl Scenario {
    /// Homes and prices, a uniform auction, no feeder, no limits, nothing that goes wrong.
    pub fn new(homes: Vec<HomeSetup>, tariff: Tariff) -> Self {
        Self {
            homes,
            tariff,
            market: MarketSettings::default(),
            feeder: None,
            loss_sharing: LossSharing::default(),
            limits: Limits::default(),
            stress: Stress::default(),
        }
    }
}

/// How the cost of the feeder's losses is shared among the homes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LossSharing {
    /// In proportion to each home's net power, drawn or fed in.
    #[default]
    ProRata,
    /// By marginal loss: in proportion to what the next kW of each home would add to the losses,
    /// times its net power; a home that relieves the cable is paid for it.
    Marginal,
}

/// Largest price of anything, $ per unit.
const MOST: f64 = 1e6;

/// What a limit of the grid means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LimitMode {
    /// Violations are measured.
    #[default]
    Reported,
    /// Violations are measured and cost the agents reward (money changes hands nowhere).
    Penalised,
    /// The guard holds the limit as far as batteries and curtailed exports can.
    Enforced,
}

/// Limits of the street.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// What the transformer's limit means.
    pub transformer: LimitMode,
    /// Largest power through the transformer either way, losses included, kW (kVA with reactive
    /// power), > 0; the rating of the feeder's transformer when null, none without one.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0)))]
    pub transformer_kw: Option<f64>,
    /// Penalty per kWh beyond the transformer's limit, $ of reward, ≥ 0.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1_000_000)))]
    pub overload_penalty: f64,
    /// What the voltage band means.
    pub voltage: LimitMode,
    /// Lowest permitted voltage, per unit, in (0, 1]. Australia: 230 V − 6 %.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0, "maximum" = 1)))]
    pub voltage_min: f64,
    /// Highest permitted voltage, per unit, ≥ 1. Australia: 230 V + 10 %.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub voltage_max: f64,
    /// Penalty per hour and per cent of nominal voltage beyond the band at a home's bus, $ of
    /// reward, ≥ 0.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1_000_000)))]
    pub voltage_penalty: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            transformer: LimitMode::Reported,
            transformer_kw: None,
            overload_penalty: 1.0,
            voltage: LimitMode::Reported,
            voltage_min: 0.94,
            voltage_max: 1.10,
            voltage_penalty: 1.0,
        }
    }
}

impl Limits {
    /// Checks every range.
    ///
    /// # Errors
    /// The first field out of range.
    pub fn validate(&self) -> Result<(), EnvError> {
        if let Some(kw) = self.transformer_kw {
            let expected = "a power above 0 kW, or null for the transformer's rating";
            check(kw > 0.0, "limits.transformer_kw", kw, expected)?;
        }
        let (low, high) = (self.voltage_min, self.voltage_max);
        let below = "above 0 and at most 1, per unit";
        check(low > 0.0 && low <= 1.0, "limits.voltage_min", low, below)?;
        let above = "a finite number of at least 1, per unit";
        check(high.is_finite() && high >= 1.0, "limits.voltage_max", high, above)?;
        for (field, penalty) in [
            ("limits.overload_penalty", self.overload_penalty),
            ("limits.voltage_penalty", self.voltage_penalty),
        ] {
            check((0.0..=MOST).contains(&penalty), field, penalty, "from 0 to a million")?;
        }
        Ok(())
    }
}

/// What goes wrong. It strikes wherever these days are used: in training as in evaluation.
/// (Greedy neighbours are a property of homes, a bad section one of the feeder.)
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Stress {
    /// Clouds.
    pub cloudy: Option<Cloudy>,
    /// The grid is down.
    pub outage: Option<Outage>,
}

/// Days with less sun.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Cloudy {
    /// First cloudy day; every day is cloudy when null.
    pub from: Option<Date>,
    /// Number of days, ≥ 1, if there is a first one.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub days: usize,
    /// What is left of the PV power, from 0 to 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1)))]
    pub pv_factor: f64,
}

impl Default for Cloudy {
    fn default() -> Self {
        Self { from: None, days: 7, pv_factor: 0.2 }
    }
}

/// Hours in which the street can neither import nor export. Neighbours share what there is, pro
/// rata and at the mid-market rate; what cannot be served is counted. Cable losses are left out
/// in these hours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Outage {
    /// First day; every day when null.
    pub from: Option<Date>,
    /// Number of days, ≥ 1, if there is a first one.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub days: usize,
    /// First hour, from 0 to below 24.
    #[cfg_attr(feature = "schema", schemars(extend("minimum" = 0, "exclusiveMaximum" = 24)))]
    pub from_hour: f64,
    /// Hour at which it ends, above `from_hour` and at most 24.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0, "maximum" = 24)))]
    pub to_hour: f64,
    /// What a kWh that is not served costs those who miss it, $, ≥ 0. It is part of the cost and
    /// of the reward, and of nobody's bill.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1_000_000)))]
    pub value_of_lost_load: f64,
}

impl Default for Outage {
    fn default() -> Self {
        Self { from: None, days: 1, from_hour: 17.0, to_hour: 20.0, value_of_lost_load: 25.0 }
    }
}

impl Stress {
    /// Checks every range that needs no data.
    ///
    /// # Errors
    /// The first field out of range.
    pub fn validate(&self) -> Result<(), EnvError> {
        let days = |days: usize, field: &str| check(days > 0, field, days as f64, "1 or more");
        if let Some(cloudy) = &self.cloudy {
            let factor = cloudy.pv_factor;
            let field = "stress.cloudy.pv_factor";
            check((0.0..=1.0).contains(&factor), field, factor, "from 0 to 1")?;
            days(cloudy.days, "stress.cloudy.days")?;
        }
        if let Some(outage) = &self.outage {
            let (from, to) = (outage.from_hour, outage.to_hour);
            let field = "stress.outage.from_hour";
            check((0.0..24.0).contains(&from), field, from, "from 0 to below 24")?;
            let expected = "above from_hour and at most 24";
            check(to > from && to <= 24.0, "stress.outage.to_hour", to, expected)?;
            let value = outage.value_of_lost_load;
            let field = "stress.outage.value_of_lost_load";
            check((0.0..=MOST).contains(&value), field, value, "from 0 to a million")?;
            days(outage.days, "stress.outage.days")?;
        }
        Ok(())
    }
}

fn check(valid: bool, field: &str, value: f64, expected: &'static str) -> Result<(), EnvError> {
    if valid {
        return Ok(());
    }
    Err(EnvError::Range { field: field.to_owned(), value, expected })
}

/// The days of the data, by index, from a first date on; all of them without one.
///
/// # Errors
/// A date that is not in the data.
pub(crate) fn days_from(
    from: Option<Date>,
    days: usize,
    dates: &[Date],
    field: &'static str,
) -> Result<std::ops::Range<usize>, EnvError> {
    let Some(from) = from else { return Ok(0..dates.len()) };
    let first = dates.iter().position(|date| *date == from).ok_or_else(|| EnvError::Date {
        field,
        date: from,
        first: dates.first().copied().unwrap_or_default(),
        last: dates.last().copied().unwrap_or_default(),
    })?;
    Ok(first..dates.len().min(first.saturating_add(days)))
}
