//! The uniform-price k-double auction.
//!
//! Bids are sorted from the highest price down, asks from the lowest up, and matched while
//! bid ≥ ask. The crossed volume maximises welfare. Orders of the same price share pro rata,
//! so the outcome does not depend on the order of arrival. The price lies in the interval
//! `[lo, hi]` with `lo = max(last accepted ask, first unfilled bid)` and
//! `hi = min(last accepted bid, first unfilled ask)`, where a partly filled order counts as
//! unfilled: `p = k·hi + (1−k)·lo`.
//!
//! Orders clear as they are: where their limits lie outside the range from feed-in tariff to retail
//! price, so may the price. The [grid-backed](crate::grid_backed) auction keeps to the range.

use crate::{
    Clearing, Mechanism, OrderBook, Terms,
    clearing::Match,
    crossing::{between, cross},
};

/// The uniform-price k-double auction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UniformAuction {
    /// Where in the price interval the price lies, 0 to 1: 0 favours buyers, 1 sellers.
    pub k: f64,
}

impl Mechanism for UniformAuction {
    fn clear(&self, book: &OrderBook, terms: &Terms, clearing: &mut Clearing) {
        clearing.enter(book, terms);
        clearing.sort();
        let margin = cross(&clearing.bids, &clearing.asks, &mut clearing.matches, |_, ask| ask);
        if let Some(margin) = margin {
            let (lo, hi) = margin.interval();
            one_price(&mut clearing.matches, between(lo, hi, self.k));
            clearing.interval = Some((lo, hi));
            clearing.settle(book, terms, 0.0);
        }
    }
}

/// Lets all matches trade at one price, $/kWh.
pub(crate) fn one_price(matches: &mut [Match], price: f64) {
    for m in matches {
        m.price = price;
    }
}
