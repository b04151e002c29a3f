//! `peergrid powerflow` from the outside: a known case, and sentences for bad input.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use std::process::Output;

use serde_json::Value;

/// 5 kW over 50 m of NAYY 4x50, of which pandapower 3.5.6 knows the answer.
const TWO_BUSES: &str = r#"{
    "lines": [
        {"from": "busbar", "to": "ann", "length_m": 50, "cable": "NAYY 4x50"}
    ],
    "loads": [
        {"bus": "ann", "kw": 5}
    ],
    "phases": "three_phase"
}"#;

fn powerflow(document: &str, args: &[&str]) -> Output {
    common::piped("powerflow", document, args)
}

fn close(value: &Value, expected: f64) {
    let value = value.as_f64().unwrap();
    assert!((value - expected).abs() < 1e-7 * expected, "{value} {expected}");
}

#[test]
fn a_known_case() {
    let output = powerflow(TWO_BUSES, &[]);
    assert!(output.status.success());
    let flow: Value = serde_json::from_slice(&output.stdout).unwrap();
    close(&flow["voltage_pu"]["ann"], 0.998_995_86);
    close(&flow["loss_kw"], 5.025_713e-3);
    close(&flow["slack_kw"], 5.005_025_713);
    assert_eq!(flow["method"], "exact");
    assert!(flow["convention"].as_str().unwrap().starts_with("three-phase balanced"));
    let single = powerflow(&TWO_BUSES.replace("three_phase", "single_phase"), &["--json"]);
    let text = String::from_utf8(single.stdout).unwrap();
    assert_eq!(text.lines().count(), 1);
    let flow: Value = serde_json::from_str(&text).unwrap();
    close(&flow["voltage_pu"]["ann"], 0.993_894_36);
    close(&flow["lines"][0]["loss_kw"], 30.714_179e-3);
}

#[test]
fn bad_input_is_told_by_line_and_field() {
    let second = r#"{"from": "ann", "to": "busbar", "length_m": 9, "cable": "15-AL"},
        {"from""#;
    let cases = [
        (r#"{"from""#, second, "line 4: lines[1]: the lines form a loop through bus `ann`"),
        ("busbar", "ann", "line 3: lines[0]: both ends are bus `ann`"),
        ("NAYY 4x50", "NAYY 4x51", "line 3, at `lines[0].cable`: unknown variant `NAYY 4x51`"),
        (": 50", ": -50", "line 3: lines[0].length_m is -50"),
        (r#""kw": 5}"#, r#""kw": 5}, {"bus": "ann", "kw": 1}"#, "line 6: loads[1]: bus `ann` has"),
        (r#""kw": 5"#, r#""kw": NaN"#, "line 6, at `loads[0].kw`: expected value"),
        (r#""kw": 5"#, r#""kw": 5e9"#, "the power flow does not converge at bus `ann`"),
        ("three_phase", "two_phase", "line 8, at `phases`: unknown variant `two_phase`"),
    ];
    for (old, new, message) in cases {
        let output = powerflow(&TWO_BUSES.replacen(old, new, 1), &[]);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.starts_with("peergrid: -") && error.contains(message), "{error}");
        assert!(output.stdout.is_empty());
    }
}
