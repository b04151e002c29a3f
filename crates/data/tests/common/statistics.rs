//! The statistics by which the synthetic neighbourhood is compared with measured ones.

use peergrid_data::{Home, Neighbourhood};

pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

pub fn sd(values: &[f64]) -> f64 {
    let mean = mean(values);
    (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
}

pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

pub fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let (mean_a, mean_b) = (mean(a), mean(b));
    let product: f64 = a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).sum();
    product / (a.len() as f64 * sd(a) * sd(b))
}

pub fn autocorrelation(values: &[f64], lag: usize) -> f64 {
    correlation(&values[lag..], &values[..values.len() - lag])
}

/// Mean correlation of all pairs of series.
pub fn mean_pair_correlation(series: &[Vec<f64>]) -> f64 {
    let pairs = (0..series.len()).flat_map(|a| (0..a).map(move |b| (a, b)));
    let all: Vec<f64> = pairs.map(|(a, b)| correlation(&series[a], &series[b])).collect();
    mean(&all)
}

pub fn wide(series: &[f32]) -> Vec<f64> {
    series.iter().map(|v| f64::from(*v)).collect()
}

/// Row of the profile table for a day: season · 2 + weekend.
pub fn profile_of(n: &Neighbourhood, day: usize) -> usize {
    let date = n.dates[day];
    let weekend = date.weekday().to_monday_zero_offset() >= 5;
    2 * (usize::from(date.month().unsigned_abs()) % 12 / 3) + usize::from(weekend)
}

/// Mean load by season, day type and step.
pub fn profiles(n: &Neighbourhood, home: &Home) -> [Vec<f64>; 8] {
    let per_day = n.steps_per_day();
    let mut sums = [(); 8].map(|()| (vec![0.0; per_day], 0.0));
    for (day, load) in home.load_kw.chunks_exact(per_day).enumerate() {
        let (sum, count) = &mut sums[profile_of(n, day)];
        sum.iter_mut().zip(load).for_each(|(sum, kw)| *sum += f64::from(*kw));
        *count += 1.0;
    }
    sums.map(|(sum, count)| sum.iter().map(|v| v / f64::max(count, 1.0)).collect())
}

/// A load less its mean for the season, day type and step; `log` of both before.
pub fn residual(n: &Neighbourhood, home: &Home, log: bool) -> Vec<f64> {
    let view = |kw: f32| if log { f64::from(kw.max(0.005)).ln() } else { f64::from(kw) };
    let load_kw = home.load_kw.iter().map(|kw| view(*kw) as f32).collect();
    let viewed = Home { load_kw, ..home.clone() };
    let means = profiles(n, &viewed);
    let per_day = n.steps_per_day();
    let values = wide(&viewed.load_kw);
    let step = |i: usize| means[profile_of(n, i / per_day)][i % per_day];
    values.iter().enumerate().map(|(i, v)| v - step(i)).collect()
}

/// Sums by day, in kWh.
pub fn daily_kwh(n: &Neighbourhood, series: &[f32]) -> Vec<f64> {
    let days = series.chunks_exact(n.steps_per_day());
    days.map(|day| day.iter().map(|kw| f64::from(*kw)).sum::<f64>() * n.step_hours()).collect()
}
