//! One day of a run, as the page draws it.

use peergrid_lab::{LabError, Run, Setting};
use serde::Serialize;

/// The community's totals in every step of a held-out day. Powers in kW, energies in kWh per step,
/// prices in $/kWh, money in $.
#[derive(Serialize)]
pub struct DayTrace {
    date: String,
    step_hours: f64,
    hours: Vec<f64>,
    load_kw: Vec<f64>,
    pv_kw: Vec<f64>,
    battery_kw: Vec<f64>,
    soc_kwh: Vec<f64>,
    capacity_kwh: f64,
    p2p_kwh: Vec<f64>,
    price: Vec<Option<f64>>,
    retail: Vec<f64>,
    feed_in: Vec<f64>,
    import_kwh: Vec<f64>,
    export_kwh: Vec<f64>,
    loss_kwh: Vec<f64>,
    cost: Vec<f64>,
}

impl DayTrace {
    /// The held-out episode number `index` of a run.
    pub fn new(setting: &Setting, run: &Run, index: usize) -> Result<Self, LabError> {
        let Some(&day) = run.days.get(index) else {
            let held_out = run.days.len();
            let message = format!("there is no held-out day {index}; there are {held_out}");
            return Err(LabError::Missing(message));
        };
        let range = run.episode(index);
        let part = |series: &[f64]| series[range.clone()].to_vec();
        let trace = &run.trace;
        Ok(Self {
            date: setting.community.dates[day].to_string(),
            step_hours: run.dt,
            hours: (0..run.steps).map(|step| step as f64 * run.dt).collect(),
            load_kw: part(&trace.load_kw),
            pv_kw: part(&trace.pv_kw),
            battery_kw: part(&trace.battery_kw),
            soc_kwh: part(&trace.soc_kwh),
            capacity_kwh: run.capacity_kwh,
            p2p_kwh: part(&trace.p2p_kwh),
            price: range.clone().map(|i| Some(trace.price[i]).filter(|p| p.is_finite())).collect(),
            retail: part(&trace.retail),
            feed_in: part(&trace.feed_in),
            import_kwh: part(&trace.import_kwh),
            export_kwh: part(&trace.export_kwh),
            loss_kwh: part(&trace.loss_kwh),
            cost: range.map(|i| run.cost(i)).collect(),
        })
    }
}
