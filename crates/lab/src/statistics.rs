//! Means and their intervals: the bootstrap over seeds and days.
//!
//! A policy's figures are a table of runs (one per seed; one in all for a policy that does not
//! learn) by units (held-out days, or whole weeks of one long run). A resample draws as many seeds
//! and as many units as there are, with replacement and independently of each other, and the same
//! for all policies: so differences and ratios are compared on the same seeds and the same days. The
//! interval is that of the 2.5th to the 97.5th percentile of a statistic over all resamples (the
//! percentile bootstrap; Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13).
//!
//! It has no correction for few seeds: the spread of S seeds around their own mean understates the
//! variance of that mean by the factor (S - 1) / S, so intervals over two or three seeds are too
//! narrow.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

/// The random stream of resamples.
const STREAM: u64 = 0xB007;

/// The random stream of seeds that are drawn apart from units.
const SEEDS_STREAM: u64 = 0xB008;

/// The seed of all resamples.
const SEED: u64 = 1;

/// A value with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// Of all seeds and units.
    pub value: f64,
    /// 2.5th percentile over the resamples.
    pub low: f64,
    /// 97.5th percentile.
    pub high: f64,
}

impl Estimate {
    /// Whether the whole interval lies above 0.
    pub fn is_above_zero(&self) -> bool {
        self.low > 0.0
    }

    /// Whether the whole interval lies below 0.
    pub fn is_below_zero(&self) -> bool {
        self.high < 0.0
    }
}

/// How often each seed and each unit was drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Draw {
    seeds: Vec<f64>,
    units: Vec<f64>,
}

impl Draw {
    /// Every seed and every unit once.
    fn everything(seeds: usize, units: usize) -> Self {
        Self { seeds: vec![1.0; seeds], units: vec![1.0; units] }
    }

    fn random(rng: &mut ChaCha8Rng, seeds: usize, units: usize) -> Self {
        let seeds = counts(rng, seeds);
        Self { seeds, units: counts(rng, units) }
    }

    /// The mean over what was drawn of a table of runs by units. Of a single run the seeds do not
    /// count.
    ///
    /// # Panics
    /// If there are neither one run nor one per seed, or not one value per unit.
    pub fn mean(&self, runs: &[&[f64]]) -> f64 {
        let of = |run: &[f64]| {
            assert_eq!(run.len(), self.units.len(), "one value per unit");
            let sum: f64 = run.iter().zip(&self.units).map(|(value, count)| value * count).sum();
            sum / self.units.len() as f64
        };
        self.over_seeds(runs, |run| of(run))
    }

    /// The mean over the seeds that were drawn of something of each run. Of a single run the seeds do
    /// not count.
    ///
    /// # Panics
    /// If there are neither one run nor one per seed.
    pub fn over_seeds<R>(&self, runs: &[R], of: impl Fn(&R) -> f64) -> f64 {
        if let [run] = runs {
            return of(run);
        }
        assert_eq!(runs.len(), self.seeds.len(), "one run per seed");
        let drawn = runs.iter().zip(&self.seeds).filter(|(_, count)| **count > 0.0);
        drawn.map(|(run, count)| of(run) * count).sum::<f64>() / self.seeds.len() as f64
    }

    /// How often each unit was drawn.
    pub fn units(&self) -> &[f64] {
        &self.units
    }
}

/// How often each of `among` was drawn, as often as there are.
fn counts(rng: &mut ChaCha8Rng, among: usize) -> Vec<f64> {
    let mut counts = vec![0.0; among];
    for _ in 0..among {
        counts[rng.random_range(0..among as u32) as usize] += 1.0;
    }
    counts
}

/// The same resamples for everything that is compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Bootstrap {
    all: Draw,
    draws: Vec<Draw>,
}

impl Bootstrap {
    /// `resamples` draws of `seeds` seeds and `units` units.
    pub fn new(seeds: usize, units: usize, resamples: usize) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(SEED);
        rng.set_stream(STREAM);
        Self {
            all: Draw::everything(seeds, units),
            draws: (0..resamples).map(|_| Draw::random(&mut rng, seeds, units)).collect(),
        }
    }

    /// The same draws of units for what has another number of seeds, which are drawn anew.
    #[must_use]
    pub fn of_seeds(&self, seeds: usize) -> Self {
        if seeds == self.all.seeds.len() {
            return self.clone();
        }
        let mut rng = ChaCha8Rng::seed_from_u64(SEED);
        rng.set_stream(SEEDS_STREAM);
        let drawn =
            |draw: &Draw| Draw { seeds: counts(&mut rng, seeds), units: draw.units.clone() };
        Self {
            all: Draw::everything(seeds, self.all.units.len()),
            draws: self.draws.iter().map(drawn).collect(),
        }
    }

    /// Every seed and every unit once.
    pub fn everything(&self) -> &Draw {
        &self.all
    }

    /// The resamples.
    pub fn draws(&self) -> &[Draw] {
        &self.draws
    }

    /// A statistic with its interval; `None` where it is not defined for all seeds and units, or for
    /// fewer than half of the resamples.
    pub fn estimate(&self, statistic: impl Fn(&Draw) -> Option<f64>) -> Option<Estimate> {
        let number = |draw: &Draw| statistic(draw).unwrap_or(f64::NAN);
        Resampled { all: number(&self.all), drawn: self.draws.iter().map(number).collect() }
            .estimate()
    }
}

/// A statistic of all seeds and units, and of every resample; not finite where it is not defined.
#[derive(Debug, Clone, PartialEq)]
pub struct Resampled {
    /// Of all seeds and units.
    pub all: f64,
    /// Of each resample, in the order of [`Bootstrap::draws`].
    pub drawn: Vec<f64>,
}

impl Resampled {
    /// With its interval; `None` where it is not defined for all, or for fewer than half of the
    /// resamples.
    pub fn estimate(&self) -> Option<Estimate> {
        let mut values: Vec<f64> = self.drawn.iter().copied().filter(|v| v.is_finite()).collect();
        if !self.all.is_finite() || values.is_empty() || 2 * values.len() < self.drawn.len() {
            return None;
        }
        values.sort_by(f64::total_cmp);
        let (low, high) = (quantile(&values, 0.025), quantile(&values, 0.975));
        Some(Estimate { value: self.all, low, high })
    }

    /// What `combine` makes of it and of `other`, of the same bootstrap, draw by draw.
    #[must_use]
    pub fn with(&self, other: &Self, combine: impl Fn(f64, f64) -> f64) -> Self {
        let drawn = self.drawn.iter().zip(&other.drawn).map(|(&a, &b)| combine(a, b));
        Self { all: combine(self.all, other.all), drawn: drawn.collect() }
    }
}

/// The quantile at `share` of sorted values, interpolated linearly.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(bootstrap: &Bootstrap, runs: &[&[f64]]) -> Estimate {
        bootstrap.estimate(|draw| Some(draw.mean(runs))).unwrap()
    }

    #[test]
    fn the_interval_of_a_mean_is_that_of_its_standard_error() {
        // 400 values of variance 1: the mean's standard error is 1/20, the interval ±1.96/20.
        let run: Vec<f64> = (0..400).map(|i| if i % 2 == 0 { 2.0 } else { 4.0 }).collect();
        let Estimate { value, low, high } = mean(&Bootstrap::new(1, 400, 4000), &[&run]);
        assert_eq!(value, 3.0);
        assert!((low - 2.902).abs() < 0.01 && (high - 3.098).abs() < 0.01, "{low} {high}");
    }

    #[test]
    fn seeds_and_units_both_widen_it() {
        let bootstrap = Bootstrap::new(5, 40, 2000);
        let width = |seeds: f64, units: f64| {
            let table: Vec<Vec<f64>> = (0..5)
                .map(|s| (0..40).map(|u| seeds * f64::from(s) + units * f64::from(u)).collect())
                .collect();
            let runs: Vec<&[f64]> = table.iter().map(Vec::as_slice).collect();
            let estimate = mean(&bootstrap, &runs);
            estimate.high - estimate.low
        };
        assert_eq!(width(0.0, 0.0), 0.0);
        assert!(width(1.0, 0.0) > 1.0 && width(0.0, 1.0) > 1.0);
        assert!(width(1.0, 1.0) > width(1.0, 0.0).max(width(0.0, 1.0)));
    }

    #[test]
    fn what_differs_by_a_constant_has_no_interval() {
        let bootstrap = Bootstrap::new(2, 30, 500);
        let rule: Vec<f64> = (0..30).map(|i| f64::from(i * i)).collect();
        let agent: Vec<f64> = rule.iter().map(|cost| cost - 2.0).collect();
        let difference =
            bootstrap.estimate(|d| Some(d.mean(&[&agent, &agent]) - d.mean(&[&rule]))).unwrap();
        assert!((difference.low + 2.0).abs() < 1e-9 && (difference.high + 2.0).abs() < 1e-9);
        assert!(difference.is_below_zero() && !difference.is_above_zero());
    }

    #[test]
    fn it_is_the_same_every_time_and_knows_what_is_not_defined() {
        assert_eq!(Bootstrap::new(3, 9, 20), Bootstrap::new(3, 9, 20));
        assert_eq!(Bootstrap::new(1, 3, 20).estimate(|_| None), None);
        assert_eq!(Bootstrap::new(1, 3, 20).estimate(|_| Some(f64::NAN)), None);
    }
}
