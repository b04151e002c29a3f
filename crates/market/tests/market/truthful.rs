//! McAfee's promise: with one unit each, nobody gains by a limit other than its value, nor does
//! it where values and limits are tied.

use peergrid_market::{MarketSettings, MechanismKind, OrderBook};
use proptest::prelude::*;

use crate::books::{GRID, book_of, cleared};

const MCAFEE: MarketSettings = MarketSettings {
    mechanism: MechanismKind::Mcafee,
    k: 0.5,
    network_fee: 0.0,
    price_floor: None,
    price_cap: None,
};

/// Any price within the grid's range, or one of a few, so that many are equal.
fn price() -> impl Strategy<Value = f64> {
    prop_oneof![
        1 => GRID.feed_in..GRID.retail,
        2 => (0..5u32).prop_map(|step| GRID.feed_in + f64::from(step) * 0.1),
    ]
}

fn unit_orders() -> impl Strategy<Value = Vec<(f64, f64)>> {
    prop::collection::vec((Just(1.0), price()), 1..8)
}

fn buyer_gain(book: &OrderBook, i: usize, value: f64) -> f64 {
    let clearing = cleared(&MCAFEE, book);
    value * clearing.bought[i] - clearing.paid[i]
}

fn seller_gain(book: &OrderBook, i: usize, cost: f64) -> f64 {
    let clearing = cleared(&MCAFEE, book);
    clearing.received[i] - cost * clearing.sold[i]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn lying_does_not_pay(
        bids in unit_orders(), asks in unit_orders(), i in 0..8usize, lie in price(),
    ) {
        let mut book = book_of(&bids, &asks);
        let (buyer, seller) = (i % bids.len(), i % asks.len());
        let value = book.bids[buyer].price;
        let honest = buyer_gain(&book, buyer, value);
        book.bids[buyer].price = lie;
        prop_assert!(buyer_gain(&book, buyer, value) <= honest + 1e-9);
        book.bids[buyer].price = value;

        let cost = book.asks[seller].price;
        let honest = seller_gain(&book, seller, cost);
        book.asks[seller].price = lie;
        prop_assert!(seller_gain(&book, seller, cost) <= honest + 1e-9);
    }
}
