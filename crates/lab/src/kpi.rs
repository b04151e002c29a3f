//! Measures: each with a unit, a definition, and "not defined" where it is not.

use serde::Serialize;

use crate::evaluate::{Run, Trace};

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
    /// Unit.
    pub unit: &'static str,
    /// Which way is better.
    pub better: Better,
    /// Decimals worth showing.
    pub digits: u8,
    /// What it means and how it is computed.
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

/// All measures, in the order of tables.
pub const KPIS: [Kpi; 15] = [
    Kpi {
        id: "cost",
        label: "Cost",
        unit: "$/day",
        better: Better::Lower,
        digits: 2,
        definition: "Bills of all homes, losses included, less what is left in the batteries at \
                     the end, valued at the feed-in tariff after the discharge loss.",
        compute: |run| Some(total_cost(run) / run.total_days()),
    },
    Kpi {
        id: "savings",
        label: "Savings",
        unit: "$/day",
        better: Better::Higher,
        digits: 2,
        definition: "What the homes would pay with neither batteries nor neighbours, less the cost.",
        compute: |run| Some((sum(&run.trace.alone) - total_cost(run)) / run.total_days()),
    },
    Kpi {
        id: "savings_percent",
        label: "Savings",
        unit: "%",
        better: Better::Higher,
        digits: 1,
        definition: "Savings as a share of what the homes would pay with neither batteries nor \
                     neighbours; not defined where they would pay nothing.",
        compute: |run| {
            let alone = sum(&run.trace.alone);
            (alone > 0.0).then(|| 100.0 * (alone - total_cost(run)) / alone)
        },
    },
    Kpi {
        id: "peak_import",
        label: "Peak-window import",
        unit: "kWh/day",
        better: Better::Lower,
        digits: 2,
        definition: "Energy bought at retail, losses included, inside the tariff's peak window.",
        compute: |run| Some(peak_import(&run.trace) / run.total_days()),
    },
    Kpi {
        id: "grid_import",
        label: "Grid import",
        unit: "kWh/day",
        better: Better::Lower,
        digits: 2,
        definition: "Energy bought at the retail price, losses included.",
        compute: |run| Some(sum(&run.trace.import_kwh) / run.total_days()),
    },
    Kpi {
        id: "grid_export",
        label: "Grid export",
        unit: "kWh/day",
        better: Better::None,
        digits: 2,
        definition: "Energy sold at the feed-in tariff, losses deducted.",
        compute: |run| Some(sum(&run.trace.export_kwh) / run.total_days()),
    },
    Kpi {
        id: "p2p",
        label: "Traded with neighbours",
        unit: "kWh/day",
        better: Better::Higher,
        digits: 2,
        definition: "Energy cleared in the local market.",
        compute: |run| Some(sum(&run.trace.p2p_kwh) / run.total_days()),
    },
    Kpi {
        id: "sale_price",
        label: "Earned per kWh sold",
        unit: "$/kWh",
        better: Better::Higher,
        digits: 3,
        definition: "Mean price of all energy sold, to neighbours and to the grid; above the \
                     feed-in tariff as far as trading beats exporting. Not defined where nothing \
                     is sold.",
        compute: sale_price,
    },
    Kpi {
        id: "self_sufficiency",
        label: "Self-sufficiency",
        unit: "%",
        better: Better::Higher,
        digits: 1,
        definition: "(load − grid import) / load; not defined without load.",
        compute: |run| {
            let load = sum(&run.trace.load_kw) * run.dt;
            (load > 0.0).then(|| 100.0 * (load - sum(&run.trace.import_kwh)) / load)
        },
    },
    Kpi {
        id: "self_consumption",
        label: "Self-consumption",
        unit: "%",
        better: Better::Higher,
        digits: 1,
        definition: "(PV − grid export) / PV of the street; not defined without PV. Energy bought \
                     from the grid and sold back counts against it.",
        compute: |run| {
            let pv = sum(&run.trace.pv_kw) * run.dt;
            (pv > 0.0).then(|| 100.0 * (pv - sum(&run.trace.export_kwh)) / pv)
        },
    },
    Kpi {
        id: "losses",
        label: "Cable losses",
        unit: "kWh/day",
        better: Better::Lower,
        digits: 3,
        definition: "I²R losses of the street's cable.",
        compute: |run| Some(sum(&run.trace.loss_kwh) / run.total_days()),
    },
    Kpi {
        id: "feeder_peak",
        label: "Highest feeder import",
        unit: "kW",
        better: Better::Lower,
        digits: 1,
        definition: "Largest mean power of a step through the transformer into the street.",
        compute: |run| run.trace.feeder_kwh.iter().map(|kwh| kwh / run.dt).reduce(f64::max),
    },
    Kpi {
        id: "cycles",
        label: "Battery cycles",
        unit: "1/day",
        better: Better::None,
        digits: 2,
        definition: "Equivalent full cycles: throughput / (2 · capacity); not defined without a \
                     battery.",
        compute: |run| {
            let cycles = sum(&run.trace.throughput_kwh) / (2.0 * run.capacity_kwh);
            (run.capacity_kwh > 0.0).then(|| cycles / run.total_days())
        },
    },
    Kpi {
        id: "wear",
        label: "Battery wear",
        unit: "$/day",
        better: Better::Lower,
        digits: 2,
        definition: "Throughput of each battery times its cost of wear; not part of the cost.",
        compute: |run| Some(sum(&run.trace.wear) / run.total_days()),
    },
    Kpi {
        id: "interventions",
        label: "Guard interventions",
        unit: "1/day",
        better: Better::Lower,
        digits: 2,
        definition: "Changes the guard had to make to proposed actions, counted by reason.",
        compute: |run| Some(run.interventions.iter().sum::<u64>() as f64 / run.total_days()),
    },
];

/// The measure with this short name.
pub fn by_id(id: &str) -> Option<&'static Kpi> {
    KPIS.iter().find(|kpi| kpi.id == id)
}

fn sum(values: &[f64]) -> f64 {
    values.iter().sum()
}

/// Cost of all days, $.
pub fn total_cost(run: &Run) -> f64 {
    sum(&run.trace.bill) - sum(&run.trace.end_value)
}

fn peak_import(trace: &Trace) -> f64 {
    trace.import_kwh.iter().zip(&trace.peak).filter(|(_, peak)| **peak).map(|(kwh, _)| kwh).sum()
}

fn sale_price(run: &Run) -> Option<f64> {
    let trace = &run.trace;
    let traded = trace.p2p_kwh.iter().zip(&trace.price).filter(|(kwh, _)| **kwh > 0.0);
    let with_neighbours: f64 = traded.map(|(kwh, price)| kwh * price).sum();
    let exported = sum(&trace.export_kwh);
    let sold = sum(&trace.p2p_kwh) + exported;
    (sold > 0.0).then(|| (with_neighbours + exported * run.feed_in) / sold)
}

#[cfg(test)]
mod tests {
    use super::*;
    use peergrid_guard::Reason;

    /// Two steps of an hour: 2 kWh imported at the peak, then 1 kWh exported and 1 kWh traded.
    fn run() -> Run {
        let two = |a: f64, b: f64| vec![a, b];
        Run {
            days: vec![1],
            steps: 2,
            dt: 1.0,
            feed_in: 0.05,
            capacity_kwh: 0.0,
            trace: Trace {
                load_kw: two(2.0, 1.0),
                pv_kw: two(0.0, 2.0),
                battery_kw: two(0.0, 0.0),
                throughput_kwh: two(0.0, 0.0),
                wear: two(0.0, 0.0),
                soc_kwh: two(0.0, 0.0),
                p2p_kwh: two(0.0, 1.0),
                price: two(f64::NAN, 0.15),
                import_kwh: two(2.0, 0.0),
                export_kwh: two(0.0, 1.0),
                loss_kwh: two(0.0, 0.0),
                feeder_kwh: two(2.0, -1.0),
                retail: two(0.5, 0.2),
                peak: vec![true, false],
                bill: two(1.0, -0.05),
                end_value: two(0.0, 0.0),
                alone: two(1.0, 0.1),
                reward: two(0.0, 0.0),
            },
            interventions: [0; Reason::ALL.len()],
        }
    }

    fn value(id: &str) -> Option<f64> {
        by_id(id).unwrap().of(&run())
    }

    #[test]
    fn measures_by_hand() {
        // Two hours are a twelfth of a day.
        let expect = [
            ("cost", 0.95 * 12.0),
            ("savings", 0.15 * 12.0),
            ("peak_import", 24.0),
            ("self_sufficiency", 100.0 / 3.0),
            ("self_consumption", 50.0),
            ("sale_price", 0.10),
            ("feeder_peak", 2.0),
        ];
        for (id, expected) in expect {
            assert!((value(id).unwrap() - expected).abs() < 1e-9, "{id}");
        }
        assert_eq!(value("cycles"), None);
    }
}
