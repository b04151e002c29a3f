//! One section of the write-up.

use super::{
    Figure,
    numbers::{count, duration, estimate, number, signed, signed_estimate},
    push,
};
use crate::{
    statistics::Estimate,
    study::{Contrast, Course, Judged, Row},
};

pub(super) fn section(judged: &Judged, seeds: &[u64], figures: &[&Figure]) -> String {
    let section = judged.section;
    let mut text = format!("## {}\n\n{}\n\n", section.title, section.description);
    text += &facts(judged, seeds);
    text += &policies(&judged.rows(), section.counts_wear);
    text += &notes(judged);
    text += &against_opponents(&judged.contrasts());
    for Figure { title, path, .. } in figures {
        push(&mut text, &format!("![{title}]({path})\n\n"));
    }
    text
}

/// What was run, on which days.
fn facts(judged: &Judged, seeds: &[u64]) -> String {
    let (section, setting) = (judged.section, &judged.section.setting);
    let data = &setting.data;
    let days = match section.course {
        Course::HeldOut => format!(
            "{} held-out episodes, {} to validate and {} to train (split seed {})",
            setting.held_out.len(),
            setting.validation.len(),
            setting.train.len(),
            setting.spec.split.seed
        ),
        Course::Year => format!("{} weeks in a row", judged.outcome.units()),
    };
    format!(
        "Data: {} ({}), {} to {}; {} homes, {} of them with a battery. Days: {days}. Agents: {} \
         home-steps each, {}, {} microgrids side by side. Work: {} on one core.\n\n",
        data.name,
        data.licence,
        data.first_date,
        data.last_date,
        setting.community.homes(),
        setting.agents().len(),
        count(setting.spec.ppo.total_timesteps),
        match seeds {
            [_] => "one seed".to_owned(),
            seeds => format!("{} seeds", seeds.len()),
        },
        setting.spec.training.microgrids,
        duration(judged.outcome.seconds),
    )
}

/// The table of all policies.
fn policies(rows: &[Row], counts_wear: bool) -> String {
    let cost = if counts_wear { "cost with wear, $/day" } else { "cost, $/day" };
    let mut text = format!(
        "| policy | {cost} | gap closed, % | worst seed | peak import, kWh/day | against rule-based, % \
         | import, kWh/day | cycles a day |\n|---|---|---|---|---|---|---|---|\n"
    );
    let or_dash = |value: Option<String>| value.unwrap_or_else(|| "–".to_owned());
    for row in rows {
        let worst = row.closed_by_seed.iter().copied().reduce(f64::min);
        push(
            &mut text,
            &format!(
                "| {} | {} | {} | {} | {} | {} | {} | {} |\n",
                row.label,
                estimate(row.cost, 2),
                or_dash(row.closed.map(plain_if_exact)),
                or_dash(worst.map(|value| number(value, 1))),
                number(row.peak.value, 2),
                or_dash(row.peak_change.map(|change| signed_estimate(change, 1))),
                number(row.import.value, 2),
                number(row.cycles.value, 2),
            ),
        );
    }
    text + "\n"
}

/// The two ends of the scale have no interval.
fn plain_if_exact(closed: Estimate) -> String {
    if closed.high - closed.low < 1e-9 { number(closed.value, 1) } else { estimate(closed, 1) }
}

/// What policies have to say of how they came about.
fn notes(judged: &Judged) -> String {
    let policies = judged.outcome.policies.iter();
    let notes = policies.flat_map(|policy| {
        let mut notes: Vec<_> = policy.runs.iter().filter_map(|run| run.note.clone()).collect();
        notes.dedup();
        notes.into_iter().map(|note| format!("- {}: {note}.\n", policy.label))
    });
    let notes: String = notes.collect();
    if notes.is_empty() { notes } else { notes + "\n" }
}

fn against_opponents(contrasts: &[Contrast]) -> String {
    let Some(first) = contrasts.first() else { return String::new() };
    let parts: Vec<_> = first.parts.iter().map(|(label, _)| format!(" {label} |")).collect();
    let parts = parts.concat();
    let rule = "---|".repeat(first.parts.len());
    let mut text = format!(
        "Agents against what knows no future: cost of the agent less cost of the opponent, $/day, and \
         the parts it is made of.\n\n| agent | opponent | difference | |{parts}\n|---|---|---|---|{rule}\n"
    );
    for contrast in contrasts {
        let parts = contrast.parts.iter().map(|(_, value)| format!(" {} |", signed(*value, 2)));
        push(
            &mut text,
            &format!(
                "| {} | {} | {} | {} |{}\n",
                contrast.agent_label,
                contrast.opponent_label,
                signed_estimate(contrast.difference, 3),
                contrast.verdict.label(),
                parts.collect::<Vec<_>>().concat(),
            ),
        );
    }
    text + "\n"
}
