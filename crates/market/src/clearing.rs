//! What a clearing comes to: fills, prices, money and, when asked for, trades.

use crate::{
    Order, OrderBook, Terms,
    units::{share, to_kwh, whole_units},
};

/// The outcome of one clearing; reused from call to call.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Clearing {
    /// What sellers get, $/kWh: the one price, or the volume-weighted mean where pairs differ;
    /// `None` where nothing trades.
    pub price: Option<f64>,
    /// The range a price was chosen from, $/kWh, before the fee. In the uniform and grid-backed
    /// auctions the prices at which the same volume would clear; in the discriminatory auction
    /// and McAfee's the lowest and the highest price paid. `None` where nothing trades or where
    /// limits do not count.
    pub interval: Option<(f64, f64)>,
    /// Energy traded between homes, kWh.
    pub volume_kwh: f64,
    /// Value to buyers less cost to sellers at their limit prices, less network fees, $. May be
    /// negative where limits do not count.
    pub welfare: f64,
    /// Energy bought by each bid, kWh, in the book's order.
    pub bought: Vec<f64>,
    /// Energy sold by each ask, kWh, in the book's order.
    pub sold: Vec<f64>,
    /// What each bid pays, network fee included, $, in the book's order.
    pub paid: Vec<f64>,
    /// What each ask receives, $, in the book's order.
    pub received: Vec<f64>,
    /// What the network gets, $.
    pub fees: f64,
    /// What buyers pay beyond what sellers and the network get, $: the operator's in McAfee's
    /// mechanism, 0 in all others.
    pub surplus: f64,
    pub(crate) bids: Vec<Entry>,
    pub(crate) asks: Vec<Entry>,
    pub(crate) matches: Vec<Match>,
    /// Whether only sums are asked for: fills and money by order stay as they are.
    pub(crate) totals_only: bool,
}

/// Energy from one home to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trade {
    /// The home that buys.
    pub buyer: usize,
    /// The home that sells.
    pub seller: usize,
    /// Energy, kWh.
    pub kwh: f64,
    /// What the seller gets, $/kWh. The buyer pays the network fee on top and, in McAfee's
    /// mechanism, what the operator keeps.
    pub price: f64,
}

/// An order inside the market.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Entry {
    /// Limit, $/kWh; a bid's is less the network fee.
    pub price: f64,
    /// Quantity, units, > 0.
    pub units: u64,
    /// What of it trades, units.
    pub filled: u64,
    /// Its place in the book.
    pub order: usize,
}

/// Neighbouring entries of one side, first to last, the last not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Group {
    pub start: usize,
    pub end: usize,
}

/// Energy that a group of bids buys from a group of asks, shared pro rata on both sides. In a
/// list of matches those of one group are neighbours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Match {
    pub bids: Group,
    pub asks: Group,
    pub units: u64,
    /// What sellers get, $/kWh.
    pub price: f64,
}

/// A mean price by volume. Of equal prices it is exactly that price.
#[derive(Default)]
struct Mean {
    units: u64,
    price: f64,
}

impl Mean {
    fn of(matches: &[Match]) -> Self {
        let mut mean = Self::default();
        for m in matches {
            mean.units += m.units;
            mean.price += (m.price - mean.price) * (m.units as f64 / mean.units as f64);
        }
        mean
    }
}

impl Clearing {
    /// Takes over the orders that pass the price filter: nothing traded yet.
    pub(crate) fn enter(&mut self, book: &OrderBook, terms: &Terms) {
        self.enter_if(book, terms, |price| price >= terms.price_floor && price <= terms.price_cap);
    }

    /// Takes over all orders: nothing traded yet.
    pub(crate) fn enter_all(&mut self, book: &OrderBook, terms: &Terms) {
        self.enter_if(book, terms, |_| true);
    }

    fn enter_if(&mut self, book: &OrderBook, terms: &Terms, admit: impl Fn(f64) -> bool + Copy) {
        (self.price, self.interval) = (None, None);
        (self.volume_kwh, self.welfare, self.fees, self.surplus) = (0.0, 0.0, 0.0, 0.0);
        self.matches.clear();
        enter_side(&book.bids, &mut self.bids, terms.network_fee, admit);
        enter_side(&book.asks, &mut self.asks, 0.0, admit);
        if self.totals_only {
            return;
        }
        for amounts in [&mut self.bought, &mut self.paid] {
            amounts.clear();
            amounts.resize(book.bids.len(), 0.0);
        }
        for amounts in [&mut self.sold, &mut self.received] {
            amounts.clear();
            amounts.resize(book.asks.len(), 0.0);
        }
    }

    /// Sorts the entries, best price first.
    pub(crate) fn sort(&mut self) {
        self.bids.sort_unstable_by(|a, b| b.price.total_cmp(&a.price));
        self.asks.sort_unstable_by(|a, b| a.price.total_cmp(&b.price));
    }

    /// Turns the matches into fills and money. Buyers pay the matches' prices plus the network
    /// fee plus `markup`, $/kWh, which the operator keeps.
    pub(crate) fn settle(&mut self, book: &OrderBook, terms: &Terms, markup: f64) {
        let Mean { units, price } = Mean::of(&self.matches);
        if units == 0 {
            return;
        }
        self.price = Some(price);
        self.volume_kwh = to_kwh(units);
        self.fees = self.volume_kwh * terms.network_fee;
        self.surplus = self.volume_kwh * markup;
        if self.totals_only {
            return;
        }
        let mut value = 0.0;
        for matches in self.matches.chunk_by(|a, b| a.bids == b.bids) {
            let entries = &mut self.bids[matches[0].bids.start..matches[0].bids.end];
            let mean = Mean::of(matches);
            ration(entries, mean.units, &book.bids);
            for entry in entries {
                let kwh = to_kwh(entry.filled);
                self.bought[entry.order] = kwh;
                self.paid[entry.order] = kwh * (mean.price + terms.network_fee + markup);
                value += kwh * entry.price;
            }
        }
        let mut cost = 0.0;
        for matches in self.matches.chunk_by(|a, b| a.asks == b.asks) {
            let entries = &mut self.asks[matches[0].asks.start..matches[0].asks.end];
            let mean = Mean::of(matches);
            ration(entries, mean.units, &book.asks);
            for entry in entries {
                let kwh = to_kwh(entry.filled);
                self.sold[entry.order] = kwh;
                self.received[entry.order] = kwh * mean.price;
                cost += kwh * entry.price;
            }
        }
        self.welfare = value - cost;
    }

    /// Who bought from whom, in the clearing of `book` just made: bids and asks that match share
    /// pro rata in each other, so a trade's energy need not be a whole number of units. Per home,
    /// the trades add up to its fills and its money.
    pub fn trades(&self, book: &OrderBook) -> Vec<Trade> {
        let filled = |entries: &[Entry]| entries.iter().map(|e| e.filled).sum::<u64>() as f64;
        let mut trades = Vec::new();
        for m in &self.matches {
            let bids = &self.bids[m.bids.start..m.bids.end];
            let asks = &self.asks[m.asks.start..m.asks.end];
            let (bid_units, ask_units) = (filled(bids), filled(asks));
            for bid in bids.iter().filter(|bid| bid.filled > 0) {
                for ask in asks.iter().filter(|ask| ask.filled > 0) {
                    let part = (bid.filled as f64 / bid_units) * (ask.filled as f64 / ask_units);
                    trades.push(Trade {
                        buyer: book.bids[bid.order].home,
                        seller: book.asks[ask.order].home,
                        kwh: to_kwh(m.units) * part,
                        price: m.price,
                    });
                }
            }
        }
        trades
    }
}

fn enter_side(orders: &[Order], entries: &mut Vec<Entry>, fee: f64, admit: impl Fn(f64) -> bool) {
    entries.clear();
    for (order, &Order { kwh, price, .. }) in orders.iter().enumerate() {
        let units = whole_units(kwh);
        if units > 0 && admit(price) {
            entries.push(Entry { price: price - fee, units, filled: 0, order });
        }
    }
}

/// Shares `filled` units among entries pro rata to their quantities, by largest remainder; where
/// remainders are equal, the home of the lower number comes first. May reorder the entries.
fn ration(entries: &mut [Entry], filled: u64, orders: &[Order]) {
    if let [entry] = entries {
        entry.filled = filled;
        return;
    }
    let total: u64 = entries.iter().map(|e| e.units).sum();
    if filled == total {
        for entry in entries {
            entry.filled = entry.units;
        }
        return;
    }
    let mut left = filled;
    for entry in &mut *entries {
        entry.filled = share(entry.units, filled, total).0;
        left -= entry.filled;
    }
    if left == 0 {
        return;
    }
    let rank = |e: &Entry| {
        let (_, remainder) = share(e.units, filled, total);
        (std::cmp::Reverse(remainder), orders[e.order].home, e.order)
    };
    // Fewer units are left than there are entries: each remainder is less than a unit.
    let (first, last, _) = entries.select_nth_unstable_by_key(left as usize - 1, rank);
    for entry in first {
        entry.filled += 1;
    }
    last.filled += 1;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rationed(quantities: &[u64], homes: &[usize], filled: u64) -> Vec<u64> {
        let orders: Vec<Order> =
            homes.iter().map(|&home| Order { home, kwh: 1.0, price: 0.1 }).collect();
        let mut entries: Vec<Entry> = quantities
            .iter()
            .enumerate()
            .map(|(order, &units)| Entry { price: 0.1, units, filled: 0, order })
            .collect();
        ration(&mut entries, filled, &orders);
        entries.sort_unstable_by_key(|e| e.order);
        entries.iter().map(|e| e.filled).collect()
    }

    #[test]
    fn odd_units_go_to_the_largest_remainder() {
        // 10·1/6 = 1.67, 10·2/6 = 3.33, 10·3/6 = 5.
        assert_eq!(rationed(&[1, 2, 3], &[0, 1, 2], 10 - 4), [1, 2, 3]);
        assert_eq!(rationed(&[10, 20, 30], &[0, 1, 2], 10), [2, 3, 5]);
    }

    #[test]
    fn equal_remainders_go_by_the_homes_number() {
        assert_eq!(rationed(&[4, 4, 4], &[2, 0, 1], 4), [1, 2, 1]);
        assert_eq!(rationed(&[4, 4, 4], &[2, 0, 1], 5), [1, 2, 2]);
        assert_eq!(rationed(&[4, 4, 4], &[2, 0, 1], 0), [0, 0, 0]);
    }
}
