//! Measures: each with a unit, a definition, a range, and "not defined" where it is not.
//!
//! [`KPIS`] lists them all, group by group.

mod batteries;
mod energy;
mod fairness;
mod grid;
mod money;
#[cfg(test)]
mod tests;

#[cfg(feature = "learner")]
pub(crate) use energy::peak_import;
use serde::Serialize;

use crate::run::Run;

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// Less is better.
    Lower,
    /// More is better.
    Higher,
    /// Neither.
    None,
}

/// A measure of a run.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Kpi {
    /// Short name, as in files.
    pub id: &'static str,
    /// What a person calls it.
    pub label: &'static str,
    /// The heading it stands under in tables; measures of one group follow each other.
    pub group: &'static str,
    /// Unit; empty for a plain number.
    pub unit: &'static str,
    /// Values it can take, in its unit: "0 or more", "any".
    pub range: &'static str,
    /// Which way is better.
    pub better: Better,
    /// Decimals worth showing.
    pub digits: u8,
    /// What it means, how it is computed, and where it is not defined.
    pub definition: &'static str,
    #[serde(skip)]
    compute: fn(&Run) -> Option<f64>,
}

impl Kpi {
    /// The measure of `run`; `None` where it is not defined.
    pub fn of(&self, run: &Run) -> Option<f64> {
        (self.compute)(run).filter(|value| value.is_finite())
    }
}

/// What a measure can be.
mod range {
    pub const ANY: &str = "any";
    pub const FROM_0: &str = "0 or more";
    pub const FROM_1: &str = "1 or more";
    pub const TO_1: &str = "0 to 1";
    pub const TO_24: &str = "0 to 24";
    pub const TO_100: &str = "0 to 100";
    pub const UP_TO_100: &str = "100 or less";
}

/// All measures, in the order of tables.
pub const KPIS: [Kpi; 33] = {
    let groups: [&[Kpi]; 5] =
        [&money::MONEY, &energy::ENERGY, &grid::GRID, &batteries::BATTERIES, &fairness::FAIRNESS];
    let mut all = [money::MONEY[0]; 33];
    let (mut group, mut filled) = (0, 0);
    while group < groups.len() {
        let mut i = 0;
        while i < groups[group].len() {
            all[filled] = groups[group][i];
            (i, filled) = (i + 1, filled + 1);
        }
        group += 1;
    }
    assert!(filled == all.len());
    all
};

/// The measure with this short name.
pub fn by_id(id: &str) -> Option<&'static Kpi> {
    KPIS.iter().find(|kpi| kpi.id == id)
}

fn sum(values: &[f64]) -> f64 {
    values.iter().sum()
}

/// Mean per day of a quantity that adds up over the steps.
fn per_day(run: &Run, values: &[f64]) -> f64 {
    sum(values) / run.total_days()
}

/// `100 · part / whole`; `None` unless there is a whole.
fn percent(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| 100.0 * part / whole)
}
