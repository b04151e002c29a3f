//! `peergrid clear`: the orders of one market period, cleared by one mechanism or by all.

use std::path::PathBuf;

use peergrid_lab::clearing::{Comparison, Orders, Outcome};
use peergrid_market::MarketError;
use serde::Serialize;

use super::clear_charts;
use crate::{
    document::Document,
    error::CliError,
    output::{OutDir, print},
};

/// Arguments of `peergrid clear`.
#[derive(clap::Args)]
pub struct Args {
    /// The orders, a JSON file; `-` reads standard input.
    #[arg(value_name = "ORDERS.json")]
    orders: PathBuf,
    /// Clear them by every mechanism and print a table, or JSON with --json.
    #[arg(long)]
    all: bool,
    /// Draw supply and demand, and what each home saves under every mechanism, into this folder:
    /// `market_curves` and `market_savings`, PNG and SVG.
    #[arg(long, value_name = "DIR")]
    plot: Option<PathBuf>,
    /// Print JSON on one line.
    #[arg(long)]
    json: bool,
}

/// Clears the orders and prints what comes of them.
pub fn run(args: &Args) -> Result<(), CliError> {
    let document = Document::open(&args.orders)?;
    let orders: Orders = document.parse()?;
    let wrong = |e: MarketError| document.error(Some(e.field()), e.to_string());
    let period = orders.period().map_err(wrong)?;
    if let Some(dir) = &args.plot {
        let comparison = period.compare().map_err(wrong)?;
        clear_charts::write(&OutDir::new(dir)?, &comparison, orders.mechanism)?;
    }
    if !args.all {
        return print(&json(&period.clear().map_err(wrong)?, args.json)?);
    }
    let comparison = period.compare().map_err(wrong)?;
    print(&if args.json { json(&comparison, true)? } else { table(&comparison) })
}

fn json(value: &impl Serialize, one_line: bool) -> Result<String, CliError> {
    Ok(if one_line { serde_json::to_string(value)? } else { serde_json::to_string_pretty(value)? })
}

/// A number of an outcome: heading, unit, digits behind the point.
struct Column {
    head: &'static str,
    unit: &'static str,
    digits: usize,
    value: fn(&Outcome) -> Option<f64>,
}

const COLUMNS: [Column; 10] = [
    Column { head: "price", unit: "$/kWh", digits: 4, value: |o| o.cleared.price },
    Column { head: "traded", unit: "kWh", digits: 3, value: |o| Some(o.cleared.quantity_kwh) },
    Column { head: "import", unit: "kWh", digits: 3, value: |o| Some(o.cleared.grid.import_kwh) },
    Column { head: "export", unit: "kWh", digits: 3, value: |o| Some(o.cleared.grid.export_kwh) },
    Column { head: "welfare", unit: "$", digits: 4, value: |o| Some(o.cleared.welfare) },
    Column { head: "fees", unit: "$", digits: 4, value: |o| Some(o.cleared.fees) },
    Column { head: "surplus", unit: "$", digits: 4, value: |o| Some(o.cleared.surplus) },
    Column { head: "saved", unit: "$", digits: 4, value: |o| Some(o.savings.values().sum()) },
    Column { head: "Gini", unit: "", digits: 3, value: |o| o.gini },
    Column { head: "Jain", unit: "", digits: 3, value: |o| o.jain },
];

/// Two tables: what each mechanism makes of the orders, and what each home saves by it.
fn table(comparison: &Comparison) -> String {
    let homes = comparison.homes.iter().map(|home| Texts {
        head: home.clone(),
        unit: "$".to_owned(),
        cells: each(comparison, |o| format!("{:.4}", o.savings[home])),
    });
    let columns = COLUMNS.iter().map(|column| Texts {
        head: column.head.to_owned(),
        unit: column.unit.to_owned(),
        cells: each(comparison, |o| {
            (column.value)(o).map_or("–".to_owned(), |v| format!("{v:.*}", column.digits))
        }),
    });
    let interval =
        comparison.interval.map_or("Supply and demand do not meet.".to_owned(), |(lo, hi)| {
            format!("Supply meets demand at {lo} to {hi} $/kWh.")
        });
    format!(
        "{interval}\n\n{}\n\nSaved against the grid alone:\n\n{}",
        rows(comparison, columns.collect()),
        rows(comparison, homes.collect()),
    )
}

/// A column of a table, as text.
struct Texts {
    head: String,
    unit: String,
    /// By mechanism.
    cells: Vec<String>,
}

fn each(comparison: &Comparison, cell: impl Fn(&Outcome) -> String) -> Vec<String> {
    comparison.outcomes.iter().map(cell).collect()
}

/// Lines of a table with the mechanisms' names in front, columns as wide as they need to be.
fn rows(comparison: &Comparison, columns: Vec<Texts>) -> String {
    let names = each(comparison, |o| o.label.to_owned());
    let width = |texts: &mut dyn Iterator<Item = &String>| {
        texts.map(|text| text.chars().count()).max().unwrap_or(0)
    };
    let first = width(&mut names.iter());
    let mut lines = vec![" ".repeat(first); 2];
    lines.extend(names.iter().map(|name| format!("{name:first$}")));
    for Texts { head, unit, cells } in columns {
        let texts = [head, unit].into_iter().chain(cells).collect::<Vec<_>>();
        let width = 2 + width(&mut texts.iter());
        for (line, text) in lines.iter_mut().zip(texts) {
            let pad = width - text.chars().count();
            line.extend([&" ".repeat(pad), &text].map(String::as_str));
        }
    }
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}
