//! The discriminatory k-double auction: each matched pair its own price.
//!
//! Orders are matched as in the [uniform](crate::uniform) auction, the highest bid with the
//! lowest ask, for the same volume and welfare. A bid and an ask that match trade at
//! `k·bid + (1−k)·ask`, the bid taken less the network fee. Orders of one price share their
//! matches pro rata, in quantity and in price: all bids of one price pay the same per kWh, and
//! all asks of one price get the same.
//!
//! Since a bid sets its own price, it pays to bid below one's value; the auction is not truthful.
//! As in the uniform auction, orders clear as they are, also outside the grid's prices.

use crate::{
    Clearing, Mechanism, OrderBook, Terms,
    crossing::{between, cross},
};

/// The discriminatory k-double auction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DiscriminatoryAuction {
    /// Where between ask and bid a pair's price lies, 0 to 1: 0 favours buyers, 1 sellers.
    pub k: f64,
}

impl Mechanism for DiscriminatoryAuction {
    fn clear(&self, book: &OrderBook, terms: &Terms, clearing: &mut Clearing) {
        clearing.enter(book, terms);
        clearing.sort();
        let price = |bid, ask| between(ask, bid, self.k);
        if cross(&clearing.bids, &clearing.asks, &mut clearing.matches, price).is_some() {
            let range = clearing
                .matches
                .iter()
                .fold((f64::MAX, f64::MIN), |(lo, hi), m| (lo.min(m.price), hi.max(m.price)));
            clearing.interval = Some(range);
            clearing.settle(book, terms, 0.0);
        }
    }
}
