//! What one evaluation found, as text.

use peergrid_lab::{
    kpi::{KPIS, Kpi},
    results::{PolicyResult, Summary},
    statistics::Estimate,
};

const UNDEFINED: &str = "not defined";
const INDENT: &str = "  ";

/// The measures that are set against the rule-based policy and the optimum.
const COMPARED: [&str; 2] = ["cost", "peak_import"];

/// A table in the making: rows of a head and a cell for every policy.
struct Table<'a> {
    policies: &'a [PolicyResult],
    rows: Vec<Row>,
}

enum Row {
    /// A line of its own.
    Heading(String),
    Cells {
        head: String,
        cells: Vec<String>,
    },
}

/// All measures by group, how cost and peak stand against the rule-based policy and the optimum, and
/// why the guard stepped in.
pub fn table(summary: &Summary) -> String {
    let mut table = Table { policies: &summary.policies, rows: Vec::new() };
    table.measures();
    table.comparison();
    table.differences(summary);
    let days = summary.held_out.len();
    let mut lines = vec![format!("{}: {days} held-out episodes, means per day", summary.data.name)];
    lines.extend(table.lines());
    if let Some(price) = summary.price_of_anarchy {
        let ratio = price.ratio.map_or_else(|| UNDEFINED.to_owned(), |ratio| format!("{ratio:.3}"));
        let gap = price.gap;
        lines.push(format!("Price of anarchy: {ratio}, {gap:.2} $/day above the optimum"));
    }
    for policy in &summary.policies {
        lines.extend(policy.interventions.iter().map(|i| {
            format!("{}: the guard changed {} actions for {}", policy.label, i.count, i.reason)
        }));
        lines.extend(policy.note.iter().map(|note| format!("{}: {note}", policy.label)));
    }
    lines.join("\n")
}

impl Table<'_> {
    fn measures(&mut self) {
        for group in KPIS.chunk_by(|a, b| a.group == b.group) {
            self.rows.push(Row::Heading(group[0].group.to_owned()));
            for kpi in group {
                let head = if kpi.unit.is_empty() {
                    kpi.label.to_owned()
                } else {
                    format!("{} ({})", kpi.label, kpi.unit)
                };
                self.row(head, kpi.digits, |policy| policy.kpis.get(kpi.id).copied().flatten());
            }
        }
    }

    /// Left out as far as there is nothing to compare with.
    fn comparison(&mut self) {
        let has = |id: &str| self.policies.iter().any(|policy| policy.id == id);
        let (rule, optimum) = (has("rule_based"), has("optimum"));
        let compared = || KPIS.iter().filter(|kpi| COMPARED.contains(&kpi.id));
        if rule {
            self.rows.push(Row::Heading("As a share of the rule-based policy's".to_owned()));
            for &Kpi { id, label, .. } in compared() {
                let share = |policy: &PolicyResult| policy.comparison.normalised.get(id).copied();
                self.row(label.to_owned(), 3, |policy| share(policy).flatten());
            }
        }
        if rule && optimum {
            self.rows
                .push(Row::Heading("From the rule-based policy (0) to the optimum (1)".to_owned()));
            for &Kpi { id, label, .. } in compared() {
                let place = |policy: &PolicyResult| policy.comparison.placed.get(id).copied();
                self.row(label.to_owned(), 3, |policy| place(policy).flatten());
            }
        }
        if optimum {
            self.rows.push(Row::Heading("Above the optimum".to_owned()));
            self.row("Cost ($/day)".to_owned(), 2, |policy| policy.comparison.regret);
        }
    }

    /// What cost and peak differ by from the baseline's, with intervals; left out where there are none.
    fn differences(&mut self, summary: &Summary) {
        let of = |policy: &PolicyResult, id: &str| {
            policy.intervals.differences.get(id).copied().flatten()
        };
        let base = self.policies.iter().find(|p| Some(&p.id) == summary.baseline.as_ref());
        let Some(base) = base.filter(|_| self.policies.iter().any(|p| of(p, "cost").is_some()))
        else {
            return;
        };
        let resamples = summary.resamples;
        self.rows.push(Row::Heading(format!(
            "Difference to {}, with its 95 % interval over the episodes ({resamples} resamples)",
            base.label
        )));
        for kpi in KPIS.iter().filter(|kpi| COMPARED.contains(&kpi.id)) {
            let digits = usize::from(kpi.digits);
            let cell = |policy: &PolicyResult| {
                let Estimate { value, low, high } = of(policy, kpi.id)?;
                let [value, low, high] = [value, low, high].map(|number| rounded(number, digits));
                Some(format!("{value} ({low} to {high})"))
            };
            let cells = self.policies.iter().map(|p| cell(p).unwrap_or_else(|| "-".to_owned()));
            let head = format!("{} ({})", kpi.label, kpi.unit);
            self.rows.push(Row::Cells { head, cells: cells.collect() });
        }
    }

    fn row(&mut self, head: String, digits: u8, value: impl Fn(&PolicyResult) -> Option<f64>) {
        let cell = |value: f64| rounded(value, usize::from(digits));
        let cells = self.policies.iter().map(|p| value(p).map_or(UNDEFINED.to_owned(), cell));
        self.rows.push(Row::Cells { head, cells: cells.collect() });
    }

    /// Every column as wide as its widest cell.
    fn lines(&self) -> Vec<String> {
        let wide = |text: &str| text.chars().count();
        let heads = self.rows.iter().map(|row| match row {
            Row::Heading(_) => 0,
            Row::Cells { head, .. } => INDENT.len() + wide(head),
        });
        let first = heads.max().unwrap_or(0);
        let columns: Vec<usize> = (0..self.policies.len())
            .map(|i| {
                let cells = self.rows.iter().filter_map(|row| match row {
                    Row::Heading(_) => None,
                    Row::Cells { cells, .. } => Some(wide(&cells[i])),
                });
                2 + cells.chain([wide(&self.policies[i].label)]).max().unwrap_or(0)
            })
            .collect();
        let line = |head: &str, cells: &mut dyn Iterator<Item = &str>| {
            let cells = cells.zip(&columns).map(|(cell, &width)| format!("{cell:>width$}"));
            format!("{head:first$}{}", cells.collect::<Vec<_>>().concat())
        };
        let top = line("", &mut self.policies.iter().map(|policy| policy.label.as_str()));
        let rows = self.rows.iter().map(|row| match row {
            Row::Heading(text) => text.clone(),
            Row::Cells { head, cells } => {
                line(&format!("{INDENT}{head}"), &mut cells.iter().map(String::as_str))
            }
        });
        std::iter::once(top).chain(rows).collect()
    }
}

/// A number as a table writes it: zero has no sign.
fn rounded(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    if text.trim_matches(['-', '0', '.']).is_empty() {
        text.trim_start_matches('-').to_owned()
    } else {
        text
    }
}
