//! One street that can be worked out by hand.

use super::*;

/// Six homes: three bids, three asks, of which 3 kWh match.
fn orders() -> Orders {
    let order = |home: &str, kwh, price| HomeOrder { home: home.to_owned(), kwh, price };
    Orders {
        mechanism: MechanismKind::Uniform,
        k: 0.5,
        network_fee: 0.0,
        price_floor: None,
        price_cap: None,
        retail: 0.4,
        feed_in: 0.05,
        bids: vec![order("Ann", 2.0, 0.3), order("Ben", 1.0, 0.2), order("Cam", 1.0, 0.1)],
        asks: vec![order("Dan", 1.5, 0.08), order("Eve", 1.5, 0.15), order("Fay", 1.0, 0.25)],
    }
}

fn near(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-9, "{a} is not {b}");
}

#[test]
fn bills_follow_from_trades_and_grid() {
    let cleared = orders().period().unwrap().clear().unwrap();
    assert_eq!((cleared.price, cleared.interval), (Some(0.175), Some((0.15, 0.2))));
    assert_eq!((cleared.quantity_kwh, cleared.welfare), (3.0, 0.455));
    assert_eq!(cleared.grid, GridExchange { import_kwh: 1.0, export_kwh: 1.0 });
    let trade = |buyer: &str, seller: &str, kwh| HomeTrade {
        buyer: buyer.to_owned(),
        seller: seller.to_owned(),
        kwh,
        price: 0.175,
    };
    let trades = [trade("Ann", "Dan", 1.5), trade("Ann", "Eve", 0.5), trade("Ben", "Eve", 1.0)];
    assert_eq!(cleared.trades, trades);
    for (home, bill) in [
        ("Ann", 0.35),
        ("Ben", 0.175),
        ("Cam", 0.4),
        ("Dan", -0.2625),
        ("Eve", -0.2625),
        ("Fay", -0.05),
    ] {
        near(cleared.bills[home], bill);
    }
}

/// Under every mechanism the homes' bills are the street's bill at the grid, the network's
/// fees and what the operator keeps; savings are what the bills fall short of the grid's.
#[test]
fn bills_add_up_to_the_streets() {
    let mut orders = orders();
    orders.network_fee = 0.03;
    let comparison = orders.period().unwrap().compare().unwrap();
    assert_eq!(comparison.outcomes.len(), MechanismKind::ALL.len());
    let alone = |home: &str| {
        let sum = |side: &[HomeOrder]| -> f64 {
            side.iter().filter(|o| o.home == home).map(|o| o.kwh).sum()
        };
        sum(&orders.bids) * orders.retail - sum(&orders.asks) * orders.feed_in
    };
    for outcome in &comparison.outcomes {
        let Cleared { grid, fees, surplus, bills, .. } = &outcome.cleared;
        let street = grid.import_kwh * orders.retail - grid.export_kwh * orders.feed_in;
        near(bills.values().sum(), street + fees + surplus);
        for (home, bill) in bills {
            near(outcome.savings[home], alone(home) - bill);
        }
    }
}

#[test]
fn curves_are_step_lines() {
    let mut orders = orders();
    orders.network_fee = 0.05;
    orders.price_cap = Some(0.24);
    let comparison = orders.period().unwrap().compare().unwrap();
    assert_eq!(comparison.demand, [(0.0, 0.15), (1.0, 0.15), (1.0, 0.05), (2.0, 0.05)]);
    assert_eq!(comparison.supply, [(0.0, 0.08), (1.5, 0.08), (1.5, 0.15), (3.0, 0.15)]);
    // Dan's order is filled in part only, so his price holds.
    assert_eq!(comparison.interval, Some((0.08, 0.08)));
}

#[test]
fn fairness_is_of_savings() {
    let comparison = orders().period().unwrap().compare().unwrap();
    let shared = comparison.outcomes.iter().find(|o| o.mechanism == MechanismKind::BillSharing);
    // Sellers give 4 kWh away, each losing its feed-in tariff; buyers save their retail price.
    let savings: Vec<f64> = shared.unwrap().savings.values().copied().collect();
    assert_eq!(savings, [0.8, 0.4, 0.4, -0.075, -0.075, -0.05]);
    near(shared.unwrap().jain.unwrap(), 1.4 * 1.4 / (6.0 * 0.97375));
    let ranked = 5.0 * 0.075 + 3.0 * 0.075 + 0.05 + 0.4 + 3.0 * 0.4 + 5.0 * 0.8;
    near(shared.unwrap().gini.unwrap(), ranked / (6.0 * 1.4));

    let mut apart = orders();
    apart.asks.clear();
    for outcome in apart.period().unwrap().compare().unwrap().outcomes {
        assert_eq!((outcome.gini, outcome.jain), (None, None));
    }
}

#[test]
fn documents_have_defaults_and_no_unknown_fields() {
    let read = serde_json::from_str::<Orders>;
    let orders = read(r#"{"retail": 0.4, "feed_in": 0.1}"#).unwrap();
    assert_eq!((orders.mechanism, orders.k), (MechanismKind::Uniform, 0.5));
    let cleared = orders.period().unwrap().clear().unwrap();
    assert_eq!((cleared.price, cleared.trades.len(), cleared.bills.len()), (None, 0, 0));
    let error = read(r#"{"retail": 0.4, "feed_in": 0.1, "fee": 1}"#).unwrap_err().to_string();
    assert!(error.contains("`fee`") && error.contains("network_fee"), "{error}");
}

#[test]
fn errors_know_their_field() {
    let broken = |change: fn(&mut Orders)| {
        let mut orders = orders();
        change(&mut orders);
        orders.period().unwrap_err().field()
    };
    assert_eq!(broken(|o| o.bids[2].kwh = -1.0), "bids[2].kwh");
    assert_eq!(broken(|o| o.asks[0].price = f64::NAN), "asks[0].price");
    assert_eq!(broken(|o| o.asks[1].home = "Ann".to_owned()), "asks[1].home");
    assert_eq!(broken(|o| o.k = 2.0), "k");
    assert_eq!(broken(|o| o.retail = 0.01), "feed_in");
}
