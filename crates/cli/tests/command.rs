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
    "ppo": {"batch_size": 96, "total_steps": 200}
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
    let cases: [(&[&str], &[&str]); 6] = [
        (&["train", "typo.json", "--out", "o"], &["typo.json", "sed", "line 2"]),
        (&["train", "nowhere.json", "--out", "o"], &["nowhere.json"]),
        (&["evaluate", "file.json", "--out", "o"], &["none.csv"]),
        (
            &["evaluate", "spec.json", "--model", "bad.safetensors", "--out", "o"],
            &["bad.safetensors"],
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
