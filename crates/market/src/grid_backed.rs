//! The grid-backed uniform auction: the grid stands in the same book.
//!
//! The grid bids for any quantity at the feed-in tariff and asks any quantity at the retail
//! price; then there is one price as in the [uniform](crate::uniform) auction. With a surplus on
//! the street the grid's bid is the last that trades, and the price is the feed-in tariff; with a
//! deficit its ask is, and the price is the retail price; in balance the price lies in between.
//!
//! Only energy between homes counts as traded. What trades with the grid's own orders is what the
//! caller settles with the grid in any case, at the same prices. So the grid's orders need not
//! be matched one by one: they keep bids below the feed-in tariff and asks above the retail price
//! from trading, and bound the price interval. At the grid's own prices homes go first.
//!
//! With a network fee f a buyer compares the retail price with a local price plus f: the grid's
//! ask stands at retail − f. Where that is below the feed-in tariff, nothing trades between homes.

use crate::{
    Clearing, Mechanism, OrderBook, Terms,
    crossing::{PRICE_SLACK, between, cross},
    uniform::one_price,
};

/// The uniform auction with the grid's orders in the book.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GridBackedAuction {
    /// Where in the price interval the price lies, 0 to 1: 0 favours buyers, 1 sellers.
    pub k: f64,
}

impl Mechanism for GridBackedAuction {
    fn clear(&self, book: &OrderBook, terms: &Terms, clearing: &mut Clearing) {
        clearing.enter(book, terms);
        let Some((grid_bid, grid_ask)) = terms.local_range() else { return };
        clearing.sort();
        let bids = clearing.bids.partition_point(|bid| bid.price + PRICE_SLACK >= grid_bid);
        let asks = clearing.asks.partition_point(|ask| ask.price <= grid_ask + PRICE_SLACK);
        let (bids, asks) = (&clearing.bids[..bids], &clearing.asks[..asks]);
        if let Some(margin) = cross(bids, asks, &mut clearing.matches, |_, ask| ask) {
            let (lo, hi) = margin.interval();
            let (lo, hi) = (lo.clamp(grid_bid, grid_ask), hi.clamp(grid_bid, grid_ask));
            one_price(&mut clearing.matches, between(lo, hi, self.k));
            clearing.interval = Some((lo, hi));
            clearing.settle(book, terms, 0.0);
        }
    }
}
