//! Charges beside the price of energy: on exports and on demand.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{DayType, window::in_months};

/// Months of a mean day.
const MONTHS_PER_DAY: f64 = 12.0 / 365.25;

/// The charge of a two-way tariff: exports of certain hours cost something above an allowance.
/// (What such a tariff pays for evening exports is a [`Window`](super::Window) with a feed-in.)
///
/// Networks bill it by the month. The environment bills it day by day, each day with the
/// allowance of a day ([`Self::free_kwh_per_day`]), so that a home's bill is known when the day
/// ends: what a cloudy day leaves of its allowance is not carried over, and the sum over a month
/// is at least what the network would charge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ExportCharge {
    /// Charge on exports above the allowance, $/kWh, ≥ 0.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1_000_000)))]
    pub price_per_kwh: f64,
    /// What may be exported in the window free of charge, kWh in a mean month, ≥ 0.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1_000_000)))]
    pub free_kwh_per_month: f64,
    /// First hour, 0 to below 24.
    #[cfg_attr(feature = "schema", schemars(extend("minimum" = 0, "exclusiveMaximum" = 24)))]
    pub from_hour: f64,
    /// Hour at which it ends, above `from_hour` and at most 24.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0, "maximum" = 24)))]
    pub to_hour: f64,
    /// Months 1–12 in which it applies; all when empty.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(inner(range(min = 1, max = 12))))]
    pub months: Vec<i8>,
}

impl ExportCharge {
    /// Whether exports at a date and hour count.
    pub fn includes(&self, date: Date, hour: f64) -> bool {
        (self.from_hour..self.to_hour).contains(&hour) && in_months(&self.months, date)
    }

    /// Allowance of a billing period of some days, kWh: the monthly one in proportion, with 12
    /// months in 365.25 days.
    pub fn free_kwh(&self, days: f64) -> f64 {
        self.free_kwh_per_month * MONTHS_PER_DAY * days
    }

    /// Allowance of one day, kWh.
    pub fn free_kwh_per_day(&self) -> f64 {
        self.free_kwh(1.0)
    }

    /// Charge for what was exported in the window over a period with an allowance, $.
    pub fn charge(&self, exported_kwh: f64, free_kwh: f64) -> f64 {
        self.price_per_kwh * (exported_kwh - free_kwh).max(0.0)
    }
}

/// A charge on the highest import inside a window, for every day on which the window applies.
///
/// Networks take the highest half hour of the month and charge it for each of the month's days.
/// The environment charges each day for its own highest step, so that the bill is known when the
/// day ends; the sum over a month is at most what the network would charge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DemandCharge {
    /// Charge per kW of the day's highest mean import of a step, $/kW, ≥ 0.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1_000_000)))]
    pub price_per_kw_day: f64,
    /// First hour, 0 to below 24.
    #[cfg_attr(feature = "schema", schemars(extend("minimum" = 0, "exclusiveMaximum" = 24)))]
    pub from_hour: f64,
    /// Hour at which it ends, above `from_hour` and at most 24.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0, "maximum" = 24)))]
    pub to_hour: f64,
    /// Months 1–12 in which it applies; all when empty.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(inner(range(min = 1, max = 12))))]
    pub months: Vec<i8>,
    /// Days on which it applies.
    #[serde(default)]
    pub days: DayType,
}

impl DemandCharge {
    /// Whether imports at a date and hour count.
    pub fn includes(&self, date: Date, hour: f64) -> bool {
        (self.from_hour..self.to_hour).contains(&hour)
            && in_months(&self.months, date)
            && self.days.includes(date)
    }

    /// Charge of a day, $, for `kw` ≥ 0 of highest mean import of a step in the window; the charge is
    /// linear, so this is also what a further `kw` add to it.
    pub fn charge(&self, kw: f64) -> f64 {
        self.price_per_kw_day * kw
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ausgrid_2024() -> ExportCharge {
        ExportCharge {
            price_per_kwh: 0.0117,
            free_kwh_per_month: 2500.0 / 12.0,
            from_hour: 10.0,
            to_hour: 15.0,
            months: vec![],
        }
    }

    /// Ausgrid's example for November 2024: 307 kWh exported from 10 to 15 h, of which 205 are
    /// free, cost 1.19 $.
    #[test]
    fn the_network_s_own_example() {
        let charge = ausgrid_2024();
        assert!((charge.charge(307.0, 205.0) - 1.19).abs() < 0.01);
        assert!((charge.charge(307.0, charge.free_kwh(30.0)) - 1.19).abs() < 0.01);
    }

    /// Ausgrid publishes 192, 205 and 212 kWh for months of 28, 30 and 31 days: 2500 kWh a year.
    #[test]
    fn the_allowance_is_in_proportion_to_the_days() {
        let free = [28.0, 30.0, 31.0].map(|days| ausgrid_2024().free_kwh(days).round());
        assert_eq!(free, [192.0, 205.0, 212.0]);
        let charge = ausgrid_2024();
        assert!((charge.free_kwh_per_day() * 365.25 - 2500.0).abs() < 1e-9);
    }

    #[test]
    fn within_the_allowance_nothing_is_due() {
        assert_eq!(ausgrid_2024().charge(6.0, 6.8), 0.0);
    }

    /// Each day alone costs at least what the days cost together.
    #[test]
    fn billing_by_the_day_never_charges_less() {
        let charge = ausgrid_2024();
        let days = [0.0, 3.0, 6.0, 12.0, 20.0];
        let daily: f64 =
            days.iter().map(|&kwh| charge.charge(kwh, charge.free_kwh_per_day())).sum();
        let together = charge.charge(days.iter().sum(), charge.free_kwh(5.0));
        assert!(daily > together && together > 0.0, "{daily} {together}");
    }
}
