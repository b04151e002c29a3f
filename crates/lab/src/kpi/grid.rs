//! Measures of what the street asks of the grid.

use super::{
    Better, Kpi, range,
    sums::{Of, Sums},
};

const GROUP: &str = "Grid";

pub(super) const GRID: [Kpi; 11] = [
    Kpi {
        id: "feeder_import",
        label: "Feeder import",
        group: GROUP,
        unit: "kWh/day",
        range: range::FROM_0,
        better: Better::Lower,
        digits: 2,
        definition: "Energy through the transformer into the street, losses included: less than \
                     the grid import where one home buys from the grid what another sells to it.",
        compute: |sums| Some(sums.per_day(Of::FeederImport)),
    },
    Kpi {
        id: "feeder_peak",
        label: "Highest feeder import",
        group: GROUP,
        unit: "kW",
        range: range::ANY,
        better: Better::Lower,
        digits: 1,
        definition: "Largest mean power of a step through the transformer into the street.",
        compute: |sums| Some(sums.feeder_peak_kw),
    },
    Kpi {
        id: "peak_to_average",
        label: "Peak to average",
        group: GROUP,
        unit: "",
        range: range::FROM_1,
        better: Better::Lower,
        digits: 2,
        definition: "Largest import of a step through the transformer / mean over all steps; not \
                     defined where nothing is imported.",
        compute: |sums| peak_and_mean(sums).map(|(peak, mean)| peak / mean),
    },
    Kpi {
        id: "load_factor",
        label: "Load factor",
        group: GROUP,
        unit: "%",
        range: range::TO_100,
        better: Better::Higher,
        digits: 1,
        definition: "Mean import through the transformer / largest import of a step; not defined \
                     where nothing is imported.",
        compute: |sums| peak_and_mean(sums).map(|(peak, mean)| 100.0 * mean / peak),
    },
    Kpi {
        id: "ramping",
        label: "Ramping",
        group: GROUP,
        unit: "kW/day",
        range: range::FROM_0,
        better: Better::Lower,
        digits: 1,
        definition: "Sum of the absolute changes of the street's net power from one step to the \
                     next, within episodes.",
        compute: |sums| Some(sums.per_day(Of::Ramping)),
    },
    Kpi {
        id: "losses",
        label: "Cable losses",
        group: GROUP,
        unit: "kWh/day",
        range: range::FROM_0,
        better: Better::Lower,
        digits: 3,
        definition: "I²R losses of the street's cables, and of its transformer where it has one.",
        compute: |sums| Some(sums.per_day(Of::Losses)),
    },
    Kpi {
        id: "voltage_hours",
        label: "Voltage outside the band",
        group: GROUP,
        unit: "h/day",
        range: range::TO_24,
        better: Better::Lower,
        digits: 2,
        definition: "Time in which the voltage of any bus is outside the permitted band; not \
                     defined without a feeder.",
        compute: |sums| sums.voltage_min.is_finite().then(|| sums.per_day(Of::OutsideBand)),
    },
    Kpi {
        id: "voltage_min",
        label: "Lowest voltage",
        group: GROUP,
        unit: "pu",
        range: range::FROM_0,
        better: Better::None,
        digits: 3,
        definition: "Lowest voltage of any bus in any step, 1 being the nominal voltage; not \
                     defined without a feeder.",
        compute: |sums| Some(sums.voltage_min),
    },
    Kpi {
        id: "voltage_max",
        label: "Highest voltage",
        group: GROUP,
        unit: "pu",
        range: range::FROM_0,
        better: Better::None,
        digits: 3,
        definition: "Highest voltage of any bus in any step, 1 being the nominal voltage; not \
                     defined without a feeder.",
        compute: |sums| Some(sums.voltage_max),
    },
    Kpi {
        id: "overload",
        label: "Transformer overload",
        group: GROUP,
        unit: "kWh/day",
        range: range::FROM_0,
        better: Better::Lower,
        digits: 2,
        definition: "Energy through the transformer beyond its limit, either way (apparent energy \
                     where there is reactive power); not defined where it has no limit.",
        compute: |sums| sums.limited.then(|| sums.per_day(Of::Overload)),
    },
    Kpi {
        id: "loading",
        label: "Highest cable loading",
        group: GROUP,
        unit: "%",
        range: range::FROM_0,
        better: Better::Lower,
        digits: 1,
        definition: "Largest current of any cable / its ampacity; not defined without a feeder of \
                     cables whose ampacity is known.",
        compute: |sums| (sums.loading > 0.0).then_some(100.0 * sums.loading),
    },
];

/// Largest and mean import through the transformer, kW; `None` where there is none.
fn peak_and_mean(sums: &Sums) -> Option<(f64, f64)> {
    let peak = sums.feeder_peak_kw;
    (peak > 0.0).then(|| (peak, sums[Of::FeederImport] / (sums[Of::Steps] * sums.dt)))
}
