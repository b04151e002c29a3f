//! The load model.

use super::calibration::{Calibration, Parameters};
use super::random::{Ar1, Mix, Random, Stream};
use super::{Day, SLOTS, append};

/// The half-hourly noise is at least this large, however large the weekly one is.
const SMALLEST_NOISE: f64 = 0.25;
/// Bounds of a home's noise: the smallest and largest measured log residuals.
const NOISE: (f64, f64) = (0.3, 1.0);
/// Homes are at most this many hours early or late.
const LARGEST_SHIFT: f64 = 2.0;

/// Draws the loads of homes.
pub(crate) struct Loads<'a> {
    calibration: &'a Calibration,
    seed: u64,
    /// The noise that all homes share, by half hour.
    common: Vec<f64>,
}

impl<'a> Loads<'a> {
    pub fn new(calibration: &'a Calibration, seed: u64, days: usize) -> Self {
        let mut random = Random::new(seed, Stream::CommonLoad);
        let mut noise = Ar1::new(calibration.parameters.load_lag1_halfhour, &mut random);
        let common = (0..days * SLOTS).map(|_| noise.next(&mut random)).collect();
        Self { calibration, seed, common }
    }

    /// The load of home `index` in kW, as means of `per_step` half hours.
    pub fn home(&self, index: usize, days: &[Day], per_step: usize) -> Vec<f32> {
        let parameters = &self.calibration.parameters;
        let mut random = Random::new(self.seed, Stream::Load(index));
        let habits = Habits::draw(parameters, &mut random);
        let shapes: [[f64; SLOTS]; 8] =
            self.calibration.shape.map(|shape| shifted(&shape, habits.shift_hours));
        let mix = Mix::new(parameters.load_common_share);
        let mut week = Ar1::new(parameters.week_lag1, &mut random);
        let mut noise = Ar1::new(parameters.load_lag1_halfhour, &mut random);
        // The mean of a log-normal is exp(σ²/2): without this, noise would raise the load.
        let level = -0.5 * (habits.week_sd * habits.week_sd + habits.noise_sd * habits.noise_sd);
        let mut week_log = 0.0;
        let mut series = Vec::with_capacity(days.len() * SLOTS / per_step);
        let mut kw = [0.0; SLOTS];
        for (number, (day, common)) in days.iter().zip(self.common.chunks_exact(SLOTS)).enumerate()
        {
            if number % 7 == 0 {
                week_log = level + habits.week_sd * week.next(&mut random);
            }
            let month_kw = habits.mean_kw * self.calibration.load_index[day.month];
            let shape = &shapes[day.profile];
            for ((kw, shape), common) in kw.iter_mut().zip(shape).zip(common) {
                let noise = mix.of(*common, noise.next(&mut random));
                let factor = libm::exp(week_log + habits.noise_sd * noise);
                *kw = limited(month_kw * shape * factor, habits.limit_kw);
            }
            append(&mut series, &kw, per_step);
        }
        series
    }
}

/// What distinguishes a home.
struct Habits {
    /// Mean load in kW.
    mean_kw: f64,
    /// How much later than the mean profile the home lives.
    shift_hours: f64,
    /// Standard deviations of the log-load's weekly and half-hourly noise.
    week_sd: f64,
    noise_sd: f64,
    /// What all appliances together draw at most, in kW.
    limit_kw: f64,
}

impl Habits {
    fn draw(parameters: &Parameters, random: &mut Random) -> Self {
        let mut log_normal =
            |median: f64, spread: f64| median * libm::exp(spread * random.normal());
        let median_kwh = libm::exp(parameters.daily_kwh_log_mean);
        let mean_kw = log_normal(median_kwh, parameters.daily_kwh_log_sd) / 24.0;
        let week_sd = log_normal(parameters.week_log_sd_median, parameters.week_log_sd_spread);
        let sd = log_normal(parameters.load_log_sd_median, parameters.load_log_sd_spread);
        let limit_kw = log_normal(parameters.load_limit_kw_median, parameters.load_limit_kw_spread);
        let (week_sd, sd) = (week_sd.min(NOISE.1), sd.clamp(NOISE.0, NOISE.1));
        let noise_sd = (sd * sd - week_sd * week_sd).max(SMALLEST_NOISE * SMALLEST_NOISE).sqrt();
        let shift_hours =
            (parameters.load_shift_sd_hours * random.normal()).clamp(-LARGEST_SHIFT, LARGEST_SHIFT);
        Self { mean_kw, shift_hours, week_sd, noise_sd, limit_kw }
    }
}

/// Bends `kw` towards `limit`: 1.5 % lower at half of it, 16 % at all of it. A log-normal
/// alone has larger peaks than any home.
fn limited(kw: f64, limit: f64) -> f64 {
    let square = (kw / limit) * (kw / limit);
    kw / (1.0 + square * square).sqrt().sqrt()
}

/// A day's profile, later by `hours`, around midnight; between half hours by straight
/// lines. The mean stays.
fn shifted(shape: &[f64; SLOTS], hours: f64) -> [f64; SLOTS] {
    let slots = 2.0 * hours;
    let whole = slots.floor();
    let part = slots - whole;
    let start = (-whole).rem_euclid(SLOTS as f64) as usize;
    std::array::from_fn(|slot| {
        let at = (slot + start) % SLOTS;
        let before = (at + SLOTS - 1) % SLOTS;
        (1.0 - part) * shape[at] + part * shape[before]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shift_moves_the_peak_and_keeps_the_mean() {
        let mut shape = [1.0; SLOTS];
        shape[38] = 3.0;
        let later = shifted(&shape, 1.0);
        assert_eq!(later[40], 3.0);
        let earlier = shifted(&shape, -0.75);
        assert_eq!((earlier[36], earlier[37]), (2.0, 2.0));
        assert!((earlier.iter().sum::<f64>() - shape.iter().sum::<f64>()).abs() < 1e-12);
    }
}
