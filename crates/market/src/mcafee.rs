//! McAfee's trade-reduction mechanism.
//!
//! Orders are matched as in the [uniform](crate::uniform) auction. Let b and a be the last bid
//! and the last ask that match, b' and a' the first unfilled ones, where a partly filled order
//! counts as unfilled; where a side has none, the grid's price stands in, as the end of the range
//! that prices come from. If `p = (b' + a')/2` suits the last pair, `a ≤ p ≤ b`, all matches
//! trade at p. Else the orders at b and a are left out, buyers pay b and sellers get a, neither of
//! which their own orders could move; the longer side is rationed pro rata, and the operator keeps
//! the difference, [`Clearing::surplus`].
//!
//! *Truthful* where every order is of the same size and every home has one: nobody gains by a
//! limit other than its value (R. P. McAfee, *A dominant strategy double auction*, Journal of
//! Economic Theory 56, 1992). With orders of different sizes it is not: who is rationed gains by
//! overstating its quantity, and a partly filled order sets the price it pays. Welfare is at most
//! that of the uniform auction.

use crate::{
    Clearing, Mechanism, OrderBook, Terms,
    clearing::{Entry, Group, Match},
    crossing::cross,
    uniform::one_price,
};

/// McAfee's trade-reduction mechanism.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct McAfeeAuction;

impl Mechanism for McAfeeAuction {
    fn clear(&self, book: &OrderBook, terms: &Terms, clearing: &mut Clearing) {
        clearing.enter(book, terms);
        clearing.sort();
        let margin = cross(&clearing.bids, &clearing.asks, &mut clearing.matches, |_, ask| ask);
        let Some(margin) = margin else { return };
        let (bid, ask) = (margin.last_bid, margin.last_ask);
        let next_bid = margin.next_bid.unwrap_or(terms.grid.feed_in);
        let next_ask = margin.next_ask.unwrap_or(terms.grid.retail - terms.network_fee);
        let price = 0.5 * (next_bid + next_ask);
        if (ask..=bid).contains(&price) {
            one_price(&mut clearing.matches, price);
            clearing.interval = Some((price, price));
            clearing.settle(book, terms, 0.0);
        } else {
            reduce(clearing, ask);
            clearing.interval = (!clearing.matches.is_empty()).then_some((ask, bid));
            clearing.settle(book, terms, bid - ask);
        }
    }
}

/// Leaves the last matching price of either side out; the rest trades in one pool, and sellers
/// get `price`.
fn reduce(clearing: &mut Clearing, price: f64) {
    let Some(last) = clearing.matches.last() else { return };
    let bids = Group { start: 0, end: last.bids.start };
    let asks = Group { start: 0, end: last.asks.start };
    let total = |entries: &[Entry]| entries.iter().map(|e| e.units).sum::<u64>();
    let units = total(&clearing.bids[..bids.end]).min(total(&clearing.asks[..asks.end]));
    clearing.matches.clear();
    if units > 0 {
        clearing.matches.push(Match { bids, asks, units, price });
    }
}
