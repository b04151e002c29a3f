//! McAfee's trade-reduction mechanism.
//!
//! Orders are matched as in the [uniform](crate::uniform) auction, and as they are, also outside
//! the grid's prices. Let b and a be the last bid and the last ask that match, b' and a' the first
//! unfilled ones, where a partly filled order counts as unfilled; where a side has none, the grid's
//! price stands in, as the end of the range that prices come from. If `p = (b' + a')/2` suits the
//! last pair, `a ≤ p ≤ b`, all matches trade at p. Else one order at b and one at a are left out,
//! buyers pay b and sellers get a, neither of which the orders that trade could move; the longer
//! side is rationed pro rata, and the operator keeps the difference, [`Clearing::surplus`] ≥ 0.
//!
//! *Ties.* Of several orders at b (or at a) none is singled out. Bids at b or better of D kWh in
//! all, of which the largest at b is d, and asks at a or better of S kWh, of which the largest at a
//! is s, trade `min(D − d, S − s)`: as much as they could without any one of the tied. The orders
//! better than b (or a) come first; what they leave is shared pro rata by the tied. So n bids of
//! 1 kWh at one price and n asks of 1 kWh at another trade n − 1 kWh, (n − 1)/n each.
//!
//! *Truthful* where every order is of the same size and every home has one: nobody gains by a
//! limit other than its value (R. P. McAfee, *A dominant strategy double auction*, Journal of
//! Economic Theory 56, 1992). McAfee puts ties into some order that prices do not depend on, and
//! leaves out the last; whatever that order, it is truthful. The fills here are the means over all
//! orders of the tied, and a mean of truthful mechanisms is truthful: prices are the same in each,
//! so a home's gain is the mean of its gains.
//!
//! With orders of different sizes it is not truthful: who is rationed gains by overstating its
//! quantity, and a partly filled order sets the price it pays. Welfare is at most that of the
//! uniform auction, and no smaller a share of it than the volume is of that auction's volume.

use crate::{
    Clearing, Mechanism, OrderBook, Terms,
    clearing::{Entry, Group, Match},
    crossing::{PRICE_SLACK, cross},
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
        // A bid within the slack below its ask counts as equal.
        let (bid, ask) = (margin.last_bid.max(margin.last_ask), margin.last_ask);
        let next_bid = margin.next_bid.unwrap_or(terms.grid.feed_in);
        let next_ask = margin.next_ask.unwrap_or(terms.grid.retail - terms.network_fee);
        let price = 0.5 * (next_bid + next_ask);
        if (ask - PRICE_SLACK..=bid + PRICE_SLACK).contains(&price) {
            let price = price.clamp(ask, bid);
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

/// The orders of one side that match.
struct Matching {
    /// Those at a better price than the last, and their units.
    better: (Group, u64),
    /// Those at the last price, and their units less the largest order's.
    last: (Group, u64),
}

impl Matching {
    fn of(entries: &[Entry], last: Group) -> Self {
        let units = |of: Group| entries[of.start..of.end].iter().map(|e| e.units);
        let better = Group { start: 0, end: last.start };
        let left_out = units(last).max().unwrap_or(0);
        Self {
            better: (better, units(better).sum()),
            last: (last, units(last).sum::<u64>() - left_out),
        }
    }

    fn units(&self) -> u64 {
        self.better.1 + self.last.1
    }

    /// Shares `units`, no more than there are, among the groups: better prices first.
    fn fill(&self, units: u64) -> [(Group, u64); 2] {
        let better = units.min(self.better.1);
        [(self.better.0, better), (self.last.0, units - better)]
    }
}

/// Leaves the largest order at the last matching price of either side out of the volume; the rest
/// trades, and sellers get `price`.
fn reduce(clearing: &mut Clearing, price: f64) {
    let Some(last) = clearing.matches.last() else { return };
    let bids = Matching::of(&clearing.bids, last.bids);
    let asks = Matching::of(&clearing.asks, last.asks);
    let units = bids.units().min(asks.units());
    let mut asks = asks.fill(units);
    clearing.matches.clear();
    for (bids, mut wanted) in bids.fill(units) {
        for (asks, offered) in &mut asks {
            let units = wanted.min(*offered);
            if units > 0 {
                clearing.matches.push(Match { bids, asks: *asks, units, price });
                wanted -= units;
                *offered -= units;
            }
        }
    }
}
