//! `peergrid schema`: the JSON schema of a specification, or of a sweep's plan.

use peergrid_lab::schema::{specification, sweep};

use crate::{error::CliError, output::print};

/// Arguments of `peergrid schema`.
#[derive(clap::Args)]
pub struct Args {
    /// The schema of a sweep's plan instead.
    #[arg(long)]
    sweep: bool,
    /// Print the schema, JSON in either case, on one line.
    #[arg(long)]
    json: bool,
}

/// Prints the schema.
pub fn run(args: &Args) -> Result<(), CliError> {
    let schema = if args.sweep { sweep() } else { specification() };
    print(&if args.json {
        serde_json::to_string(&schema)?
    } else {
        serde_json::to_string_pretty(&schema)?
    })
}
