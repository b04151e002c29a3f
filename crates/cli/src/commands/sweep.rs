//! `peergrid sweep`: one specification trained and judged with a few of its fields changed.

mod folder;
mod table;

use std::{
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use peergrid_data::Neighbourhood;
use peergrid_lab::{
    DataSpec, FileSpec, LabError, Spec,
    parallel::{cores, map},
    sweep::{self, Source, Sweep, SweepError, SweepField, SweepPlan, SweepRun},
};

use crate::{
    document::Document,
    error::CliError,
    input::{check_seeds, in_spec, read_file, use_file},
    output::{print, progress_bar},
};
use folder::Folder;

/// Arguments of `peergrid sweep`.
#[derive(clap::Args)]
pub struct Args {
    /// The specification that all runs have in common, a JSON file; `-` reads standard input.
    #[arg(required_unless_present = "plan")]
    spec: Option<PathBuf>,
    /// A field and its values, by its dotted name: NAME=VALUE,… (JSON, or bare words) or
    /// NAME=FROM:TO:STEP. One to three times; the first field changes slowest.
    #[arg(long, value_name = "NAME=VALUES", required_unless_present = "plan")]
    field: Vec<SweepField>,
    /// The learner's seeds; the specification's when absent.
    #[arg(long, value_name = "N,…", value_delimiter = ',')]
    seeds: Vec<u64>,
    /// A sweep as a JSON file, such as the page writes, instead of SPEC, --field and --seeds.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["spec", "field", "seeds"])]
    plan: Option<PathBuf>,
    /// Data file to use instead of the specification's.
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// Folder for sweep.csv and sweep.json. What is finished there is kept in rows.jsonl, line by
    /// line: a sweep that was stopped goes on where it was.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Repeat the runs that have failed.
    #[arg(long)]
    retry: bool,
    /// Print plan and rows as JSON.
    #[arg(long)]
    json: bool,
}

/// Runs what is left of the sweep and writes what all of it found.
pub fn run(args: &Args) -> Result<(), CliError> {
    let origin = args.origin()?;
    let plan = args.plan(&origin)?;
    let runs = plan.runs()?;
    let files = Files::default();
    let data = |spec: &DataSpec| files.read(spec);
    let begun = Folder::open(&args.out, &plan, &runs)?;
    let is_left =
        |run: &&SweepRun| begun.as_ref().is_none_or(|folder| folder.is_left(run, args.retry));
    let left = runs.iter().filter(is_left).collect::<Vec<_>>();
    // Before anything is written: a sweep that cannot begin leaves nothing behind.
    sweep::check(&plan, &left, cores(), &data).map_err(|e| origin.fault(e))?;
    let folder = match begun {
        Some(folder) => folder,
        None => Folder::create(&args.out, &plan, runs.len())?,
    };
    let folder = work(&left, folder, &data)?;
    let sweep = Sweep { plan, rows: folder.rows() };
    let json = sweep.to_json()?;
    folder.write("sweep.json", &json)?;
    folder.write("sweep.csv", &sweep.to_csv()?)?;
    print(&if args.json { json } else { table::table(&sweep) })?;
    match sweep.rows.iter().filter(|row| row.error.is_some()).count() {
        0 => Ok(()),
        failed => Err(CliError::RunsFailed { failed, runs: runs.len() }),
    }
}

/// Where a sweep is described.
enum Origin {
    /// A specification, and arguments beside it.
    Arguments(Document),
    Plan(Document),
}

impl Origin {
    /// An error in the sweep, with file and line where it came from a file.
    fn fault(&self, error: SweepError) -> CliError {
        match self {
            Self::Arguments(_) => error.into(),
            Self::Plan(document) => {
                document.error(error.path().map(str::to_owned), error.to_string())
            }
        }
    }
}

impl Args {
    fn origin(&self) -> Result<Origin, CliError> {
        match (&self.plan, &self.spec) {
            (Some(plan), _) => Ok(Origin::Plan(Document::open(plan)?)),
            (None, spec) => {
                let spec = spec.as_deref().unwrap_or("-".as_ref());
                Ok(Origin::Arguments(Document::open(spec)?))
            }
        }
    }

    fn plan(&self, origin: &Origin) -> Result<SweepPlan, CliError> {
        let plan = match origin {
            Origin::Plan(document) => {
                SweepPlan::from_json(document.text()).map_err(|e| origin.fault(e))?
            }
            Origin::Arguments(document) => {
                check_seeds(&self.seeds)?;
                let spec = Spec::from_json(document.text()).map_err(|e| in_spec(document, e))?;
                let own = vec![spec.seed];
                let seeds = if self.seeds.is_empty() { own } else { self.seeds.clone() };
                SweepPlan::new(spec, self.field.clone(), seeds)?
            }
        };
        let SweepPlan { mut spec, fields, seeds, .. } = plan;
        if let Some(path) = &self.data {
            use_file(&mut spec, path);
        }
        SweepPlan::new(spec, fields, seeds).map_err(|e| origin.fault(e))
    }
}

/// Does the runs that are left on all cores. Every row is in the folder as soon as it is known.
fn work(left: &[&SweepRun], folder: Folder, data: Source) -> Result<Folder, CliError> {
    let steps = |run: &&SweepRun| run.spec.ppo.total_timesteps;
    let bar = progress_bar(left.iter().map(steps).fold(0, u64::saturating_add));
    bar.set_message(folder.progress());
    let folder = Mutex::new(folder);
    map(left, cores(), |run| {
        let row = sweep::run(run, data, &|steps| bar.inc(steps));
        if let Some(error) = &row.error {
            bar.suspend(|| eprintln!("peergrid: note: run {}: {error}", row.run));
        }
        let mut folder = folder.lock().unwrap_or_else(PoisonError::into_inner);
        folder.push(&row)?;
        bar.set_message(folder.progress());
        Ok::<_, CliError>(())
    })?;
    bar.finish_and_clear();
    Ok(folder.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// The data files that runs share, each read once.
#[derive(Default)]
struct Files(Mutex<Vec<(FileSpec, Neighbourhood)>>);

impl Files {
    fn read(&self, spec: &DataSpec) -> Result<Neighbourhood, LabError> {
        let DataSpec::File(file) = spec else { return spec.without_file() };
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, data)) = files.iter().find(|(known, _)| known == file) {
            return Ok(data.clone());
        }
        let data = read_file(file).map_err(|error| LabError::Spec {
            path: "data.path".to_owned(),
            message: error.to_string(),
        })?;
        files.push((file.clone(), data.clone()));
        Ok(data)
    }
}
