//! What is kept of a run: figures by day or week, and the mean day.

use crate::run::Run;

/// Something that is measured per day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Cost, $, with the batteries' wear where the section counts it.
    Cost,
    /// Import inside the tariff's peak window, kWh.
    PeakImport,
    /// Import, kWh.
    Import,
    /// Full cycles of the batteries.
    Cycles,
    /// Part of the cost: what import in the peak window costs, $.
    PeakBill,
    /// Part of the cost: what all other import costs, $.
    OffPeakBill,
    /// Part of the cost: less the revenue of exports, $.
    Exports,
    /// Part of the cost: less the value of what is left in the batteries, $.
    Left,
    /// Part of the cost where the section counts it: wear, $.
    Wear,
}

impl Measure {
    const COUNT: usize = 9;

    /// The parts that the cost is made of, but for fees and charges, with what they are called.
    pub const PARTS: [(Self, &str); 5] = [
        (Self::PeakBill, "import in the peak window"),
        (Self::OffPeakBill, "import outside it"),
        (Self::Exports, "less revenue of exports"),
        (Self::Left, "less energy left at the end"),
        (Self::Wear, "wear"),
    ];
}

/// Figures by unit: a day, or a week of a long run. All are means per day.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures([Vec<f64>; Measure::COUNT]);

impl Figures {
    /// The figures of a run by units of `days_per_unit` days. Days beyond the last whole unit are
    /// left out.
    pub fn new(run: &Run, days_per_unit: usize, counts_wear: bool) -> Self {
        let steps = (24.0 / run.dt).round() as usize * days_per_unit;
        let units = run.trace.bill.len() / steps;
        let mut figures = Self(std::array::from_fn(|_| Vec::with_capacity(units)));
        for unit in 0..units {
            let values = values(run, unit * steps..(unit + 1) * steps, counts_wear);
            for (series, value) in figures.0.iter_mut().zip(values) {
                series.push(value / days_per_unit as f64);
            }
        }
        figures
    }

    /// One value per unit, mean per day.
    pub fn of(&self, measure: Measure) -> &[f64] {
        &self.0[measure as usize]
    }

    /// Figures of which only cost and peak import are other than 0.
    #[cfg(test)]
    pub fn of_cost_and_peak(cost: &[f64], peak_import: &[f64]) -> Self {
        let mut figures = Self(std::array::from_fn(|_| vec![0.0; cost.len()]));
        figures.0[Measure::Cost as usize] = cost.to_vec();
        figures.0[Measure::PeakImport as usize] = peak_import.to_vec();
        figures
    }

    /// How many units there are.
    pub fn units(&self) -> usize {
        self.0[0].len()
    }
}

/// Sums over some steps, in the order of [`Measure`].
fn values(run: &Run, steps: std::ops::Range<usize>, counts_wear: bool) -> [f64; Measure::COUNT] {
    let trace = &run.trace;
    let mut values = [0.0; Measure::COUNT];
    let mut add = |measure: Measure, value: f64| values[measure as usize] += value;
    for i in steps {
        let wear = if counts_wear { trace.wear[i] } else { 0.0 };
        let import = trace.import_kwh[i];
        let inside = if trace.peak[i] { import } else { 0.0 };
        add(Measure::Cost, run.cost(i) + wear);
        add(Measure::PeakImport, inside);
        add(Measure::Import, import);
        add(Measure::PeakBill, inside * trace.retail[i]);
        add(Measure::OffPeakBill, (import - inside) * trace.retail[i]);
        add(Measure::Exports, -trace.export_kwh[i] * trace.feed_in[i]);
        add(Measure::Left, -trace.end_value[i]);
        add(Measure::Wear, wear);
        if run.capacity_kwh > 0.0 {
            add(Measure::Cycles, trace.throughput_kwh[i] / (2.0 * run.capacity_kwh));
        }
    }
    values
}

/// The mean day of a run, by step of the day.
#[derive(Debug, Clone, PartialEq)]
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

    fn mean(values: &[f64]) -> f64 {
        values.iter().sum::<f64>() / values.len() as f64
    }

    #[test]
    fn figures_are_those_of_the_table_of_measures() {
        let run = run();
        let of_table = |id| kpi::by_id(id).and_then(|kpi| kpi.of(&run)).unwrap();
        for days in [1, 7] {
            let figures = Figures::new(&run, days, false);
            assert_eq!(figures.units(), 14 / days);
            for (measure, id) in [
                (Measure::Cost, "cost"),
                (Measure::PeakImport, "peak_import"),
                (Measure::Import, "grid_import"),
                (Measure::Cycles, "cycles"),
            ] {
                let (ours, theirs) = (mean(figures.of(measure)), of_table(id));
                assert!((ours - theirs).abs() < 1e-9, "{id}: {ours} {theirs}");
            }
            let parts: f64 = Measure::PARTS.iter().map(|(part, _)| mean(figures.of(*part))).sum();
            assert!((parts - of_table("cost")).abs() < 1e-9, "a flat fee is none of these");
        }
        let worn = Figures::new(&run, 1, true);
        let wear = mean(worn.of(Measure::Wear));
        assert!((wear - of_table("wear")).abs() < 1e-9 && wear > 0.0);
        assert!((mean(worn.of(Measure::Cost)) - of_table("cost") - wear).abs() < 1e-9);
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
