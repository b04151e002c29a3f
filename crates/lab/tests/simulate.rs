//! One run step by step: its rows suffice to work out every bill by hand.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::{collections::BTreeSet, sync::Arc};

use peergrid_data::{Format, read};
use peergrid_lab::{
    PolicyKind, Spec,
    simulate::{COLUMNS, Row, STREET, Side, simulate, to_csv},
};
use serde_json::{Value, json};

const CSV: &str = include_str!("../../../data/examples/two-homes-one-day.csv");
const SPEC: &str = include_str!("../../../data/examples/two-homes.json");

fn rows(spec: &Value, policy: PolicyKind, days: usize) -> Vec<Row> {
    let spec = Spec::from_json(&spec.to_string()).unwrap();
    let mut data = spec.data.without_file().unwrap();
    let community = Arc::new(spec.community(&mut data).unwrap());
    simulate(policy.fixed().unwrap().as_mut(), &community, 0, days).unwrap()
}

fn two_homes(policy: PolicyKind) -> Vec<Row> {
    let (mut data, _) = read("two-homes.csv", Format::Auto, CSV.as_bytes()).unwrap();
    let community = Spec::from_json(SPEC).unwrap().community(&mut data).unwrap();
    simulate(policy.fixed().unwrap().as_mut(), &Arc::new(community), 0, 1).unwrap()
}

/// A street of five homes, two days, with what `changes` adds.
fn street(changes: &Value) -> Value {
    let mut spec = json!({ "data": { "source": "synthetic", "homes": 5, "days": 2 } });
    let fields = changes.as_object().unwrap().clone();
    spec.as_object_mut().unwrap().extend(fields);
    spec
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

#[test]
fn columns_are_the_rows_fields() {
    let rows = two_homes(PolicyKind::RuleBased);
    let fields = serde_json::to_value(&rows[0]).unwrap();
    let names: BTreeSet<_> = fields.as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, COLUMNS.iter().map(|&name| name.to_owned()).collect());
    // In the order of the fields, and without what no pencil could write.
    let all: Vec<_> = (0..COLUMNS.len()).collect();
    let text = to_csv(&rows, &all).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut written = csv::Writer::from_writer(Vec::new());
    for row in &rows {
        written.serialize(row).unwrap();
    }
    let written = String::from_utf8(written.into_inner().unwrap()).unwrap();
    assert_eq!(text.lines().next(), written.lines().next());
    let longest = reader.records().filter_map(|r| r.unwrap().iter().map(str::len).max());
    assert!(longest.max() < Some(20), "{text}");
}

/// Two homes, one day, worked out again with the rules of thumb of the README.
#[test]
fn a_day_by_hand() {
    let rows = two_homes(PolicyKind::RuleBased);
    assert_eq!(rows.len(), 24 * 3);
    let mut lines = CSV.lines().skip(1);
    let mut soc = 1.0;
    for step in rows.chunks(3) {
        let [ann, ben, street] = step else { panic!("three rows a step") };
        let fields: Vec<f64> =
            lines.next().unwrap().split(',').map(|v| v.parse().unwrap()).collect();
        let [hour, load, pv, bens_load, _] = fields[..] else { panic!("five columns") };
        let (retail, feed_in): (f64, f64) =
            if (17.0..21.0).contains(&hour) { (0.50, 0.10) } else { (0.30, 0.10) };
        let battery = if pv > load {
            (pv - load).min((10.0 - soc) / 0.9)
        } else {
            -(load - pv).min((soc - 1.0) * 0.9)
        };
        soc += if battery > 0.0 { 0.9 * battery } else { battery / 0.9 };
        let net = load - pv + battery;
        let sold = (-net).max(0.0).min(bens_load);
        // Honest orders are a cent inside the grid's prices; whoever there is too much of decides.
        let (bid, ask) = (retail - 0.01, feed_in + 0.01);
        let price = match bens_load - (-net).max(0.0) {
            scarce if scarce > 1e-9 => bid,
            plenty if plenty < -1e-9 => ask,
            _ => f64::midpoint(bid, ask),
        };
        let (import, export) = (net.max(0.0), (-net).max(0.0) - sold);
        assert!(close(ann.hour, hour) && close(ann.battery_kw, battery), "{ann:?}");
        assert!(close(ann.soc_kwh, soc) && close(ann.net_kw, net), "{ann:?}");
        assert!(close(ann.bill, import * retail - export * feed_in - sold * price), "{ann:?}");
        let bens = (bens_load - sold) * retail + sold * price;
        assert!(close(ben.bill, bens) && close(ben.p2p_kwh, sold), "{ben:?}");
        assert!(close(street.bill, ann.bill + ben.bill) && street.home == STREET, "{street:?}");
        assert_eq!(ben.order_side, Some(Side::Bid));
        assert!(ann.guard.is_empty() && ann.voltage_pu.is_none());
    }
    assert!(close(soc, 10.0 - 5.0 / 0.9));
}

#[test]
fn rows_add_up_under_every_tariff_and_mechanism() {
    let scenarios = [
        json!({}),
        json!({"market": {"mechanism": "discriminatory", "network_fee": 0.02}}),
        json!({"market": {"mechanism": "supply_demand_ratio"}, "tariff": "sydney-two-way"}),
        json!({"market": {"mechanism": "mcafee"}, "tariff": "sydney-demand"}),
        json!({"loss_sharing": "marginal", "feeder": {"spacing_m": 300, "service": "single_phase"}}),
        json!({"homes": {"battery_homes": ["s1"]}, "stress": {"outage": {"from": "2026-01-02"}}}),
        json!({"limits": {"transformer": "enforced", "transformer_kw": 2}}),
        json!({"feeder": null, "data": {"source": "synthetic", "homes": 5, "days": 2, "step_minutes": 30}}),
    ];
    let mut seen = [0; 5];
    for scenario in scenarios {
        let rows = rows(&street(&scenario), PolicyKind::RuleBased, 2);
        let h = 48.0 * 6.0 / rows.len() as f64;
        for step in rows.chunks(6) {
            let (street, homes) = step.split_last().unwrap();
            for row in homes {
                check_home(row, h);
                seen[0] += usize::from(row.loss_cost != 0.0);
                seen[1] += usize::from(row.charges != 0.0);
                seen[2] += usize::from(row.unserved_kwh > 0.0);
                seen[3] += usize::from(!row.guard.is_empty());
            }
            check_street(street, homes);
            seen[4] += usize::from(street.p2p_kwh > 0.0);
        }
    }
    // Every kind of thing that a bill or a row can hold occurred.
    assert!(
        seen.iter().all(|count| *count > 0),
        "losses, charges, unserved, guard, trade: {seen:?}"
    );
}

fn check_home(row: &Row, h: f64) {
    let served = row.load_kw - row.unserved_kwh / h;
    let net = served - (row.pv_kw - row.curtailed_kw) + row.battery_kw;
    assert!(close(net, row.net_kw), "{row:?}");
    let settled = row.p2p_kwh + row.grid_import_kwh - row.grid_export_kwh;
    assert!(close(row.net_kw * h, settled), "{row:?}");
    let grid = row.grid_import_kwh * row.retail_price - row.grid_export_kwh * row.feed_in_price;
    let bill = grid + row.p2p_cost + row.loss_cost + row.charges;
    assert!(close(bill, row.bill), "{row:?}");
    assert!(row.p2p_kwh.abs() <= row.order_kwh.unwrap_or(f64::INFINITY) + 1e-6, "{row:?}");
    assert_eq!(row.feeder_kwh, None);
}

fn check_street(street: &Row, homes: &[Row]) {
    let sum = |column: fn(&Row) -> f64| homes.iter().map(column).sum::<f64>();
    assert!(close(street.bill, sum(|row| row.bill)), "{street:?}");
    assert!(close(street.soc_kwh, sum(|row| row.soc_kwh)), "{street:?}");
    assert!(close(street.p2p_kwh, sum(|row| row.p2p_kwh.max(0.0))), "{street:?}");
    let through = street.grid_import_kwh - street.grid_export_kwh + street.loss_kwh;
    assert!(close(street.feeder_kwh.unwrap(), through), "{street:?}");
    // A home cannot see a lower voltage than the lowest of its feeder.
    let lowest = street.voltage_pu.unwrap_or(0.0);
    assert!(homes.iter().all(|row| row.voltage_pu.unwrap_or(1.0) >= lowest), "{street:?}");
}

#[test]
fn batteries_keep_their_charge_over_midnight() {
    let both = rows(&street(&json!({})), PolicyKind::StreetGreedy, 2);
    let (first, second) = both.split_at(24 * 6);
    let left: f64 = first[23 * 6..].iter().map(|row| row.soc_kwh).sum();
    let next: f64 = second[..6].iter().map(|row| row.soc_kwh).sum();
    let moved: f64 = second[..6].iter().map(|row| row.battery_kw.abs()).sum();
    assert!(left > 0.0 && (left - next).abs() <= moved / 0.9, "{left} {next} {moved}");
    assert_eq!((second[0].date.to_string().as_str(), second[0].hour), ("2026-01-02", 0.0));
}

#[test]
fn a_home_called_street_is_refused() {
    let text = CSV.replace("ben_", "street_");
    let (mut data, _) = read("two-homes.csv", Format::Auto, text.as_bytes()).unwrap();
    let community = Arc::new(Spec::from_json(SPEC).unwrap().community(&mut data).unwrap());
    let mut policy = PolicyKind::NoBattery.fixed().unwrap();
    let error = simulate(policy.as_mut(), &community, 0, 1).unwrap_err().to_string();
    assert!(error.contains("`street`"), "{error}");
}
