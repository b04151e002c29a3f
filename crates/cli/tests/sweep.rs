//! `peergrid sweep` from the outside: its files, going on where it stopped, what it refuses.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

const SPEC: &str = r#"{
    "seed": 4,
    "data": {"source": "synthetic", "homes": 2, "days": 28},
    "training": {"microgrids": 4},
    "ppo": {"batch_size": 96, "total_timesteps": 96}
}"#;

fn peergrid(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_peergrid")).current_dir(dir).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Whatever a command prints, it must succeed.
fn done(dir: &Path, args: &[&str]) -> String {
    let output = peergrid(dir, args);
    assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

fn refused(dir: &Path, args: &[&str], hints: &[&str]) {
    let output = peergrid(dir, args);
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{args:?}: {message}");
    for hint in hints {
        assert!(message.contains(hint), "{args:?}: {hint}: {message}");
    }
}

/// Rows without what differs from time to time.
fn rows(text: &str) -> Vec<Value> {
    let mut sweep: Value = serde_json::from_str(text).unwrap();
    let rows = sweep["rows"].as_array_mut().unwrap();
    for row in rows.iter_mut() {
        row["seconds"] = Value::Null;
        round(&mut row["kpis"]);
        round(&mut row["reference"]);
    }
    rows.clone()
}

/// Takes measures' last digits off, which reading them may round.
fn round(kpis: &mut Value) {
    for value in kpis.as_object_mut().unwrap().values_mut() {
        if let Some(number) = value.as_f64() {
            *value = format!("{number:.10e}").into();
        }
    }
}

#[test]
fn a_sweep_goes_on_where_it_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    fs::write(at.join("spec.json"), SPEC).unwrap();
    let sweep = |more: &[&'static str]| {
        [&["sweep", "spec.json", "--field", "market.k=0:1:1", "--out", "out"][..], more].concat()
    };
    let first = rows(&done(at, &sweep(&["--json"])));
    // The specification's seed, where none is given.
    let runs: Vec<_> =
        first.iter().map(|row| (&row["run"], &row["values"]["market.k"], &row["seed"])).collect();
    assert_eq!(runs, [(&1.into(), &0.into(), &4.into()), (&2.into(), &1.into(), &4.into())]);
    let file = |name: &str| fs::read_to_string(at.join("out").join(name)).unwrap();
    let csv = file("sweep.csv");
    let header = csv.lines().next().unwrap();
    assert!(header.starts_with("run,market.k,seed,error,seconds,agent.cost,"), "{header}");
    assert!(header.contains(",rule_based.cost,") && csv.lines().count() == 3);

    // What a run finds is what training and evaluation find.
    fs::write(at.join("k.json"), SPEC.replacen('{', r#"{"market": {"k": 1},"#, 1)).unwrap();
    done(at, &["train", "k.json", "--out", "k"]);
    let evaluate = ["evaluate", "k.json", "--model", "k/model.safetensors", "--out", "k", "--json"];
    let mut summary: Value = serde_json::from_str(&done(at, &evaluate)).unwrap();
    for (id, part) in [("phase3", "kpis"), ("rule_based", "reference")] {
        let policies = summary["policies"].as_array_mut().unwrap();
        let policy = policies.iter_mut().find(|policy| policy["id"] == id).unwrap();
        round(&mut policy["kpis"]);
        assert_eq!(first[1][part], policy["kpis"], "{id}");
    }

    // Stopped in the second run, in the middle of a line.
    let lines = file("rows.jsonl");
    let (line, rest) = lines.split_once('\n').unwrap();
    fs::write(at.join("out/rows.jsonl"), format!("{line}\n{}", &rest[..20])).unwrap();
    assert_eq!(rows(&done(at, &sweep(&["--json"]))), first);
    let kept = file("rows.jsonl");
    assert!(kept.starts_with(line) && kept.lines().count() == 2, "{kept}");

    // Nothing is left: nothing is done, but all is there.
    fs::remove_file(at.join("out/sweep.csv")).unwrap();
    let table = done(at, &sweep(&[]));
    assert!(table.contains("market.k") && table.contains("Cost ($/day)"), "{table}");
    assert_eq!((file("rows.jsonl"), file("sweep.csv").lines().count()), (kept, 3));

    // Its own plan is the same sweep; others are not.
    done(at, &["sweep", "--plan", "out/plan.json", "--out", "out"]);
    done(at, &["sweep", "--plan", "out/sweep.json", "--out", "out"]);
    refused(at, &sweep(&["--seeds", "1,2"]), &["out", "other seeds", "--out"]);
    refused(at, &sweep(&["--field", "market.network_fee=0"]), &["other fields"]);
    fs::remove_file(at.join("out/plan.json")).unwrap();
    refused(at, &sweep(&[]), &["rows.jsonl, line 1", "plan.json"]);
}

#[test]
fn failed_runs_are_kept_told_and_repeated() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    fs::write(at.join("spec.json"), SPEC).unwrap();
    let sweep = |more: &[&'static str]| {
        let args = ["sweep", "spec.json", "--field", "data.seed=1,2", "--out", "out", "--json"];
        [&args[..], more].concat()
    };
    let printed = done(at, &sweep(&[]));
    let found = rows(&printed);
    // As if the second run had failed.
    let path = at.join("out/rows.jsonl");
    let all: Value = serde_json::from_str(&printed).unwrap();
    let mut failed = all["rows"][1].clone();
    failed["kpis"] = serde_json::json!({});
    failed["reference"] = serde_json::json!({});
    failed["error"] = "the power failed".into();
    let lines = [&all["rows"][0], &failed].map(|row| {
        let mut row = row.clone();
        row["seconds"] = 1.0.into();
        format!("{row}\n")
    });
    let kept = lines.concat();
    fs::write(&path, &kept).unwrap();
    for json in [true, false] {
        let args = sweep(&[]);
        let output = peergrid(at, if json { &args } else { &args[..6] });
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(1), "{err}");
        assert!(err.contains("1 of 2 runs failed") && out.contains("the power failed"), "{out}");
    }
    let csv = fs::read_to_string(at.join("out/sweep.csv")).unwrap();
    assert!(csv.lines().nth(2).unwrap().starts_with("2,2,4,the power failed,1,,"), "{csv}");
    assert_eq!(fs::read_to_string(&path).unwrap(), kept, "not repeated unless asked for");
    assert_eq!(rows(&done(at, &sweep(&["--retry"]))), found);
}

#[test]
fn what_cannot_run_is_refused_before_anything_does() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    fs::write(at.join("spec.json"), SPEC).unwrap();
    fs::write(at.join("typo.json"), "{\n \"sed\": 1\n}").unwrap();
    let field = |field: &str, hints: &[&str]| {
        refused(at, &["sweep", "spec.json", "--field", field, "--out", "out"], hints);
    };
    field("reward.weights.gird=1", &["`reward.weights.gird` = 1", "unknown field `gird`"]);
    field("market.k=0.5,7", &["`market.k` = 7"]);
    field("market.k", &["--field", "NAME=VALUE"]);
    // What only the data tells.
    field("data.days=28,2", &["`data.days` = 2: ", "days"]);
    field("homes.battery_homes=all,none", &["\"none\"", "nothing to learn"]);
    field("ppo.batch_size=96,1000", &["`ppo.batch_size` = 1000"]);
    refused(at, &["sweep", "spec.json", "--out", "out"], &["--field"]);
    refused(at, &["sweep", "--out", "out"], &["SPEC"]);
    let one = ["--field", "market.k=1", "--out", "out"];
    refused(at, &[&["sweep", "typo.json"], &one[..]].concat(), &["typo.json, line 2", "sed"]);
    let seeds = [&["sweep", "spec.json", "--seeds", "1,1"], &one[..]].concat();
    refused(at, &seeds, &["--seeds", "1,1"]);
    for (plan, hints) in [
        ("{\n\"fields\": [],\n\"seeds\": [1],\n\"sed\": 2}", &["plan.json, line 4", "`sed`"]),
        (
            "{\"seeds\": [1],\n\"fields\": [{\"name\": \"market.k\",\n\"values\": [0.5,\n7]}]}",
            &["plan.json, line 4", "`market.k` = 7"],
        ),
    ] {
        fs::write(at.join("plan.json"), plan).unwrap();
        refused(at, &["sweep", "--plan", "plan.json", "--out", "out"], hints);
    }
    refused(at, &["sweep", "spec.json", "--plan", "plan.json", "--out", "out"], &["--plan"]);
    assert!(!at.join("out").exists());
}

/// A file of 28 days of two homes, hour by hour.
fn street() -> String {
    let hours = (0..28 * 24).map(|hour| format!("{hour},0.1,0.6,0.1,0.5\n"));
    let header = "# pv_kwp,agent_0,4\n# pv_kwp,agent_1,4\n\
                  hour,agent_0_pv_kw,agent_0_demand_kw,agent_1_pv_kw,agent_1_demand_kw\n"
        .to_owned();
    [header].into_iter().chain(hours).collect()
}

#[test]
fn a_sweep_that_cannot_go_on_says_so_and_keeps_its_rows() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    fs::write(at.join("spec.json"), SPEC).unwrap();
    fs::write(at.join("street.csv"), street()).unwrap();
    let args =
        ["sweep", "spec.json", "--data", "street.csv", "--field", "market.k=0,1", "--out", "out"];
    done(at, &args);
    let path = at.join("out/rows.jsonl");
    let lines = fs::read_to_string(&path).unwrap();
    let kept = &lines[..=lines.find('\n').unwrap()];
    fs::write(&path, kept).unwrap();
    fs::remove_file(at.join("street.csv")).unwrap();
    refused(at, &args, &["street.csv"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), kept);
    // The data is all runs', whatever they differ in.
    fs::remove_dir_all(at.join("out")).unwrap();
    let output = peergrid(at, &args);
    let message = text(&output.stderr);
    assert!(message.contains("street.csv") && !message.contains("market.k"), "{message}");
    assert!(!at.join("out").exists());
}
