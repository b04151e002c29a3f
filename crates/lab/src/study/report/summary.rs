//! The first page: the default agent in every section, targets, and where agents lose.

use peergrid_reward::Credit;

use super::{
    numbers::{estimate, number, signed, signed_estimate},
    push,
};
use crate::study::{AgentPlan, Contrast, Judged, Measure, Row, Target, Verdict};

/// How near to 0 a part or a season is not worth a word, $/day.
const SMALL: f64 = 0.005;

pub(super) fn summary(judged: &[Judged]) -> String {
    let mut text = "## In short\n\n".to_owned();
    let rows: Vec<(&Judged, Vec<Row>, Vec<Contrast>)> =
        judged.iter().map(|judged| (judged, judged.rows(), judged.contrasts())).collect();
    text += &default_agent(&rows);
    text += &targets(&rows);
    text += &losses(&rows);
    text += &grid_weight(judged);
    text + &anarchy(judged)
}

/// The default agent, section by section.
fn default_agent(sections: &[(&Judged, Vec<Row>, Vec<Contrast>)]) -> String {
    let id = AgentPlan::default_id();
    let mut text = String::new();
    for (judged, rows, contrasts) in sections {
        let Some(row) = rows.iter().find(|row| row.id == id) else { continue };
        if text.is_empty() {
            text = format!(
                "What a specification trains by default, *{}*, on days it never saw:\n\n\
                 | section | cost, $/day | gap closed, % | peak import against rule-based, % | \
                 cost against opponents, $/day |\n|---|---|---|---|---|\n",
                row.label
            );
        }
        let undefined = || "not defined".to_owned();
        let against = contrasts.iter().filter(|contrast| contrast.agent == id).map(|contrast| {
            let Contrast { opponent_label, difference, verdict, .. } = contrast;
            let difference = signed_estimate(*difference, 3);
            format!("{opponent_label}: {difference}, {}", verdict.label())
        });
        push(
            &mut text,
            &format!(
                "| {} | {} | {} | {} | {} |\n",
                judged.section.title,
                estimate(row.cost, 2),
                row.closed.map_or_else(undefined, |closed| estimate(closed, 1)),
                row.peak_change.map_or_else(undefined, |change| signed_estimate(change, 1)),
                against.collect::<Vec<_>>().join("; "),
            ),
        );
    }
    text + "\n"
}

/// Whether targets are reached, agent by agent.
fn targets(sections: &[(&Judged, Vec<Row>, Vec<Contrast>)]) -> String {
    let mut text = String::new();
    for (judged, rows, _) in sections {
        let Some(target) = judged.section.target else { continue };
        let Target { peak_change_percent, closed_percent } = target;
        push(
            &mut text,
            &format!(
                "{}: the target is a peak import at least {} % below rule-based and at least {} % of \
             the gap closed, with every seed.\n\n",
                judged.section.title,
                number(-peak_change_percent, 0),
                number(closed_percent, 0),
            ),
        );
        // Homes that see to themselves are not asked to serve the street.
        let asked = judged.section.agents.iter().filter(|agent| agent.credit != Credit::Own);
        for agent in asked {
            let row = rows.iter().find(|row| row.id == agent.id);
            text += &row.map_or_else(String::new, |row| target_line(row, target));
        }
        text += "\n";
    }
    text
}

fn target_line(row: &Row, target: Target) -> String {
    let list = |values: &[f64], text: fn(f64, usize) -> String| {
        values.iter().map(|&value| text(value, 1)).collect::<Vec<_>>().join(", ")
    };
    let said = |reached: usize, all: usize| match reached {
        0 => "missed with every seed".to_owned(),
        reached if reached == all => "reached with every seed".to_owned(),
        reached => format!("reached with {reached} of {all} seeds"),
    };
    let (peak, closed) = (&row.peak_change_by_seed, &row.closed_by_seed);
    let peak_reached = peak.iter().filter(|v| **v <= target.peak_change_percent).count();
    let closed_reached = closed.iter().filter(|v| **v >= target.closed_percent).count();
    format!(
        "- {}: peak {} ({} %); gap {} ({} %).\n",
        row.label,
        said(peak_reached, peak.len()),
        list(peak, signed),
        said(closed_reached, closed.len()),
        list(closed, number),
    )
}

/// Every opponent that agents do not beat, with what most of the difference is.
fn losses(sections: &[(&Judged, Vec<Row>, Vec<Contrast>)]) -> String {
    let mut text = "### Where the learner loses\n\n".to_owned();
    let (mut lost, mut open) = (String::new(), String::new());
    for (judged, _, contrasts) in sections {
        let mut opponents: Vec<&str> = contrasts.iter().map(|c| c.opponent_label).collect();
        opponents.sort_unstable();
        opponents.dedup();
        for opponent in opponents {
            let of = |verdict| {
                let all = contrasts.iter().filter(|c| c.opponent_label == opponent);
                all.filter(|c| c.verdict == verdict).collect::<Vec<_>>()
            };
            let title = format!("{}, against {opponent}", judged.section.title);
            let (behind, level) = (of(Verdict::Behind), of(Verdict::Open));
            if !behind.is_empty() {
                let agents: Vec<_> = behind.into_iter().map(loss).collect();
                push(&mut lost, &format!("- {title}: {}.\n", agents.join("; ")));
            }
            if !level.is_empty() {
                let agent = |c: &&Contrast| {
                    format!("{} {}", c.agent_label, signed_estimate(c.difference, 3))
                };
                let agents: Vec<_> = level.iter().map(agent).collect();
                push(&mut open, &format!("- {title}: {}.\n", agents.join("; ")));
            }
        }
    }
    text += "Opponents that know no future, but for the plainest two, and the agents that cost more than \
             they do beyond the interval, in $/day; in brackets behind it, the part of the cost that is \
             most of it, and the season in which it is largest.\n\n";
    text += if lost.is_empty() { "None.\n" } else { &lost };
    if !open.is_empty() {
        push(&mut text, &format!("\nNot told apart:\n\n{open}"));
    }
    text + "\n"
}

/// An agent's loss, the part of the cost that is most of it, and the season in which it is largest.
fn loss(contrast: &Contrast) -> String {
    let Contrast { agent_label, difference, parts, seasons, .. } = contrast;
    let largest = |values: &[(&str, f64)]| {
        let largest = values.iter().max_by(|a, b| a.1.total_cmp(&b.1));
        let said = largest.filter(|(_, value)| *value >= SMALL);
        said.map(|(label, value)| format!("{label} {}", signed(*value, 2)))
    };
    let most: Vec<String> = [largest(parts), largest(seasons)].into_iter().flatten().collect();
    let most = if most.is_empty() { String::new() } else { format!(" ({})", most.join("; ")) };
    format!("{agent_label} {}{most}", signed_estimate(*difference, 3))
}

/// What the weight on grid import changes: the grid-aware agent less the profit-only one.
fn grid_weight(judged: &[Judged]) -> String {
    let cell = |judged: &Judged, measure| {
        let effect = judged.difference("phase3", "phase2", measure)?;
        let way = match (effect.is_above_zero(), effect.is_below_zero()) {
            (true, _) => "higher",
            (_, true) => "lower",
            _ => "not told apart",
        };
        Some(format!("{}, {way}", signed_estimate(effect, 3)))
    };
    let row = |judged: &Judged| {
        let [cost, peak, import] =
            [Measure::Cost, Measure::PeakImport, Measure::Import].map(|m| cell(judged, m));
        Some(format!("| {} | {} | {} | {} |\n", judged.section.title, cost?, peak?, import?))
    };
    let rows: String = judged.iter().filter_map(row).collect();
    if rows.is_empty() {
        return rows;
    }
    format!(
        "### What w_grid = 0.5 changes\n\nThe grid-aware agent (Phase 3) less the profit-only one \
         (Phase 2):\n\n| section | cost, $/day | peak import, kWh/day | import, kWh/day |\n\
         |---|---|---|---|\n{rows}\n"
    )
}

/// What it costs that every home sees to itself.
fn anarchy(judged: &[Judged]) -> String {
    let row = |judged: &Judged| {
        let ratio = |a, b| {
            let ratio = judged.cost_ratio(a, b);
            ratio.map_or_else(|| "–".to_owned(), |ratio| estimate(ratio, 3))
        };
        let (optimum, agents) = (ratio("selfish_optimum", "optimum"), ratio("selfish", "phase2"));
        format!("| {} | {optimum} | {agents} |\n", judged.section.title)
    };
    let rows: String = judged.iter().map(row).collect();
    format!(
        "### Price of anarchy\n\nRatios of costs: homes that plan or learn for themselves over homes \
         that do so for the street.\n\n| section | selfish optimum / optimum | selfish agents / \
         profit-only agents |\n|---|---|---|\n{rows}\n"
    )
}
