//! Which mechanism clears the market, and on what terms.

use serde::{Deserialize, Serialize};

use crate::{MAX_PRICE, MarketError};

/// A mechanism by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MechanismKind {
    /// One price for all; the most welfare.
    #[default]
    Uniform,
    /// Each matched pair its own price.
    Discriminatory,
    /// One price for all, with the grid's own orders in the book.
    GridBacked,
    /// McAfee's trade reduction: truthful for orders of one size.
    Mcafee,
    /// Everyone's energy halfway between retail and feed-in.
    MidMarketRate,
    /// Everyone's energy, cheaper the more surplus there is.
    SupplyDemandRatio,
    /// The street's bill at the grid shared by energy.
    BillSharing,
}

impl MechanismKind {
    /// All mechanisms.
    pub const ALL: [Self; 7] = [
        Self::Uniform,
        Self::Discriminatory,
        Self::GridBacked,
        Self::Mcafee,
        Self::MidMarketRate,
        Self::SupplyDemandRatio,
        Self::BillSharing,
    ];

    /// The name in documents and commands.
    pub fn id(self) -> &'static str {
        match self {
            Self::Uniform => "uniform",
            Self::Discriminatory => "discriminatory",
            Self::GridBacked => "grid_backed",
            Self::Mcafee => "mcafee",
            Self::MidMarketRate => "mid_market_rate",
            Self::SupplyDemandRatio => "supply_demand_ratio",
            Self::BillSharing => "bill_sharing",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Uniform => "Uniform price",
            Self::Discriminatory => "Discriminatory",
            Self::GridBacked => "Grid-backed",
            Self::Mcafee => "McAfee",
            Self::MidMarketRate => "Mid-market rate",
            Self::SupplyDemandRatio => "Supply–demand ratio",
            Self::BillSharing => "Bill sharing",
        }
    }

    /// What it does, in one sentence for people.
    pub fn description(self) -> &'static str {
        match self {
            Self::Uniform => {
                "The highest bids meet the lowest asks, and all of them trade at one price between \
                 the last bid and the last ask that match."
            }
            Self::Discriminatory => {
                "The highest bids meet the lowest asks, and each pair trades at a price between its \
                 own bid and ask."
            }
            Self::GridBacked => {
                "One price for all, with the grid as one more buyer at the feed-in tariff and one \
                 more seller at the retail price."
            }
            Self::Mcafee => {
                "One price where that gives nobody a reason to bid untruthfully; else the last \
                 matching bid and ask are left out and the operator keeps the difference."
            }
            Self::MidMarketRate => {
                "All surplus is shared by all who need energy, halfway between the feed-in tariff \
                 and the retail price."
            }
            Self::SupplyDemandRatio => {
                "All surplus is shared by all who need energy, at a price that falls from retail to \
                 feed-in as surplus grows."
            }
            Self::BillSharing => {
                "Surplus is given away within the street, and what the street pays or earns at the \
                 grid is shared by energy; sellers get less than the feed-in tariff."
            }
        }
    }

    /// Whether limit prices decide who trades and at what price.
    pub fn uses_limits(self) -> bool {
        !matches!(self, Self::MidMarketRate | Self::SupplyDemandRatio | Self::BillSharing)
    }

    /// The mechanism of this name.
    ///
    /// # Errors
    ///
    /// Lists the names there are.
    pub fn by_id(id: &str) -> Result<Self, MarketError> {
        Self::ALL.into_iter().find(|kind| kind.id() == id).ok_or_else(|| {
            MarketError::UnknownMechanism {
                name: id.to_owned(),
                known: Self::ALL.map(Self::id).join(", "),
            }
        })
    }
}

/// A market's settings.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct MarketSettings {
    /// The mechanism.
    pub mechanism: MechanismKind,
    /// Where between two limits a price lies, 0 to 1: 0 favours buyers, 1 sellers. Counts in the
    /// uniform, discriminatory and grid-backed auctions.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1)))]
    pub k: f64,
    /// What buyers pay to the network for energy traded locally, $/kWh, 0 to 1 000 000.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1_000_000)))]
    pub network_fee: f64,
    /// Orders with a limit below this do not enter, $/kWh; no floor when null.
    pub price_floor: Option<f64>,
    /// Orders with a limit above this do not enter, $/kWh; no cap when null.
    pub price_cap: Option<f64>,
}

impl Default for MarketSettings {
    fn default() -> Self {
        Self {
            mechanism: MechanismKind::default(),
            k: 0.5,
            network_fee: 0.0,
            price_floor: None,
            price_cap: None,
        }
    }
}

impl MarketSettings {
    /// Checks every field.
    ///
    /// # Errors
    ///
    /// Names the first field that is out of range, its value and what would be right.
    pub fn validate(&self) -> Result<(), MarketError> {
        if !(0.0..=1.0).contains(&self.k) {
            return Err(MarketError::value("k", self.k, "it must lie between 0 and 1"));
        }
        if !(0.0..=MAX_PRICE).contains(&self.network_fee) {
            let right = "a fee must be a number of $/kWh from 0 to 1000000";
            return Err(MarketError::value("network_fee", self.network_fee, right));
        }
        for (field, limit) in [("price_floor", self.price_floor), ("price_cap", self.price_cap)] {
            if let Some(value) = limit.filter(|value| !value.is_finite()) {
                return Err(MarketError::value(field, value, "a price must be finite, or null"));
            }
        }
        match (self.price_floor, self.price_cap) {
            (Some(floor), Some(cap)) if floor > cap => {
                Err(MarketError::FloorAboveCap { floor, cap })
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_documents_agree() {
        for kind in MechanismKind::ALL {
            assert_eq!(MechanismKind::by_id(kind.id()), Ok(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.id());
        }
        let message = MechanismKind::by_id("auction").unwrap_err().to_string();
        assert!(message.contains("`auction`") && message.contains("uniform, discriminatory, grid"));
    }

    #[test]
    fn settings_out_of_range_are_named() {
        let base = MarketSettings::default();
        assert_eq!(base.validate(), Ok(()));
        for (settings, sentence) in [
            (MarketSettings { k: 1.5, ..base }, "k is 1.5; it must lie between 0 and 1"),
            (MarketSettings { k: f64::NAN, ..base }, "k is NaN; "),
            (MarketSettings { network_fee: -0.1, ..base }, "network_fee is -0.1; a fee must"),
            (MarketSettings { network_fee: 1e7, ..base }, "network_fee is 10000000; a fee must"),
            (MarketSettings { price_cap: Some(f64::INFINITY), ..base }, "price_cap is inf; "),
            (
                MarketSettings { price_floor: Some(0.3), price_cap: Some(0.2), ..base },
                "price_floor is 0.3, above price_cap 0.2",
            ),
        ] {
            let message = settings.validate().unwrap_err().to_string();
            assert!(message.starts_with(sentence), "{message}");
        }
    }

    #[test]
    fn documents_refuse_unknown_fields() {
        let read = serde_json::from_str::<MarketSettings>;
        assert_eq!(read("{}").unwrap(), MarketSettings::default());
        assert!(read(r#"{"fee": 1}"#).unwrap_err().to_string().contains("network_fee"));
    }
}
