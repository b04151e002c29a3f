//! `peergrid clear` from the outside: what is printed, and sentences for bad input.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use std::process::Output;

use serde_json::{Value, json};

fn clear(document: &str, args: &[&str]) -> Output {
    common::piped("clear", document, args)
}

/// A surplus on the street, so the price is the feed-in tariff.
const SURPLUS: &str = r#"{
    "mechanism": "grid_backed",
    "retail": 0.2,
    "feed_in": 0.1,
    "bids": [{"home": "A", "kwh": 5, "price": 0.25}],
    "asks": [{"home": "B", "kwh": 10, "price": 0.05}]
}"#;

#[test]
fn one_mechanism() {
    for args in [&[][..], &["--json"]] {
        let output = clear(SURPLUS, args);
        assert!(output.status.success());
        let cleared: Value = serde_json::from_slice(&output.stdout).unwrap();
        let expected = json!({
            "price": 0.1,
            "quantity_kwh": 5.0,
            "welfare": 1.0,
            "interval": [0.1, 0.1],
            "trades": [{"buyer": "A", "seller": "B", "kwh": 5.0, "price": 0.1}],
            "grid": {"import_kwh": 0.0, "export_kwh": 5.0},
            "fees": 0.0,
            "surplus": 0.0,
            "bills": {"A": 0.5, "B": -1.0},
        });
        assert_eq!(cleared, expected);
    }
}

#[test]
fn all_mechanisms() {
    let output = clear(SURPLUS, &["--all", "--json"]);
    let comparison: Value = serde_json::from_slice(&output.stdout).unwrap();
    let named = |field: &str| -> Vec<String> {
        let outcomes = comparison["outcomes"].as_array().unwrap().iter();
        outcomes.map(|outcome| outcome[field].to_string()).collect()
    };
    assert_eq!(named("mechanism").len(), 7);
    assert_eq!(comparison["demand"], json!([[0.0, 0.25], [5.0, 0.25]]));
    let table = clear(SURPLUS, &["--all"]);
    let table = String::from_utf8(table.stdout).unwrap();
    for label in named("label") {
        assert_eq!(table.matches(label.trim_matches('"')).count(), 2, "{table}");
    }
}

#[test]
fn curves_and_savings_are_drawn() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("charts");
    let output = clear(SURPLUS, &["--plot", folder.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // What is printed stays the clearing.
    let cleared: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(cleared["price"], 0.1);
    let texts = |name: &str| {
        let png = std::fs::read(folder.join(format!("{name}.png"))).unwrap();
        assert_eq!(&png[1..4], b"PNG");
        let svg = std::fs::read_to_string(folder.join(format!("{name}.svg"))).unwrap();
        let texts = svg.split("<text").skip(1).filter_map(|part| part.split_once('>'));
        texts.map(|(_, rest)| rest.split('<').next().unwrap().trim().to_owned()).collect::<Vec<_>>()
    };
    let curves = texts("market_curves");
    for text in ["demand", "supply", "grid retail", "grid feed-in", "cleared at 0.100"] {
        assert!(curves.iter().any(|t| t == text), "{text} is not among {curves:?}");
    }
    let savings = texts("market_savings");
    for text in ["A", "B", "Grid-backed", "Bill sharing", "$ saved"] {
        assert!(savings.iter().any(|t| t == text), "{text} is not among {savings:?}");
    }
}

#[test]
fn bad_input_is_told_by_line_and_field() {
    let cases = [
        ("\"grid_backed\"", "\"auction\"", "line 2, at `mechanism`: unknown variant `auction`"),
        ("\"kwh\": 5,", "\"kwh\": -5,", "line 5: bids[0].kwh is -5; "),
        ("\"kwh\": 5,", "\"kwh\": NaN,", "line 5, at `bids[0].kwh`: "),
        ("\"kwh\": 5,", "\"kwh\": 1e999,", "line 5, at `bids[0].kwh`: number out of range"),
        ("\"kwh\": 5,", "\"kwh\": \"5\",", "line 5, at `bids[0].kwh`: invalid type"),
        ("\"kwh\": 5,", "", "line 5, at `bids[0]`: missing field `kwh`"),
        ("\"B\"", "\"A\"", "line 6, at `asks[0].home`: home `A` is in two places"),
        ("0.2,", "0.05,", "line 4: feed_in is 0.1, above retail 0.05"),
        ("\"retail\"", "\"retial\"", "line 3: unknown field `retial`, expected one of"),
        ("\"retail\"", "\"k\": 2, \"retail\"", "line 3: k is 2; it must lie between 0 and 1"),
    ];
    for (right, wrong, sentence) in cases {
        let document = SURPLUS.replacen(right, wrong, 1);
        assert_ne!(document, SURPLUS, "{wrong}");
        let output = clear(&document, &[]);
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{wrong}: {message}");
        let whole = format!("peergrid: -, {sentence}");
        assert!(message.starts_with(&whole), "{message} does not start with {whole}");
        assert!(output.stdout.is_empty());
    }
}
