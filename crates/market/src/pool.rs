//! Ex-post pricing: everyone's energy, shared pro rata at one local price.
//!
//! With surplus E and deficit D of the street in a period, min(E, D) is traded. Every seller sells
//! the share min(1, D/E) of its surplus and every buyer buys the share min(1, E/D) of its need;
//! the rest is settled with the grid. Limits do not count: the price follows from the quantities
//! and the grid's prices. With retail price lb and feed-in tariff ls, a local price p gives the
//! blended prices
//!
//! ```text
//! E < D: sellers get p,                     buyers pay (p·E + lb·(D−E))/D
//! E > D: sellers get (p·D + ls·(E−D))/E,    buyers pay p
//! ```
//!
//! which is how the literature states these mechanisms. The mechanisms differ in p alone. With a
//! network fee f, p lies in [ls, lb − f] for those that are individually rational; where that
//! range is empty, nothing trades.

use crate::{
    Clearing, OrderBook, Terms,
    clearing::{Entry, Group, Match},
};

/// A street's energy in a period, and the range of local prices.
pub(crate) struct Street {
    /// Total surplus, units, > 0.
    pub surplus: u64,
    /// Total deficit, units, > 0.
    pub deficit: u64,
    /// Feed-in tariff, $/kWh.
    pub lo: f64,
    /// Retail price less the network fee, $/kWh, ≥ `lo`.
    pub hi: f64,
}

/// Trades what can be traded at the local price, $/kWh, that `price` makes of the street.
pub(crate) fn clear(
    book: &OrderBook,
    terms: &Terms,
    clearing: &mut Clearing,
    price: impl Fn(&Street) -> f64,
) {
    clearing.enter_all(book, terms);
    let Some((lo, hi)) = terms.local_range() else { return };
    let total = |entries: &[Entry]| entries.iter().map(|e| e.units).sum::<u64>();
    let street = Street { surplus: total(&clearing.asks), deficit: total(&clearing.bids), lo, hi };
    let units = street.surplus.min(street.deficit);
    if units > 0 {
        clearing.matches.push(Match {
            bids: Group { start: 0, end: clearing.bids.len() },
            asks: Group { start: 0, end: clearing.asks.len() },
            units,
            price: price(&street),
        });
        clearing.settle(book, terms, 0.0);
    }
}
