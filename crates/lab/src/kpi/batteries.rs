//! Measures of the batteries and of the guard before them.

use super::{Better, Kpi, range, sums::Of};

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
        compute: |sums| {
            let cycles = sums.per_day(Of::Throughput) / (2.0 * sums.capacity_kwh);
            (sums.capacity_kwh > 0.0).then_some(cycles)
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
        compute: |sums| Some(sums.per_day(Of::Wear)),
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
        compute: |sums| Some(sums.per_day(Of::Changes)),
    },
];
