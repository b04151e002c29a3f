//! Measures of energy: who bought and sold how much, and what of it was needed.

use super::{Better, Kpi, per_day, percent, range, sum};
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
        compute: |run| Some(peak_import(&run.trace) / run.total_days()),
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
        compute: |run| Some(per_day(run, &run.trace.import_kwh)),
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
        compute: |run| Some(per_day(run, &run.trace.export_kwh)),
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
        compute: |run| Some(per_day(run, &run.trace.p2p_kwh)),
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
        compute: |run| {
            let p2p = sum(&run.trace.p2p_kwh);
            percent(p2p, p2p + sum(&run.trace.import_kwh))
        },
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
        compute: |run| {
            let load = sum(&run.trace.load_kw) * run.dt;
            let missed = sum(&run.trace.unserved_kwh);
            percent(load - sum(&run.trace.import_kwh) - missed, load)
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
        compute: |run| {
            let pv = sum(&run.trace.pv_kw) * run.dt;
            let unused = sum(&run.trace.export_kwh) + sum(&run.trace.curtailed_kwh);
            percent(pv - unused, pv)
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
        compute: |run| Some(per_day(run, &run.trace.curtailed_kwh)),
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
        compute: |run| Some(per_day(run, &run.trace.unserved_kwh)),
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
        compute: |run| Some(per_day(run, &run.trace.import_kwh) * run.carbon_kg_per_kwh),
    },
];

/// Imports inside the peak window, kWh.
pub(crate) fn peak_import(trace: &Trace) -> f64 {
    trace.import_kwh.iter().zip(&trace.peak).filter(|(_, peak)| **peak).map(|(kwh, _)| kwh).sum()
}
