//! What a clearing costs: a street of ten homes and one of five hundred.
#![allow(missing_docs, clippy::unwrap_used, reason = "criterion's macros; a benchmark may stop")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use peergrid_market::{
    Clearing, GridPrices, Market, MarketSettings, MechanismKind, Order, OrderBook,
};

const GRID: GridPrices = GridPrices { retail: 0.58, feed_in: 0.05 };

/// Half the homes bid, half ask; prices spread over the local range, some of them equal.
fn book(homes: usize) -> OrderBook {
    let order = |home: usize, price: f64| Order {
        home,
        kwh: 0.1 + (home * 37 % 101) as f64 * 0.013_7,
        price,
    };
    let step = |home: usize| (home * 53 % 97) as f64 * 0.005;
    OrderBook {
        bids: (0..homes / 2).map(|home| order(home, GRID.retail - step(home))).collect(),
        asks: (homes / 2..homes).map(|home| order(home, GRID.feed_in + step(home))).collect(),
    }
}

fn clear(c: &mut Criterion) {
    for homes in [10, 500] {
        let mut group = c.benchmark_group(format!("clear {homes} orders"));
        let book = book(homes);
        for mechanism in MechanismKind::ALL {
            let settings = MarketSettings { mechanism, ..MarketSettings::default() };
            let market = Market::new(&settings).unwrap();
            let mut clearing = Clearing::default();
            group.bench_function(mechanism.id(), |b| {
                b.iter(|| {
                    market.clear(black_box(&book), GRID, &mut clearing);
                    black_box(clearing.volume_kwh)
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, clear);
criterion_main!(benches);
