//! The terms of the reward, by home.

use peergrid_env::{Community, Settled};

use crate::{
    settings::{Credit, RewardSettings, Weights},
    tracker::Tracker,
};

/// A term of the reward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum Term {
    /// Less the bill of the step and the value of load that was not served, $.
    Profit,
    /// Bought from the grid, kWh.
    GridImport,
    /// The part of it inside the peak window, kWh.
    PeakImport,
    /// Squared distance of the state of charge from the comfort band.
    SocPenalty,
    /// Battery throughput, kWh.
    Throughput,
    /// Gini coefficient of the homes' savings so far.
    Gini,
    /// Penalties for violated limits of the grid, $; 0 unless the scenario penalises them.
    Limits,
}

/// All terms with their names, in order.
pub const TERMS: [(Term, &str); 7] = [
    (Term::Profit, "profit"),
    (Term::GridImport, "grid_import"),
    (Term::PeakImport, "peak_import"),
    (Term::SocPenalty, "soc_penalty"),
    (Term::Throughput, "throughput"),
    (Term::Gini, "gini"),
    (Term::Limits, "limits"),
];

impl Term {
    /// What a person calls it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Profit => "Money earned",
            Self::GridImport => "Bought from the grid",
            Self::PeakImport => "Bought from the grid at peak",
            Self::SocPenalty => "Charge outside the comfort band",
            Self::Throughput => "Battery wear",
            Self::Gini => "Uneven savings",
            Self::Limits => "Violated limits",
        }
    }
}

impl Weights {
    /// What one unit of a term adds to the reward: the weight, with a minus sign where the term is
    /// a cost.
    pub const fn of(&self, term: Term) -> f64 {
        match term {
            Term::Profit => self.profit,
            Term::GridImport => -self.grid,
            Term::PeakImport => -self.peak,
            Term::SocPenalty => -self.soc,
            Term::Throughput => -self.degradation,
            Term::Gini => -self.fairness,
            Term::Limits => -self.limits,
        }
    }
}

/// The terms of one step for every home, unweighted, and the reward they make; reused.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Terms {
    values: [Vec<f64>; TERMS.len()],
    /// The reward of each home.
    pub reward: Vec<f64>,
}

impl Terms {
    /// A term's value for every home.
    pub fn values(&self, term: Term) -> &[f64] {
        &self.values[term as usize]
    }

    fn values_mut(&mut self, term: Term) -> &mut Vec<f64> {
        &mut self.values[term as usize]
    }

    /// Computes all terms of a settled step and the rewards, and tells the tracker.
    ///
    /// # Panics
    /// Under [`Credit::Difference`], if the step was settled without counterfactuals.
    pub fn compute(
        &mut self,
        settings: &RewardSettings,
        community: &Community,
        settled: &Settled,
        tracker: &mut Tracker,
    ) {
        for values in &mut self.values {
            values.resize(settled.bill.len(), 0.0);
        }
        self.reward.resize(settled.bill.len(), 0.0);
        tracker.save(community, settled);
        for m in 0..settled.microgrids() {
            self.own(settings, community, settled, m);
            self.values_mut(Term::Gini)[settled.range(m)].fill(tracker.gini(m));
            match settings.credit {
                Credit::Own => {}
                Credit::Community => self.blend(settled.range(m), 0.0),
                Credit::Mix => self.blend(settled.range(m), settings.own_share),
                Credit::Difference => self.difference(community, settled, m),
            }
        }
        self.weigh(settings);
        tracker.add(self);
    }

    /// Every home's own outcome.
    fn own(&mut self, settings: &RewardSettings, c: &Community, settled: &Settled, m: usize) {
        let peak = if settled.peak[m] { 1.0 } else { 0.0 };
        let [profit, grid, peak_import, soc_penalty, throughput, _, limits] = &mut self.values;
        for (h, i) in settled.range(m).enumerate() {
            let capacity = c.batteries[h].as_ref().map_or(0.0, |b| b.capacity_kwh);
            let outside = if capacity > 0.0 {
                let soc = settled.soc_kwh[i] / capacity;
                soc - soc.clamp(settings.soc_comfort_min, settings.soc_comfort_max)
            } else {
                0.0
            };
            let missed = c.value_of_lost_load() * settled.unserved_kwh[i];
            profit[i] = -settled.bill[i] - missed;
            grid[i] = settled.import_kwh[i];
            peak_import[i] = settled.import_kwh[i] * peak;
            soc_penalty[i] = outside * outside;
            throughput[i] = settled.battery_kw[i].abs() * c.dt;
            limits[i] = settled.penalty[i];
        }
    }

    /// Mixes each home's terms with their mean over the community.
    fn blend(&mut self, range: std::ops::Range<usize>, own_share: f64) {
        for values in &mut self.values {
            let values = &mut values[range.clone()];
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            for value in values {
                *value = own_share * *value + (1.0 - own_share) * mean;
            }
        }
    }

    /// Replaces cost, imports and penalties by what the home's battery changed for the community.
    fn difference(&mut self, c: &Community, settled: &Settled, m: usize) {
        let range = settled.range(m);
        let peak = if settled.peak[m] { 1.0 } else { 0.0 };
        let sum = |values: &[f64]| values[range.clone()].iter().sum::<f64>();
        let import = sum(&settled.import_kwh);
        let cost = sum(&settled.bill) + c.value_of_lost_load() * sum(&settled.unserved_kwh);
        let penalty = sum(&settled.penalty);
        assert_eq!(settled.without_cost.len(), settled.bill.len(), "needs counterfactuals");
        for i in range {
            // A home whose battery stood still changed nothing, whatever rounding says.
            let moved = settled.battery_kw[i] != 0.0;
            let changed = |with: f64, without: f64| if moved { with - without } else { 0.0 };
            let imported = changed(import, settled.without_import_kwh[i]);
            self.values_mut(Term::Profit)[i] = -changed(cost, settled.without_cost[i]);
            self.values_mut(Term::GridImport)[i] = imported;
            self.values_mut(Term::PeakImport)[i] = imported * peak;
            self.values_mut(Term::Limits)[i] = changed(penalty, settled.without_penalty[i]);
        }
    }

    fn weigh(&mut self, settings: &RewardSettings) {
        self.reward.fill(0.0);
        for (values, (term, _)) in self.values.iter().zip(TERMS) {
            let weight = settings.weights.of(term);
            if weight != 0.0 {
                for (reward, value) in self.reward.iter_mut().zip(values) {
                    *reward += weight * value;
                }
            }
        }
    }
}

impl RewardSettings {
    /// Adds what the energy left in the batteries is worth at the end of an episode to each
    /// home's reward: its sale after the discharge loss and the import it will save. What
    /// counts is the change since the start, when every battery held its least.
    ///
    /// `soc` (kWh) and `rewards` hold one entry per home of one microgrid.
    pub fn add_end_value(&self, community: &Community, soc: &[f64], rewards: &mut [f64]) {
        let own_share = match self.credit {
            Credit::Own | Credit::Difference => 1.0,
            Credit::Mix => self.own_share,
            Credit::Community => 0.0,
        };
        let value = |home: usize| {
            let battery = community.battery_step(home);
            let per_kwh = self.weights.profit * community.end_value(home)
                + self.weights.grid * battery.efficiency;
            per_kwh * (soc[home] - battery.soc_min)
        };
        let mean = (0..soc.len()).map(value).sum::<f64>() / soc.len() as f64;
        for (home, reward) in rewards.iter_mut().enumerate() {
            *reward += own_share * value(home) + (1.0 - own_share) * mean;
        }
    }
}
