//! `peergrid results`: every setting, every policy, several seeds; the results page.

mod circumstances;
mod figures;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use indicatif::{ProgressBar, ProgressStyle};
use peergrid_data::{Format, Neighbourhood, read};
use peergrid_lab::{
    parallel::cores,
    study::{Circumstances, Extent, Figure, Plan, Progress, Study, sections_in, write_up},
};

use crate::{
    error::CliError,
    input::check_seeds,
    output::{OutDir, print},
};

/// The page.
const PAGE: &str = "RESULTS.md";
/// Where its figures lie, from the page's folder.
const FIGURES: &str = "docs/results";
/// The eight measured homes, from the folder that `PEERGRID_SHARED` names.
const EIGHT_HOMES: &str = "data/ausgrid/eight_homes_pc2261_hourly_2012-2013.csv";

/// Arguments of `peergrid results`.
#[derive(clap::Args)]
pub struct Args {
    /// Hourly data of the eight measured homes, for settings A and B; looked for in
    /// `../shared/data/ausgrid` (or the folder that `PEERGRID_SHARED` names) when absent.
    #[arg(long, value_name = "FILE", conflicts_with = "short")]
    data: Option<PathBuf>,
    /// Folder for RESULTS.md and its figures; the present one when absent, or with --short a new
    /// one for what is temporary.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// A few steps on a few synthetic homes and days, to see that everything works.
    #[arg(long)]
    short: bool,
    /// The learner's seeds.
    #[arg(long, value_name = "N,…", value_delimiter = ',', default_values_t = [1, 2, 3, 4, 5], conflicts_with = "short")]
    seeds: Vec<u64>,
    /// The part of each specification's steps that agents are trained for, above 0 and at most 100.
    #[arg(long, value_name = "PART", default_value_t = 1.0)]
    share: f64,
    /// These sections only, by their short names: A, A-wear, A-year, B, C, D.
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    only: Vec<String>,
    /// Threads that work; as many as there are cores when absent.
    #[arg(long, value_name = "N", value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=1024))]
    threads: Option<usize>,
    /// Replace a page that holds sections which this run leaves out.
    #[arg(long)]
    replace: bool,
}

/// Runs everything and replaces the page, which stays as it is until all is done.
pub fn run(args: &Args) -> Result<(), CliError> {
    let started = Instant::now();
    let plan = args.plan()?;
    let folder = args.folder();
    check_page(&folder.join(PAGE), &plan, args.replace)?;
    let (out, figures_dir) = (OutDir::new(&folder)?, OutDir::new(&folder.join(FIGURES))?);
    let threads = args.threads.unwrap_or_else(cores);
    // Before the work, which takes long: what is checked out may change meanwhile.
    let before = circumstances::now(args, threads);
    let study = study(plan, threads)?;
    let mut figures = Vec::new();
    for drawing in figures::draw(&study)? {
        figures_dir.write(&drawing.file, drawing.svg)?;
        let path = format!("{FIGURES}/{}", drawing.file);
        figures.push(Figure { section: drawing.section, title: drawing.title, path });
    }
    let seconds = started.elapsed().as_secs_f64();
    let circumstances = Circumstances { seconds, ..before };
    let page = out.write(PAGE, write_up(&study, &circumstances, &figures))?;
    print(&page.display().to_string())
}

impl Args {
    fn plan(&self) -> Result<Plan, CliError> {
        if !(self.share > 0.0 && self.share <= 100.0) {
            let expected = "above 0 and at most 100";
            return Err(CliError::argument("--share", &self.share, expected));
        }
        check_seeds(&self.seeds)?;
        let seeds = self.seeds.clone();
        let extent = Extent { seeds, share: self.share, only: self.only.clone() };
        if self.short {
            return Ok(Plan::short(&extent)?);
        }
        let data = self.data.clone().or_else(found).map(|path| eight_homes(&path)).transpose()?;
        Ok(Plan::full(data.as_ref(), &extent)?)
    }

    fn folder(&self) -> PathBuf {
        self.out.clone().unwrap_or_else(|| {
            let own = format!("peergrid-results-{}", std::process::id());
            if self.short { std::env::temp_dir().join(own) } else { PathBuf::from(".") }
        })
    }
}

/// The data of the eight homes where it is usually kept.
fn found() -> Option<PathBuf> {
    let shared = std::env::var_os("PEERGRID_SHARED").unwrap_or_else(|| "../shared".into());
    Some(Path::new(&shared).join(EIGHT_HOMES)).filter(|path| path.is_file())
}

fn eight_homes(path: &Path) -> Result<Neighbourhood, CliError> {
    let input = fs::File::open(path).map_err(|e| CliError::io(path, e))?;
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let (data, _) = read(&name, Format::Auto, std::io::BufReader::new(input))?;
    Ok(data)
}

/// Refuses to lose sections of a page that is there.
fn check_page(path: &Path, plan: &Plan, replace: bool) -> Result<(), CliError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(CliError::io(path, e)),
    };
    let kept = |id: &&str| plan.sections.iter().any(|section| section.id == *id);
    let lost: Vec<_> = sections_in(&text).into_iter().filter(|id| !kept(id)).collect();
    if lost.is_empty() || replace {
        return Ok(());
    }
    Err(CliError::HoldsMore { path: path.to_owned(), sections: lost.join(", ") })
}

/// Runs the plan with a bar that shows how far it is and what was done last.
fn study(plan: Plan, threads: usize) -> Result<Study, CliError> {
    let bar = ProgressBar::new(1);
    if let Ok(style) =
        ProgressStyle::with_template("{bar:30} {percent} %  {elapsed}, {eta} left  {msg}")
    {
        bar.set_style(style);
    }
    let watch = |progress: Progress| match progress {
        Progress::Planned(work) => bar.set_length(work),
        Progress::Worked(work) => bar.inc(work),
        Progress::Ended(job) => bar.set_message(job.to_owned()),
    };
    let study = peergrid_lab::study::run(plan, threads, &watch)?;
    bar.finish_and_clear();
    Ok(study)
}
