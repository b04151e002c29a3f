//! `peergrid data`: what a file holds.

use std::{fs::File, io::BufReader, path::PathBuf};

use peergrid_data::{Format, QualityReport, read};

use crate::error::CliError;

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
        if args.json {
            println!("{}", serde_json::to_string(&report)?);
        } else {
            print_report(&name, &report);
        }
    }
    Ok(())
}

fn print_report(name: &str, report: &QualityReport) {
    println!(
        "{name}: {} homes, {} days from {} to {}, {} rows",
        report.homes.len(),
        report.days,
        report.first_date,
        report.last_date,
        report.rows
    );
    for home in &report.homes {
        let kwp = home.pv_kwp.map_or("PV size unknown".to_owned(), |v| format!("{v} kWp"));
        println!(
            "  home {}: {kwp}, load {:.2} kWh/day, PV {:.2} kWh/day, {} days with estimates{}",
            home.id,
            home.mean_daily_load_kwh,
            home.mean_daily_pv_kwh,
            home.estimated_days,
            if home.has_controlled_load { ", with controlled load" } else { "" }
        );
    }
    for left_out in &report.left_out {
        println!("  home {} is left out: {}", left_out.id, left_out.reason);
    }
    for repair in &report.daylight_saving {
        println!("  {}: daylight saving, {:?}", repair.date, repair.changeover);
    }
    for note in &report.notes {
        println!("  {note}");
    }
}
