//! The results page's figures: the typical day, learning curves, cost against peak import.

use peergrid_charts::{
    Axis, AxisKind, Band, Chart, Line, Look, Role, Series, Style, stack_to_svg, to_svg,
};
use peergrid_lab::{
    MeanDay,
    study::{Course, Curve, Judged, Measure, PolicyOutcome, Section, SectionOutcome, Study},
};

use crate::error::CliError;

const WIDTH: u32 = 900;
const HEIGHT: u32 = 420;

/// A figure as a file.
pub struct Drawing {
    /// The section it belongs to.
    pub section: &'static str,
    /// What it shows.
    pub title: String,
    /// Its file's name.
    pub file: String,
    /// Its content.
    pub svg: String,
}

/// What a panel of the mean day shows: title, unit, series.
type Panel = (&'static str, &'static str, fn(&MeanDay) -> &Vec<f64>);

/// All figures of a study.
pub fn draw(study: &Study) -> Result<Vec<Drawing>, CliError> {
    let mut drawings = Vec::new();
    let plan = &study.plan;
    for (section, outcome) in plan.sections.iter().zip(&study.sections) {
        let look = Look::default();
        let mut add = |name: &str, title: &str, svg: String| {
            drawings.push(Drawing {
                section: section.id,
                title: format!("{title}, {}", section.title),
                file: format!("{name}-{}.svg", section.id.to_lowercase()),
                svg,
            });
        };
        let judged = Judged::new(section, outcome, plan.seeds.len(), plan.resamples);
        let day = typical_day(&judged);
        if !day.is_empty() {
            let svg = stack_to_svg(&day, WIDTH, 2 * HEIGHT, &look)?;
            add("typical-day", "The mean day by policy", svg);
        }
        let learning = learning(section, outcome);
        if section.course == Course::HeldOut && !learning.is_empty() {
            let title = "Cost on validation days while learning";
            add("learning", title, to_svg(&learning, WIDTH, HEIGHT, &look)?);
        }
        let scatter = to_svg(&cost_against_peak(outcome), WIDTH, HEIGHT, &look)?;
        add("cost-peak", "Cost against peak import", scatter);
    }
    Ok(drawings)
}

/// In what colour and dash a policy is drawn.
fn role(id: &str) -> Role {
    match id {
        "no_battery" => Role::NoBattery,
        "rule_based" => Role::RuleBased,
        "street_greedy" => Role::StreetGreedy,
        "time_of_use" => Role::TimeOfUse,
        "mpc" => Role::Mpc,
        "selfish_optimum" => Role::SelfishOptimum,
        "optimum" => Role::Optimum,
        "phase2" => Role::Phase2,
        "phase3" => Role::GridAware,
        "peak_aware" => Role::Pv,
        "selfish" => Role::Load,
        _ => Role::Neutral,
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn series(policy: &PolicyOutcome, x: Vec<f64>, y: Vec<f64>, style: Style) -> Series {
    Series { label: policy.label.to_owned(), role: role(policy.id), x, y, style }
}

/// Import, battery power and stored energy over the mean day: the rule-based homes, the cheapest
/// opponent that knows no future, the agents with and without a weight on grid import, the optimum.
fn typical_day(judged: &Judged) -> Vec<Chart> {
    let outcome = judged.outcome;
    let cheapest = judged.cheapest_opponent();
    let ids = [Some("rule_based"), cheapest, Some("phase2"), Some("phase3"), Some("optimum")];
    let shown: Vec<(&PolicyOutcome, MeanDay)> = ids
        .into_iter()
        .flatten()
        .filter_map(|id| {
            let policy = outcome.policy(id)?;
            let days: Vec<&MeanDay> = policy.runs.iter().map(|run| &run.mean_day).collect();
            Some((policy, MeanDay::mean(&days)?))
        })
        .collect();
    let panels: [Panel; 3] = [
        ("Grid import", "kW", |day| &day.import_kw),
        ("Battery power, positive = charging", "kW", |day| &day.battery_kw),
        ("Stored energy at the step's end", "kWh", |day| &day.soc_kwh),
    ];
    let Some((_, first)) = shown.first() else { return Vec::new() };
    let bands = peak_bands(first);
    let panel = |(title, unit, values): Panel| Chart {
        title: Some(title.to_owned()),
        x: Axis { label: "hour".to_owned(), ticks: AxisKind::HourOfDay, ..Axis::default() },
        y: Axis { label: unit.to_owned(), ..Axis::default() },
        series: shown
            .iter()
            .map(|(policy, day)| series(policy, day.hour.clone(), values(day).clone(), Style::Line))
            .collect(),
        bands: bands.clone(),
        ..Chart::default()
    };
    panels.into_iter().map(panel).collect()
}

/// The hours that lie in the peak window on most days.
fn peak_bands(day: &MeanDay) -> Vec<Band> {
    let step = day.hour.get(1).map_or(1.0, |second| second - day.hour[0]);
    let mut bands: Vec<Band> = Vec::new();
    for (&hour, _) in day.hour.iter().zip(&day.peak).filter(|(_, share)| **share > 0.5) {
        match bands.last_mut().filter(|band| band.to == hour) {
            Some(band) => band.to = hour + step,
            None => bands.push(Band {
                from: hour,
                to: hour + step,
                label: "peak window".to_owned(),
                ..Band::default()
            }),
        }
    }
    bands
}

/// Cost on validation days over the steps done: mean over the seeds, and between dashes the range.
fn learning(section: &Section, outcome: &SectionOutcome) -> Chart {
    let agents = outcome.policies.iter().filter(|policy| policy.is_agent);
    let unit = if section.counts_wear { "$/day without wear" } else { "$/day" };
    let known = |id: &str| section.agents.iter().any(|agent| agent.id == id);
    let reference = |&(id, cost): &(&'static str, f64)| {
        let policy = outcome.policy(id)?;
        // What is far off would press the curves together.
        let near = !["no_battery", "rule_based", "selfish_optimum"].contains(&id);
        near.then(|| Line { y: cost, label: policy.label.to_owned(), role: role(id) })
    };
    Chart {
        title: Some("Cost on validation days while learning".to_owned()),
        x: Axis { label: "home-steps".to_owned(), ticks: AxisKind::Count, ..Axis::default() },
        y: Axis { label: format!("{unit}, range over seeds dashed"), ..Axis::default() },
        series: agents.filter(|agent| known(agent.id)).flat_map(band).collect(),
        lines: outcome.validation.iter().filter_map(reference).collect(),
        ..Chart::default()
    }
}

/// Mean, lowest and highest curve of an agent's seeds.
fn band(agent: &PolicyOutcome) -> Vec<Series> {
    let curves: Vec<&Curve> = agent.runs.iter().filter_map(|run| run.curves.first()).collect();
    let Some(first) = curves.first() else { return Vec::new() };
    let points = curves.iter().map(|curve| curve.cost.len()).min().unwrap_or(0);
    let x: Vec<f64> = first.steps[..points].iter().map(|&steps| steps as f64).collect();
    let at = |point: usize| curves.iter().map(move |curve| curve.cost[point]);
    let over = |pick: &dyn Fn(usize) -> f64| (0..points).map(pick).collect::<Vec<f64>>();
    let middle = over(&|point| at(point).sum::<f64>() / curves.len() as f64);
    let low = over(&|point| at(point).fold(f64::INFINITY, f64::min));
    let high = over(&|point| at(point).fold(f64::NEG_INFINITY, f64::max));
    let mut all = vec![series(agent, x.clone(), middle, Style::Line)];
    if curves.len() > 1 {
        for edge in [low, high] {
            let dashed = series(agent, x.clone(), edge, Style::Dashed);
            all.push(Series { label: String::new(), ..dashed });
        }
    }
    all
}

/// A point per policy and seed.
fn cost_against_peak(outcome: &SectionOutcome) -> Chart {
    // Without a battery everything is so far off that the others would lie on one another.
    let shown = outcome.policies.iter().filter(|policy| policy.id != "no_battery");
    let points = shown.map(|policy| {
        let by_run = |measure| policy.table(measure).into_iter().map(mean).collect();
        series(policy, by_run(Measure::PeakImport), by_run(Measure::Cost), Style::Points)
    });
    let series: Vec<Series> = points.collect();
    let x = with_margin(series.iter().flat_map(|series| &series.x));
    let y = with_margin(series.iter().flat_map(|series| &series.y));
    Chart {
        title: Some("Cost against peak import".to_owned()),
        x: Axis { label: "kWh/day in the peak window".to_owned(), ..x },
        y: Axis { label: "$/day".to_owned(), ..y },
        series,
        ..Chart::default()
    }
}

/// An axis on which no value lies at the edge.
fn with_margin<'a>(values: impl Iterator<Item = &'a f64> + Clone) -> Axis {
    let low = values.clone().copied().fold(f64::INFINITY, f64::min);
    let high = values.copied().fold(f64::NEG_INFINITY, f64::max);
    let margin = 0.05 * (high - low);
    if margin > 0.0 {
        Axis { min: Some(low - margin), max: Some(high + margin), ..Axis::default() }
    } else {
        Axis::default()
    }
}
