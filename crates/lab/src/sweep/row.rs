//! What a sweep found: a row per run, as CSV and JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{SweepPlan, SweepRun};
use crate::{LabError, Run, kpi::KPIS};

/// Measures by short name, null where not defined; see [`crate::kpi`] for units and definitions.
pub type Kpis = BTreeMap<String, Option<f64>>;

/// What one run found, or why it failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The run's number in the sweep, counted from 1.
    pub run: usize,
    /// What it gave the swept fields.
    pub values: BTreeMap<String, Value>,
    /// Its seed.
    pub seed: u64,
    /// Measures on the held-out days of the agent that was best on the validation days; empty after an
    /// error.
    pub kpis: Kpis,
    /// The same measures of the rule-based homes on the same days; empty after an error.
    pub reference: Kpis,
    /// How long it took, s.
    pub seconds: f64,
    /// Why it failed, in a sentence; null where it did not.
    pub error: Option<String>,
}

/// A sweep: its plan and what is known of its runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sweep {
    /// What was run.
    pub plan: SweepPlan,
    /// By run.
    pub rows: Vec<Row>,
}

/// All measures of a run of a policy.
pub(super) fn kpis(run: &Run) -> Kpis {
    KPIS.iter().map(|kpi| (kpi.id.to_owned(), kpi.of(run))).collect()
}

impl Row {
    /// The row of a run that took `seconds` and found the agent's measures and the rule-based homes',
    /// or failed.
    pub(super) fn new(run: &SweepRun, seconds: f64, found: Result<[Kpis; 2], LabError>) -> Self {
        let (found, error) = match found {
            Ok(found) => (found, None),
            Err(error) => (Default::default(), Some(error.to_string())),
        };
        let [kpis, reference] = found;
        let (values, seed) = (run.values.clone(), run.spec.seed);
        Self { run: run.run, values, seed, kpis, reference, seconds, error }
    }

    /// Whether this is a row of `run`.
    pub fn is_of(&self, run: &SweepRun) -> bool {
        self.run == run.run && self.seed == run.spec.seed && self.values == run.values
    }
}

impl Sweep {
    /// The rows as CSV with a header line.
    ///
    /// | column | |
    /// |---|---|
    /// | `run` | the run's number, counted from 1 |
    /// | the fields' names | its values: words as they are, all else as JSON |
    /// | `seed`, `error` | its seed; why it failed, empty where it did not |
    /// | `seconds` | how long it took |
    /// | `agent.…` | every measure of the agent by its short name, empty where not defined |
    /// | `rule_based.…` | the same of the rule-based homes on the same days |
    ///
    /// # Errors
    /// [`LabError::Results`] if the rows cannot be written, which memory does not cause.
    pub fn to_csv(&self) -> Result<String, LabError> {
        let failed = |e: &dyn ToString| LabError::Results(e.to_string());
        let names = || self.plan.fields.iter().map(|field| &field.name);
        let mut writer = csv::Writer::from_writer(Vec::new());
        let mut header = vec!["run".to_owned()];
        header.extend(names().cloned());
        header.extend(["seed", "error", "seconds"].map(str::to_owned));
        for who in ["agent", "rule_based"] {
            header.extend(KPIS.iter().map(|kpi| format!("{who}.{}", kpi.id)));
        }
        writer.write_record(header).map_err(|e| failed(&e))?;
        for row in &self.rows {
            let mut cells = vec![row.run.to_string()];
            cells.extend(names().map(|name| row.values.get(name).map_or_else(String::new, cell)));
            cells.push(row.seed.to_string());
            cells.push(row.error.clone().unwrap_or_default());
            cells.push(row.seconds.to_string());
            for kpis in [&row.kpis, &row.reference] {
                let values = KPIS.iter().map(|kpi| kpis.get(kpi.id).copied().flatten());
                cells.extend(values.map(|value| value.map_or_else(String::new, |v| v.to_string())));
            }
            writer.write_record(cells).map_err(|e| failed(&e))?;
        }
        let bytes = writer.into_inner().map_err(|e| failed(&e))?;
        String::from_utf8(bytes).map_err(|e| failed(&e))
    }

    /// Plan and rows as JSON.
    ///
    /// # Errors
    /// Numbers that JSON cannot hold.
    pub fn to_json(&self) -> Result<String, LabError> {
        serde_json::to_string_pretty(self).map_err(|e| LabError::Results(e.to_string()))
    }
}

/// A swept value as a cell.
fn cell(value: &Value) -> String {
    match value {
        Value::String(word) => word.clone(),
        other => other.to_string(),
    }
}
