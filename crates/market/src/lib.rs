//! Orders in, trades, prices and money out: one file per mechanism behind one trait.
//!
//! Quantities in kWh, prices in $/kWh, money in $. An [`OrderBook`] holds the limit orders of one
//! market period; a [`Market`] clears it into a [`Clearing`] whose buffers the caller keeps, so
//! that clearing allocates nothing once they have grown.
//!
//! | mechanism | one price | what decides who trades |
//! |---|---|---|
//! | [`uniform`] | yes | limits: the volume that maximises welfare |
//! | [`discriminatory`] | no, one per matched pair | as uniform |
//! | [`grid_backed`] | yes | as uniform, with the grid's own orders in the book |
//! | [`mcafee`] | yes for each side | as uniform, at times less a marginal order of each side |
//! | [`mid_market_rate`] | yes | everyone, pro rata; limits do not count |
//! | [`supply_demand_ratio`] | yes | everyone, pro rata; limits do not count |
//! | [`bill_sharing`] | yes, 0 | everyone, pro rata; limits do not count |
//!
//! **Units.** The market counts in thousandths of a watt-hour ([`UNITS_PER_KWH`]). An order is
//! rounded down to whole units when it enters and filled in whole units, so what is bought is
//! exactly what is sold. What is below a unit stays with its home.
//!
//! **Ties.** Orders of one price share pro rata, by largest remainder; where remainders are equal
//! too, the home of the lower number gets the odd unit. Nothing else depends on the order of
//! arrival.
//!
//! **Network fee.** Buyers pay it for every kWh traded locally, on top of the local price. A bid
//! therefore enters at its limit less the fee, and every local price is before the fee.
//!
//! **Equal prices.** 0.3 less a fee of 0.1 falls short of 0.2 by a rounding error, so a bid meets
//! an ask, and either the grid's price, where they differ by no more than [`PRICE_SLACK`].
//!
//! **The grid's range.** The uniform and the discriminatory auction and McAfee's take orders as they
//! are, of homes that may know nothing of the grid: with limits outside the range from feed-in tariff
//! to retail price, the price may lie outside it too. Who wants to trade within the range keeps
//! limits within it. The other mechanisms know the grid and stay within it (bill sharing aside).
//!
//! **Price filter.** An order whose limit lies outside the filter does not enter. Where limits do
//! not count, neither does the filter.

mod book;
mod clearing;
mod crossing;
mod error;
mod pool;
mod settings;
mod units;

pub mod bill_sharing;
pub mod discriminatory;
pub mod grid_backed;
pub mod mcafee;
pub mod mid_market_rate;
pub mod supply_demand_ratio;
pub mod uniform;

mod market;

pub use book::{MAX_KWH, MAX_PRICE, Order, OrderBook};
pub use clearing::{Clearing, Trade};
pub use crossing::PRICE_SLACK;
pub use error::MarketError;
pub use market::{GridPrices, Market, Terms};
pub use settings::{MarketSettings, MechanismKind};
pub use units::UNITS_PER_KWH;

/// A way to turn an order book into trades.
///
/// Every mechanism conserves energy (filled bids = filled asks) and money (what buyers pay is
/// what sellers, the network and, in one case, the operator get) and fills no order beyond its
/// quantity. Those that use limits trade nothing at bid < ask + fee and fill no order at worse
/// than its limit, to [`PRICE_SLACK`].
pub trait Mechanism {
    /// Clears `book` on `terms` into `clearing`, whose fills line up with the book's orders.
    fn clear(&self, book: &OrderBook, terms: &Terms, clearing: &mut Clearing);
}
