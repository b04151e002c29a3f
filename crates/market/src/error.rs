//! What can be wrong with a market's settings or orders, in sentences.

use thiserror::Error;

/// Why a market cannot be set up or cleared.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum MarketError {
    /// A mechanism that does not exist.
    #[error("there is no market mechanism `{name}`; there are {known}")]
    UnknownMechanism {
        /// What was asked for.
        name: String,
        /// What there is, separated by commas.
        known: String,
    },
    /// A number out of its range.
    #[error("{field} is {value}; {right}")]
    Value {
        /// Which field, with list and index for an order: `bids[2].kwh`.
        field: String,
        /// Its value.
        value: f64,
        /// What would be right.
        right: &'static str,
    },
    /// A price filter that lets nothing through.
    #[error("price_floor is {floor}, above price_cap {cap}; the floor must not exceed the cap")]
    FloorAboveCap {
        /// The floor, $/kWh.
        floor: f64,
        /// The cap, $/kWh.
        cap: f64,
    },
    /// A grid that buys for more than it sells.
    #[error("feed_in is {feed_in}, above retail {retail}; feed-in must not exceed retail")]
    FeedInAboveRetail {
        /// Feed-in tariff, $/kWh.
        feed_in: f64,
        /// Retail price, $/kWh.
        retail: f64,
    },
    /// A home that would buy and sell in one period.
    #[error(
        "home {home} is in two places, bids[{bid}] and asks[{ask}]; a home has one net position \
         per period, so it either bids or asks"
    )]
    BothSides {
        /// The home.
        home: String,
        /// Its first bid.
        bid: usize,
        /// Its first ask.
        ask: usize,
    },
}

impl MarketError {
    /// Where in a document of settings and orders the error is, such as `bids[2].kwh`.
    pub fn field(&self) -> String {
        match self {
            Self::UnknownMechanism { .. } => "mechanism".to_owned(),
            Self::Value { field, .. } => field.clone(),
            Self::FloorAboveCap { .. } => "price_floor".to_owned(),
            Self::FeedInAboveRetail { .. } => "feed_in".to_owned(),
            Self::BothSides { ask, .. } => format!("asks[{ask}].home"),
        }
    }

    /// A field whose value is out of range.
    pub(crate) fn value(field: impl Into<String>, value: f64, right: &'static str) -> Self {
        Self::Value { field: field.into(), value, right }
    }
}
