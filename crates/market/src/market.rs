//! A market ready to clear: settings, checked, and the mechanism they name.

use crate::{
    Clearing, MarketError, MarketSettings, Mechanism, MechanismKind, OrderBook,
    bill_sharing::BillSharing, discriminatory::DiscriminatoryAuction,
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
    /// Names a price that is not a finite number, or says that feed-in exceeds retail.
    pub fn validate(&self) -> Result<(), MarketError> {
        for (field, value) in [("retail", self.retail), ("feed_in", self.feed_in)] {
            if !value.is_finite() {
                return Err(MarketError::value(field, value, "a price must be finite"));
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
    /// feed-in tariff to the retail price less the fee. `None` where there are none.
    pub fn local_range(&self) -> Option<(f64, f64)> {
        let (lo, hi) = (self.grid.feed_in, self.grid.retail - self.network_fee);
        (lo <= hi).then_some((lo, hi))
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
