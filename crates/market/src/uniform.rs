//! The uniform-price k-double auction.
//!
//! Bids are sorted from the highest price down, asks from the lowest up, and matched while
//! bid ≥ ask. The crossed volume maximises welfare. Orders of the same price share pro rata,
//! so the outcome does not depend on the order of arrival. The price lies in the interval
//! `[lo, hi]` with `lo = max(last accepted ask, first unfilled bid)` and
//! `hi = min(last accepted bid, first unfilled ask)`, where a partly filled order counts as
//! unfilled: `p = k·hi + (1−k)·lo`.

use crate::{
    Mechanism,
    book::{Clearing, Order, OrderBook},
};

/// The uniform-price k-double auction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UniformAuction {
    /// Where in the price interval the price lies: 0 favours buyers, 1 sellers.
    pub k: f64,
}

impl Default for UniformAuction {
    fn default() -> Self {
        Self { k: 0.5 }
    }
}

/// One side of the book, walked in groups of one price.
struct Side<'a> {
    orders: &'a [Order],
    sorted: &'a [usize],
    /// The group at the front: `sorted[start..end]`, its quantity and what is left of it.
    start: usize,
    end: usize,
    quantity: f64,
    left: f64,
}

impl<'a> Side<'a> {
    fn new(orders: &'a [Order], sorted: &'a [usize]) -> Self {
        let mut side = Self { orders, sorted, start: 0, end: 0, quantity: 0.0, left: 0.0 };
        side.open_next();
        side
    }

    /// Price of the front group; `None` when the side is used up.
    fn price(&self) -> Option<f64> {
        self.sorted.get(self.start).map(|&i| self.orders[i].price)
    }

    fn open_next(&mut self) {
        self.start = self.end;
        self.quantity = 0.0;
        if let Some(price) = self.price() {
            while let Some(order) = self.sorted.get(self.end).map(|&i| self.orders[i]) {
                if order.price != price {
                    break;
                }
                self.quantity += order.kwh;
                self.end += 1;
            }
        }
        self.left = self.quantity;
    }

    /// Gives every order of the front group its share of what the group traded.
    fn fill(&self, fills: &mut [f64]) {
        let share = (self.quantity - self.left) / self.quantity;
        for &i in &self.sorted[self.start..self.end] {
            fills[i] = self.orders[i].kwh * share;
        }
    }
}

impl Mechanism for UniformAuction {
    fn clear(&self, book: &OrderBook, clearing: &mut Clearing) {
        clearing.reset(book);
        sort(&book.bids, &mut clearing.bid_order, |a, b| b.total_cmp(&a));
        sort(&book.asks, &mut clearing.ask_order, |a, b| a.total_cmp(&b));
        let mut bids = Side::new(&book.bids, &clearing.bid_order);
        let mut asks = Side::new(&book.asks, &clearing.ask_order);
        let mut last_accepted = None;
        while let (Some(bid), Some(ask)) = (bids.price(), asks.price()) {
            if bid < ask {
                break;
            }
            let quantity = bids.left.min(asks.left);
            last_accepted = Some((bid, ask));
            clearing.volume_kwh += quantity;
            clearing.welfare += quantity * (bid - ask);
            bids.left -= quantity;
            asks.left -= quantity;
            // Exactly one of the two is exactly 0 now (both, if equal): no remainder is lost.
            if bids.left == 0.0 {
                bids.fill(&mut clearing.bought);
                bids.open_next();
            }
            if asks.left == 0.0 {
                asks.fill(&mut clearing.sold);
                asks.open_next();
            }
        }
        if bids.left < bids.quantity {
            bids.fill(&mut clearing.bought);
        }
        if asks.left < asks.quantity {
            asks.fill(&mut clearing.sold);
        }
        if let Some((last_bid, last_ask)) = last_accepted {
            // The front groups are the first that are not, or only partly, filled.
            let lo = bids.price().map_or(last_ask, |p| p.max(last_ask));
            let hi = asks.price().map_or(last_bid, |p| p.min(last_bid));
            clearing.interval = Some((lo, hi));
            clearing.price = Some(self.k * hi + (1.0 - self.k) * lo);
        }
    }
}

/// Fills `sorted` with the indices of orders of more than nothing, by price.
fn sort(orders: &[Order], sorted: &mut Vec<usize>, by: impl Fn(f64, f64) -> std::cmp::Ordering) {
    sorted.clear();
    sorted.extend((0..orders.len()).filter(|&i| orders[i].kwh > 0.0));
    sorted.sort_unstable_by(|&a, &b| by(orders[a].price, orders[b].price).then(a.cmp(&b)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn orders(of: &[(f64, f64)]) -> Vec<Order> {
        of.iter().enumerate().map(|(home, &(kwh, price))| Order { home, kwh, price }).collect()
    }

    fn cleared(bids: &[(f64, f64)], asks: &[(f64, f64)]) -> Clearing {
        let mut clearing = Clearing::default();
        let book = OrderBook { bids: orders(bids), asks: orders(asks) };
        UniformAuction::default().clear(&book, &mut clearing);
        clearing
    }

    /// gsy-framework's own order set, cleared for the largest volume.
    #[test]
    fn reference_gsy() {
        let clearing = cleared(
            &[(20.0, 3.0), (15.0, 2.0), (10.0, 1.0)],
            &[(25.0, 1.000_02), (35.0, 2.4), (30.0, 5.0)],
        );
        assert_eq!(clearing.volume_kwh, 25.0);
        assert_eq!(clearing.price, Some(2.0));
        assert!((clearing.welfare - 44.9995).abs() < 1e-9);
        assert_eq!(clearing.bought, [20.0, 5.0, 0.0]);
    }

    /// The example of the dauction package.
    #[test]
    fn reference_dauction() {
        let clearing = cleared(&[(2.0, 6.5), (2.0, 10.0)], &[(2.0, 6.5), (2.0, 11.0)]);
        assert_eq!((clearing.volume_kwh, clearing.price), (2.0, Some(8.25)));
    }

    #[test]
    fn nothing_trades_below_the_ask() {
        let clearing = cleared(&[(10.0, 0.12)], &[(10.0, 0.15)]);
        assert_eq!((clearing.volume_kwh, clearing.price, clearing.interval), (0.0, None, None));
        assert_eq!(cleared(&[], &[(1.0, 0.1)]).price, None);
    }

    #[test]
    fn ties_share_pro_rata() {
        let clearing = cleared(&[(3.0, 0.2)], &[(4.0, 0.1), (2.0, 0.1)]);
        assert_eq!(clearing.sold, [2.0, 1.0]);
        // Sellers are too many, so their price holds.
        assert_eq!(clearing.price, Some(0.1));
    }

    fn side() -> impl Strategy<Value = Vec<(f64, f64)>> {
        // Few distinct prices, so that ties are common; some quantities are zero.
        prop::collection::vec((prop_oneof![Just(0.0), 0.0..5.0f64], 0..12i32), 0..40)
            .prop_map(|v| v.into_iter().map(|(q, p)| (q, f64::from(p) * 0.05)).collect())
    }

    proptest! {
        #[test]
        fn every_clearing_is_sound(bids in side(), asks in side(), k in 0.0..1.0f64) {
            let book = OrderBook { bids: orders(&bids), asks: orders(&asks) };
            let mut clearing = Clearing::default();
            UniformAuction { k }.clear(&book, &mut clearing);
            let (bought, sold): (f64, f64) = (clearing.bought.iter().sum(), clearing.sold.iter().sum());
            prop_assert!((bought - sold).abs() < 1e-9 && (bought - clearing.volume_kwh).abs() < 1e-9);
            for (orders, fills) in [(&book.bids, &clearing.bought), (&book.asks, &clearing.sold)] {
                for (order, fill) in orders.iter().zip(fills) {
                    prop_assert!(*fill >= 0.0 && *fill <= order.kwh + 1e-12);
                }
            }
            let Some(price) = clearing.price else {
                let best_bid = book.bids.iter().filter(|o| o.kwh > 0.0).map(|o| o.price).fold(f64::MIN, f64::max);
                let best_ask = book.asks.iter().filter(|o| o.kwh > 0.0).map(|o| o.price).fold(f64::MAX, f64::min);
                prop_assert!(best_bid < best_ask);
                return Ok(());
            };
            let (lo, hi) = clearing.interval.unwrap();
            prop_assert!(lo <= hi && price >= lo - 1e-12 && price <= hi + 1e-12);
            for (order, fill) in book.bids.iter().zip(&clearing.bought) {
                prop_assert!(*fill == 0.0 || order.price >= price - 1e-12);
            }
            for (order, fill) in book.asks.iter().zip(&clearing.sold) {
                prop_assert!(*fill == 0.0 || order.price <= price + 1e-12);
            }
        }

        /// Arrival order must not matter.
        #[test]
        fn permutations_agree(bids in side(), asks in side()) {
            let straight = cleared(&bids, &asks);
            let reversed = cleared(
                &bids.iter().rev().copied().collect::<Vec<_>>(),
                &asks.iter().rev().copied().collect::<Vec<_>>(),
            );
            prop_assert!((straight.volume_kwh - reversed.volume_kwh).abs() < 1e-9);
            for (a, b) in straight.bought.iter().zip(reversed.bought.iter().rev()) {
                prop_assert!((a - b).abs() < 1e-9);
            }
        }
    }
}
