//! The command `bench`: the same kernels natively and in Chromium, in one table; then the page.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::SystemTime;

use serde::Deserialize;
use walkdir::WalkDir;

use crate::bundle::Builder;
use crate::commands::bundle;
use crate::config::{Config, Quality};
use crate::dirs::Dirs;
use crate::error::{Error, Result};
use crate::report::{heading, step};
use crate::run::Run;
use crate::server::{self, Served};
use crate::status::State;
use crate::{setup, test};

/// The browser's parts, from the repository's root: the kernels, the page.
const KERNELS: &str = "www/tests/kernels.mjs";
const PAGE: &str = "www/tests/bench.mjs";

/// Measures and prints.
///
/// # Errors
/// If a benchmark cannot be built or run.
pub fn bench(dirs: &Dirs, config: &Config) -> Result<()> {
    println!("Machine: {}", machine());
    let tools = setup::web(dirs, config)?;
    setup::needed(tools.node.as_ref())?;
    let chromium = setup::browser()?;
    let builder = Builder { dirs, config, tools: &tools, quality: Quality::Full };

    let start = SystemTime::now();
    step("Native benchmarks", "How fast the kernels are without a browser.", || {
        Run::new("cargo")
            .args(["bench", "--package", "peergrid-bench"])
            .env("CARGO_TARGET_DIR", &dirs.target)
            .dir(&dirs.root)
            .run()
    })?;
    let native = measured(&dirs.target.join("criterion"), start);
    let web = in_browser(&builder, &chromium)?;
    page(&builder, &chromium)?;

    heading("Benchmarks", &machine());
    println!("\n{}", table(&native, &web));
    Ok(())
}

/// Nanoseconds a run of each kernel takes in Chromium, in the order of the table.
fn in_browser(builder: &Builder, chromium: &Path) -> Result<Vec<(String, f64)>> {
    let kernels = &builder.config.bench;
    step("Build the kernels for the browser", "As the page's engines are built.", || {
        builder.build(kernels)
    })?;
    step("Benchmarks in Chromium", "How fast the kernels are in a worker.", || {
        let served = Served { dir: builder.store(kernels), base: "/".to_owned(), limits: None };
        let url = server::start(served, std::net::Ipv4Addr::LOCALHOST.into(), 0)?;
        let mut times = None;
        test::node_command(builder.dirs, chromium, &url).arg(KERNELS).lines(|line| {
            println!("{line}");
            times = serde_json::from_str(line).ok().or(times.take());
        })?;
        times.ok_or_else(|| Error::Config {
            file: KERNELS.to_owned(),
            problem: "it printed no times".to_owned(),
        })
    })
}

/// The page itself, as it ships but for what is built in the background: first paint, ready,
/// training.
fn page(builder: &Builder, chromium: &Path) -> Result<()> {
    let mut states = BTreeMap::new();
    for one in &builder.config.bundles {
        // Those that are built in the background take minutes, and nothing here asks for them.
        let state = if one.background {
            State::absent("It was left out of this build.")
        } else {
            State::ready(bundle(builder, one)?)
        };
        states.insert(one.name.clone(), state);
    }
    step("The page in Chromium", "How soon it is there, and how fast it trains.", || {
        let url = test::serve_site(builder, &states)?;
        test::node_command(builder.dirs, chromium, &url).arg(PAGE).run()
    })
}

/// A benchmark that criterion has run.
#[derive(Debug, PartialEq)]
struct Row {
    name: String,
    /// What it makes, and how many in a run.
    unit: String,
    per_run: f64,
    /// Median time of a run, ns.
    median: f64,
}

#[derive(Deserialize)]
struct Named {
    group_id: String,
    function_id: String,
    throughput: BTreeMap<String, f64>,
}

#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
}

/// What criterion has written since `start`.
fn measured(dir: &Path, start: SystemTime) -> Vec<Row> {
    WalkDir::new(dir)
        .into_iter()
        .filter_map(std::result::Result::ok)
        .filter(|e| e.path().ends_with("new/estimates.json"))
        .filter(|e| e.metadata().is_ok_and(|m| m.modified().is_ok_and(|t| t >= start)))
        .filter_map(|e| row(e.path()))
        .collect()
}

fn row(estimates: &Path) -> Option<Row> {
    let read = |path: &Path| std::fs::read_to_string(path).ok();
    let named: Named =
        serde_json::from_str(&read(&estimates.with_file_name("benchmark.json"))?).ok()?;
    let Estimates { median } = serde_json::from_str(&read(estimates)?).ok()?;
    let per_run = *named.throughput.get("Elements")?;
    let (name, unit) = (named.function_id, named.group_id);
    Some(Row { name, unit, per_run, median: median.point_estimate })
}

/// One row per kernel that was measured on both sides.
fn table(native: &[Row], web: &[(String, f64)]) -> String {
    let mut lines = vec![
        "| kernel | a second | native | Chromium | ratio |".to_owned(),
        "|---|---|---|---|---|".to_owned(),
    ];
    for (name, web) in web {
        let Some(row) = native.iter().find(|row| row.name == *name) else { continue };
        lines.push(format!(
            "| {name} | {} | {} | {} | {:.2} |",
            row.unit,
            rate(row.per_run / row.median * 1e9),
            rate(row.per_run / web * 1e9),
            web / row.median,
        ));
    }
    lines.join("\n")
}

/// A number a second, to three digits.
fn rate(per_second: f64) -> String {
    match per_second {
        r if r >= 1e6 => format!("{} M", three_digits(r / 1e6)),
        r if r >= 1e3 => format!("{} k", three_digits(r / 1e3)),
        r => three_digits(r),
    }
}

fn three_digits(value: f64) -> String {
    let decimals = if value >= 100.0 { 0 } else { 1 + usize::from(value < 10.0) };
    format!("{value:.decimals$}")
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
        let new = dir.path().join("home-steps/update/new");
        std::fs::create_dir_all(&new).expect("a folder");
        let start = SystemTime::now() - std::time::Duration::from_mins(1);
        let text = r#"{"group_id": "home-steps", "function_id": "update",
            "throughput": {"Elements": 200}, "full_id": "home-steps/update"}"#;
        std::fs::write(new.join("benchmark.json"), text).expect("file");
        let text = r#"{"median": {"confidence_interval": {"confidence_level": 0.95,
            "lower_bound": 10.0, "upper_bound": 14.0}, "point_estimate": 12.0,
            "standard_error": 1.0}}"#;
        std::fs::write(new.join("estimates.json"), text).expect("file");
        let (name, unit) = ("update".to_owned(), "home-steps".to_owned());
        let expected = Row { name, unit, per_run: 200.0, median: 12.0 };
        assert_eq!(measured(dir.path(), start), [expected]);
        let later = SystemTime::now() + std::time::Duration::from_mins(1);
        assert_eq!(measured(dir.path(), later), []);
    }

    #[test]
    fn one_table_sets_both_sides_against_each_other() {
        let row = |name: &str, median| Row {
            name: name.to_owned(),
            unit: "home-steps".to_owned(),
            per_run: 1000.0,
            median,
        };
        let native = [row("b", 2e5), row("a", 1e7)];
        let web = [("a".to_owned(), 1.5e7), ("b".to_owned(), 3e5), ("c".to_owned(), 1.0)];
        let found = table(&native, &web);
        let rows: Vec<_> = found.lines().skip(2).collect();
        assert_eq!(
            rows,
            [
                "| a | home-steps | 100 k | 66.7 k | 1.50 |",
                "| b | home-steps | 5.00 M | 3.33 M | 1.50 |"
            ]
        );
    }
}
