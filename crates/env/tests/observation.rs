//! What a home sees: the features' meaning on days checked by hand, and nothing of the future.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use std::sync::Arc;

use peergrid_data::Neighbourhood;
use peergrid_env::{
    ACTION_SIZE, BatteryMode, Checked, Community, DayType, HomeSetup, Microgrids,
    ObservationSettings, Profile, Scenario, Settled, StreetReport, Tariff, Window,
    observation_size,
};
use peergrid_guard::Action;
use peergrid_physics::Battery;
use proptest::prelude::*;

use common::{DAY, act, action, neighbourhood, tariff};

fn settings() -> impl Iterator<Item = ObservationSettings> {
    Profile::ALL
        .into_iter()
        .flat_map(|profile| StreetReport::ALL.map(|street| ObservationSettings { profile, street }))
}

/// A street on which every second home has a battery.
fn street(data: &Neighbourhood, tariff: Tariff) -> Microgrids {
    let home = |h: usize| HomeSetup {
        battery: h.is_multiple_of(2).then(Battery::default),
        ..HomeSetup::default()
    };
    let scenario = Scenario::new((0..data.homes.len()).map(home).collect(), tariff);
    let community = Community::new(data, &scenario).unwrap();
    Microgrids::new(Arc::new(community), 1)
}

fn observe(microgrids: &Microgrids, settings: ObservationSettings) -> Vec<f32> {
    let homes: Vec<usize> = (0..microgrids.community().homes()).collect();
    let rows = microgrids.microgrids() * homes.len();
    let mut seen = vec![f32::NAN; rows * observation_size(settings.profile)];
    microgrids.observe(settings, &homes, &mut seen);
    seen
}

/// What home `home` of the first microgrid sees as the extended feature `name`.
fn feature(microgrids: &Microgrids, street: StreetReport, home: usize, name: &str) -> f64 {
    let names = Profile::Extended.features();
    let at = names.iter().position(|feature| *feature == name).unwrap();
    let seen = observe(microgrids, ObservationSettings { profile: Profile::Extended, street });
    f64::from(seen[home * names.len() + at])
}

/// Features of this step's street, in units of the unscaled quantity, are near to what is expected.
fn expect(microgrids: &Microgrids, home: usize, expected: &[(&str, f64)]) {
    for &(name, value) in expected {
        let seen = feature(microgrids, StreetReport::ThisStep, home, name);
        assert!((seen - value).abs() < 1e-6, "{name}: {seen}, not {value}");
    }
}

/// Three days of two homes; the loads of both grow by the hour, the first has PV at noon.
fn ramps() -> Neighbourhood {
    let hours = |day: usize| (0..DAY).map(move |hour| (day * 100 + hour) as f32 / 100.0);
    let load: Vec<f32> = (0..3).flat_map(hours).collect();
    let sun = |t: usize| if (10..14).contains(&(t % DAY)) { 4.0 } else { 0.0 };
    let pv: Vec<f32> = (0..3 * DAY).map(sun).collect();
    let mut data = neighbourhood(3, &[(load.clone(), pv), (load, vec![0.0])]);
    data.homes[0].pv_kwp = Some(6.0);
    data
}

#[test]
fn every_feature_has_a_name_of_its_own() {
    for profile in Profile::ALL {
        let mut names = profile.features().to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), observation_size(profile));
    }
    assert_eq!(observation_size(Profile::Mission), 7);
    assert!(observation_size(Profile::Extended) <= 36);
}

#[test]
fn the_mission_sees_its_seven_numbers() {
    let mut microgrids = street(&ramps(), tariff());
    microgrids.reset(&[1]).unwrap();
    // An hour in which the first home imports 6 kWh (1 of load, 5 charged), half of it by request.
    act(&mut microgrids, &[action(5.0, 6.0, 0.27), action(0.0, 0.0, 0.27)]);
    let mission = ObservationSettings { profile: Profile::Mission, ..Default::default() };
    let seen = observe(&microgrids, mission);
    let soc = (1.0 + 5.0 * 0.9_f64.sqrt()) / 10.0;
    let expected = [1.01, 0.0, soc, 0.28, 0.05, 6.0 / 24.0, 0.0, 1.01, 0.0, 0.0];
    for (seen, expected) in seen.iter().zip(expected) {
        assert!((f64::from(*seen) - expected).abs() < 1e-6, "{seen}, not {expected}");
    }
}

#[test]
fn yesterday_stands_at_the_hours_ahead() {
    let mut microgrids = street(&ramps(), tariff());
    microgrids.reset(&[1]).unwrap();
    for _ in 0..12 {
        act(&mut microgrids, &[action(0.0, 0.0, 0.1), action(0.0, 0.0, 0.27)]);
    }
    let sum = |hours: std::ops::Range<usize>| hours.map(|h| h as f64 / 100.0).sum::<f64>() / 24.0;
    // Noon; the peak is from 15 to 21 h.
    expect(
        &microgrids,
        0,
        &[
            ("load", 1.12),
            ("pv", 4.0),
            ("pv size / 5 kWp", 1.2),
            ("battery capacity / 10 kWh", 1.0),
            ("battery power / 5 kW", 1.0),
            ("own load of the next step yesterday", 0.13),
            ("own pv of the next step yesterday", 4.0),
            ("own load yesterday to the next peak's end / 24 kWh", sum(12..21)),
            ("own pv yesterday to the next peak's end / 24 kWh", 8.0 / 24.0),
            ("own deficit yesterday in the peak to come / 24 kWh", sum(15..21)),
            ("street: load less pv, per home", 1.12 - 2.0),
            ("street: pv today / 24 kWh, per home", 4.0 / 24.0),
            ("street yesterday: pv by this hour / 24 kWh, per home", 4.0 / 24.0),
            ("street yesterday: load less pv of the next step, per home", 0.13 - 2.0),
            (
                "street yesterday: surplus to the next peak's end / 24 kWh, per home",
                (4.0 - 0.25) / 24.0,
            ),
            ("street yesterday: deficit in the peak to come / 24 kWh, per home", sum(15..21)),
        ],
    );
    expect(&microgrids, 1, &[("pv size / 5 kWp", 0.0), ("battery power / 5 kW", 0.0)]);
    // 21 h: the peak is over, the next ends a day from now; its hours are today's.
    for _ in 12..21 {
        act(&mut microgrids, &[action(0.0, 0.0, 0.1), action(0.0, 0.0, 0.27)]);
    }
    let today = |hours: std::ops::Range<usize>| sum(hours.clone()) + hours.len() as f64 / 24.0;
    let load = sum(21..24) + today(0..21);
    let deficit = "own deficit yesterday in the peak to come / 24 kWh";
    expect(&microgrids, 0, &[(deficit, today(15..21))]);
    expect(&microgrids, 0, &[("own load yesterday to the next peak's end / 24 kWh", load)]);
}

/// Retail prices of three levels, the peak on workdays: night 10 c to 7 h, shoulder 20 c, peak 50 c
/// from 17 to 20 h.
fn three_levels() -> Tariff {
    let night = Window { price: Some(0.1), ..Window::daily("night", 0.0, 7.0) };
    let peak = Window {
        price: Some(0.5),
        peak: true,
        days: DayType::Weekdays,
        ..Window::daily("peak", 17.0, 20.0)
    };
    Tariff { windows: vec![night, peak], ..Tariff::flat("test", 0.2, 0.05) }
}

#[test]
fn the_tariff_ahead_has_three_levels() {
    // From Monday, 5 January 2026.
    let data = neighbourhood(7, &[(vec![1.0], vec![0.0])]);
    let mut microgrids = street(&data, three_levels());
    let mut at = |day: usize, hour: usize| {
        microgrids.reset(&[day]).unwrap();
        for _ in 0..hour {
            act(&mut microgrids, &[action(0.0, 0.0, 0.1)]);
        }
        [
            "retail price",
            "retail price of the next step",
            "time to the next higher price / 24 h",
            "time to the next lower price / 24 h",
            "time to the next peak / 24 h",
            "time left in the peak / 24 h",
        ]
        .map(|name| feature(&microgrids, StreetReport::ThisStep, 0, name))
    };
    let same = |seen: [f64; 6], prices: [f64; 2], hours: [f64; 4]| {
        let hours = hours.map(|hours| hours / 24.0);
        let expected = [&prices[..], &hours].concat();
        let near = seen.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-6);
        assert!(near, "{seen:?}, not {expected:?}");
    };
    same(at(1, 3), [0.1, 0.1], [4.0, 17.0, 14.0, 0.0]);
    same(at(1, 6), [0.1, 0.2], [1.0, 14.0, 11.0, 0.0]);
    same(at(1, 12), [0.2, 0.2], [5.0, 8.0, 5.0, 0.0]);
    same(at(1, 18), [0.5, 0.5], [13.0, 2.0, 0.0, 2.0]);
    same(at(1, 19), [0.5, 0.2], [12.0, 1.0, 0.0, 1.0]);
    // Friday night: no peak within a day, only the shoulder.
    same(at(4, 20), [0.2, 0.2], [11.0, 4.0, 24.0, 0.0]);
    // The last hour of the data: the calendar after it is that of the day before.
    same(at(6, 23), [0.2, 0.1], [8.0, 1.0, 24.0, 0.0]);
}

#[test]
fn the_street_is_of_this_step_or_of_the_last() {
    let mut microgrids = street(&ramps(), tariff());
    let street = |m: &Microgrids, report| {
        ["street: load less pv, per home", "street: mean state of charge"]
            .map(|name| (feature(m, report, 0, name) * 1e6).round() / 1e6)
    };
    let (now, late) = (StreetReport::ThisStep, StreetReport::LastStep);
    microgrids.reset(&[1]).unwrap();
    // The first step of an episode: the hour before midnight, and the batteries as they stand.
    assert_eq!(street(&microgrids, now), [1.0, 0.1]);
    assert_eq!(street(&microgrids, late), [0.23, 0.1]);
    act(&mut microgrids, &[action(2.0, 0.0, 0.27), action(0.0, 0.0, 0.27)]);
    let charged = ((0.1 + 0.2 * 0.9_f64.sqrt()) * 1e6).round() / 1e6;
    assert_eq!(street(&microgrids, now), [1.01, charged]);
    assert_eq!(street(&microgrids, late), [1.0, 0.1]);
    // Before the data's first step there is nothing to report.
    microgrids.reset(&[0]).unwrap();
    assert_eq!(street(&microgrids, late), [0.0, 0.1]);
    for settings in settings() {
        let seen = observe(&microgrids, settings);
        assert!(seen.iter().all(|v| v.is_finite()), "the first day has no yesterday, but a day");
    }
}

/// Where the report is late, so is the gate that follows it.
#[test]
fn the_gate_follows_the_street_that_is_known() {
    // At 10 h the sun comes out.
    let mut microgrids = street(&ramps(), tariff());
    microgrids.reset(&[1]).unwrap();
    for _ in 0..10 {
        act(&mut microgrids, &[action(0.0, 0.0, 0.1), action(0.0, 0.0, 0.27)]);
    }
    let proposed = |report| {
        let mut proposed = [Action::default(); 2];
        microgrids.propose(BatteryMode::Gate, report, &[0.0; 2 * ACTION_SIZE], &mut proposed);
        proposed[0].battery_kw
    };
    assert!((proposed(StreetReport::ThisStep) - (4.0 - 2.0 * 1.10)).abs() < 1e-6);
    assert_eq!(proposed(StreetReport::LastStep), 0.0, "an empty battery serves no deficit");
    assert_eq!(proposed(StreetReport::ThisStep), microgrids.follow_street(0));
}

#[test]
fn rows_are_of_the_homes_that_are_asked_for() {
    let mut microgrids = street(&ramps(), tariff());
    microgrids.reset(&[1, 2]).unwrap();
    for settings in settings() {
        let size = observation_size(settings.profile);
        let all = observe(&microgrids, settings);
        let mut second = vec![0.0; 2 * size];
        microgrids.observe(settings, &[1], &mut second);
        assert_eq!(second[..size], all[size..2 * size]);
        assert_eq!(second[size..], all[3 * size..]);
        microgrids.observe(settings, &[], &mut []);
    }
}

/// What someone sees of the microgrids in their present step, as bits.
type Seen = Vec<u64>;

/// What every profile shows, and what a policy makes of it: proposals, as bits.
fn honest(microgrids: &Microgrids) -> Seen {
    let mut seen = Seen::new();
    for settings in settings() {
        let observed = observe(microgrids, settings);
        seen.extend(observed.iter().map(|v| u64::from(v.to_bits())));
        for mode in [BatteryMode::Gate, BatteryMode::Power] {
            let proposed = propose(microgrids, settings, mode, &observed);
            seen.extend(
                proposed
                    .iter()
                    .flat_map(|a| [a.battery_kw, a.grid_request_kw, a.price_bid].map(f64::to_bits)),
            );
        }
    }
    seen
}

/// A policy with weights of all signs and sizes on what it sees.
fn propose(
    microgrids: &Microgrids,
    settings: ObservationSettings,
    mode: BatteryMode,
    observed: &[f32],
) -> Vec<Action> {
    let rows = observed.chunks_exact(observation_size(settings.profile));
    let answer = |row: &[f32], k: usize| -> f32 {
        row.iter().enumerate().map(|(i, v)| v * ((7 * i + 3 * k) as f32).sin()).sum()
    };
    let raw: Vec<f32> = rows.flat_map(|row| [0, 1, 2].map(|k| answer(row, k))).collect();
    let mut proposed = vec![Action::default(); raw.len() / ACTION_SIZE];
    microgrids.propose(mode, settings.street, &raw, &mut proposed);
    proposed
}

/// As honest, but for one number that the next step decides.
fn peeking(microgrids: &Microgrids) -> Seen {
    let next = microgrids.community().pvs(microgrids.t(0) + 1)[0];
    [honest(microgrids), vec![u64::from(next.to_bits())]].concat()
}

/// What is seen in hour `now` of the data's second day, after hours that were steered by what was
/// seen.
fn seen_at(data: &Neighbourhood, now: usize, see: fn(&Microgrids) -> Seen) -> Seen {
    let mut microgrids = street(data, Tariff::by_id("sydney-2011").unwrap());
    microgrids.reset(&[1]).unwrap();
    let settings = ObservationSettings::default();
    let (mut checked, mut settled) = (Checked::default(), Settled::default());
    for _ in 0..now {
        let observed = observe(&microgrids, settings);
        let proposed = propose(&microgrids, settings, BatteryMode::Gate, &observed);
        microgrids.check(&proposed, &mut checked);
        microgrids.step(&checked, &mut settled).unwrap();
    }
    see(&microgrids)
}

/// Whether what is seen in hour `now` changes with what comes after it.
fn depends_on_the_future(
    data: &Neighbourhood,
    now: usize,
    future: &[f32],
    see: fn(&Microgrids) -> Seen,
) -> bool {
    let mut other = data.clone();
    for (h, home) in other.homes.iter_mut().enumerate() {
        for series in [&mut home.load_kw, &mut home.pv_kw] {
            let later = series[DAY + now + 1..].iter_mut();
            later.enumerate().for_each(|(i, kw)| *kw = future[(7 * h + i) % future.len()]);
        }
    }
    seen_at(data, now, see) != seen_at(&other, now, see)
}

fn any_kw(steps: usize) -> impl Strategy<Value = Vec<f32>> {
    prop::collection::vec(0.0..6.0f32, steps)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The future is another one; what a home sees, and what a policy proposes, stays the same to
    /// the bit. Someone who peeks is found out.
    #[test]
    fn nothing_of_the_future_is_seen(
        series in prop::collection::vec((any_kw(3 * DAY), any_kw(3 * DAY)), 1..5),
        future in any_kw(DAY), now in 0..DAY,
    ) {
        let data = neighbourhood(3, &series);
        prop_assert!(!depends_on_the_future(&data, now, &future, honest));
        prop_assert!(depends_on_the_future(&data, now, &future, peeking));
    }
}
