//! When a price holds: hours, months and days.

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use super::holidays::is_holiday;

/// A daily window of a tariff. It has a retail price, a feed-in price or both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// What a person calls it, for example "peak".
    pub name: String,
    /// Retail price, $/kWh, ≥ 0; none: the window leaves the retail price to the others.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1_000_000)))]
    pub price: Option<f64>,
    /// Price paid for exports, $/kWh, from 0 to the tariff's lowest retail price; none: the
    /// window leaves the feed-in to the others.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1_000_000)))]
    pub feed_in: Option<f64>,
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
    /// Whether imports in it count as peak imports; only a window with a price may be peak.
    #[serde(default)]
    pub peak: bool,
}

impl Window {
    /// A window of every day of the year that changes nothing yet: give it a price, a feed-in or
    /// both.
    pub fn daily(name: impl Into<String>, from_hour: f64, to_hour: f64) -> Self {
        Self {
            name: name.into(),
            price: None,
            feed_in: None,
            from_hour,
            to_hour,
            months: Vec::new(),
            days: DayType::All,
            peak: false,
        }
    }

    /// Whether it applies at a date and hour.
    pub fn includes(&self, date: Date, hour: f64) -> bool {
        (self.from_hour..self.to_hour).contains(&hour)
            && in_months(&self.months, date)
            && self.days.includes(date)
    }
}

/// Whether a date lies in one of the months; an empty list is all of them.
pub(super) fn in_months(months: &[i8], date: Date) -> bool {
    months.is_empty() || months.contains(&date.month())
}

/// Days on which a window applies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DayType {
    /// Every day.
    #[default]
    All,
    /// Monday to Friday.
    Weekdays,
    /// Saturday and Sunday.
    Weekends,
    /// Monday to Friday without the public holidays of New South Wales, which network tariffs
    /// call working weekdays.
    Workdays,
}

impl DayType {
    /// Whether a date is such a day.
    pub fn includes(self, date: Date) -> bool {
        let weekend = is_weekend(date);
        match self {
            Self::All => true,
            Self::Weekdays => !weekend,
            Self::Weekends => weekend,
            Self::Workdays => !weekend && !is_holiday(date),
        }
    }
}

/// Whether a date is a Saturday or a Sunday.
pub(crate) fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn day_types_split_the_week() {
        let types = [DayType::All, DayType::Weekdays, DayType::Weekends, DayType::Workdays];
        let on = |d| types.map(|t| t.includes(d));
        assert_eq!(on(date(2019, 4, 18)), [true, true, false, true], "Thursday");
        assert_eq!(on(date(2019, 4, 19)), [true, true, false, false], "Good Friday");
        assert_eq!(on(date(2019, 4, 20)), [true, false, true, false], "Saturday");
    }
}
