//! `peergrid data`: what a file holds.

use std::{fs::File, io::BufReader, path::PathBuf};

use peergrid_data::{Format, QualityReport, read};

use crate::{error::CliError, output::print};

/// Arguments of `peergrid data`.
#[derive(clap::Args)]
pub struct Args {
    /// Data files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Print the quality reports as JSON, one a line.
    #[arg(long)]
    json: bool,
}

/// Reads every file and prints its quality report.
pub fn run(args: &Args) -> Result<(), CliError> {
    for path in &args.files {
        let input = File::open(path).map_err(|e| CliError::io(path, e))?;
        let name = path.display().to_string();
        let (_, report) = read(&name, Format::Auto, BufReader::new(input))?;
        print(&if args.json { serde_json::to_string(&report)? } else { describe(&name, &report) })?;
    }
    Ok(())
}

fn describe(name: &str, report: &QualityReport) -> String {
    let mut lines = vec![format!(
        "{name}: {}, {} from {} to {}, {}",
        count(report.homes.len(), "home"),
        count(report.days, "day"),
        report.first_date,
        report.last_date,
        count(report.rows, "row")
    )];
    for home in &report.homes {
        let kwp = home.pv_kwp.map_or("PV size unknown".to_owned(), |v| format!("{v} kWp"));
        lines.push(format!(
            "  home {}: {kwp}, load {:.2} kWh/day, PV {:.2} kWh/day, {} with estimates{}",
            home.id,
            home.mean_daily_load_kwh,
            home.mean_daily_pv_kwh,
            count(home.estimated_days, "day"),
            if home.has_controlled_load { ", with controlled load" } else { "" }
        ));
    }
    for left_out in &report.left_out {
        lines.push(format!("  home {} is left out: {}", left_out.id, left_out.reason));
    }
    for repair in &report.daylight_saving {
        lines.push(format!("  {}: daylight saving, {:?}", repair.date, repair.changeover));
    }
    lines.extend(report.notes.iter().map(|note| format!("  {note}")));
    lines.join("\n")
}

/// So many of something, in the plural but for one.
fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}
