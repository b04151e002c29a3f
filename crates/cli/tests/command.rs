//! The native command from the outside: files written, exit codes, sentences for bad input.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

const SPEC: &str = r#"{
    "data": {"source": "synthetic", "homes": 2, "days": 42},
    "training": {"microgrids": 4},
    "ppo": {"batch_size": 96, "total_timesteps": 200}
}"#;

fn peergrid(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_peergrid")).current_dir(dir).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn train_evaluate_plot() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    fs::write(at.join("spec.json"), SPEC).unwrap();
    for args in [
        &["train", "spec.json", "--out", "out", "--json"][..],
        &["evaluate", "spec.json", "--model", "out/model.safetensors", "--out", "out"],
        &["plot", "out"],
        &["simulate", "spec.json", "--policy", "agent", "--model", "out/model.safetensors"],
    ] {
        let output = peergrid(at, args);
        assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
    }
    for file in [
        "model.safetensors",
        "metrics.jsonl",
        "summary.json",
        "results_baseline.csv",
        "results_no_battery.csv",
        "results_phase3.csv",
        "phase3_grid_import.png",
        "phase3_cumulative_reward.png",
        "phase3_total_import.png",
        "phase3_grid_import.svg",
    ] {
        assert!(at.join("out").join(file).metadata().unwrap().len() > 100, "{file}");
    }
    let metrics = fs::read_to_string(at.join("out/metrics.jsonl")).unwrap();
    assert_eq!(metrics.lines().count(), 3, "96 home-steps each until 200 are done");
    // 42 days hold out six, over which every figure has an interval.
    let summary = fs::read_to_string(at.join("out/summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    assert_eq!(summary["baseline"], "rule_based");
    let agent = summary["policies"].as_array().unwrap().last().unwrap();
    let cost = &agent["intervals"]["kpis"]["cost"];
    let [value, low, high] = ["value", "low", "high"].map(|part| cost[part].as_f64().unwrap());
    assert!(low <= value && value <= high && Some(value) == agent["kpis"]["cost"].as_f64());
    assert!(agent["intervals"]["differences"]["cost"]["value"].is_number());
    let left: Vec<_> =
        fs::read_dir(at.join("out")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().ends_with(".partial")), "{left:?}");
}

#[test]
fn bad_input_gets_a_sentence_and_exit_code_2() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    fs::write(at.join("typo.json"), "{\n  \"sed\": 1\n}").unwrap();
    fs::write(at.join("file.json"), r#"{"data": {"source": "file", "path": "none.csv"}}"#).unwrap();
    fs::write(at.join("spec.json"), SPEC).unwrap();
    fs::write(at.join("bad.csv"), "hour,agent_0_pv_kw,agent_0_demand_kw\n0,0.0,1.0\n1,0.0,x\n")
        .unwrap();
    fs::write(at.join("bad.safetensors"), b"nothing").unwrap();
    fs::create_dir(at.join("empty")).unwrap();
    let cases: [(&[&str], &[&str]); 8] = [
        (&["train", "typo.json", "--out", "o"], &["typo.json", "sed", "line 2"]),
        (&["train", "nowhere.json", "--out", "o"], &["nowhere.json"]),
        (
            &["train", "spec.json", "--learner", "sb4", "--out", "o"],
            &["sb4", "default, sb3_defaults"],
        ),
        (&["evaluate", "file.json", "--out", "o"], &["none.csv"]),
        (
            &["evaluate", "spec.json", "--model", "bad.safetensors", "--out", "o"],
            &["bad.safetensors"],
        ),
        (
            &["evaluate", "spec.json", "--baseline", "nobody", "--out", "o"],
            &["--baseline", "nobody", "rule_based"],
        ),
        (&["data", "bad.csv"], &["bad.csv", "line 3", "agent_0_demand_kw"]),
        (&["plot", "empty"], &["empty", "peergrid evaluate"]),
    ];
    for (args, hints) in cases {
        let output = peergrid(at, args);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {message}");
        for hint in hints {
            assert!(message.contains(hint), "{args:?}: {message}");
        }
        assert!(!message.contains("panicked") && !at.join("o").exists(), "{message}");
    }
}

#[test]
fn several_seeds_are_trained_side_by_side() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    fs::write(at.join("spec.json"), SPEC).unwrap();
    let train = |args: &[&str]| peergrid(at, &[&["train", "spec.json", "--json"], args].concat());
    let output = train(&["--out", "out", "--seeds", "1,2,7"]);
    let summaries: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let seeds: Vec<_> = summaries.as_array().unwrap().iter().map(|s| &s["seed"]).collect();
    assert_eq!(seeds, [1, 2, 7]);
    let output = train(&["--out", "alone", "--seed", "7"]);
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(summary["seed"], 7);
    // Whoever trains beside it, a seed learns the same.
    let model = |name: &str| fs::read(at.join(name)).unwrap();
    assert_eq!(model("out/model-7.safetensors"), model("alone/model.safetensors"));
    assert_ne!(model("out/model-1.safetensors"), model("out/model-2.safetensors"));
    for seeds in ["1,1", "9007199254740992"] {
        let output = train(&["--out", "none", "--seeds", seeds]);
        assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    }
}

/// A copy of the example of two homes with one line changed, run by `peergrid simulate`.
fn simulate_changed(at: &Path, change: (&str, &str), args: &[&str]) -> Output {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/examples");
    for (from, to) in [("two-homes.json", "spec.json"), ("two-homes-one-day.csv", "day.csv")] {
        let text = fs::read_to_string(examples.join(from)).unwrap();
        fs::write(at.join(to), text.replace(change.0, change.1)).unwrap();
    }
    let args = [&["simulate", "spec.json", "--data", "day.csv"], args].concat();
    peergrid(at, &args)
}

#[test]
fn simulate_writes_a_table_or_json() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    let policy = &["--policy", "rule_based"];
    let output = simulate_changed(at, ("", ""), &[policy, &["--out", "run.csv"][..]].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout).trim(), "run.csv");
    let table = fs::read_to_string(at.join("run.csv")).unwrap();
    assert_eq!(table.lines().count(), 1 + 24 * 3);
    let args = [policy, &["--json", "--hours", "12,18"][..]].concat();
    let output = simulate_changed(at, ("", ""), &args);
    let run: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(run["rows"].as_array().unwrap().len(), 2 * 3);
    assert_eq!((&run["policy"], &run["from"]), (&"rule_based".into(), &"2013-07-01".into()));
    // Standard input holds a specification, too; the seed does not matter here.
    let args = [policy, &["--columns", "home,bill", "--seed", "3"][..]].concat();
    let output = simulate_changed(at, ("", ""), &args);
    assert!(text(&output.stdout).starts_with("home,bill\nann,0.15\nben,0.15\nstreet,0.3\n"));
}

/// A change of the example's files, arguments, and what the message must hold.
type Case<'a> = ((&'a str, &'a str), Vec<&'a str>, &'a [&'a str]);

#[test]
fn simulate_tells_bad_input_by_file_line_and_field() {
    let dir = tempfile::tempdir().unwrap();
    let rule: &[&str] = &["--policy", "rule_based"];
    let with = |args: &[&'static str]| [rule, args].concat();
    let agent = || vec!["--policy", "agent"];
    let cases: [Case; 18] = [
        (("", ""), vec!["--policy", "nobody"], &["`nobody`", "street_greedy"]),
        (("", ""), vec!["--policy"], &["--policy"]),
        (("", ""), agent(), &["--policy is agent", "the day before"]),
        (("", ""), with(&["--from", "2013-08-01"]), &["--from", "2013-08-01", "2013-07-01"]),
        (("", ""), with(&["--from", "July"]), &["--from", "July"]),
        (("", ""), with(&["--days", "2"]), &["--days", "at most 1"]),
        (("", ""), with(&["--days", "0"]), &["--days"]),
        (("", ""), with(&["--columns", "bills"]), &["--columns", "bills", "local_price"]),
        (("", ""), with(&["--out", "no/such/run.csv"]), &["run.csv"]),
        (
            ("\n7,0.5,1.0,1.0,0.0", "\n7,0.5,1.0"),
            rule.to_vec(),
            &["day.csv", "line 9", "ben_demand_kw"],
        ),
        (
            ("\n7,0.5", "\n7,-0.5"),
            rule.to_vec(),
            &["day.csv", "line 9", "`ann_demand_kw`", "`-0.5`"],
        ),
        (("\n7,0.5", "\n7,NaN"), rule.to_vec(), &["day.csv", "line 9", "`ann_demand_kw`", "NaN"]),
        (("\n7,0.5,1.0,1.0,0.0", ""), rule.to_vec(), &["day.csv", "line 9", "`hour`", "hour 7"]),
        (("\n23,0.5,0.0,0.5,0.0", ""), rule.to_vec(), &["day.csv", "line 24", "hour 23"]),
        (("ben_demand_kw", "ben_load"), rule.to_vec(), &["day.csv", "line 1", "ben_demand_kw"]),
        (
            ("[\"ann\"]", "[\"eve\"]"),
            rule.to_vec(),
            &["spec.json, line 7", "homes.pv_homes", "`eve`", "ben"],
        ),
        (("\"k\": 0.5", "\"k\": 5"), rule.to_vec(), &["spec.json, line 18", "market.k", "5"]),
        (
            ("\"price\": 0.50", "\"price\": -1"),
            rule.to_vec(),
            &["spec.json, line 16", "windows[0].price"],
        ),
    ];
    for (change, args, hints) in cases {
        let output = simulate_changed(dir.path(), change, &args);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{change:?} {args:?}: {message}");
        for hint in hints {
            assert!(message.contains(hint), "{change:?} {args:?}: {hint}: {message}");
        }
    }
    // What is not used is not passed over in silence.
    let output = simulate_changed(dir.path(), ("ben_pv_kw", "ben_roof"), rule);
    let notes = text(&output.stderr);
    assert!(output.status.success() && notes.contains("day.csv: The column `ben_roof` (line 1)"));
}
