//! `peergrid schema`: the JSON schema of a specification.

use peergrid_lab::schema::specification;

use crate::{error::CliError, output::print};

/// Arguments of `peergrid schema`.
#[derive(clap::Args)]
pub struct Args {
    /// Print the schema, JSON in either case, on one line.
    #[arg(long)]
    json: bool,
}

/// Prints the schema.
pub fn run(args: &Args) -> Result<(), CliError> {
    let schema = specification();
    print(&if args.json {
        serde_json::to_string(&schema)?
    } else {
        serde_json::to_string_pretty(&schema)?
    })
}
