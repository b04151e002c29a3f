//! What is kept of a run: figures by day or week.

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
}
