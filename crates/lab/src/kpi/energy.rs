//! Measures of energy: who bought and sold how much, and what of it was needed.

use super::{Better, Kpi, percent, range, sums::Of};
#[cfg(feature = "learner")]
use crate::run::Trace;

const GROUP: &str = "Energy";

pub(super) const ENERGY: [Kpi; 10] = [
    Kpi {
        id: "peak_import",
        label: "Peak-window import",
        group: GROUP,
        unit: "kWh/day",
        range: range::FROM_0,
        better: Better::Lower,
        digits: 2,
        definition: "Energy bought at retail, losses included, inside the tariff's peak window.",
        compute: |sums| Some(sums.per_day(Of::PeakImport)),
    },
    Kpi {
        id: "grid_import",
        label: "Grid import",
        group: GROUP,
        unit: "kWh/day",
        range: range::FROM_0,
        better: Better::Lower,
        digits: 2,
        definition: "Energy bought at the retail price, losses included.",
        compute: |sums| Some(sums.per_day(Of::Import)),
    },
    Kpi {
        id: "grid_export",
        label: "Grid export",
        group: GROUP,
        unit: "kWh/day",
        range: range::FROM_0,
        better: Better::None,
        digits: 2,
        definition: "Energy sold at the feed-in tariff, losses deducted.",
        compute: |sums| Some(sums.per_day(Of::Export)),
    },
    Kpi {
        id: "p2p",
        label: "Traded with neighbours",
        group: GROUP,
        unit: "kWh/day",
        range: range::FROM_0,
        better: Better::Higher,
        digits: 2,
        definition: "Energy cleared in the local market.",
        compute: |sums| Some(sums.per_day(Of::Traded)),
    },
    Kpi {
        id: "p2p_share",
        label: "Bought from neighbours",
        group: GROUP,
        unit: "%",
        range: range::TO_100,
        better: Better::Higher,
        digits: 1,
        definition: "Energy bought from neighbours / all energy bought, from them and from the \
                     grid, losses included; not defined where nothing is bought.",
        compute: |sums| percent(sums[Of::Traded], sums[Of::Traded] + sums[Of::Import]),
    },
    Kpi {
        id: "self_sufficiency",
        label: "Self-sufficiency",
        group: GROUP,
        unit: "%",
        range: range::UP_TO_100,
        better: Better::Higher,
        digits: 1,
        definition: "(load − grid import − load not served) / load; not defined without load.",
        compute: |sums| {
            let load = sums[Of::Load];
            percent(load - sums[Of::Import] - sums[Of::Unserved], load)
        },
    },
    Kpi {
        id: "self_consumption",
        label: "Self-consumption",
        group: GROUP,
        unit: "%",
        range: range::UP_TO_100,
        better: Better::Higher,
        digits: 1,
        definition: "(PV − grid export − curtailed PV) / PV of the street; not defined without PV. \
                     Energy bought from the grid and sold back counts against it.",
        compute: |sums| {
            let pv = sums[Of::Pv];
            percent(pv - sums[Of::Export] - sums[Of::Curtailed], pv)
        },
    },
    Kpi {
        id: "curtailed",
        label: "PV curtailed",
        group: GROUP,
        unit: "kWh/day",
        range: range::FROM_0,
        better: Better::Lower,
        digits: 2,
        definition: "PV energy held back because a limit of the grid, or the grid being down, \
                     allowed no more.",
        compute: |sums| Some(sums.per_day(Of::Curtailed)),
    },
    Kpi {
        id: "unserved",
        label: "Load not served",
        group: GROUP,
        unit: "kWh/day",
        range: range::FROM_0,
        better: Better::Lower,
        digits: 2,
        definition: "Load that could not be served while the grid was down; 0 in every other step.",
        compute: |sums| Some(sums.per_day(Of::Unserved)),
    },
    Kpi {
        id: "carbon",
        label: "Carbon of the import",
        group: GROUP,
        unit: "kg/day",
        range: range::FROM_0,
        better: Better::Lower,
        digits: 1,
        definition: "Grid import times the tariff's carbon intensity, kg of CO₂ equivalent per \
                     kWh; exports earn nothing back.",
        compute: |sums| Some(sums.per_day(Of::Import) * sums.carbon_kg_per_kwh),
    },
];

/// Imports inside the peak window, kWh.
#[cfg(feature = "learner")]
pub(crate) fn peak_import(trace: &Trace) -> f64 {
    trace.import_kwh.iter().zip(&trace.peak).filter(|(_, peak)| **peak).map(|(kwh, _)| kwh).sum()
}
