//! What can be done with a neighbourhood, and the split's edge cases.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use peergrid_data::{DataError, Neighbourhood, Split, SplitUnit, Synthetic};

fn neighbourhood() -> Neighbourhood {
    Synthetic { homes: 3, days: 2, step_minutes: 30, ..Synthetic::default() }.generate().unwrap()
}

fn sum(series: &[f32]) -> f64 {
    series.iter().map(|kw| f64::from(*kw)).sum()
}

#[test]
fn select_keeps_the_order_asked_for() {
    let mut n = neighbourhood();
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    let third = n.homes[2].clone();
    n.select(&ids(&["s3", "s1"])).unwrap();
    assert_eq!((n.homes[0].clone(), n.homes.len()), (third, 2));
    let before = n.clone();
    let error = n.select(&ids(&["s1", "s2"])).unwrap_err();
    assert_eq!(error.to_string(), "there is no home `s2`; the homes are s3, s1.");
    assert!(n.select(&ids(&["s1", "s1"])).is_err());
    assert!(n.select(&[]).is_err());
    assert_eq!(n, before);
}

#[test]
fn pv_scales_to_a_size() {
    let mut n = neighbourhood();
    let (kwp, energy) = (n.homes[0].pv_kwp.unwrap(), sum(&n.homes[0].pv_kw));
    n.scale_pv(0, 5.0).unwrap();
    assert_eq!(n.homes[0].pv_kwp, Some(5.0));
    let expected = energy * 5.0 / kwp;
    assert!((sum(&n.homes[0].pv_kw) - expected).abs() < 1e-6 * expected);
    n.scale_pv(1, 0.0).unwrap();
    assert!(n.homes[1].pv_kw.iter().all(|kw| *kw == 0.0));
    assert_eq!(n.scale_pv(1, 5.0), Err(DataError::UnknownPvSize { id: "s2".to_owned() }));
    n.homes[2].pv_kwp = None;
    assert_eq!(n.scale_pv(2, 5.0), Err(DataError::UnknownPvSize { id: "s3".to_owned() }));
    n.set_pv_kwp(2, 2.5).unwrap();
    n.scale_pv(2, 5.0).unwrap();
    for bad in [f64::NAN, f64::INFINITY, -1.0] {
        assert!(n.scale_pv(0, bad).is_err() && n.set_pv_kwp(0, bad).is_err());
    }
    assert!(n.scale_pv(3, 5.0).is_err());
    n.validate().unwrap();
}

#[test]
fn hours_keep_the_energy_of_half_hours() {
    let mut n = neighbourhood();
    let energy = sum(&n.homes[1].load_kw) * n.step_hours();
    n.resample(60).unwrap();
    assert_eq!((n.step_minutes, n.steps(), n.homes[1].load_kw.len()), (60, 48, 48));
    assert!((sum(&n.homes[1].load_kw) * n.step_hours() - energy).abs() < 1e-6 * energy);
    assert!(n.resample(30).is_err() && n.resample(15).is_err());
    n.resample(60).unwrap();
}

#[test]
fn validate_finds_what_is_wrong() {
    let broken = |change: fn(&mut Neighbourhood)| {
        let mut n = neighbourhood();
        change(&mut n);
        n.validate().unwrap_err().to_string()
    };
    let text = broken(|n| n.homes[1].load_kw[7] = f32::NAN);
    assert_eq!(text, "the load of home `s2`: NaN kW at step 7, expected 0 or more.");
    assert!(broken(|n| n.homes[0].pv_kw[3] = -0.1).contains("-0.1 kW at step 3"));
    assert!(broken(|n| n.homes[0].pv_kw.truncate(5)).contains("5 steps, expected 96"));
    assert!(broken(|n| n.homes[2].id = "s1".to_owned()).contains("not unique"));
    assert!(broken(|n| n.dates.reverse()).contains("follows"));
    assert!(broken(|n| n.step_minutes = 15).contains("15 minutes"));
    assert!(broken(|n| n.homes.clear()).contains("empty"));
}

#[test]
fn a_neighbourhood_survives_json() {
    let n = neighbourhood();
    let text = serde_json::to_string(&n).unwrap();
    assert_eq!(serde_json::from_str::<Neighbourhood>(&text).unwrap(), n);
}

#[test]
fn too_few_days_are_said_so() {
    let error = Split::new(2, SplitUnit::Day, 1).unwrap_err();
    assert_eq!(error.to_string(), "there are 2 days; a split by day needs at least 3 days.");
    let error = Split::new(20, SplitUnit::Week, 1).unwrap_err();
    assert_eq!(error.to_string(), "there are 20 days; a split by week needs at least 21 days.");
}

#[test]
fn seeds_split_differently_and_a_year_has_its_shares() {
    let one = Split::new(365, SplitUnit::Day, 1).unwrap();
    assert_ne!(one, Split::new(365, SplitUnit::Day, 2).unwrap());
    assert_eq!(one.held_out.iter().filter(|day| **day < 364).count(), 52);
    assert_eq!(one.validation.iter().filter(|day| **day < 364).count(), 26);
    let weeks = Split::new(365, SplitUnit::Week, 1).unwrap();
    assert_eq!(weeks.train.len() + weeks.validation.len() + weeks.held_out.len(), 52);
    assert!(weeks.held_out.len() >= 7 && weeks.validation.len() >= 7);
}
