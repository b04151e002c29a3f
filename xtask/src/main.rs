//! Set up, build, serve, test: the two commands a newcomer needs are
//! `cargo xtask serve` and `cargo xtask test`.

mod bench;
mod bundle;
mod commands;
mod config;
mod data;
mod dirs;
mod error;
mod inputs;
mod offline;
mod report;
mod run;
mod server;
mod setup;
mod site;
mod status;
mod test;

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::commands::ServeOptions;
use crate::config::{Config, Quality};
use crate::dirs::Dirs;
use crate::error::Result;

/// Sets up, builds, serves and tests Peergrid.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,

    /// Keep what cargo compiles in the cache, for other clones to use (always so in CI)
    #[arg(long, global = true)]
    shared_target: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Set up, build and serve the page; build again when sources change
    Serve {
        /// The port, or the next free one after it
        #[arg(long, default_value_t = 8080)]
        port: u16,
        /// The address to listen on; 0.0.0.0 lets other machines in
        #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
        host: IpAddr,
        /// Compile every bundle as it ships
        #[arg(long, conflicts_with = "fast")]
        release: bool,
        /// Compile every bundle quickly; it runs slower
        #[arg(long)]
        fast: bool,
    },
    /// Write dist/, which any web server can host
    Build {
        /// Compile quickly, without shrinking and without size budgets
        #[arg(long)]
        fast: bool,
    },
    /// Set up and run every check
    Test {
        /// Compile the bundles quickly and leave the WebGPU engine out
        #[arg(long)]
        quick: bool,
    },
    /// Set up what the other commands need
    Setup,
    /// Fetch measured data into data/sets/, for the page's list and the native command
    Data {
        #[command(subcommand)]
        set: DataSet,
    },
    /// Measure speed, natively and in the browser
    Bench,
    /// Train and judge everything on every setting, and rewrite RESULTS.md
    Results {
        /// Passed on to `peergrid results`: --short, --data FILE, --only A,B, …
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
}

#[derive(Debug, Subcommand)]
enum DataSet {
    /// A year of homes in California: CityLearn Challenge 2022, from the Python package index
    Citylearn {
        /// The wheel of citylearn 2.1.2, if it lies on this machine already
        #[arg(long)]
        wheel: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> Result<()> {
    let dirs = Dirs::find(cli.shared_target)?;
    let config = Config::read(&dirs.root)?;
    match &cli.command {
        &Command::Serve { port, host, release, fast } => {
            let quality = match (release, fast) {
                (true, _) => Quality::Full,
                (_, true) => Quality::Fast,
                _ => Quality::Everyday,
            };
            commands::serve(&dirs, &config, ServeOptions { host, port, quality })
        }
        &Command::Build { fast } => {
            commands::build(&dirs, &config, if fast { Quality::Fast } else { Quality::Full })
        }
        &Command::Test { quick } => test::test(&dirs, &config, quick),
        Command::Setup => everything(&dirs, &config),
        Command::Data { set: DataSet::Citylearn { wheel } } => {
            data::citylearn(&dirs, wheel.as_deref())
        }
        Command::Bench => bench::bench(&dirs, &config),
        Command::Results { args } => commands::results(&dirs, args),
    }
}

fn everything(dirs: &Dirs, config: &Config) -> Result<()> {
    let tools = setup::web(dirs, config)?;
    let chromium = setup::browser()?;
    println!("\nEverything is set up.");
    println!("   wasm-pack and wasm-bindgen: {}", tools.bin.display());
    println!("   Chromium: {}", chromium.display());
    for (key, value) in &tools.env {
        println!("   for web builds: {key}={}", value.to_string_lossy());
    }
    Ok(())
}
