//! The write-up in Markdown. Every statement is read off the figures.

mod numbers;
mod section;
mod summary;

use super::{Judged, Study};
use crate::presets::studied;
use numbers::{duration, seeds};

/// Under which circumstances a study ran.
#[derive(Debug, Clone, PartialEq)]
pub struct Circumstances {
    /// Date, ISO 8601.
    pub date: String,
    /// Version of the program.
    pub commit: String,
    /// Processor, cores, system.
    pub machine: String,
    /// Threads that worked.
    pub threads: usize,
    /// From start to end, s.
    pub seconds: f64,
    /// How to do it again.
    pub command: String,
    /// What a reader must know before anything else, such as that it was a trial; empty if nothing.
    pub remarks: Vec<String>,
}

/// A drawing that belongs to a section.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The section's short name.
    pub section: &'static str,
    /// What it shows.
    pub title: String,
    /// Where it lies, from the write-up's folder.
    pub path: String,
}

/// What stands before and behind the short names of the sections that a write-up holds.
const HOLDS: (&str, &str) = ("<!-- holds ", " -->");

/// Short names of the sections that a write-up holds; none in any other text.
pub fn sections_in(text: &str) -> Vec<&str> {
    let names = text
        .lines()
        .find_map(|line| line.strip_prefix(HOLDS.0).and_then(|rest| rest.strip_suffix(HOLDS.1)));
    names.map_or_else(Vec::new, |names| names.split(", ").collect())
}

/// The whole write-up.
pub fn write_up(study: &Study, circumstances: &Circumstances, figures: &[Figure]) -> String {
    let plan = &study.plan;
    let pairs = plan.sections.iter().zip(&study.sections);
    let judged: Vec<Judged> = pairs
        .map(|(section, outcome)| Judged::new(section, outcome, plan.seeds.len(), plan.resamples))
        .collect();
    let mut text = header(study, circumstances);
    text += &summary::summary(&judged);
    text += &reading();
    for judged in &judged {
        let figures: Vec<&Figure> =
            figures.iter().filter(|figure| figure.section == judged.section.id).collect();
        text += &section::section(judged, &plan.seeds, &figures);
    }
    text
}

/// Adds to a text.
fn push(text: &mut String, more: &str) {
    text.push_str(more);
}

/// What the tables' columns mean.
fn reading() -> String {
    let agents = studied().map(|agent| format!("  *{}*: {}\n", agent.label, agent.description));
    format!("{COLUMNS}{}{INTERVALS}", agents.collect::<Vec<_>>().concat())
}

const COLUMNS: &str = "\
## How to read this

- **Cost** is what all homes pay per day: bills, losses included, less what is left in the batteries
  at the end, valued at the feed-in tariff after the discharge loss. Every policy starts with every
  battery at its lowest charge and acts on the same days.
- **Gap closed** is the share of the cost between the rule-based homes (0 %) and the optimum with
  perfect foresight (100 %) that a policy saves.
- **Peak import** is energy bought in the tariff's peak window; beside it its change against the
  rule-based homes.
- Agents are trained on training days; the best of each run is chosen on validation days; the figures
  are of held-out days, which chose nothing (over a year: of days of the other fold). Where wear is
  counted, it counts in every reward. *Selfish agents* are paid for money, each for its own home's; all
  others for the community's outcome with their battery's flow less that without it.
";

const INTERVALS: &str = "\
- Brackets hold 95 % intervals: percentiles of a bootstrap that draws seeds and days anew, together
  and the same for all policies. A cost's interval is wide because days differ; a gap or a difference
  compares the same days and is narrow. \"Not told apart\" means that the interval of a difference
  holds 0.

";

fn header(study: &Study, circumstances: &Circumstances) -> String {
    let Circumstances { date, commit, machine, threads, seconds, command, remarks } = circumstances;
    let plan = &study.plan;
    let ids: Vec<_> = plan.sections.iter().map(|section| section.id).collect();
    let mut text = format!(
        "# Results\n\n{}{}{}\n\nThis page is written by `{command}`. Do not edit it: run the command \
         again.\n\n",
        HOLDS.0,
        ids.join(", "),
        HOLDS.1,
    );
    for remark in remarks.iter().chain(&plan.left_out) {
        push(&mut text, &format!("**{remark}**\n\n"));
    }
    let work: f64 = study.sections.iter().map(|section| section.seconds).sum();
    let rows = [
        ("Date", date.clone()),
        ("Commit", commit.clone()),
        ("Machine", machine.clone()),
        (
            "Wall time",
            format!("{} on {threads} threads ({} of work)", duration(*seconds), duration(work)),
        ),
        ("Seeds", seeds(&plan.seeds)),
        ("Intervals", format!("95 %, {} resamples of seeds and days", plan.resamples)),
    ];
    text += "| | |\n|---|---|\n";
    for (what, value) in rows {
        push(&mut text, &format!("| {what} | {value} |\n"));
    }
    text + "\n"
}
