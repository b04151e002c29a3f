//! Measures: each with a unit, a definition, a range, and "not defined" where it is not.
//!
//! [`KPIS`] lists them all, group by group.

mod batteries;
mod energy;
mod fairness;
mod grid;
mod money;
mod sums;
#[cfg(test)]
mod tests;

#[cfg(feature = "learner")]
pub(crate) use energy::peak_import;
use serde::Serialize;
pub use sums::{Episodes, Of, Sums};

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
    compute: fn(&Sums) -> Option<f64>,
}

impl Kpi {
    /// The measure of `run`; `None` where it is not defined.
    pub fn of(&self, run: &Run) -> Option<f64> {
        self.of_sums(&Episodes::new(run).all())
    }

    /// The measure of some episodes of a run.
    pub fn of_sums(&self, sums: &Sums) -> Option<f64> {
        (self.compute)(sums).filter(|value| value.is_finite())
    }

    /// Whether it hangs on the one largest or smallest value of all steps. What other days would have
    /// brought, days drawn anew from the same ones do not say, so it has no interval.
    pub fn is_extreme(&self) -> bool {
        EXTREME.contains(&self.id)
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

/// Those of [`Kpi::is_extreme`].
const EXTREME: [&str; 6] =
    ["feeder_peak", "peak_to_average", "load_factor", "voltage_min", "voltage_max", "loading"];

/// The measure with this short name.
pub fn by_id(id: &str) -> Option<&'static Kpi> {
    KPIS.iter().find(|kpi| kpi.id == id)
}

/// `100 · part / whole`; `None` unless there is a whole.
fn percent(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| 100.0 * part / whole)
}
