//! `peergrid train`: the model, and a line of measures per iteration; several seeds side by side.

use std::{path::PathBuf, time::Instant};

use indicatif::ProgressBar;
use peergrid_lab::{
    Iteration, Setting, Training,
    parallel::{cores, map},
    presets::{self, LEARNERS, LearnerPreset},
};
use peergrid_ppo::Compute;
use serde::Serialize;

use crate::{
    error::CliError,
    input::{Input, check_seeds},
    output::{OutDir, print, progress_bar},
};

/// Arguments of `peergrid train`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    input: Input,
    /// Train once with each of these seeds, on all cores: model-1.safetensors, metrics-1.jsonl, …
    #[arg(long, value_name = "N,…", value_delimiter = ',', conflicts_with = "seed")]
    seeds: Vec<u64>,
    /// Learn with these settings instead of the specification's: `default` or `sb3_defaults`. The
    /// length of the training stays the specification's.
    #[arg(long, value_name = "ID", value_parser = learner)]
    learner: Option<LearnerPreset>,
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
    seed: u64,
    model: PathBuf,
    metrics: PathBuf,
    iterations: u64,
    home_steps: u64,
    seconds: f64,
    home_steps_per_second: f64,
}

/// The learner preset of this name.
fn learner(id: &str) -> Result<LearnerPreset, String> {
    presets::learner(id).copied().ok_or_else(|| {
        let known: Vec<_> = LEARNERS.iter().map(|preset| preset.id).collect();
        format!("it must be one of {}", known.join(", "))
    })
}

/// Trains until the planned steps are done.
pub fn run(args: &Args) -> Result<(), CliError> {
    check_seeds(&args.seeds)?;
    let setting = args.input.setting_with(|spec| {
        if let Some(learner) = &args.learner {
            learner.apply(spec);
        }
    })?;
    let out = OutDir::new(&args.out)?;
    for warning in setting.warnings() {
        eprintln!("peergrid: note: {warning}");
    }
    let own = [setting.spec.seed];
    let seeds = if args.seeds.is_empty() { &own[..] } else { &args.seeds };
    let bar = progress_bar(setting.spec.ppo.total_timesteps.saturating_mul(seeds.len() as u64));
    let summaries = map(seeds, cores(), |&seed| {
        let ending = if args.seeds.is_empty() { String::new() } else { format!("-{seed}") };
        train(&setting, seed, &ending, &out, &bar)
    })?;
    bar.finish();
    if !args.json {
        return print(&summaries.iter().map(Summary::text).collect::<Vec<_>>().join("\n"));
    }
    print(&match &summaries[..] {
        [summary] if args.seeds.is_empty() => serde_json::to_string_pretty(summary)?,
        _ => serde_json::to_string_pretty(&summaries)?,
    })
}

/// Trains with one seed; `ending` goes behind the names of its files.
fn train(
    setting: &Setting,
    seed: u64,
    ending: &str,
    out: &OutDir,
    bar: &ProgressBar,
) -> Result<Summary, CliError> {
    let mut setting = setting.clone();
    setting.spec.seed = seed;
    let mut training = Training::new(setting, Compute::Cpu)?;
    let started = Instant::now();
    let mut metrics = out.lines(&format!("metrics{ending}.jsonl"))?;
    let mut model = PathBuf::new();
    let mut collapsed = Vec::new();
    let last = loop {
        let iteration = pollster::block_on(training.iterate())?;
        let line = MetricsLine { seconds: started.elapsed().as_secs_f64(), iteration: &iteration };
        metrics.push(&serde_json::to_string(&line)?)?;
        // Kept at once: a run that is stopped leaves its best agent behind.
        if iteration.best {
            let name = format!("model{ending}.safetensors");
            model = out.write(&name, training.best().to_bytes()?)?;
        }
        bar.inc(iteration.stats.rollout_steps);
        bar.set_message(message(&iteration));
        tell(bar, &iteration, &mut collapsed);
        if iteration.done {
            break iteration;
        }
    };
    let seconds = started.elapsed().as_secs_f64();
    Ok(Summary {
        seed,
        model,
        metrics: metrics.path,
        iterations: last.stats.iteration,
        home_steps: last.stats.total_steps,
        seconds,
        home_steps_per_second: last.stats.total_steps as f64 / seconds,
    })
}

impl Summary {
    fn text(&self) -> String {
        format!(
            "{} home-steps in {:.1} s ({:.0} a second); the best agent on validation days is in {}",
            self.home_steps,
            self.seconds,
            self.home_steps_per_second,
            self.model.display()
        )
    }
}

/// Names what has collapsed since the last iteration.
fn tell(bar: &ProgressBar, iteration: &Iteration, before: &mut Vec<&'static str>) {
    for collapse in iteration.collapse.iter().filter(|now| !before.contains(&now.id)) {
        let number = iteration.stats.iteration;
        bar.suspend(|| eprintln!("peergrid: note: iteration {number}: {}", collapse.message));
    }
    *before = iteration.collapse.iter().map(|collapse| collapse.id).collect();
}

fn message(iteration: &Iteration) -> String {
    let peak = |id: &str| iteration.validation.get(id).map_or(f64::NAN, |k| k.peak_import_kwh);
    format!("peak import {:.1} (rule-based {:.1}) kWh/day", peak("agent"), peak("rule_based"))
}
