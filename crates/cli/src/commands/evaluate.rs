//! `peergrid evaluate`: all policies on the held-out days, from the same start.

mod table;

use std::path::PathBuf;

use peergrid_lab::{
    Model, Policy, PolicyKind, Setting, evaluate,
    parallel::{cores, map},
    presets::{agent_id, agent_label},
    results::{PolicyResult, Summary, file_stem, to_csv},
};

use crate::{
    error::CliError,
    input::{Input, read_model},
    output::{OutDir, print},
};

/// Arguments of `peergrid evaluate`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    input: Input,
    /// A trained model; may be given several times. Its results are named by what it was rewarded
    /// for: phase2, phase3, …
    #[arg(long, value_name = "FILE")]
    model: Vec<PathBuf>,
    /// The policy that all are measured against, by its short name.
    #[arg(long, value_name = "POLICY", default_value = "rule_based")]
    baseline: String,
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
    let models = args.model.iter().map(|path| read_model(path)).collect::<Result<Vec<_>, _>>()?;
    check_models(&args.model, &models)?;
    let fixed = PolicyKind::FIXED.iter().copied().map(Job::Fixed);
    let jobs: Vec<Job> = fixed.chain(models.iter().map(Job::Agent)).collect();
    if !jobs.iter().any(|job| job.id() == args.baseline) {
        let known = jobs.iter().map(Job::id).collect::<Vec<_>>().join(", ");
        return Err(CliError::Baseline { id: args.baseline.clone(), known });
    }
    let out = OutDir::new(&args.out)?;
    let done = map(&jobs, cores(), |job| job.run(&setting, &out))?;
    let results = done.into_iter().flatten().collect();
    let summary = Summary::new(&setting, results, &args.baseline);
    let json = serde_json::to_string_pretty(&summary)?;
    out.write("summary.json", &json)?;
    print(&if args.json { json } else { table::table(&summary) })
}

/// Refuses two models whose results would have one name.
fn check_models(paths: &[PathBuf], models: &[Model]) -> Result<(), CliError> {
    let name = |model: &Model| file_stem("agent", &model.spec);
    for (i, (path, model)) in paths.iter().zip(models).enumerate() {
        if let Some(earlier) = models[..i].iter().position(|m| name(m) == name(model)) {
            let (a, b, name) = (paths[earlier].clone(), path.clone(), name(model));
            return Err(CliError::SameName { a, b, name });
        }
    }
    Ok(())
}

/// A policy to run on the held-out days.
enum Job<'a> {
    Fixed(PolicyKind),
    Agent(&'a Model),
}

impl Job<'_> {
    /// The policy's short name.
    fn id(&self) -> &'static str {
        match self {
            Self::Fixed(kind) => kind.id(),
            Self::Agent(model) => agent_id(&model.spec.reward),
        }
    }

    /// Runs it and writes every step; `None` if this build does not hold the policy.
    fn run(&self, setting: &Setting, out: &OutDir) -> Result<Option<PolicyResult>, CliError> {
        let (policy, stem, label) = match self {
            Self::Fixed(kind) => {
                let stem = file_stem(kind.id(), &setting.spec);
                (kind.for_setting(setting), stem, kind.label())
            }
            Self::Agent(model) => {
                let policy: Box<dyn Policy> = Box::new(model.policy(setting));
                let stem = file_stem("agent", &model.spec);
                (Some(policy), stem, agent_label(&model.spec.reward))
            }
        };
        let Some(mut policy) = policy else { return Ok(None) };
        let run = evaluate(policy.as_mut(), setting, &setting.held_out)?;
        out.write(&format!("{stem}.csv"), to_csv(setting, &run)?)?;
        Ok(Some(PolicyResult::new(self.id(), label, &run)))
    }
}
