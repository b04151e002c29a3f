//! `peergrid plot`: charts of a results folder, as PNG and SVG.

use std::{
    fs,
    path::{Path, PathBuf},
};

use peergrid_charts::{Axis, AxisKind, Chart, Look, Role, Series, Style, to_png, to_svg};
use serde::Deserialize;

use crate::{
    error::CliError,
    output::{OutDir, print},
};

/// Arguments of `peergrid plot`.
#[derive(clap::Args)]
pub struct Args {
    /// Folder with results_*.csv; the charts go there too.
    dir: PathBuf,
    /// Print the charts' paths as JSON.
    #[arg(long)]
    json: bool,
}

const WIDTH: u32 = 1200;
const HEIGHT: u32 = 600;

/// A policy whose results are plotted.
#[derive(Clone, Copy)]
struct Policy {
    /// As in its file's name.
    name: &'static str,
    label: &'static str,
    role: Role,
    /// Whether it was trained.
    agent: bool,
}

const POLICIES: [Policy; 11] = [
    fixed("no_battery", "no battery", Role::NoBattery),
    fixed("baseline", "rule-based", Role::RuleBased),
    fixed("street_greedy", "greedy street", Role::StreetGreedy),
    fixed("time_of_use", "time-of-use rule", Role::TimeOfUse),
    fixed("mpc", "model-predictive control", Role::Mpc),
    fixed("selfish_optimum", "selfish optimum", Role::SelfishOptimum),
    fixed("optimum", "optimum", Role::Optimum),
    agent("phase2", "profit-only", Role::Phase2),
    agent("phase3", "grid-aware", Role::GridAware),
    agent("peak_aware", "peak-aware", Role::Accent),
    agent("agent", "agent", Role::Accent),
];

const fn fixed(name: &'static str, label: &'static str, role: Role) -> Policy {
    Policy { name, label, role, agent: false }
}

const fn agent(name: &'static str, label: &'static str, role: Role) -> Policy {
    Policy { name, label, role, agent: true }
}

/// The columns of a results file that are plotted.
#[derive(Deserialize)]
struct Row {
    date: String,
    hour: f64,
    grid_import_kwh: f64,
    peak_window: u8,
    reward: f64,
}

struct Results {
    policy: Policy,
    rows: Vec<Row>,
}

/// Reads all results of the folder and draws them.
pub fn run(args: &Args) -> Result<(), CliError> {
    let results = read_all(&args.dir)?;
    if results.is_empty() {
        return Err(CliError::NoResults(args.dir.clone()));
    }
    let out = OutDir::new(&args.dir)?;
    let prefix = prefix(&results);
    let charts = [
        ("grid_import", grid_import(&results)),
        ("cumulative_reward", cumulative(&results, "Cumulative reward", "reward", |r| r.reward)),
        ("total_import", cumulative(&results, "Total grid import", "kWh", |r| r.grid_import_kwh)),
    ];
    let mut paths = Vec::new();
    for (name, chart) in charts {
        let look = Look { scale: 1.5, ..Look::default() };
        let png = to_png(&chart, WIDTH, HEIGHT, &look)?;
        let svg = to_svg(&chart, WIDTH, HEIGHT, &look)?;
        for (extension, content) in [("png", png), ("svg", svg.into_bytes())] {
            let path = out.write(&format!("{prefix}_{name}.{extension}"), content)?;
            paths.push(path.display().to_string());
        }
    }
    print(&if args.json { serde_json::to_string(&paths)? } else { paths.join("\n") })
}

/// Charts are named after the grid-aware agent, or after whichever agent there is.
fn prefix(results: &[Results]) -> &'static str {
    let policies = || results.iter().map(|r| r.policy);
    let grid_aware = policies().find(|p| p.name == "phase3");
    grid_aware.or_else(|| policies().find(|p| p.agent)).map_or("baseline", |p| p.name)
}

fn read_all(dir: &Path) -> Result<Vec<Results>, CliError> {
    let mut all = Vec::new();
    for policy in POLICIES {
        let path = dir.join(format!("results_{}.csv", policy.name));
        if path.exists() {
            let text = fs::read_to_string(&path).map_err(|e| CliError::io(&path, e))?;
            let rows = read_rows(&path, &text)?;
            check_same_days(&all, &path, &rows)?;
            all.push(Results { policy, rows });
        }
    }
    Ok(all)
}

/// Results of different evaluations cannot be compared: every file must cover the same steps.
fn check_same_days(all: &[Results], path: &Path, rows: &[Row]) -> Result<(), CliError> {
    let Some(first) = all.first() else { return Ok(()) };
    let when = |row: &Row| (row.date.clone(), row.hour.to_bits());
    let differs = first.rows.iter().map(when).ne(rows.iter().map(when));
    if !differs {
        return Ok(());
    }
    let message = format!(
        "covers other days than results_{}.csv; evaluate all policies into this folder again",
        first.policy.name
    );
    Err(CliError::Results { path: path.to_owned(), line: 2, message })
}

fn read_rows(path: &Path, text: &str) -> Result<Vec<Row>, CliError> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let failed = |e: &csv::Error| CliError::Results {
        path: path.to_owned(),
        line: e.position().map_or(1, csv::Position::line),
        message: format!("{e}; expected a file that `peergrid evaluate` wrote"),
    };
    reader.deserialize().collect::<Result<_, _>>().map_err(|e| failed(&e))
}

/// Mean grid import over the day, by policy, with the peak window shaded.
fn grid_import(results: &[Results]) -> Chart {
    let mut chart = Chart {
        title: Some("Grid import on a typical day".to_owned()),
        x: Axis { label: "hour".to_owned(), ticks: AxisKind::HourOfDay, ..Axis::default() },
        y: Axis { label: "kWh per step".to_owned(), min: Some(0.0), ..Axis::default() },
        ..Chart::default()
    };
    for result in results {
        let (x, y) = typical_day(&result.rows, |row| row.grid_import_kwh);
        chart.series.push(series(result, x, y));
    }
    if let Some(result) = results.first() {
        chart.bands = peak_bands(&result.rows);
    }
    chart
}

/// Mean of a column by hour of the day: the hours and the means.
fn typical_day(rows: &[Row], value: impl Fn(&Row) -> f64) -> (Vec<f64>, Vec<f64>) {
    let mut hours: Vec<(f64, f64, f64)> = Vec::new();
    for row in rows {
        match hours.iter_mut().find(|(hour, ..)| *hour == row.hour) {
            Some((_, sum, count)) => {
                *sum += value(row);
                *count += 1.0;
            }
            None => hours.push((row.hour, value(row), 1.0)),
        }
    }
    hours.into_iter().map(|(hour, sum, count)| (hour, sum / count)).unzip()
}

/// The hours that lie in the peak window on most days.
fn peak_bands(rows: &[Row]) -> Vec<peergrid_charts::Band> {
    let (hours, share) = typical_day(rows, |row| f64::from(row.peak_window));
    let step = hours.get(1).map_or(1.0, |second| second - hours[0]);
    let mut bands: Vec<peergrid_charts::Band> = Vec::new();
    for (&hour, _) in hours.iter().zip(&share).filter(|(_, share)| **share > 0.5) {
        match bands.last_mut().filter(|band| band.to == hour) {
            Some(band) => band.to = hour + step,
            None => bands.push(peergrid_charts::Band {
                from: hour,
                to: hour + step,
                label: "peak window".to_owned(),
                ..peergrid_charts::Band::default()
            }),
        }
    }
    bands
}

/// A column summed up over all held-out days, by policy.
fn cumulative(results: &[Results], title: &str, unit: &str, value: impl Fn(&Row) -> f64) -> Chart {
    let mut chart = Chart {
        title: Some(format!("{title} over the held-out days")),
        x: Axis { label: "held-out days".to_owned(), ..Axis::default() },
        y: Axis { label: unit.to_owned(), ..Axis::default() },
        ..Chart::default()
    };
    for result in results {
        let steps_per_day = result.rows.iter().skip(1).take_while(|r| r.hour > 0.0).count() + 1;
        let mut sum = 0.0;
        let running = result.rows.iter().map(|row| {
            sum += value(row);
            sum
        });
        let y: Vec<f64> = std::iter::once(0.0).chain(running).step_by(steps_per_day).collect();
        let x = (0..y.len()).map(|day| day as f64).collect();
        chart.series.push(series(result, x, y));
    }
    chart
}

fn series(result: &Results, x: Vec<f64>, y: Vec<f64>) -> Series {
    let Policy { label, role, .. } = result.policy;
    Series { label: label.to_owned(), role, x, y, style: Style::Line }
}
