//! One day of a run, as the page draws it.

use peergrid_lab::{Run, Setting};
use serde::Serialize;

/// The community's totals in every step of a held-out day. Powers in kW, energies in kWh per step,
/// prices in $/kWh, money in $, voltages per unit; null where something is not defined.
#[derive(Serialize)]
pub struct DayTrace {
    date: String,
    step_hours: f64,
    hours: Vec<f64>,
    load_kw: Vec<f64>,
    /// What the sun offered, curtailed or not.
    pv_kw: Vec<f64>,
    /// PV power held back because a limit allowed no more export, on average over the step.
    curtailed_kw: Vec<f64>,
    /// Load that could not be served while the grid was down.
    unserved_kwh: Vec<f64>,
    battery_kw: Vec<f64>,
    soc_kwh: Vec<f64>,
    capacity_kwh: f64,
    p2p_kwh: Vec<f64>,
    price: Vec<Option<f64>>,
    /// For the use of the local network.
    fees: Vec<f64>,
    /// The network's charges for exports and demand.
    charges: Vec<f64>,
    retail: Vec<f64>,
    feed_in: Vec<f64>,
    /// Whether the step lies in the tariff's peak window.
    peak: Vec<bool>,
    /// Whether the grid is down.
    outage: Vec<bool>,
    import_kwh: Vec<f64>,
    export_kwh: Vec<f64>,
    loss_kwh: Vec<f64>,
    /// Lowest and highest voltage anywhere on the feeder.
    voltage_min: Vec<Option<f64>>,
    voltage_max: Vec<Option<f64>>,
    /// Through the transformer beyond its limit.
    overload_kwh: Vec<f64>,
    /// That limit.
    transformer_kw: Option<f64>,
    cost: Vec<f64>,
}

impl DayTrace {
    /// Episode number `index` of a run.
    pub fn new(setting: &Setting, run: &Run, index: usize) -> Self {
        let day = run.days[index];
        let range = run.episode(index);
        let part = |series: &[f64]| series[range.clone()].to_vec();
        let gaps = |series: &[f64]| series[range.clone()].iter().copied().map(finite).collect();
        let (trace, community) = (&run.trace, &setting.community);
        let first = day * community.steps_per_day;
        Self {
            date: community.dates[day].to_string(),
            step_hours: run.dt,
            hours: (0..run.steps).map(|step| step as f64 * run.dt).collect(),
            load_kw: part(&trace.load_kw),
            pv_kw: part(&trace.pv_kw),
            curtailed_kw: trace.curtailed_kwh[range.clone()].iter().map(|e| e / run.dt).collect(),
            unserved_kwh: part(&trace.unserved_kwh),
            battery_kw: part(&trace.battery_kw),
            soc_kwh: part(&trace.soc_kwh),
            capacity_kwh: run.capacity_kwh,
            p2p_kwh: part(&trace.p2p_kwh),
            price: gaps(&trace.price),
            fees: part(&trace.fees),
            charges: part(&trace.charges),
            retail: part(&trace.retail),
            feed_in: part(&trace.feed_in),
            peak: trace.peak[range.clone()].to_vec(),
            outage: (first..first + run.steps).map(|t| community.is_outage(t)).collect(),
            import_kwh: part(&trace.import_kwh),
            export_kwh: part(&trace.export_kwh),
            loss_kwh: part(&trace.loss_kwh),
            voltage_min: gaps(&trace.voltage_min),
            voltage_max: gaps(&trace.voltage_max),
            overload_kwh: part(&trace.overload_kwh),
            transformer_kw: finite(run.transformer_kw),
            cost: range.map(|i| run.cost(i)).collect(),
        }
    }
}

/// A number that JSON can hold.
fn finite(value: f64) -> Option<f64> {
    Some(value).filter(|v| v.is_finite())
}
