//! A market ready to clear: settings, checked, and the mechanism they name.

use crate::{
    Clearing, MAX_PRICE, MarketError, MarketSettings, Mechanism, MechanismKind, OrderBook,
    PRICE_SLACK, bill_sharing::BillSharing, discriminatory::DiscriminatoryAuction,
    grid_backed::GridBackedAuction, mcafee::McAfeeAuction, mid_market_rate::MidMarketRate,
    supply_demand_ratio::SupplyDemandRatio, uniform::UniformAuction,
};

/// What the grid charges and pays in a period, $/kWh.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GridPrices {
    /// Price of energy from the grid.
    pub retail: f64,
    /// Tariff for energy fed into the grid; no more than `retail`.
    pub feed_in: f64,
}

impl GridPrices {
    /// Checks prices that a person wrote.
    ///
    /// # Errors
    ///
    /// Names a price that is no number or beyond ±[`MAX_PRICE`], or says that feed-in exceeds retail.
    pub fn validate(&self) -> Result<(), MarketError> {
        for (field, value) in [("retail", self.retail), ("feed_in", self.feed_in)] {
            if !(-MAX_PRICE..=MAX_PRICE).contains(&value) {
                let right = "a price must be a number of $/kWh from -1000000 to 1000000";
                return Err(MarketError::value(field, value, right));
            }
        }
        if self.feed_in > self.retail {
            return Err(MarketError::FeedInAboveRetail {
                feed_in: self.feed_in,
                retail: self.retail,
            });
        }
        Ok(())
    }
}

/// What a clearing depends on besides the orders and the mechanism.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terms {
    /// The grid's prices.
    pub grid: GridPrices,
    /// What buyers pay to the network on top of a local price, $/kWh, ≥ 0.
    pub network_fee: f64,
    /// Orders with a limit below this do not enter, $/kWh; −∞ for no floor.
    pub price_floor: f64,
    /// Orders with a limit above this do not enter, $/kWh; ∞ for no cap.
    pub price_cap: f64,
}

impl Terms {
    /// The local prices at which both sides do no worse than with the grid, $/kWh: from the
    /// feed-in tariff to the retail price less the fee. `None` where there are none. Ends that differ by no more than
    /// [`PRICE_SLACK`] are one price.
    pub fn local_range(&self) -> Option<(f64, f64)> {
        let (lo, hi) = (self.grid.feed_in, self.grid.retail - self.network_fee);
        (lo <= hi + PRICE_SLACK).then_some((lo, hi.max(lo)))
    }
}

/// A market ready to clear.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Market {
    settings: MarketSettings,
}

impl Market {
    /// A market with these settings.
    ///
    /// # Errors
    ///
    /// As [`MarketSettings::validate`].
    pub fn new(settings: &MarketSettings) -> Result<Self, MarketError> {
        settings.validate()?;
        Ok(Self { settings: *settings })
    }

    /// Its settings.
    pub fn settings(&self) -> &MarketSettings {
        &self.settings
    }

    /// Clears `book` while the grid buys and sells at `grid`. The fills and amounts of `clearing`
    /// line up with the book's orders. The book must be valid ([`OrderBook::validate`]).
    pub fn clear(&self, book: &OrderBook, grid: GridPrices, clearing: &mut Clearing) {
        clearing.totals_only = false;
        self.run(book, grid, clearing);
    }

    /// As [`Self::clear`], for those who need sums alone: price, interval, volume, fees and surplus.
    /// Welfare, fills and amounts mean nothing afterwards. Takes less time.
    pub fn clear_totals(&self, book: &OrderBook, grid: GridPrices, clearing: &mut Clearing) {
        clearing.totals_only = true;
        self.run(book, grid, clearing);
    }

    fn run(&self, book: &OrderBook, grid: GridPrices, clearing: &mut Clearing) {
        debug_assert!(book.is_sound(), "an order is not a number or out of range: {book:?}");
        let MarketSettings { mechanism, k, network_fee, price_floor, price_cap } = self.settings;
        let terms = Terms {
            grid,
            network_fee,
            price_floor: price_floor.unwrap_or(f64::NEG_INFINITY),
            price_cap: price_cap.unwrap_or(f64::INFINITY),
        };
        match mechanism {
            MechanismKind::Uniform => UniformAuction { k }.clear(book, &terms, clearing),
            MechanismKind::Discriminatory => {
                DiscriminatoryAuction { k }.clear(book, &terms, clearing);
            }
            MechanismKind::GridBacked => GridBackedAuction { k }.clear(book, &terms, clearing),
            MechanismKind::Mcafee => McAfeeAuction.clear(book, &terms, clearing),
            MechanismKind::MidMarketRate => MidMarketRate.clear(book, &terms, clearing),
            MechanismKind::SupplyDemandRatio => SupplyDemandRatio.clear(book, &terms, clearing),
            MechanismKind::BillSharing => BillSharing.clear(book, &terms, clearing),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grid_prices_out_of_range_are_named() {
        let of = |retail, feed_in| GridPrices { retail, feed_in }.validate();
        assert_eq!(of(MAX_PRICE, -MAX_PRICE), Ok(()));
        for (grid, sentence) in [
            (of(1e7, 0.1), "retail is 10000000; a price must be a number of $/kWh from -1000000"),
            (of(f64::NAN, 0.1), "retail is NaN; "),
            (of(0.3, f64::NEG_INFINITY), "feed_in is -inf; "),
            (of(0.3, 0.4), "feed_in is 0.4, above retail 0.3; "),
        ] {
            let message = grid.unwrap_err().to_string();
            assert!(message.starts_with(sentence), "{message}");
        }
    }

    #[test]
    fn a_range_of_one_price_survives_rounding() {
        let grid = GridPrices { retail: 0.3, feed_in: 0.2 };
        let terms = |network_fee| Terms { grid, network_fee, price_floor: 0.0, price_cap: 1.0 };
        assert_eq!(terms(0.1).local_range(), Some((0.2, 0.2)));
        assert_eq!(terms(0.100_001).local_range(), None);
    }
}
