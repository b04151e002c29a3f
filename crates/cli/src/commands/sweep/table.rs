//! What a sweep found, as text: a line for every combination of values.

use peergrid_lab::{
    kpi::{Kpi, by_id},
    sweep::{Kpis, Row, Sweep},
};
use serde_json::Value;

/// The measures that are shown; all are in the files.
const SHOWN: [&str; 3] = ["cost", "peak_import", "jain"];
const UNDEFINED: &str = "not defined";

/// Means over the seeds by combination, beside the rule-based homes', and what has failed.
pub fn table(sweep: &Sweep) -> String {
    let shown: Vec<&Kpi> = SHOWN.iter().filter_map(|id| by_id(id)).collect();
    let mut lines = vec![header(sweep, &shown)];
    for rows in sweep.rows.chunk_by(|a, b| a.values == b.values) {
        let ended: Vec<_> = rows.iter().filter(|row| row.error.is_none()).collect();
        let mut cells: Vec<_> = sweep
            .plan
            .fields
            .iter()
            .map(|field| rows[0].values.get(&field.name).map_or_else(String::new, word))
            .collect();
        cells.push(ended.len().to_string());
        for kpi in &shown {
            let digits = usize::from(kpi.digits);
            let mut add = |of: fn(&Row) -> &Kpis| {
                let values = ended.iter().map(|row| of(row).get(kpi.id).copied().flatten());
                cells.push(
                    mean(values.collect())
                        .map_or(UNDEFINED.to_owned(), |m| format!("{m:.digits$}")),
                );
            };
            add(|row| &row.kpis);
            add(|row| &row.reference);
        }
        lines.push(cells);
    }
    let mut text = aligned(&lines);
    for row in sweep.rows.iter().filter(|row| row.error.is_some()) {
        let error = row.error.as_deref().unwrap_or_default();
        text.push(format!("Run {}, seed {}: {error}", row.run, row.seed));
    }
    text.join("\n")
}

fn header(sweep: &Sweep, shown: &[&Kpi]) -> Vec<String> {
    let mut header: Vec<_> = sweep.plan.fields.iter().map(|field| field.name.clone()).collect();
    header.push("seeds".to_owned());
    for kpi in shown {
        let unit = if kpi.unit.is_empty() { String::new() } else { format!(" ({})", kpi.unit) };
        header.push(format!("{}{unit}", kpi.label));
        header.push("rule-based".to_owned());
    }
    header
}

/// A swept value: a word as it is, all else as JSON.
fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The mean of what all seeds define; of no seeds there is none.
fn mean(values: Option<Vec<f64>>) -> Option<f64> {
    let values = values.filter(|values| !values.is_empty())?;
    Some(values.iter().sum::<f64>() / values.len() as f64)
}

/// Every column as wide as its widest cell.
fn aligned(lines: &[Vec<String>]) -> Vec<String> {
    let width = |column: usize| lines.iter().map(|cells| cells[column].chars().count()).max();
    let widths: Vec<_> = (0..lines[0].len()).map(|column| width(column).unwrap_or(0)).collect();
    let line = |cells: &Vec<String>| {
        let cells = cells.iter().zip(&widths).map(|(cell, &width)| format!("{cell:>width$}"));
        cells.collect::<Vec<_>>().join("  ")
    };
    lines.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_is_of_all_seeds_or_not_defined() {
        assert_eq!(mean(Some(vec![1.0, 2.0])), Some(1.5));
        let row = |seed: u64, jain: Option<f64>| Row {
            run: seed as usize,
            values: [("market.k".to_owned(), 1.into())].into(),
            seed,
            kpis: [("cost".to_owned(), Some(seed as f64)), ("jain".to_owned(), jain)].into(),
            reference: Kpis::new(),
            seconds: 1.0,
            error: None,
        };
        let plan = r#"{"fields": [{"name": "market.k", "values": [1]}], "seeds": [1, 2]}"#;
        let plan = peergrid_lab::sweep::SweepPlan::from_json(plan).unwrap();
        let text = table(&Sweep { plan, rows: vec![row(1, Some(0.5)), row(2, None)] });
        assert!(text.contains("1.50") && !text.contains("0.50"), "{text}");
    }
}
