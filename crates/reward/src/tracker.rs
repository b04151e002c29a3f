//! What outlasts a step: savings so far and the terms' sums.

use peergrid_env::{Community, Settled};

use crate::terms::{TERMS, Term, Terms};

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
        for m in 0..settled.microgrids() {
            let (retail, feed_in) = (community.retail(settled.t[m]), community.feed_in());
            for i in settled.range(m) {
                let energy = (settled.load_kw[i] - settled.pv_kw[i]) * community.dt;
                let alone = if energy > 0.0 { energy * retail } else { energy * feed_in };
                self.savings[i] += alone - settled.bill[i];
            }
        }
    }

    pub(crate) fn add(&mut self, terms: &Terms) {
        for (term, _) in TERMS {
            self.sums[term as usize] += terms.values(term).iter().sum::<f64>();
        }
        self.reward += terms.reward.iter().sum::<f64>();
    }
}

/// Gini coefficient `Σ(2i−n−1)·x_i / (n·Σx)` with `x` sorted ascending (`values` is sorted in
/// place); `None` where Σx ≤ 0, for which it is not defined.
pub fn gini(values: &mut [f64]) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let n = values.len() as f64;
    let sum: f64 = values.iter().sum();
    let ranked: f64 =
        values.iter().enumerate().map(|(i, x)| (2.0 * (i as f64 + 1.0) - n - 1.0) * x).sum();
    (sum > 0.0).then(|| ranked / (n * sum))
}

#[cfg(test)]
mod tests {
    use super::gini;

    #[test]
    fn reference_gini() {
        let cases: [(&mut [f64], f64); 3] = [
            (&mut [1.0, 2.0, 3.0, 4.0], 0.25),
            (&mut [0.0, 0.0, 0.0, 1.0], 0.75),
            (&mut [100.0, 20.0, 30.0, 40.0, 10.0], 0.4),
        ];
        for (values, expected) in cases {
            assert!((gini(values).unwrap() - expected).abs() < 1e-12);
        }
        assert_eq!(gini(&mut [-1.0, 0.5]), None);
    }
}
