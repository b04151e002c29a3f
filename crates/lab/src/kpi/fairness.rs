//! Measures of how evenly the homes gain.

use peergrid_reward::{gini, jain};

use super::{Better, Kpi, range, sums::Sums};

const GROUP: &str = "Fairness";

/// Savings smaller than this share of a home's cost alone are the rounding of its bill.
const ROUNDING: f64 = 1e-9;

pub(super) const FAIRNESS: [Kpi; 2] = [
    Kpi {
        id: "gini",
        label: "Gini of savings",
        group: GROUP,
        unit: "",
        range: range::FROM_0,
        better: Better::Lower,
        digits: 3,
        definition: "Gini coefficient of what the homes save: 0 where all save the same, above 1 \
                     only where some lose; not defined where they save nothing in sum.",
        compute: savings_gini,
    },
    Kpi {
        id: "jain",
        label: "Jain's index of savings",
        group: GROUP,
        unit: "",
        range: range::TO_1,
        better: Better::Higher,
        digits: 3,
        definition: "(sum of savings)² / (homes · sum of squared savings): 1 where all save the \
                     same, 1/homes where one saves all; not defined where nobody saves or loses.",
        compute: savings_jain,
    },
];

/// Gini coefficient of the homes' savings.
fn savings_gini(sums: &Sums) -> Option<f64> {
    gini(&mut savings(sums))
}

/// Jain's index of the homes' savings.
fn savings_jain(sums: &Sums) -> Option<f64> {
    jain(&savings(sums))
}

/// What every home saved, $.
fn savings(sums: &Sums) -> Vec<f64> {
    let clean =
        |saved: f64, alone: f64| if saved.abs() > ROUNDING * alone.abs() { saved } else { 0.0 };
    sums.homes.iter().map(|home| clean(home.alone - home.cost, home.alone)).collect()
}
