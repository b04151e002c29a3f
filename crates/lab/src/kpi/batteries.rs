//! Measures of the batteries and of the guard before them.

use super::{Better, Kpi, per_day, range, sum};

const GROUP: &str = "Batteries and guard";

pub(super) const BATTERIES: [Kpi; 3] = [
    Kpi {
        id: "cycles",
        label: "Battery cycles",
        group: GROUP,
        unit: "1/day",
        range: range::FROM_0,
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
        group: GROUP,
        unit: "$/day",
        range: range::FROM_0,
        better: Better::Lower,
        digits: 2,
        definition: "Throughput of each battery times its cost of wear; not part of the cost.",
        compute: |run| Some(per_day(run, &run.trace.wear)),
    },
    Kpi {
        id: "interventions",
        label: "Guard interventions",
        group: GROUP,
        unit: "1/day",
        range: range::FROM_0,
        better: Better::Lower,
        digits: 2,
        definition: "Changes the guard had to make to proposed actions, counted by reason.",
        compute: |run| Some(run.interventions.iter().sum::<u64>() as f64 / run.total_days()),
    },
];
