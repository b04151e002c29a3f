//! Measures of what the street asks of the grid.

use super::{Better, Kpi, per_day, range, sum};
use crate::run::Run;

const GROUP: &str = "Grid";

/// A voltage counts as outside the band from this much beyond it, per unit: a limit that is held
/// is held to about a tenth of this.
const VOLTAGE_TOLERANCE: f64 = 1e-6;

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
        compute: |run| Some(feeder_imports(run).sum::<f64>() / run.total_days()),
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
        compute: |run| run.trace.feeder_kwh.iter().map(|kwh| kwh / run.dt).reduce(f64::max),
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
        compute: |run| peak_and_mean(run).map(|(peak, mean)| peak / mean),
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
        compute: |run| peak_and_mean(run).map(|(peak, mean)| 100.0 * mean / peak),
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
        compute: |run| Some(ramping(run) / run.total_days()),
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
        compute: |run| Some(per_day(run, &run.trace.loss_kwh)),
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
        compute: voltage_hours,
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
        compute: |run| extreme(&run.trace.voltage_min, f64::min),
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
        compute: |run| extreme(&run.trace.voltage_max, f64::max),
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
        compute: |run| overload(run).map(|kwh| kwh / run.total_days()),
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
        compute: |run| loading(run).map(|fraction| 100.0 * fraction),
    },
];

/// Imports through the transformer, step by step, kWh.
fn feeder_imports(run: &Run) -> impl Iterator<Item = f64> {
    run.trace.feeder_kwh.iter().map(|kwh| kwh.max(0.0))
}

/// Largest and mean import through the transformer, kWh per step; `None` where there is none.
fn peak_and_mean(run: &Run) -> Option<(f64, f64)> {
    let peak = feeder_imports(run).reduce(f64::max).filter(|kwh| *kwh > 0.0)?;
    Some((peak, feeder_imports(run).sum::<f64>() / run.trace.feeder_kwh.len() as f64))
}

/// Sum of the absolute changes of the street's net power from step to step, kW. Episodes do not
/// follow each other in time, so there is no change from one to the next.
fn ramping(run: &Run) -> f64 {
    let trace = &run.trace;
    let net = |i: usize| (trace.feeder_kwh[i] - trace.loss_kwh[i]) / run.dt;
    let change = |i: usize| (net(i) - net(i - 1)).abs();
    (0..run.days.len()).flat_map(|episode| run.episode(episode).skip(1)).map(change).sum()
}

/// The extreme of the voltages there are, per unit.
fn extreme(voltages: &[f64], pick: fn(f64, f64) -> f64) -> Option<f64> {
    voltages.iter().copied().filter(|v| v.is_finite()).reduce(pick)
}

/// Hours a day in which any bus is outside the voltage band; `None` without a voltage.
fn voltage_hours(run: &Run) -> Option<f64> {
    let (low, high) = run.voltage_band;
    let steps = run.trace.voltage_min.iter().zip(&run.trace.voltage_max);
    let known = steps.filter(|(min, max)| min.is_finite() && max.is_finite());
    known.clone().next()?;
    let outside =
        |min: f64, max: f64| min < low - VOLTAGE_TOLERANCE || max > high + VOLTAGE_TOLERANCE;
    let count = known.filter(|(min, max)| outside(**min, **max)).count();
    Some(count as f64 * run.dt / run.total_days())
}

/// Largest cable current over its ampacity, a fraction; `None` where no current met a limit.
fn loading(run: &Run) -> Option<f64> {
    run.trace.loading.iter().copied().reduce(f64::max).filter(|loading| *loading > 0.0)
}

/// Energy beyond the transformer's limit, kWh; `None` without a limit.
fn overload(run: &Run) -> Option<f64> {
    run.transformer_kw.is_finite().then(|| sum(&run.trace.overload_kwh))
}
