//! `peergrid train`: the model, and a line of measures per iteration.

use std::{path::PathBuf, time::Instant};

use peergrid_lab::{Iteration, Training};
use peergrid_ppo::Compute;
use serde::Serialize;

use crate::{
    error::CliError,
    input::Input,
    output::{OutDir, print, progress_bar},
};

/// Arguments of `peergrid train`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    input: Input,
    /// Folder for model.safetensors and metrics.jsonl.
    #[arg(long)]
    out: PathBuf,
    /// Print a summary as JSON.
    #[arg(long)]
    json: bool,
}

/// A line of metrics.jsonl.
#[derive(Serialize)]
struct MetricsLine<'a> {
    seconds: f64,
    #[serde(flatten)]
    iteration: &'a Iteration,
}

#[derive(Serialize)]
struct Summary {
    model: PathBuf,
    metrics: PathBuf,
    iterations: u64,
    home_steps: u64,
    seconds: f64,
    home_steps_per_second: f64,
}

/// Trains until the planned steps are done.
pub fn run(args: &Args) -> Result<(), CliError> {
    let setting = args.input.setting()?;
    let out = OutDir::new(&args.out)?;
    let warnings = setting.warnings();
    let mut training = Training::new(setting, Compute::Cpu)?;
    for warning in warnings {
        eprintln!("peergrid: note: {warning}");
    }
    let bar = progress_bar(training.setting().spec.ppo.total_timesteps);
    let started = Instant::now();
    let mut metrics = out.lines("metrics.jsonl")?;
    let mut model = PathBuf::new();
    let last = loop {
        let iteration = pollster::block_on(training.iterate())?;
        let line = MetricsLine { seconds: started.elapsed().as_secs_f64(), iteration: &iteration };
        metrics.push(&serde_json::to_string(&line)?)?;
        // Kept at once: a run that is stopped leaves its best agent behind.
        if iteration.best {
            model = out.write("model.safetensors", training.best().to_bytes()?)?;
        }
        bar.set_position(iteration.stats.total_steps);
        bar.set_message(message(&iteration));
        if iteration.done {
            break iteration;
        }
    };
    bar.finish();
    let seconds = started.elapsed().as_secs_f64();
    let summary = Summary {
        model,
        metrics: metrics.path,
        iterations: last.stats.iteration,
        home_steps: last.stats.total_steps,
        seconds,
        home_steps_per_second: last.stats.total_steps as f64 / seconds,
    };
    print(&if args.json {
        serde_json::to_string_pretty(&summary)?
    } else {
        format!(
            "{} home-steps in {seconds:.1} s ({:.0} a second); the best agent on validation days \
             is in {}",
            summary.home_steps,
            summary.home_steps_per_second,
            summary.model.display()
        )
    })
}

fn message(iteration: &Iteration) -> String {
    let peak = |id: &str| iteration.validation.get(id).map_or(f64::NAN, |k| k.peak_import_kwh);
    format!("peak import {:.1} (rule-based {:.1}) kWh/day", peak("agent"), peak("rule_based"))
}
