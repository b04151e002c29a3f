//! Tariffs: what the grid charges and pays, by clock time.
//!
//! A tariff has a retail price and a feed-in price for every hour, an optional charge on exports
//! (the charging side of a two-way tariff) and an optional charge on demand. Prices are $/kWh,
//! hours are clock hours of the day: an hour belongs to the window that holds its start,
//! `from_hour ≤ hour < to_hour`.
//!
//! Windows may overlap, and each price is looked up on its own: the retail price is that of the
//! first window that applies and has a `price`, the feed-in that of the first that applies and
//! has a `feed_in`, else the tariff's `base` and `feed_in`. Imports are peak imports where the
//! window that decides the retail price is marked `peak`.

mod charges;
mod check;
mod holidays;
mod shipped;
mod window;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::json;

pub use charges::{DemandCharge, ExportCharge};
pub use shipped::Shipped;
pub(crate) use window::is_weekend;
pub use window::{DayType, Window};

/// Emissions of grid energy in New South Wales, kg CO₂-e/kWh: the scope 2 factor of the
/// Australian National Greenhouse Accounts Factors 2024.
pub const CARBON_NSW_2024: f64 = 0.66;

/// Prices of energy, exports and demand, in clock time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Tariff {
    /// What a person calls it.
    pub name: String,
    /// Where the figures come from.
    #[serde(default)]
    pub source: String,
    /// Retail price where no window has a price, $/kWh, ≥ 0.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1_000_000)))]
    pub base: f64,
    /// Price paid for exports where no window has a feed-in, $/kWh, from 0 to the lowest retail
    /// price.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1_000_000)))]
    pub feed_in: f64,
    /// Times with prices of their own; for each price the first that applies and has it counts.
    #[serde(default)]
    pub windows: Vec<Window>,
    /// Charge on exports above an allowance; none by default.
    #[serde(default)]
    pub export_charge: Option<ExportCharge>,
    /// Charge on the day's highest import; none by default.
    #[serde(default)]
    pub demand_charge: Option<DemandCharge>,
    /// Emissions of grid energy, kg CO₂-e/kWh, ≥ 0; [`CARBON_NSW_2024`] by default.
    #[serde(default = "carbon_default")]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1_000_000)))]
    pub carbon_kg_per_kwh: f64,
}

fn carbon_default() -> f64 {
    CARBON_NSW_2024
}

/// A tariff that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TariffError {
    /// A value out of its range.
    #[error("tariff `{tariff}`: field `{field}` is {value}; it must be {expected}")]
    Field {
        /// The tariff's name.
        tariff: String,
        /// The field at fault.
        field: String,
        /// What it holds.
        value: String,
        /// What would be right.
        expected: String,
    },
    /// A document that is no tariff.
    #[error("tariff file `{file}`, at `{field}`: {message}")]
    Json {
        /// The file.
        file: String,
        /// The field at fault, or "the document".
        field: String,
        /// What is wrong, with line and column.
        message: String,
    },
    /// A document whose tariff cannot be.
    #[error("tariff file `{file}`: {error}")]
    File {
        /// The file.
        file: String,
        /// What is wrong with it.
        error: Box<TariffError>,
    },
    /// An id that no shipped tariff has.
    #[error("there is no tariff `{id}`; there are {known}")]
    Unknown {
        /// What was asked for.
        id: String,
        /// The ids there are.
        known: String,
    },
}

impl Tariff {
    /// A tariff of one retail price and one feed-in price, both $/kWh, without charges.
    pub fn flat(name: impl Into<String>, base: f64, feed_in: f64) -> Self {
        Self {
            name: name.into(),
            source: String::new(),
            base,
            feed_in,
            windows: Vec::new(),
            export_charge: None,
            demand_charge: None,
            carbon_kg_per_kwh: CARBON_NSW_2024,
        }
    }

    /// Reads and checks a tariff; `file` is the name that errors give.
    ///
    /// # Errors
    /// [`TariffError::Json`] for a document of another form, [`TariffError::File`] with the first
    /// value out of range.
    pub fn from_json(file: &str, text: &str) -> Result<Self, TariffError> {
        let error = |field: String, message: String| TariffError::Json {
            file: file.to_owned(),
            field,
            message,
        };
        let mut reader = serde_json::Deserializer::from_str(text);
        let tariff: Self = json::read(&mut reader).map_err(|e| {
            let field = match e.path {
                // Neither a document that breaks off nor a missing field has a path.
                path if path == "." || path.contains('?') => "the document".to_owned(),
                path => path,
            };
            error(field, e.error.to_string())
        })?;
        reader.end().map_err(|e| error("the end".to_owned(), e.to_string()))?;
        match tariff.validate() {
            Ok(()) => Ok(tariff),
            Err(e) => Err(TariffError::File { file: file.to_owned(), error: Box::new(e) }),
        }
    }

    /// Retail price at a date and hour, $/kWh.
    pub fn retail(&self, date: Date, hour: f64) -> f64 {
        self.priced(date, hour).and_then(|w| w.price).unwrap_or(self.base)
    }

    /// Price paid for exports at a date and hour, $/kWh, before any [`ExportCharge`].
    pub fn feed_in_at(&self, date: Date, hour: f64) -> f64 {
        let mut windows = self.windows.iter().filter(|w| w.includes(date, hour));
        windows.find_map(|w| w.feed_in).unwrap_or(self.feed_in)
    }

    /// Whether imports at a date and hour count as peak imports: the window that decides the
    /// retail price is marked `peak`.
    pub fn is_peak(&self, date: Date, hour: f64) -> bool {
        self.priced(date, hour).is_some_and(|w| w.peak)
    }

    /// Whether exports at a date and hour count towards the [`ExportCharge`].
    pub fn in_export_window(&self, date: Date, hour: f64) -> bool {
        self.export_charge.as_ref().is_some_and(|c| c.includes(date, hour))
    }

    /// Whether imports at a date and hour count towards the [`DemandCharge`].
    pub fn in_demand_window(&self, date: Date, hour: f64) -> bool {
        self.demand_charge.as_ref().is_some_and(|c| c.includes(date, hour))
    }

    /// The window that decides the retail price, if any.
    fn priced(&self, date: Date, hour: f64) -> Option<&Window> {
        self.windows.iter().find(|w| w.price.is_some() && w.includes(date, hour))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// Weekday peaks of two seasons; evening exports earn more all year.
    fn seasonal() -> Tariff {
        let peak = |from_hour, to_hour, months: &[i8]| Window {
            price: Some(0.58),
            months: months.to_vec(),
            days: DayType::Weekdays,
            peak: true,
            ..Window::daily("peak", from_hour, to_hour)
        };
        let reward = Window { feed_in: Some(0.09), ..Window::daily("reward", 16.0, 21.0) };
        let windows =
            vec![reward, peak(14.0, 20.0, &[11, 12, 1, 2, 3]), peak(17.0, 21.0, &[6, 7, 8])];
        Tariff { windows, ..Tariff::flat("test", 0.28, 0.05) }
    }

    #[test]
    fn windows_follow_month_day_and_hour() {
        let tariff = seasonal();
        tariff.validate().unwrap();
        let (friday, saturday) = (date(2019, 1, 4), date(2019, 1, 5));
        assert!(tariff.is_peak(friday, 14.0) && tariff.is_peak(friday, 19.5));
        assert!(!tariff.is_peak(friday, 20.0) && !tariff.is_peak(saturday, 15.0));
        assert_eq!(tariff.retail(date(2019, 7, 1), 17.0), 0.58);
        assert_eq!(tariff.retail(date(2019, 4, 1), 17.0), 0.28);
    }

    #[test]
    fn each_price_has_its_own_window() {
        let tariff = seasonal();
        let friday = date(2019, 1, 4);
        // 14 h: peak alone; 16 h: both; 20 h: the reward alone, at the base price.
        let at = |hour| (tariff.retail(friday, hour), tariff.feed_in_at(friday, hour));
        assert_eq!([at(13.5), at(14.0), at(16.0)], [(0.28, 0.05), (0.58, 0.05), (0.58, 0.09)]);
        assert_eq!([at(20.0), at(21.0)], [(0.28, 0.09), (0.28, 0.05)]);
        assert!(tariff.is_peak(friday, 16.0) && !tariff.is_peak(friday, 20.0));
    }

    #[test]
    fn the_first_window_with_a_price_decides() {
        let mut tariff = seasonal();
        let friday = date(2019, 1, 4);
        let off = Window { price: Some(0.1), ..Window::daily("off", 15.0, 16.0) };
        tariff.windows.push(off.clone());
        assert_eq!((tariff.retail(friday, 15.0), tariff.is_peak(friday, 15.0)), (0.58, true));
        tariff.windows.insert(0, off);
        assert_eq!((tariff.retail(friday, 15.0), tariff.is_peak(friday, 15.0)), (0.1, false));
    }

    #[test]
    fn charges_have_windows_of_their_own() {
        let mut tariff = seasonal();
        let friday = date(2019, 1, 4);
        assert!(!tariff.in_export_window(friday, 12.0) && !tariff.in_demand_window(friday, 18.0));
        tariff.export_charge = Some(ExportCharge {
            price_per_kwh: 0.01,
            free_kwh_per_month: 200.0,
            from_hour: 10.0,
            to_hour: 15.0,
            months: vec![1],
        });
        tariff.demand_charge = Some(DemandCharge {
            price_per_kw_day: 0.3,
            from_hour: 15.0,
            to_hour: 21.0,
            months: vec![],
            days: DayType::Workdays,
        });
        let exports = [(1, 9.5), (1, 10.0), (1, 14.5), (1, 15.0), (2, 12.0)]
            .map(|(month, hour)| tariff.in_export_window(date(2019, month, 4), hour));
        assert_eq!(exports, [false, true, true, false, false]);
        // New Year's Day, the day after, the Saturday.
        let demand = [1, 2, 5].map(|day| tariff.in_demand_window(date(2019, 1, day), 15.0));
        assert_eq!(demand, [false, true, false]);
        assert!(!tariff.in_demand_window(friday, 21.0));
    }

    #[test]
    fn a_document_survives_the_round_trip() {
        let tariff = seasonal();
        let text = serde_json::to_string(&tariff).unwrap();
        assert_eq!(Tariff::from_json("own", &text).unwrap(), tariff);
        let short = r#"{"name": "a", "base": 0.3, "feed_in": 0.1}"#;
        assert_eq!(Tariff::from_json("own", short).unwrap(), Tariff::flat("a", 0.3, 0.1));
    }

    #[test]
    fn errors_name_file_and_field() {
        let cases = [
            (r#"{"name": "a", "base": 0.3, "feed_in": 0.4}"#, ["`feed_in` is 0.4", "0.3"]),
            (r#"{"name": "a", "base": 0.3, "feed": 0.4}"#, ["`feed`", "line 1"]),
            (r#"{"name": "a", "base": "x", "feed_in": 0.4}"#, ["`base`", "f64"]),
            (r#"{"name": "a", "base": 0.3}"#, ["the document", "feed_in"]),
            (r#"{"name": "a", "base": 0.3, "feed_in": 0.1}}"#, ["the end", "line 1"]),
            (
                r#"{"name": "a", "base": 1, "feed_in": 0, "demand_charge": {"from_hour": []}}"#,
                ["demand_charge.from_hour", "f64"],
            ),
        ];
        for (text, hints) in cases {
            let message = Tariff::from_json("own.json", text).unwrap_err().to_string();
            assert!(message.starts_with("tariff file `own.json`"), "{message}");
            assert!(hints.iter().all(|h| message.contains(h)), "{message}");
        }
    }
}
