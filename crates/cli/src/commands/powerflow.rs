//! `peergrid powerflow`: voltages, currents and losses of a radial network.

use std::path::PathBuf;

use peergrid_physics::Network;

use crate::{document::Document, error::CliError, output::print};

/// Arguments of `peergrid powerflow`.
#[derive(clap::Args)]
pub struct Args {
    /// The network, a JSON file; `-` reads standard input.
    #[arg(value_name = "FEEDER.json")]
    network: PathBuf,
    /// Print the result, JSON in either case, on one line.
    #[arg(long)]
    json: bool,
}

/// Solves the network and prints its state.
pub fn run(args: &Args) -> Result<(), CliError> {
    let document = Document::open(&args.network)?;
    let network: Network = document.parse()?;
    let flow = network.solve().map_err(|e| document.error(e.path(), e.to_string()))?;
    print(&if args.json {
        serde_json::to_string(&flow)?
    } else {
        serde_json::to_string_pretty(&flow)?
    })
}
