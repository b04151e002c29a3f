//! What outlasts a step: savings so far and the terms' sums.

use peergrid_env::{Community, Settled};

use crate::{
    fairness::gini,
    terms::{TERMS, Term, Terms},
};

/// Running sums over the episodes of all microgrids.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tracker {
    homes: usize,
    savings: Vec<f64>,
    sums: [f64; TERMS.len()],
    reward: f64,
    sorted: Vec<f64>,
}

impl Tracker {
    /// Starts anew for `microgrids` microgrids of `homes` homes.
    pub fn reset(&mut self, microgrids: usize, homes: usize) {
        self.homes = homes;
        self.savings.clear();
        self.savings.resize(microgrids * homes, 0.0);
        self.sums = Default::default();
        self.reward = 0.0;
    }

    /// Each home's savings so far against a life with neither battery nor neighbours, $.
    pub fn savings(&self) -> &[f64] {
        &self.savings
    }

    /// Sum of a term over all homes and steps so far.
    pub fn sum(&self, term: Term) -> f64 {
        self.sums[term as usize]
    }

    /// Sum of all rewards so far.
    pub fn reward(&self) -> f64 {
        self.reward
    }

    /// Gini coefficient of the savings in microgrid `m`; 0 while nothing has been saved.
    pub fn gini(&mut self, m: usize) -> f64 {
        self.sorted.clear();
        self.sorted.extend_from_slice(&self.savings[m * self.homes..(m + 1) * self.homes]);
        gini(&mut self.sorted).unwrap_or(0.0)
    }

    pub(crate) fn save(&mut self, community: &Community, settled: &Settled) {
        for (i, savings) in self.savings.iter_mut().enumerate() {
            let missed = community.value_of_lost_load() * settled.unserved_kwh[i];
            *savings += settled.alone[i] - settled.bill[i] - missed;
        }
    }

    pub(crate) fn add(&mut self, terms: &Terms) {
        // All sums side by side: each waits for the number before.
        let values = TERMS.map(|(term, _)| terms.values(term));
        let (mut sums, mut reward) = ([0.0; TERMS.len()], 0.0);
        for (i, of_home) in terms.reward.iter().enumerate() {
            for (sum, values) in sums.iter_mut().zip(values) {
                *sum += values[i];
            }
            reward += of_home;
        }
        for (total, sum) in self.sums.iter_mut().zip(sums) {
            *total += sum;
        }
        self.reward += reward;
    }
}
