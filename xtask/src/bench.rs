//! The command `bench`: criterion natively, the same kernels in the browser.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::SystemTime;

use serde::Deserialize;
use walkdir::WalkDir;

use crate::bundle::Builder;
use crate::commands::bundle;
use crate::config::{Config, Quality};
use crate::dirs::Dirs;
use crate::error::Result;
use crate::report::{heading, note, step};
use crate::run::Run;
use crate::status::State;
use crate::{setup, test};

/// The browser's part, from the repository's root.
const PAGE_BENCH: &str = "www/tests/bench.mjs";

/// Runs all benchmarks and prints a table of the native ones; the browser's part prints its own.
///
/// # Errors
/// If a benchmark cannot be built or run.
pub fn bench(dirs: &Dirs, config: &Config) -> Result<()> {
    println!("Machine: {}", machine());
    let start = SystemTime::now();
    step("Native benchmarks", "How fast the engine is without a browser.", || {
        Run::new("cargo")
            .args(["bench", "--workspace", "--benches"])
            .env("CARGO_TARGET_DIR", &dirs.target)
            .dir(&dirs.root)
            .run()
    })?;
    let rows = measured(&dirs.target.join("criterion"), start);
    if dirs.root.join(PAGE_BENCH).is_file() {
        in_browser(dirs, config)?;
    } else {
        note("There is no browser part.");
    }
    table(&rows);
    Ok(())
}

fn in_browser(dirs: &Dirs, config: &Config) -> Result<()> {
    let tools = setup::web(dirs, config)?;
    setup::needed(tools.node.as_ref())?;
    let chromium = setup::browser()?;
    let builder = Builder { dirs, config, tools: &tools, quality: Quality::Full };
    let mut states = BTreeMap::new();
    for one in &config.bundles {
        states.insert(one.name.clone(), State::ready(bundle(&builder, one)?));
    }
    step("Benchmarks in the browser", "How fast the engine is where it is used.", || {
        let url = test::serve_site(&builder, &states)?;
        test::node_command(dirs, &chromium, &url).arg(PAGE_BENCH).run()
    })
}

/// Time per iteration of one benchmark, nanoseconds.
#[derive(Debug, PartialEq)]
struct Row {
    name: String,
    median: f64,
    low: f64,
    high: f64,
}

#[derive(Deserialize)]
struct Named {
    full_id: String,
}

#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
    confidence_interval: Interval,
}

#[derive(Deserialize)]
struct Interval {
    lower_bound: f64,
    upper_bound: f64,
}

/// What criterion has written since `start`, by name.
fn measured(dir: &Path, start: SystemTime) -> Vec<Row> {
    let mut rows: Vec<_> = WalkDir::new(dir)
        .into_iter()
        .filter_map(std::result::Result::ok)
        .filter(|e| e.path().ends_with("new/estimates.json"))
        .filter(|e| e.metadata().is_ok_and(|m| m.modified().is_ok_and(|t| t >= start)))
        .filter_map(|e| row(e.path()))
        .collect();
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    rows
}

fn row(estimates: &Path) -> Option<Row> {
    let read = |path: &Path| std::fs::read_to_string(path).ok();
    let named: Named =
        serde_json::from_str(&read(&estimates.with_file_name("benchmark.json"))?).ok()?;
    let Estimates { median } = serde_json::from_str(&read(estimates)?).ok()?;
    let Interval { lower_bound: low, upper_bound: high } = median.confidence_interval;
    Some(Row { name: named.full_id, median: median.point_estimate, low, high })
}

fn table(rows: &[Row]) {
    heading("Native benchmarks", &machine());
    println!("\n| benchmark | median | 95 % interval |\n|---|---|---|");
    for row in rows {
        println!(
            "| {} | {} | {} … {} |",
            row.name,
            time(row.median),
            time(row.low),
            time(row.high)
        );
    }
}

/// Nanoseconds in the unit that reads best.
fn time(ns: f64) -> String {
    match ns {
        ns if ns < 1e3 => format!("{ns:.1} ns"),
        ns if ns < 1e6 => format!("{:.2} µs", ns / 1e3),
        ns if ns < 1e9 => format!("{:.2} ms", ns / 1e6),
        ns => format!("{:.2} s", ns / 1e9),
    }
}

/// Processor, cores, system and compiler, in one line.
fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|l| l.strip_prefix("model name")?.split(": ").nth(1));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let rustc = Run::new("rustc").arg("--version").output().unwrap_or_default();
    format!(
        "{}, {cores} cores, {} {}, {}",
        model.unwrap_or("unnamed processor"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        rustc.trim()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn criterion_s_files_become_rows() {
        let dir = tempfile::tempdir().expect("a folder");
        let new = dir.path().join("step/8 homes/new");
        std::fs::create_dir_all(&new).expect("a folder");
        let start = SystemTime::now() - std::time::Duration::from_mins(1);
        std::fs::write(new.join("benchmark.json"), r#"{"full_id": "step/8 homes"}"#).expect("file");
        let text = r#"{"median": {"confidence_interval": {"confidence_level": 0.95,
            "lower_bound": 10.0, "upper_bound": 14.0}, "point_estimate": 12.0,
            "standard_error": 1.0}}"#;
        std::fs::write(new.join("estimates.json"), text).expect("file");
        let expected = Row { name: "step/8 homes".to_owned(), median: 12.0, low: 10.0, high: 14.0 };
        assert_eq!(measured(dir.path(), start), [expected]);
        let later = SystemTime::now() + std::time::Duration::from_mins(1);
        assert_eq!(measured(dir.path(), later), []);
    }

    #[test]
    fn times_read_well() {
        assert_eq!(time(12.34), "12.3 ns");
        assert_eq!(time(1_234_000.0), "1.23 ms");
    }
}
