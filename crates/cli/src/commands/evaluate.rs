//! `peergrid evaluate`: all policies on the held-out days, from the same start.

use std::{fs, path::PathBuf};

use peergrid_lab::{
    Model, PolicyKind, Run, Setting, evaluate,
    kpi::KPIS,
    presets::{agent_id, agent_label},
    results::{PolicyResult, Summary, file_stem, to_csv},
};

use crate::{error::CliError, input::Input, output::OutDir};

/// Arguments of `peergrid evaluate`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    input: Input,
    /// A trained model; may be given several times. Its file is named by what it was rewarded for:
    /// results_phase2.csv, results_phase3.csv, …
    #[arg(long, value_name = "FILE")]
    model: Vec<PathBuf>,
    /// Folder for results_*.csv and summary.json.
    #[arg(long)]
    out: PathBuf,
    /// Print the measures as JSON.
    #[arg(long)]
    json: bool,
}

/// Runs every policy and writes what it found.
pub fn run(args: &Args) -> Result<(), CliError> {
    let setting = args.input.setting()?;
    let models = args.model.iter().map(read_model).collect::<Result<Vec<_>, _>>()?;
    let out = OutDir::new(&args.out)?;
    let mut results = Vec::new();
    for kind in PolicyKind::FIXED {
        if let Some(mut policy) = kind.fixed() {
            let run = evaluate(policy.as_mut(), &setting, &setting.held_out)?;
            write(&out, &setting, &file_stem(kind.id(), &setting.spec), &run)?;
            results.push(PolicyResult::new(kind.id(), kind.label(), &run));
        }
    }
    for model in &models {
        let weights = &model.spec.reward.weights;
        let run = evaluate(&mut model.policy(&setting), &setting, &setting.held_out)?;
        write(&out, &setting, &file_stem("agent", &model.spec), &run)?;
        results.push(PolicyResult::new(agent_id(weights), agent_label(weights), &run));
    }
    let summary = Summary::new(&setting, results);
    let json = serde_json::to_string_pretty(&summary)?;
    out.write("summary.json", &json)?;
    if args.json {
        println!("{json}")
    } else {
        print_table(&summary)
    }
    Ok(())
}

fn read_model(path: &PathBuf) -> Result<Model, CliError> {
    let bytes = fs::read(path).map_err(|e| CliError::io(path, e))?;
    let file = path.display().to_string();
    Model::from_bytes(&bytes).map_err(|source| CliError::Spec { file, source })
}

fn write(out: &OutDir, setting: &Setting, stem: &str, run: &Run) -> Result<(), CliError> {
    out.write(&format!("{stem}.csv"), to_csv(setting, run)?)?;
    Ok(())
}

fn print_table(summary: &Summary) {
    let days = summary.held_out.len();
    println!("{}: {days} held-out episodes, means per day", summary.data.name);
    print!("{:32}", "");
    for policy in &summary.policies {
        print!("{:>22}", policy.label);
    }
    println!();
    for kpi in KPIS {
        print!("{:32}", format!("{} ({})", kpi.label, kpi.unit));
        for policy in &summary.policies {
            let digits = usize::from(kpi.digits);
            match policy.kpis.get(kpi.id).copied().flatten() {
                Some(value) => print!("{value:22.digits$}"),
                None => print!("{:>22}", "not defined"),
            }
        }
        println!();
    }
    for policy in &summary.policies {
        for intervention in &policy.interventions {
            println!(
                "{}: the guard changed {} actions for {}",
                policy.label, intervention.count, intervention.reason
            );
        }
    }
}
