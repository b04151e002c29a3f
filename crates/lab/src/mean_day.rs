//! The mean day of a run: where charging before a peak shows.

use serde::Serialize;

use crate::run::Run;

/// The mean day of a run, by step of the day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeanDay {
    /// When each step begins, h.
    pub hour: Vec<f64>,
    /// Bought from the grid, kW.
    pub import_kw: Vec<f64>,
    /// Battery power, kW, positive = charging.
    pub battery_kw: Vec<f64>,
    /// Stored energy at the step's end, kWh.
    pub soc_kwh: Vec<f64>,
    /// Share of days on which the step lies in the peak window.
    pub peak: Vec<f64>,
}

impl MeanDay {
    /// The mean day of a run.
    pub fn new(run: &Run) -> Self {
        let per_day = (24.0 / run.dt).round() as usize;
        let days = run.trace.bill.len() / per_day;
        let mean = |value: &dyn Fn(usize) -> f64| -> Vec<f64> {
            let of_step = |step| (0..days).map(|day| value(day * per_day + step)).sum::<f64>();
            (0..per_day).map(|step| of_step(step) / days as f64).collect()
        };
        let trace = &run.trace;
        Self {
            hour: (0..per_day).map(|step| step as f64 * run.dt).collect(),
            import_kw: mean(&|i| trace.import_kwh[i] / run.dt),
            battery_kw: mean(&|i| trace.battery_kw[i]),
            soc_kwh: mean(&|i| trace.soc_kwh[i]),
            peak: mean(&|i| f64::from(u8::from(trace.peak[i]))),
        }
    }

    /// The mean of several mean days of the same steps; `None` of none.
    pub fn mean(days: &[&Self]) -> Option<Self> {
        let first = *days.first()?;
        let over = |series: fn(&Self) -> &Vec<f64>| -> Vec<f64> {
            let at = |step| days.iter().map(|day| series(day)[step]).sum::<f64>();
            (0..first.hour.len()).map(|step| at(step) / days.len() as f64).collect()
        };
        Some(Self {
            hour: first.hour.clone(),
            import_kw: over(|day| &day.import_kw),
            battery_kw: over(|day| &day.battery_kw),
            soc_kwh: over(|day| &day.soc_kwh),
            peak: over(|day| &day.peak),
        })
    }
}

#[cfg(test)]
mod tests {
    use peergrid_agents::StreetGreedy;

    use super::*;
    use crate::{Setting, evaluate, kpi, presets::PRESETS};

    fn run() -> Run {
        let spec = PRESETS[0].spec().unwrap();
        let data = spec.data.without_file().unwrap();
        let setting = Setting::new(spec, data).unwrap();
        evaluate(&mut StreetGreedy, &setting, &setting.held_out[..14]).unwrap()
    }

    #[test]
    fn the_mean_day_is_the_mean_of_the_days() {
        let run = run();
        let day = MeanDay::new(&run);
        assert_eq!((day.hour.len(), day.hour[23]), (24, 23.0));
        let import = kpi::by_id("grid_import").and_then(|kpi| kpi.of(&run)).unwrap();
        assert!((day.import_kw.iter().sum::<f64>() - import).abs() < 1e-9);
        assert_eq!(day.peak.iter().sum::<f64>(), 6.0, "the peak window runs from 15 to 21 h");
        assert_eq!(MeanDay::mean(&[&day, &day]).unwrap(), day);
        assert_eq!(MeanDay::mean(&[]), None);
    }
}
