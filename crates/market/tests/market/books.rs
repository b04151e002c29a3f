//! Random books and settings.

use peergrid_market::{
    Clearing, GridPrices, Market, MarketSettings, MechanismKind, Order, OrderBook,
};
use proptest::prelude::*;

/// Retail price and feed-in tariff of all random cases, $/kWh.
pub const GRID: GridPrices = GridPrices { retail: 0.5, feed_in: 0.1 };

/// One side of a book: (kWh, $/kWh).
pub fn orders(first_home: usize, of: &[(f64, f64)]) -> Vec<Order> {
    let order = |(i, &(kwh, price))| Order { home: first_home + i, kwh, price };
    of.iter().enumerate().map(order).collect()
}

/// A book of these bids and asks, (kWh, $/kWh), each of another home.
pub fn book_of(bids: &[(f64, f64)], asks: &[(f64, f64)]) -> OrderBook {
    OrderBook { bids: orders(0, bids), asks: orders(bids.len(), asks) }
}

/// Books of up to `most` orders on each side, either of which may be empty. Prices are few, so
/// that ties are common, and reach beyond the grid's; some quantities are zero, some tiny, some
/// equal.
pub fn books(most: usize) -> impl Strategy<Value = OrderBook> {
    (side(most), side(most)).prop_map(|(bids, asks)| book_of(&bids, &asks))
}

fn side(most: usize) -> impl Strategy<Value = Vec<(f64, f64)>> {
    let kwh = prop_oneof![
        2 => Just(0.0),
        2 => Just(1.0),
        1 => 0.0..1e-5,
        6 => 0.0..5.0,
        1 => (0..3000u32).prop_map(|wh| f64::from(wh) / 1000.0),
    ];
    let price = prop_oneof![
        4 => (0..13u32).prop_map(|step| f64::from(step) * 0.05),
        1 => 0.0..0.6,
    ];
    prop_oneof![
        1 => Just(0..1),
        6 => Just(0..12),
        2 => Just(0..most + 1),
    ]
    .prop_flat_map(move |size| prop::collection::vec((kwh.clone(), price.clone()), size))
}

/// Settings of this mechanism with any k, at times a fee (which may leave no local range) and a
/// price filter.
pub fn settings(mechanism: MechanismKind) -> impl Strategy<Value = MarketSettings> {
    let k = prop_oneof![Just(0.0), Just(0.5), Just(1.0), 0.0..1.0];
    let fee = prop_oneof![3 => Just(0.0), 3 => 0.0..0.2, 1 => Just(0.05), 1 => 0.3..0.6];
    let limit = |range| prop::option::weighted(0.2, range);
    (k, fee, limit(0.0..0.3), limit(0.3..0.6)).prop_map(
        move |(k, network_fee, price_floor, price_cap)| MarketSettings {
            mechanism,
            k,
            network_fee,
            price_floor,
            price_cap,
        },
    )
}

/// Settings of any mechanism.
pub fn any_settings() -> impl Strategy<Value = MarketSettings> {
    prop::sample::select(MechanismKind::ALL.to_vec()).prop_flat_map(settings)
}

/// The book cleared on these settings at [`GRID`]'s prices.
pub fn cleared(settings: &MarketSettings, book: &OrderBook) -> Clearing {
    cleared_at(settings, GRID, book)
}

/// The book cleared on these settings at these prices.
pub fn cleared_at(settings: &MarketSettings, grid: GridPrices, book: &OrderBook) -> Clearing {
    let mut clearing = Clearing::default();
    Market::new(settings).unwrap().clear(book, grid, &mut clearing);
    clearing
}
