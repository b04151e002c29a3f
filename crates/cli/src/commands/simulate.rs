//! `peergrid simulate`: one run, step by step, so that anyone can check a day by hand.

use std::{ops::Range, path::PathBuf, sync::Arc};

use jiff::civil::Date;
use peergrid_env::Community;
use peergrid_lab::{
    PolicyKind,
    simulate::{COLUMNS, Row, simulate, to_csv},
};
use serde::Serialize;

use crate::{
    error::CliError,
    input::{Input, read_model},
    output::{print, write_whole},
};

/// Days that are simulated where neither --days nor --from says so.
const SHORT: usize = 7;

const NEEDS_A_DAY: &str = "an agent needs to know the day before";

/// Arguments of `peergrid simulate`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    input: Input,
    /// The policy: `no_battery`, `rule_based`, `street_greedy`, `time_of_use`, `mpc`,
    /// `selfish_optimum`, `optimum`, or `agent` with --model. `time_of_use` is tuned on the training
    /// days first.
    #[arg(long, value_name = "NAME")]
    policy: String,
    /// The trained model of --policy agent.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// First day; by default the data's first, or its second for an agent, which needs to know a
    /// day before.
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// Days to simulate, one after another; by default all of the data if it holds no more than a
    /// week, else one.
    #[arg(long, value_name = "N", value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..))]
    days: Option<usize>,
    /// Print the steps that begin in these hours of the day only.
    #[arg(long, value_name = "HOUR,…", value_delimiter = ',', value_parser = clap::value_parser!(u8).range(0..24))]
    hours: Vec<u8>,
    /// Print these columns only.
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', conflicts_with = "json")]
    columns: Vec<String>,
    /// File to write instead of printing.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// JSON instead of CSV.
    #[arg(long)]
    json: bool,
}

/// A run as JSON.
#[derive(Serialize)]
struct Document<'a> {
    policy: &'static str,
    from: Date,
    days: usize,
    step_hours: f64,
    rows: &'a [Row],
}

/// Simulates and prints.
pub fn run(args: &Args) -> Result<(), CliError> {
    let kind = PolicyKind::by_id(&args.policy)?;
    let columns = args.columns()?;
    let community = args.input.community()?;
    let window = args.window(&community.dates, kind)?;
    let mut rows = args.simulate(kind, &community, &window)?;
    let asked = |row: &Row| args.hours.is_empty() || args.hours.contains(&(row.hour as u8));
    rows.retain(asked);
    let text = if args.json {
        let (from, days) = (community.dates[window.start], window.len());
        let step_hours = community.dt;
        let document = Document { policy: kind.id(), from, days, step_hours, rows: &rows };
        format!("{}\n", serde_json::to_string_pretty(&document)?)
    } else {
        to_csv(&rows, &columns)?
    };
    let Some(path) = &args.out else { return print(&text) };
    write_whole(path, text)?;
    print(&path.display().to_string())
}

impl Args {
    /// The columns asked for, by their place among all.
    fn columns(&self) -> Result<Vec<usize>, CliError> {
        if self.columns.is_empty() {
            return Ok((0..COLUMNS.len()).collect());
        }
        let place = |name: &String| {
            COLUMNS.iter().position(|column| column == name).ok_or_else(|| {
                let expected = format!("some of {}", COLUMNS.join(","));
                CliError::argument("--columns", name, expected)
            })
        };
        self.columns.iter().map(place).collect()
    }

    /// The days to simulate, by their place in the data.
    fn window(&self, dates: &[Date], kind: PolicyKind) -> Result<Range<usize>, CliError> {
        let known = dates.first().zip(dates.last());
        let known = known.map_or_else(String::new, |(first, last)| format!("{first} to {last}"));
        let first = self.first_day(dates, kind == PolicyKind::Agent, &known)?;
        let left = dates.len() - first;
        let days = self.days.unwrap_or(if dates.len() <= SHORT { left } else { 1 });
        if days > left {
            let expected = format!("at most {left}: the data runs from {known}");
            return Err(CliError::argument("--days", &days, expected));
        }
        Ok(first..first + days)
    }

    /// The first day to simulate; `known` is what the data holds, in words.
    fn first_day(&self, dates: &[Date], agent: bool, known: &str) -> Result<usize, CliError> {
        if agent && dates.len() == 1 {
            let expected = format!("another for one day of data, {known}: {NEEDS_A_DAY}");
            return Err(CliError::argument("--policy", &"agent", expected));
        }
        let Some(from) = self.from else { return Ok(usize::from(agent)) };
        let expected = match dates.iter().position(|date| *date == from) {
            Some(0) if agent => format!("a later day of {known}: {NEEDS_A_DAY}"),
            Some(first) => return Ok(first),
            None => format!("a day of the data, {known}"),
        };
        Err(CliError::argument("--from", &from, expected))
    }

    fn simulate(
        &self,
        kind: PolicyKind,
        community: &Arc<Community>,
        window: &Range<usize>,
    ) -> Result<Vec<Row>, CliError> {
        let (first, days) = (window.start, window.len());
        let fixed = match kind {
            PolicyKind::TimeOfUse => kind.for_setting(&self.input.setting()?),
            kind => kind.fixed(),
        };
        if let Some(mut policy) = fixed {
            return Ok(simulate(policy.as_mut(), community, first, days)?);
        }
        let path = self.model.as_ref().ok_or_else(|| {
            let expected = "given a trained model, with --model FILE";
            CliError::argument("--policy", &kind.id(), expected)
        })?;
        let mut policy = read_model(path)?.policy_for(community);
        Ok(simulate(&mut policy, community, first, days)?)
    }
}
