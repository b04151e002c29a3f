//! Where supply and demand cross.

use crate::clearing::{Entry, Group, Match};

/// Prices that differ by no more than this, $/kWh, are equal where a bid meets an ask or the
/// grid. 0.3 − 0.1 falls short of 0.2 in binary; a bid of 0.3 and a fee of 0.1 are to meet an ask
/// of 0.2 all the same. A bid may pay as much beyond its limit.
pub const PRICE_SLACK: f64 = 1e-12;

/// The margin of a crossing: the last prices that match and the first that do not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Margin {
    /// The lowest bid that trades, less the fee, $/kWh.
    pub last_bid: f64,
    /// The highest ask that trades, $/kWh.
    pub last_ask: f64,
    /// The highest bid that is not, or only partly, filled; `None` where all are.
    pub next_bid: Option<f64>,
    /// The lowest ask that is not, or only partly, filled; `None` where all are.
    pub next_ask: Option<f64>,
}

impl Margin {
    /// The prices at which the same volume would clear, from low to high; a bid within the slack
    /// below its ask leaves the ask alone.
    pub fn interval(&self) -> (f64, f64) {
        let lo = self.next_bid.map_or(self.last_ask, |p| p.max(self.last_ask));
        let hi = self.next_ask.map_or(self.last_bid, |p| p.min(self.last_bid));
        (lo, hi.max(lo))
    }
}

/// One side of the book, walked in groups of one price.
struct Front<'a> {
    entries: &'a [Entry],
    group: Group,
    /// What is left of the group, units.
    left: u64,
}

impl<'a> Front<'a> {
    fn new(entries: &'a [Entry]) -> Self {
        let mut front = Self { entries, group: Group { start: 0, end: 0 }, left: 0 };
        front.open_next();
        front
    }

    /// Price of the group at the front; `None` when the side is used up.
    fn price(&self) -> Option<f64> {
        self.entries.get(self.group.start).map(|entry| entry.price)
    }

    fn open_next(&mut self) {
        let start = self.group.end;
        self.group = Group { start, end: start };
        if let Some(price) = self.price() {
            for entry in self.entries[start..].iter().take_while(|entry| entry.price == price) {
                self.left += entry.units;
                self.group.end += 1;
            }
        }
    }

    fn take(&mut self, units: u64) {
        self.left -= units;
        if self.left == 0 {
            self.open_next();
        }
    }
}

/// Matches sorted entries, best prices first, while bid ≥ ask, to [`PRICE_SLACK`]; `price` says
/// what a bid and an ask trade at. `None` where nothing matches.
pub(crate) fn cross(
    bids: &[Entry],
    asks: &[Entry],
    matches: &mut Vec<Match>,
    price: impl Fn(f64, f64) -> f64,
) -> Option<Margin> {
    let (mut bid_front, mut ask_front) = (Front::new(bids), Front::new(asks));
    let mut last = None;
    while let (Some(bid), Some(ask)) = (bid_front.price(), ask_front.price()) {
        if bid + PRICE_SLACK < ask {
            break;
        }
        let units = bid_front.left.min(ask_front.left);
        matches.push(Match {
            bids: bid_front.group,
            asks: ask_front.group,
            units,
            price: price(bid, ask),
        });
        last = Some((bid, ask));
        bid_front.take(units);
        ask_front.take(units);
    }
    last.map(|(last_bid, last_ask)| Margin {
        last_bid,
        last_ask,
        next_bid: bid_front.price(),
        next_ask: ask_front.price(),
    })
}

/// The point of `[lo, hi]` that lies the share `k` of the way up; exact at both ends.
pub(crate) fn between(lo: f64, hi: f64, k: f64) -> f64 {
    k * hi + (1.0 - k) * lo
}
