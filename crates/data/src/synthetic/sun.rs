//! The PV model.

use super::calibration::Calibration;
use super::random::{Ar1, Mix, Random, Stream, normal_cdf};
use super::{Day, SLOTS, append};

/// Half hours of AEST that may see the sun: 4:00 to 20:00.
const DAYTIME: std::ops::Range<usize> = 8..40;
const DAYTIME_SLOTS: usize = DAYTIME.end - DAYTIME.start;
/// A roof's yield is at least and at most this much of the mean roof's.
const YIELD: (f64, f64) = (0.7, 1.3);
/// Clearness of the darkest and clearest day that clouds are drawn for.
const CLEARNESS: (f64, f64) = (0.02, 0.985);

/// A home's PV.
pub(crate) struct Pv {
    /// Size in kWp.
    pub kwp: f64,
    /// Mean power of each step in kW.
    pub kw: Vec<f32>,
}

/// Draws the PV of homes under one sky.
pub(crate) struct Sun<'a> {
    calibration: &'a Calibration,
    seed: u64,
    /// Power of the clearness' distribution that gives the month's measured yield.
    exponent: [f64; 12],
    /// The common part of each day's clearness, standard normal.
    days: Vec<f64>,
    /// The common part of the clouds of each day, standard normal.
    clouds: Vec<[f64; DAYTIME_SLOTS]>,
}

impl<'a> Sun<'a> {
    pub fn new(calibration: &'a Calibration, seed: u64, days: usize) -> Self {
        let mut random = Random::new(seed, Stream::CommonSun);
        let parameters = &calibration.parameters;
        let mut clearness = Ar1::new(parameters.clearness_lag1_day, &mut random);
        let mut cloud = Ar1::new(parameters.cloud_lag1_halfhour, &mut random);
        let (mut common, mut clouds) = (Vec::with_capacity(days), Vec::with_capacity(days));
        for _ in 0..days {
            common.push(clearness.next(&mut random));
            clouds.push(std::array::from_fn(|_| cloud.next(&mut random)));
        }
        let exponent = std::array::from_fn(|month| exponent(calibration, month));
        Self { calibration, seed, exponent, days: common, clouds }
    }

    /// The PV of home `index`, as means of `per_step` half hours.
    pub fn home(&self, index: usize, days: &[Day], per_step: usize) -> Pv {
        let parameters = &self.calibration.parameters;
        let mut random = Random::new(self.seed, Stream::Pv(index));
        // To 10 W, as sizes are given.
        let kwp = (100.0 * self.calibration.size.at(random.uniform())).round() / 100.0;
        let roof = self.roof(random.uniform());
        let yields = (1.0 + parameters.pv_yield_sd * random.normal()).clamp(YIELD.0, YIELD.1);
        let day_mix = Mix::new(parameters.clearness_common_share_day);
        let cloud_mix = Mix::new(parameters.cloud_common_share);
        let mut own_day = Ar1::new(parameters.clearness_lag1_day, &mut random);
        let mut own_cloud = Ar1::new(parameters.cloud_lag1_halfhour, &mut random);
        let mut series = Vec::with_capacity(days.len() * SLOTS / per_step);
        let mut kw = [0.0; SLOTS];
        for ((day, common), clouds) in days.iter().zip(&self.days).zip(&self.clouds) {
            let z = day_mix.of(*common, own_day.next(&mut random));
            let share = self.calibration.clearness.at(normal_cdf(z));
            let clearness = libm::pow(share, self.exponent[day.month]);
            let noise = clouds.map(|common| cloud_mix.of(common, own_cloud.next(&mut random)));
            kw.fill(0.0);
            let clock = usize::from(day.daylight_saving) * 2;
            let lit = &mut kw[DAYTIME.start + clock..DAYTIME.end + clock];
            let envelope = &roof[day.month][DAYTIME];
            cover(lit, envelope, clearness, parameters.cloud_logit_sd, &noise);
            for kw in lit {
                *kw *= kwp * yields;
            }
            append(&mut series, &kw, per_step);
        }
        Pv { kwp, kw: series }
    }

    /// The envelopes of a roof: `east` of the morning's, the rest of the afternoon's.
    fn roof(&self, east: f64) -> [[f64; SLOTS]; 12] {
        std::array::from_fn(|month| {
            let (morning, evening) = (&self.calibration.east[month], &self.calibration.west[month]);
            std::array::from_fn(|slot| east * morning[slot] + (1.0 - east) * evening[slot])
        })
    }
}

/// Power under clouds, in kW/kWp: the envelope times a clearness that wanders around the
/// day's on the logit scale, so that it stays between 0 and 1 and is calm on clear and
/// on dull days. Its level is moved until the day's energy is `clearness` times the
/// envelope's; the rest of the way, below a per cent, is scaled.
fn cover(lit: &mut [f64], envelope: &[f64], clearness: f64, sd: f64, noise: &[f64; DAYTIME_SLOTS]) {
    const MOVES: usize = 4;
    let clear: f64 = envelope.iter().sum();
    if clear <= 0.0 {
        return;
    }
    let odds_of = |k: f64| {
        let k = k.clamp(CLEARNESS.0, CLEARNESS.1);
        (1.0 - k) / k
    };
    let wanted = odds_of(clearness);
    let factors = noise.map(|noise| libm::exp(-sd * noise));
    let mut odds = wanted;
    for _ in 0..MOVES {
        let covered: f64 = envelope.iter().zip(&factors).map(|(e, f)| e / (1.0 + odds * f)).sum();
        odds *= wanted / odds_of(covered / clear);
    }
    let mut covered = 0.0;
    for ((lit, envelope), factor) in lit.iter_mut().zip(envelope).zip(&factors) {
        *lit = envelope / (1.0 + odds * factor);
        covered += *lit;
    }
    let scale = clearness * clear / covered;
    for kw in lit {
        *kw *= scale;
    }
}

/// The power γ for which E[kᵞ] of the clearness k, times the envelope's energy, is the
/// month's measured daily yield; by bisection.
fn exponent(calibration: &Calibration, month: usize) -> f64 {
    const POINTS: usize = 200;
    const HALVINGS: usize = 20;
    let energy = |table: &[[f64; SLOTS]; 12]| 0.5 * table[month].iter().sum::<f64>();
    let envelope = 0.5 * (energy(&calibration.east) + energy(&calibration.west));
    let wanted = calibration.pv_yield[month] / envelope;
    let points: [f64; POINTS] =
        std::array::from_fn(|point| calibration.clearness.at((point as f64 + 0.5) / POINTS as f64));
    let (mut low, mut high) = (0.25, 4.0);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        let mean = points.iter().map(|k| libm::pow(*k, middle)).sum::<f64>() / POINTS as f64;
        // A larger power darkens.
        if mean > wanted { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}
