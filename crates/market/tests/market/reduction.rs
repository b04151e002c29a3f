//! What McAfee's mechanism leaves out: one order of each side, and no more of the welfare than
//! of the volume.

use peergrid_market::{MarketSettings, MechanismKind, Order, OrderBook, UNITS_PER_KWH};
use proptest::prelude::*;

use crate::books::{book_of, books, cleared, settings};

/// The volume of the orders at the last price that trades or better, less the largest at that
/// price, kWh. `ahead` turns prices so that lower is better.
fn reduced(orders: &[Order], fills: &[f64], admitted: &[bool], ahead: fn(f64) -> f64) -> f64 {
    let filled = orders.iter().zip(fills).filter(|(_, fill)| **fill > 0.0);
    let last = filled.map(|(order, _)| ahead(order.price)).fold(f64::MIN, f64::max);
    let whole = |order: &Order| (order.kwh * UNITS_PER_KWH + 1e-6).floor();
    let matching = || orders.iter().zip(admitted).filter(|(o, ok)| **ok && ahead(o.price) <= last);
    let tied = matching().filter(|(o, _)| ahead(o.price) == last);
    let all: f64 = matching().map(|(o, _)| whole(o)).sum();
    (all - tied.map(|(o, _)| whole(o)).fold(0.0, f64::max)) / UNITS_PER_KWH
}

fn admitted(settings: &MarketSettings, orders: &[Order]) -> Vec<bool> {
    let passes = |order: &Order| {
        settings.price_floor.is_none_or(|floor| order.price >= floor)
            && settings.price_cap.is_none_or(|cap| order.price <= cap)
    };
    orders.iter().map(passes).collect()
}

/// A street whose homes all bid and ask alike.
fn tied(buyers: usize, sellers: usize) -> OrderBook {
    book_of(&vec![(1.0, 0.49); buyers], &vec![(1.0, 0.11); sellers])
}

#[test]
fn of_tied_unit_orders_all_but_one_trade() {
    let settings = MarketSettings { mechanism: MechanismKind::Mcafee, ..MarketSettings::default() };
    for (buyers, sellers) in [(1, 2), (2, 1), (3, 4), (7, 4), (8, 20)] {
        let clearing = cleared(&settings, &tied(buyers, sellers));
        let volume = (buyers.min(sellers) - 1) as f64;
        assert_eq!(clearing.volume_kwh, volume, "{buyers} {sellers}");
        for (fills, homes) in [(&clearing.bought, buyers), (&clearing.sold, sellers)] {
            let fair = volume / homes as f64;
            assert!(fills.iter().all(|fill| (fill - fair).abs() <= 1e-6), "{fills:?}");
        }
        assert!((clearing.surplus - volume * 0.38).abs() < 1e-9);
    }
    // As many sellers as buyers: the middle of the grid's prices suits all of them.
    let clearing = cleared(&settings, &tied(5, 5));
    assert_eq!((clearing.volume_kwh, clearing.surplus), (5.0, 0.0));
    assert!((clearing.price.unwrap() - 0.3).abs() < 1e-12);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    /// Either all trade as in the uniform auction, or the volume is what is left without the
    /// largest marginal order of each side, and the welfare shrinks by no more than the volume.
    #[test]
    fn one_order_of_each_side_is_left_out(
        settings in settings(MechanismKind::Mcafee), book in books(100),
    ) {
        let uniform = MarketSettings { mechanism: MechanismKind::Uniform, ..settings };
        let (best, clearing) = (cleared(&uniform, &book), cleared(&settings, &book));
        if best.volume_kwh == clearing.volume_kwh {
            prop_assert_eq!(&best.bought, &clearing.bought);
            prop_assert_eq!(&best.sold, &clearing.sold);
            prop_assert_eq!(clearing.surplus, 0.0);
            return Ok(());
        }
        let bids = reduced(&book.bids, &best.bought, &admitted(&settings, &book.bids), |p| -p);
        let asks = reduced(&book.asks, &best.sold, &admitted(&settings, &book.asks), |p| p);
        prop_assert!((clearing.volume_kwh - bids.min(asks)).abs() < 1e-9);
        // Shares are rounded to units, so each order's value is off by less than one.
        let rounding = (book.bids.len() + book.asks.len()) as f64 / UNITS_PER_KWH;
        let share = clearing.volume_kwh / best.volume_kwh;
        prop_assert!(clearing.welfare >= share * best.welfare - rounding);
        prop_assert!(clearing.welfare <= best.welfare + 1e-9);
    }
}
