//! Time-of-use tariffs.

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A retail tariff with time windows and a feed-in tariff, in clock time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tariff {
    /// What a person calls it.
    pub name: String,
    /// Where the figures come from.
    #[serde(default)]
    pub source: String,
    /// Retail price outside all windows, $/kWh.
    pub base: f64,
    /// Price paid for exports, $/kWh, at most the lowest retail price.
    pub feed_in: f64,
    /// Windows with a price of their own; the first that matches counts.
    #[serde(default)]
    pub windows: Vec<Window>,
}

/// A daily window of a tariff.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// What a person calls it, for example "peak".
    pub name: String,
    /// Retail price, $/kWh.
    pub price: f64,
    /// First hour, 0 to below 24.
    pub from_hour: f64,
    /// Hour at which it ends, above `from_hour` and at most 24.
    pub to_hour: f64,
    /// Months 1–12 in which it applies; all when empty.
    #[serde(default)]
    pub months: Vec<i8>,
    /// Days on which it applies.
    #[serde(default)]
    pub days: DayType,
    /// Whether imports in it count as peak imports.
    #[serde(default)]
    pub peak: bool,
}

/// Days of the week a window applies on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayType {
    /// Every day.
    #[default]
    All,
    /// Monday to Friday.
    Weekdays,
    /// Saturday and Sunday.
    Weekends,
}

impl DayType {
    fn includes(self, date: Date) -> bool {
        let weekend = is_weekend(date);
        match self {
            Self::All => true,
            Self::Weekdays => !weekend,
            Self::Weekends => weekend,
        }
    }
}

/// Whether a date is a Saturday or a Sunday.
pub(crate) fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// A tariff that cannot be.
#[derive(Debug, Clone, PartialEq, Error)]
#[error("tariff `{tariff}`: field `{field}` is {value}; it must be {expected}")]
pub struct TariffError {
    /// The tariff's name.
    pub tariff: String,
    /// The field at fault.
    pub field: String,
    /// What it holds.
    pub value: f64,
    /// What would be right.
    pub expected: &'static str,
}

impl Tariff {
    /// Checks prices, hours and months.
    ///
    /// # Errors
    /// The first field out of range.
    pub fn validate(&self) -> Result<(), TariffError> {
        self.check(self.base.is_finite() && self.base >= 0.0, "base", self.base, "0 or more")?;
        for (i, w) in self.windows.iter().enumerate() {
            let field = |name: &str| format!("windows[{i}].{name}");
            self.check(
                w.price.is_finite() && w.price >= 0.0,
                &field("price"),
                w.price,
                "0 or more",
            )?;
            self.check(
                (0.0..24.0).contains(&w.from_hour),
                &field("from_hour"),
                w.from_hour,
                "from 0 to below 24",
            )?;
            let ends = w.to_hour > w.from_hour && w.to_hour <= 24.0;
            self.check(
                ends,
                &field("to_hour"),
                w.to_hour,
                "above from_hour and at most 24 (split a window that passes midnight)",
            )?;
            for &month in &w.months {
                let known = (1..=12).contains(&month);
                self.check(known, &field("months"), f64::from(month), "from 1 to 12")?;
            }
        }
        let lowest = self.windows.iter().map(|w| w.price).fold(self.base, f64::min);
        self.check(
            self.feed_in.is_finite() && self.feed_in <= lowest,
            "feed_in",
            self.feed_in,
            "a price at most the lowest retail price, or there is nothing to trade for",
        )
    }

    fn check(
        &self,
        ok: bool,
        field: &str,
        value: f64,
        expected: &'static str,
    ) -> Result<(), TariffError> {
        if ok {
            return Ok(());
        }
        Err(TariffError { tariff: self.name.clone(), field: field.to_owned(), value, expected })
    }

    /// The window that applies at a date and hour, if any.
    pub fn window(&self, date: Date, hour: f64) -> Option<&Window> {
        self.windows.iter().find(|w| {
            (w.from_hour..w.to_hour).contains(&hour)
                && w.days.includes(date)
                && (w.months.is_empty() || w.months.contains(&date.month()))
        })
    }

    /// Retail price at a date and hour, $/kWh.
    pub fn retail(&self, date: Date, hour: f64) -> f64 {
        self.window(date, hour).map_or(self.base, |w| w.price)
    }

    /// Whether imports at a date and hour count as peak imports.
    pub fn is_peak(&self, date: Date, hour: f64) -> bool {
        self.window(date, hour).is_some_and(|w| w.peak)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn sydney_2018() -> Tariff {
        let window = |from_hour, to_hour, months: &[i8]| Window {
            name: "peak".to_owned(),
            price: 0.58,
            from_hour,
            to_hour,
            months: months.to_vec(),
            days: DayType::Weekdays,
            peak: true,
        };
        Tariff {
            name: "test".to_owned(),
            source: String::new(),
            base: 0.28,
            feed_in: 0.05,
            windows: vec![window(14.0, 20.0, &[11, 12, 1, 2, 3]), window(17.0, 21.0, &[6, 7, 8])],
        }
    }

    #[test]
    fn windows_follow_month_day_and_hour() {
        let tariff = sydney_2018();
        tariff.validate().unwrap();
        let (friday, saturday) = (date(2019, 1, 4), date(2019, 1, 5));
        assert!(tariff.is_peak(friday, 14.0) && tariff.is_peak(friday, 19.5));
        assert!(!tariff.is_peak(friday, 20.0) && !tariff.is_peak(saturday, 15.0));
        assert_eq!(tariff.retail(date(2019, 7, 1), 17.0), 0.58);
        assert_eq!(tariff.retail(date(2019, 4, 1), 17.0), 0.28);
    }

    #[test]
    fn a_broken_tariff_is_named() {
        let tariff = Tariff { feed_in: 0.3, ..sydney_2018() };
        let error = tariff.validate().unwrap_err().to_string();
        assert!(error.contains("`feed_in` is 0.3"), "{error}");
        let mut tariff = sydney_2018();
        tariff.windows[1].to_hour = 3.0;
        assert!(tariff.validate().unwrap_err().to_string().contains("windows[1].to_hour"));
    }
}
