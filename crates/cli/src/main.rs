//! The native command: long experiments, and everything the page can do, without the page.
//!
//! Exit codes: 0 for success, 2 for bad input, 1 for anything else that went wrong.

mod commands;
mod document;
mod error;
mod input;
mod output;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Homes with panels and batteries trade electricity; train and judge the agent that runs them.
#[derive(Parser)]
#[command(name = "peergrid", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Train an agent and keep the one that is best on validation days.
    Train(commands::train::Args),
    /// Run all policies on the held-out days and write their results.
    Evaluate(commands::evaluate::Args),
    /// Train and judge with every combination of a few fields' values.
    Sweep(commands::sweep::Args),
    /// Run one policy step by step and print what every home did, traded and paid.
    Simulate(commands::simulate::Args),
    /// Train and judge everything on every setting, and write the results page.
    Results(commands::results::Args),
    /// Plot the results of a folder as PNG and SVG.
    Plot(commands::plot::Args),
    /// Clear the orders of one market period: price, trades and bills.
    Clear(commands::clear::Args),
    /// Solve one power flow: voltages, currents and losses of a feeder.
    Powerflow(commands::powerflow::Args),
    /// Say what a data file holds: homes, days, gaps, quality.
    Data(commands::data::Args),
    /// Print the JSON schema of a specification.
    Schema(commands::schema::Args),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Train(args) => commands::train::run(&args),
        Command::Evaluate(args) => commands::evaluate::run(&args),
        Command::Sweep(args) => commands::sweep::run(&args),
        Command::Simulate(args) => commands::simulate::run(&args),
        Command::Results(args) => commands::results::run(&args),
        Command::Plot(args) => commands::plot::run(&args),
        Command::Clear(args) => commands::clear::run(&args),
        Command::Powerflow(args) => commands::powerflow::run(&args),
        Command::Data(args) => commands::data::run(&args),
        Command::Schema(args) => commands::schema::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("peergrid: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}
