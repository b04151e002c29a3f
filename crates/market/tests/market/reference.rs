//! Published numbers, and small cases that a reader can check by hand.

use peergrid_market::{Clearing, GridPrices, MarketSettings, MechanismKind};

use crate::books::{book_of, cleared_at};

type Side<'a> = &'a [(f64, f64)];

fn near(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-9, "{a} is not {b}");
}

fn all_near(a: &[f64], b: &[f64]) {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).for_each(|(a, b)| near(*a, *b));
}

fn clear(settings: MarketSettings, bids: Side, asks: Side) -> Clearing {
    let grid = GridPrices { retail: 0.2, feed_in: 0.1 };
    cleared_at(&settings, grid, &book_of(bids, asks))
}

fn by(mechanism: MechanismKind) -> MarketSettings {
    MarketSettings { mechanism, ..MarketSettings::default() }
}

/// gsy-framework's own order set, cleared for the largest volume.
#[test]
fn uniform_gsy() {
    let bids = [(20.0, 3.0), (15.0, 2.0), (10.0, 1.0)];
    let asks = [(25.0, 1.000_02), (35.0, 2.4), (30.0, 5.0)];
    let clearing = clear(by(MechanismKind::Uniform), &bids, &asks);
    assert_eq!((clearing.volume_kwh, clearing.price), (25.0, Some(2.0)));
    near(clearing.welfare, 44.9995);
    assert_eq!(clearing.bought, [20.0, 5.0, 0.0]);
    all_near(&clearing.paid, &[40.0, 10.0, 0.0]);
}

/// The example of the dauction package.
#[test]
fn uniform_dauction() {
    let clearing =
        clear(by(MechanismKind::Uniform), &[(2.0, 6.5), (2.0, 10.0)], &[(2.0, 6.5), (2.0, 11.0)]);
    assert_eq!((clearing.volume_kwh, clearing.price), (2.0, Some(8.25)));
}

#[test]
fn nothing_trades_below_the_ask() {
    for mechanism in MechanismKind::ALL.into_iter().filter(|kind| kind.uses_limits()) {
        let clearing = clear(by(mechanism), &[(10.0, 0.12)], &[(10.0, 0.15)]);
        assert_eq!((clearing.volume_kwh, clearing.price, clearing.interval), (0.0, None, None));
        assert_eq!((clearing.bought, clearing.received), (vec![0.0], vec![0.0]));
    }
    for mechanism in MechanismKind::ALL {
        assert_eq!(clear(by(mechanism), &[], &[(1.0, 0.1)]).price, None);
        assert_eq!(clear(by(mechanism), &[(1.0, 0.1)], &[]).price, None);
    }
}

/// A bid and an ask at one price suit each other; but McAfee's mechanism may leave them out.
#[test]
fn equal_limits_trade() {
    for mechanism in
        [MechanismKind::Uniform, MechanismKind::Discriminatory, MechanismKind::GridBacked]
    {
        let clearing = clear(by(mechanism), &[(1.0, 0.15)], &[(1.0, 0.15)]);
        assert_eq!((clearing.volume_kwh, clearing.price), (1.0, Some(0.15)), "{mechanism:?}");
    }
}

#[test]
fn ties_share_pro_rata() {
    let clearing = clear(by(MechanismKind::Uniform), &[(3.0, 0.2)], &[(4.0, 0.1), (2.0, 0.1)]);
    assert_eq!(clearing.sold, [2.0, 1.0]);
    // Sellers are too many, so their price holds.
    assert_eq!(clearing.price, Some(0.1));
}

/// A fee of 4 c: the second bid's 12 c are worth 8 c to a seller, so it no longer trades.
#[test]
fn the_fee_comes_on_top() {
    let settings = MarketSettings { network_fee: 0.04, ..by(MechanismKind::Uniform) };
    let clearing = clear(settings, &[(1.0, 0.24), (1.0, 0.12)], &[(2.0, 0.10)]);
    assert_eq!(clearing.bought, [1.0, 0.0]);
    assert_eq!(clearing.price, Some(0.10));
    near(clearing.paid[0], 0.14);
    near(clearing.received[0], 0.10);
    near(clearing.fees, 0.04);
    near(clearing.welfare, 0.10);
}

#[test]
fn orders_outside_the_filter_stay_out() {
    let settings = MarketSettings {
        price_floor: Some(0.1),
        price_cap: Some(0.3),
        ..by(MechanismKind::Uniform)
    };
    let bids = [(1.0, 0.31), (1.0, 0.3), (1.0, 0.1)];
    let clearing = clear(settings, &bids, &[(1.0, 0.09), (1.0, 0.1), (2.0, 0.12)]);
    assert_eq!(clearing.bought, [0.0, 1.0, 0.0]);
    assert_eq!(clearing.sold, [0.0, 1.0, 0.0]);
}

/// The first bid meets the first ask and half of the tied pair, the second the other half: the
/// tied asks share both pairs, so they get one price.
#[test]
fn discriminatory_pairs() {
    let bids = [(2.0, 0.5), (1.0, 0.3)];
    let asks = [(1.0, 0.1), (1.0, 0.2), (1.0, 0.2)];
    let clearing = clear(by(MechanismKind::Discriminatory), &bids, &asks);
    assert_eq!(clearing.bought, [2.0, 1.0]);
    all_near(&clearing.paid, &[0.3 + 0.35, 0.25]);
    all_near(&clearing.received, &[0.3, 0.3, 0.3]);
    near(clearing.price.unwrap(), 0.3);
    let (lo, hi) = clearing.interval.unwrap();
    near(lo, 0.25);
    near(hi, 0.35);
}

#[test]
fn grid_backed() {
    let cases: [(&str, Side, Side, Option<f64>, f64); 4] = [
        ("surplus", &[(5.0, 0.25)], &[(10.0, 0.05)], Some(0.1), 5.0),
        ("deficit", &[(10.0, 0.25)], &[(5.0, 0.05)], Some(0.2), 5.0),
        ("no overlap", &[(10.0, 0.12)], &[(10.0, 0.15)], None, 0.0),
        ("balanced", &[(5.0, 0.25)], &[(5.0, 0.05)], Some(0.15), 5.0),
    ];
    for (name, bids, asks, price, traded) in cases {
        let clearing = clear(by(MechanismKind::GridBacked), bids, asks);
        assert_eq!(clearing.volume_kwh, traded, "{name}");
        assert_eq!(clearing.price.is_some(), price.is_some(), "{name}");
        if let (Some(expected), Some(price)) = (price, clearing.price) {
            near(price, expected);
        }
    }
}

/// The grid pays more than the bid of 8 c and asks less than the ask of 21 c.
#[test]
fn the_grids_orders_outbid_homes() {
    let bids = [(1.0, 0.25), (1.0, 0.08)];
    let asks = [(0.5, 0.05), (1.0, 0.21)];
    let clearing = clear(by(MechanismKind::GridBacked), &bids, &asks);
    assert_eq!(clearing.bought, [0.5, 0.0]);
    assert_eq!(clearing.sold, [0.5, 0.0]);
    assert_eq!(clearing.price, Some(0.2));
}

/// The midpoint of the first unfilled orders, (0.14 + 0.18)/2, suits the last pair, 0.17 and
/// 0.13.
#[test]
fn mcafee_at_one_price() {
    let bids = [(1.0, 0.19), (1.0, 0.17), (1.0, 0.14)];
    let asks = [(1.0, 0.11), (1.0, 0.13), (1.0, 0.18)];
    let clearing = clear(by(MechanismKind::Mcafee), &bids, &asks);
    assert_eq!((clearing.volume_kwh, clearing.surplus), (2.0, 0.0));
    near(clearing.price.unwrap(), 0.16);
}

/// The midpoint, (0.14 + 0.30)/2, is above the last bid, so the last pair is left out: the first
/// bid pays 0.17, the first ask gets 0.13, and the operator keeps 4 c.
#[test]
fn mcafee_leaves_the_last_pair_out() {
    let bids = [(1.0, 0.19), (1.0, 0.17), (1.0, 0.14)];
    let asks = [(1.0, 0.11), (1.0, 0.13), (1.0, 0.30)];
    let clearing = clear(by(MechanismKind::Mcafee), &bids, &asks);
    assert_eq!((clearing.volume_kwh, clearing.price), (1.0, Some(0.13)));
    assert_eq!(clearing.bought, [1.0, 0.0, 0.0]);
    near(clearing.paid[0], 0.17);
    near(clearing.surplus, 0.04);
    near(clearing.welfare, 0.08);
}

/// An example of lectures on double auctions: two units trade at (80 + 95)/2, which suits 90 and
/// 85. Were the third ask 100, the middle would be 90, which just suits them; at 101 it is above
/// 90, and one unit trades: for 90, of which 85 go to the seller.
#[test]
fn mcafee_of_the_lectures() {
    let bids = [100.0, 90.0, 80.0, 70.0, 60.0].map(|price| (1.0, price));
    for (third, volume, paid, received) in
        [(95.0, 2.0, 87.5, 87.5), (100.0, 2.0, 90.0, 90.0), (101.0, 1.0, 90.0, 85.0)]
    {
        let asks = [80.0, 85.0, third, 105.0, 110.0].map(|price| (1.0, price));
        let clearing = clear(by(MechanismKind::Mcafee), &bids, &asks);
        assert_eq!(clearing.volume_kwh, volume, "{third}");
        assert_eq!((clearing.paid[0], clearing.received[0]), (paid, received), "{third}");
    }
}

/// The bids at 0.15 and the asks at 0.05 are the last that match: D = 1 + 6, S = 1 + 3, the
/// largest of each 2 and 2. So 2 kWh trade: the bid of 0.19 and the ask of 0.03 first, then the
/// tied by size, 1 kWh in thirds, or in 2 : 1.
#[test]
fn mcafee_shares_among_the_tied() {
    let bids = [(2.0, 0.15), (1.0, 0.19), (2.0, 0.15), (2.0, 0.15)];
    let asks = [(2.0, 0.05), (1.0, 0.03), (1.0, 0.05), (1.0, 0.20)];
    let clearing = clear(by(MechanismKind::Mcafee), &bids, &asks);
    assert_eq!(clearing.bought, [0.333_334, 1.0, 0.333_333, 0.333_333]);
    assert_eq!(clearing.sold, [0.666_667, 1.0, 0.333_333, 0.0]);
    assert_eq!((clearing.volume_kwh, clearing.price), (2.0, Some(0.05)));
    assert_eq!(clearing.interval, Some((0.05, 0.15)));
    near(clearing.surplus, 0.2);
    near(clearing.paid[1], 0.15);
    near(clearing.welfare, 0.19 + 0.15 - 0.03 - 0.05);
}

/// 0.3 − 0.1 is 0.19999999999999998; neither side loses by calling it 0.2.
#[test]
fn a_rounding_error_stops_no_trade() {
    for mechanism in MechanismKind::ALL {
        let settings = MarketSettings { network_fee: 0.1, ..by(mechanism) };
        let grid = GridPrices { retail: 0.3, feed_in: 0.2 };
        let clearing = cleared_at(&settings, grid, &book_of(&[(1.0, 0.3)], &[(1.0, 0.2)]));
        assert_eq!(clearing.volume_kwh, 1.0, "{mechanism:?}");
        assert!(clearing.paid[0] <= 0.3 + 1e-12, "{mechanism:?}");
        assert!(clearing.received[0] >= 0.2 - 1e-12 || mechanism == MechanismKind::BillSharing);
        let apart = cleared_at(&settings, grid, &book_of(&[(1.0, 0.3)], &[(1.0, 0.200_001)]));
        assert_eq!(apart.volume_kwh > 0.0, !mechanism.uses_limits(), "{mechanism:?}");
    }
}

/// Prices of a noon hour on a measured street, to 6 digits. Buyers' and sellers' prices are blends
/// of the local price and the grid's.
#[test]
fn ex_post_prices() {
    let (surplus, deficit) = (5.699_823, 0.800_205);
    let grid = GridPrices { retail: 0.28, feed_in: 0.05 };
    let book =
        book_of(&[(0.300_205, 0.28), (0.5, 0.28)], &[(2.0, 0.05), (3.0, 0.05), (0.699_823, 0.05)]);
    for (mechanism, sell, buy) in [
        (MechanismKind::MidMarketRate, 0.066_145, 0.165),
        (MechanismKind::SupplyDemandRatio, 0.05, 0.05),
        (MechanismKind::BillSharing, 0.05 * (surplus - deficit) / surplus, 0.0),
    ] {
        let clearing = cleared_at(&by(mechanism), grid, &book);
        let revenue: f64 = clearing.received.iter().sum();
        let sold = (revenue + grid.feed_in * (surplus - clearing.volume_kwh)) / surplus;
        assert!((sold - sell).abs() < 1e-6, "{mechanism:?}: {sold}");
        let bought = clearing.paid.iter().sum::<f64>() / deficit;
        assert!((bought - buy).abs() < 1e-6, "{mechanism:?}: {bought}");
    }
}

/// The literature states prices in which the grid's part is blended in; sharing the energy pro
/// rata at one local price is the same for every home.
#[test]
fn ex_post_prices_equal_the_literatures() {
    let (lb, ls) = (0.58, 0.05);
    let grid = GridPrices { retail: lb, feed_in: ls };
    for (e, d) in [(1.5, 4.0), (4.0, 4.0), (4.0, 1.5)] {
        let middle = f64::midpoint(lb, ls);
        let (s, m) = (e / d, if e < d { e } else { d });
        let sell = if s <= 1.0 { ls * lb / ((lb - ls) * s + ls) } else { ls };
        let sdr = (sell, if s <= 1.0 { sell * s + lb * (1.0 - s) } else { ls });
        let mmr = ((middle * m + ls * (e - m)) / e, (middle * m + lb * (d - m)) / d);
        let shared = (ls * (e - m) / e, lb * (d - m) / d);
        for (mechanism, (sell, buy)) in [
            (MechanismKind::MidMarketRate, mmr),
            (MechanismKind::SupplyDemandRatio, sdr),
            (MechanismKind::BillSharing, shared),
        ] {
            let book =
                book_of(&[(d / 4.0, lb), (3.0 * d / 4.0, lb)], &[(e / 5.0, ls), (0.8 * e, ls)]);
            let clearing = cleared_at(&by(mechanism), grid, &book);
            for (i, ask) in book.asks.iter().enumerate() {
                let revenue = clearing.received[i] + ls * (ask.kwh - clearing.sold[i]);
                assert!((revenue / ask.kwh - sell).abs() < 2e-6, "{mechanism:?} {e} {d}");
            }
            for (i, bid) in book.bids.iter().enumerate() {
                let cost = clearing.paid[i] + lb * (bid.kwh - clearing.bought[i]);
                assert!((cost / bid.kwh - buy).abs() < 2e-6, "{mechanism:?} {e} {d}");
            }
        }
    }
}

/// Limits that would never meet, and a filter that would keep all orders out, change nothing.
#[test]
fn limits_do_not_count_ex_post() {
    for mechanism in MechanismKind::ALL.into_iter().filter(|kind| !kind.uses_limits()) {
        let settings = MarketSettings { price_floor: Some(1.0), ..by(mechanism) };
        let unwilling = clear(settings, &[(1.0, 0.0)], &[(2.0, 9.0)]);
        let willing = clear(by(mechanism), &[(1.0, 0.2)], &[(2.0, 0.1)]);
        assert_eq!(unwilling.paid, willing.paid);
        assert_eq!((unwilling.volume_kwh, unwilling.price), (1.0, willing.price));
    }
}

/// A fee as high as the gap between the grid's prices leaves one local price, the feed-in tariff
/// (bill sharing gives away); a higher fee leaves none.
#[test]
fn a_high_fee_ends_local_trade() {
    for mechanism in MechanismKind::ALL.into_iter().filter(|kind| !kind.uses_limits()) {
        let settings = |network_fee| MarketSettings { network_fee, ..by(mechanism) };
        let most = clear(settings(0.1), &[(1.0, 0.2)], &[(1.0, 0.1)]);
        near(most.volume_kwh, 1.0);
        let clearing = clear(settings(0.1001), &[(1.0, 0.2)], &[(1.0, 0.1)]);
        assert_eq!((clearing.volume_kwh, clearing.price), (0.0, None));
    }
}
