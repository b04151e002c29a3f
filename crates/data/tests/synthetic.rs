//! The synthetic neighbourhood against what was measured.
//!
//! The measured values are those of `data/calibration/README.md`; where the samples
//! behind them are few (8 homes) or differ, the tolerance is as wide as they differ.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::statistics::{
    autocorrelation, correlation, daily_kwh, mean, mean_pair_correlation, median, profile_of,
    profiles, residual, sd, wide,
};
use peergrid_data::{DataError, Neighbourhood, ProvenanceKind, Synthetic};

const LOAD_SHAPE: &str = include_str!("../../../data/calibration/load_shape.csv");
const MONTHS: &str = include_str!("../../../data/calibration/months.csv");
/// Seeds the comparison averages over, so that one odd year does not decide it.
const SEEDS: [u64; 3] = [1, 2, 3];

fn neighbourhood(homes: usize, seed: u64, step_minutes: u32) -> Neighbourhood {
    Synthetic { homes, seed, step_minutes, ..Synthetic::default() }.generate().unwrap()
}

fn numbers(table: &str) -> Vec<Vec<f64>> {
    let rows = table.lines().skip(1);
    rows.map(|row| row.split(',').map(|field| field.parse().unwrap()).collect()).collect()
}

#[track_caller]
fn assert_near(what: &str, value: f64, measured: f64, tolerance: f64) {
    assert!((value - measured).abs() <= tolerance, "{what}: {value:.4}, measured {measured:.4}");
}

/// The mean of a statistic over the seeds.
fn over_seeds(homes: usize, step_minutes: u32, statistic: impl Fn(&Neighbourhood) -> f64) -> f64 {
    mean(&SEEDS.map(|seed| statistic(&neighbourhood(homes, seed, step_minutes))))
}

fn daily_means(n: &Neighbourhood) -> Vec<f64> {
    n.homes.iter().map(|home| mean(&daily_kwh(n, &home.load_kw))).collect()
}

fn yields(n: &Neighbourhood) -> Vec<Vec<f64>> {
    let per_kwp = |kw: f64, kwp: Option<f64>| kw / kwp.unwrap();
    let homes = n.homes.iter();
    homes.map(|h| wide(&h.pv_kw).iter().map(|kw| per_kwp(*kw, h.pv_kwp)).collect()).collect()
}

#[test]
fn homes_are_as_large_and_as_different_as_measured() {
    assert_near("mean daily kWh", over_seeds(150, 60, |n| mean(&daily_means(n))), 15.885, 0.8);
    let cv = over_seeds(150, 60, |n| sd(&daily_means(n)) / mean(&daily_means(n)));
    assert_near("variation between homes", cv, 0.405, 0.05);
    let peak = over_seeds(60, 30, |n| {
        let peaks = n.homes.iter().map(|h| wide(&h.load_kw).into_iter().fold(0.0, f64::max));
        mean(&peaks.collect::<Vec<_>>())
    });
    assert_near("largest half hour of a home, kW", peak, 7.05, 1.2);
}

#[test]
fn profiles_follow_season_and_day_type() {
    let n = neighbourhood(200, 1, 30);
    let table = numbers(LOAD_SHAPE);
    let mut sums = [(); 8].map(|()| vec![0.0; 48]);
    for home in &n.homes {
        for (sum, profile) in sums.iter_mut().zip(profiles(&n, home)) {
            sum.iter_mut().zip(profile).for_each(|(sum, kw)| *sum += kw);
        }
    }
    for (index, profile) in sums.iter().enumerate() {
        let measured: Vec<f64> = table.iter().map(|row| row[index + 1]).collect();
        let r = correlation(profile, &measured);
        assert!(r > 0.97, "profile {index} correlates by {r} only");
        // Homes live earlier or later than the mean home, which rounds the peak off.
        let peak = |p: &[f64]| p.iter().copied().fold(0.0, f64::max) / mean(p);
        let (drawn, measured) = (peak(profile), peak(&measured));
        assert!(drawn > 0.85 * measured && drawn < 1.05 * measured, "{index}: {drawn}, {measured}");
    }
}

#[test]
fn months_have_the_measured_load() {
    let indices = SEEDS.map(|seed| {
        let n = neighbourhood(150, seed, 60);
        let mut kwh = [(0.0, 0.0); 12];
        for home in &n.homes {
            for (date, day) in n.dates.iter().zip(daily_kwh(&n, &home.load_kw)) {
                let (sum, count) = &mut kwh[usize::from(date.month().unsigned_abs()) - 1];
                (*sum, *count) = (*sum + day, *count + 1.0);
            }
        }
        let year = mean(&daily_means(&n));
        kwh.map(|(sum, count)| sum / count / year)
    });
    for (month, row) in numbers(MONTHS).iter().enumerate() {
        let drawn = mean(&indices.map(|index| index[month]));
        assert_near(&format!("load of month {}", month + 1), drawn, row[1], 0.05);
    }
}

#[test]
fn load_noise_lasts_as_long_as_measured() {
    let of = |step, log, statistic: &dyn Fn(&[f64]) -> f64| {
        over_seeds(24, step, |n| {
            let homes = n.homes.iter().map(|home| statistic(&residual(n, home, log)));
            median(&homes.collect::<Vec<_>>())
        })
    };
    let lag1 = |r: &[f64]| autocorrelation(r, 1);
    assert_near("hourly log residual, lag 1 h", of(60, true, &lag1), 0.55, 0.08);
    assert_near("half-hourly log residual, lag 0.5 h", of(30, true, &lag1), 0.645, 0.06);
    assert_near("lag 1 day", of(60, true, &|r| autocorrelation(r, 24)), 0.2, 0.08);
    assert_near("half-hourly log residual, sd", of(30, true, &sd), 0.60, 0.08);
}

#[test]
fn loads_hardly_move_together() {
    let raw = over_seeds(30, 60, |n| {
        mean_pair_correlation(&n.homes.iter().map(|h| wide(&h.load_kw)).collect::<Vec<_>>())
    });
    // 0.17 for eight homes in hours, 0.26 for others in half hours.
    assert_near("loads", raw, 0.22, 0.07);
    let left = over_seeds(30, 60, |n| {
        mean_pair_correlation(&n.homes.iter().map(|h| residual(n, h, false)).collect::<Vec<_>>())
    });
    assert_near("residual loads", left, 0.04, 0.03);
}

#[test]
fn months_have_the_measured_pv_yield() {
    let monthly = SEEDS.map(|seed| {
        let n = neighbourhood(60, seed, 60);
        let days = n.dates.iter().enumerate();
        let mut kwh = [(0.0, 0.0); 12];
        for home in yields(&n) {
            for (day, date) in days.clone() {
                let (sum, count) = &mut kwh[usize::from(date.month().unsigned_abs()) - 1];
                *sum += home[day * 24..(day + 1) * 24].iter().sum::<f64>();
                *count += 1.0;
            }
        }
        kwh.map(|(sum, count)| sum / count)
    });
    let mut years = (0.0, 0.0);
    for (month, row) in numbers(MONTHS).iter().enumerate() {
        let drawn = mean(&monthly.map(|kwh| kwh[month]));
        // Three Januaries: the standard error of their mean clearness is about 5 %.
        assert_near(&format!("yield of month {}", month + 1), drawn / row[2], 1.0, 0.15);
        years = (years.0 + drawn, years.1 + row[2]);
    }
    assert_near("yield of the year", years.0 / years.1, 1.0, 0.04);
}

#[test]
fn homes_share_one_sky() {
    let together = over_seeds(30, 60, |n| mean_pair_correlation(&yields(n)));
    assert_near("PV, all hours", together, 0.89, 0.03);
    let daylight = over_seeds(30, 60, |n| {
        let day = |home: &Vec<f64>| home.chunks(24).flat_map(|d| d[7..18].to_vec()).collect();
        mean_pair_correlation(&yields(n).iter().map(day).collect::<Vec<_>>())
    });
    assert_near("PV, 7 to 18 h", daylight, 0.808, 0.05);
}

/// Energy of the days over that of the month's 97th-percentile day, as it was measured.
fn clearness(n: &Neighbourhood, home: &[f64]) -> Vec<f64> {
    let envelope = |month: i8, hour: usize| {
        let days = n.dates.iter().enumerate().filter(|(_, date)| date.month() == month);
        let mut values: Vec<f64> = days.map(|(day, _)| home[day * 24 + hour]).collect();
        values.sort_by(f64::total_cmp);
        values[(0.97 * (values.len() - 1) as f64).round() as usize]
    };
    let full: Vec<f64> =
        (1..=12).map(|month| (0..24).map(|hour| envelope(month, hour)).sum()).collect();
    let days = n.dates.iter().zip(home.chunks(24));
    days.map(|(date, day)| {
        day.iter().sum::<f64>() / full[usize::from(date.month().unsigned_abs()) - 1]
    })
    .collect()
}

#[test]
fn days_are_as_clear_as_measured() {
    let of = |statistic: &dyn Fn(&[Vec<f64>]) -> f64| {
        over_seeds(20, 60, |n| {
            statistic(&yields(n).iter().map(|home| clearness(n, home)).collect::<Vec<_>>())
        })
    };
    let per_home = |statistic: fn(&[f64]) -> f64| {
        of(&move |homes| mean(&homes.iter().map(|home| statistic(home)).collect::<Vec<_>>()))
    };
    assert_near("mean", per_home(mean), 0.672, 0.04);
    assert_near("sd", per_home(sd), 0.243, 0.03);
    assert_near("lag 1 day", per_home(|days| autocorrelation(days, 1)), 0.27, 0.08);
    assert_near("between homes", of(&mean_pair_correlation), 0.749, 0.06);
}

#[test]
fn sizes_are_those_of_the_three_hundred() {
    let n = neighbourhood(300, 5, 60);
    let sizes: Vec<f64> = n.homes.iter().map(|home| home.pv_kwp.unwrap()).collect();
    assert_near("median kWp", median(&sizes), 1.5, 0.11);
    assert_near("mean kWp", mean(&sizes), 1.68, 0.2);
}

#[test]
fn the_sun_is_an_hour_later_on_daylight_saving_time() {
    let n = neighbourhood(40, 1, 60);
    let per_kwp = yields(&n);
    // The hour around which a day's energy lies, a week before and after the change.
    let centre = |days: std::ops::Range<usize>| {
        let (mut moment, mut energy) = (0.0, 0.0);
        for home in &per_kwp {
            for (hour, kw) in home[days.start * 24..days.end * 24].iter().enumerate() {
                moment += kw * ((hour % 24) as f64 + 0.5);
                energy += kw;
            }
        }
        moment / energy
    };
    let october = n.dates.iter().position(|d| (d.month(), d.day()) == (10, 4)).unwrap();
    let jump = centre(october..october + 10) - centre(october - 10..october);
    assert_near("jump in October, h", jump, 1.0, 0.4);
    let night = |slot: usize| {
        per_kwp.iter().all(|home| home.iter().skip(slot).step_by(24).all(|v| *v == 0.0))
    };
    assert!(night(3) && night(21), "the sun shines at night");
}

#[test]
fn hours_are_the_means_of_half_hours() {
    let mut halves = neighbourhood(3, 9, 30);
    halves.resample(60).unwrap();
    let hours = neighbourhood(3, 9, 60);
    for (a, b) in halves.homes.iter().zip(&hours.homes) {
        let close = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-6 * b);
        assert!(close(&a.load_kw, &b.load_kw) && close(&a.pv_kw, &b.pv_kw));
    }
}

#[test]
fn the_seed_decides_and_a_home_does_not_depend_on_the_others() {
    let n = neighbourhood(4, 7, 60);
    assert_eq!(n, neighbourhood(4, 7, 60));
    assert_eq!(n.homes[..2], neighbourhood(2, 7, 60).homes);
    assert_ne!(n.homes[0].load_kw, neighbourhood(4, 8, 60).homes[0].load_kw);
    assert_eq!(n.provenance.kind, ProvenanceKind::Synthetic);
    n.validate().unwrap();
    // Fixed numbers, so that a change of platform or library does not pass unseen.
    let sum = |series: &[f32]| wide(series).iter().sum::<f64>();
    assert_eq!(profile_of(&n, 0), 0);
    assert_near("load of s1", sum(&n.homes[0].load_kw), FIXED.0, 1e-6 * FIXED.0);
    assert_near("PV of s1", sum(&n.homes[0].pv_kw), FIXED.1, 1e-6 * FIXED.1);
}

/// kWh of load and PV of home s1 of seed 7.
const FIXED: (f64, f64) = (2_519.414_387, 1_249.178_686);

#[test]
fn settings_out_of_range_are_named() {
    let field = |spec: Synthetic| match spec.generate() {
        Err(DataError::Setting { field, .. }) => field,
        other => panic!("{other:?}"),
    };
    let base = Synthetic::default();
    assert_eq!(field(Synthetic { homes: 0, ..base.clone() }), "homes");
    assert_eq!(field(Synthetic { homes: 1000, ..base.clone() }), "homes");
    assert_eq!(field(Synthetic { step_minutes: 15, ..base.clone() }), "step_minutes");
    assert_eq!(field(Synthetic { year: 1999, ..base.clone() }), "year");
    assert_eq!(field(Synthetic { days: 0, ..base.clone() }), "days");
    let typo = serde_json::from_str::<Synthetic>(r#"{"home": 3}"#).unwrap_err();
    assert!(typo.to_string().contains("home"));
}
