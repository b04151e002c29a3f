//! What a street's limits, stress and charges do, checked by hand on two homes.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use std::sync::Arc;

use common::{act, action, neighbourhood, tariff};
use jiff::civil::date;
use peergrid_env::{
    Cloudy, Community, EnvError, HomeSetup, LimitMode, Limits, LossSharing, Microgrids, Outage,
    Scenario, Stress, Tariff,
};
use peergrid_guard::Action;
use peergrid_physics::{Battery, Fault, FeederSpec};

/// Loads and PV of two homes at constant power, the first with a battery, on day 1 of three.
fn street(first: (f32, f32), second: (f32, f32), scenario: &Scenario) -> Microgrids {
    let constant = |(load, pv): (f32, f32)| (vec![load], vec![pv]);
    let data = neighbourhood(3, &[constant(first), constant(second)]);
    let community = Community::new(&data, scenario).unwrap();
    let mut microgrids = Microgrids::new(Arc::new(community), 1);
    microgrids.reset(&[1]).unwrap();
    microgrids
}

fn plain() -> Scenario {
    let with = HomeSetup { battery: Some(Battery::default()), ..HomeSetup::default() };
    Scenario::new(vec![with, HomeSetup::default()], tariff())
}

fn idle() -> [Action; 2] {
    [action(0.0, 0.0, 0.06), action(0.0, 0.0, 0.57)]
}

fn all_day_outage() -> Stress {
    let outage = Outage { from_hour: 0.0, to_hour: 24.0, ..Outage::default() };
    Stress { outage: Some(outage), ..Stress::default() }
}

#[test]
fn without_the_grid_neighbours_share_and_the_rest_is_curtailed() {
    let scenario = Scenario { stress: all_day_outage(), ..plain() };
    let settled = act(&mut street((1.0, 4.0), (1.0, 0.0), &scenario), &idle());
    assert_eq!((settled.unserved_kwh[1], settled.feeder_kwh[0]), (0.0, 0.0));
    assert!((settled.curtailed_kw[0] - 2.0).abs() < 1e-12);
    assert!((settled.p2p_kwh[1] - 1.0).abs() < 1e-12);
    // The middle of 0.28 and 0.05 $/kWh.
    assert!((settled.bill[1] - 0.165).abs() < 1e-12 && (settled.bill[0] + 0.165).abs() < 1e-12);
}

#[test]
fn without_the_grid_batteries_serve_until_they_are_empty() {
    let scenario = Scenario { stress: all_day_outage(), ..plain() };
    let mut microgrids = street((0.5, 4.0), (0.5, 0.0), &scenario);
    // The guard lets the battery charge what would be lost otherwise, if its policy wants to.
    let settled = act(&mut microgrids, &[action(3.0, 0.0, 0.06), action(0.0, 0.0, 0.57)]);
    assert_eq!((settled.battery_kw[0], settled.curtailed_kw[0]), (3.0, 0.0));
    let data = neighbourhood(3, &[(vec![0.5], vec![0.0]), (vec![0.5], vec![0.0])]);
    let full = Battery { soc_min: 0.5, ..Battery::default() };
    let dark = Scenario {
        homes: vec![
            HomeSetup { battery: Some(full), ..HomeSetup::default() },
            HomeSetup::default(),
        ],
        ..scenario
    };
    let mut microgrids = Microgrids::new(Arc::new(Community::new(&data, &dark).unwrap()), 1);
    microgrids.reset(&[1]).unwrap();
    let settled = act(&mut microgrids, &idle());
    // The battery stands at its lowest charge: nothing can be served.
    assert_eq!(settled.unserved_kwh, [0.5, 0.5]);
    // With the sun until 17 h and the grid gone from then on, it serves until it is empty.
    let sun: Vec<f32> = (0..24).map(|h| if h < 17 { 1.5 } else { 0.0 }).collect();
    let data = neighbourhood(3, &[(vec![0.5; 24], sun), (vec![1.5; 24], vec![0.0; 24])]);
    let evening = Outage { from_hour: 17.0, to_hour: 24.0, ..Outage::default() };
    let stress = Stress { outage: Some(evening), ..Stress::default() };
    let community = Community::new(&data, &Scenario { stress, ..plain() }).unwrap();
    let mut microgrids = Microgrids::new(Arc::new(community), 1);
    microgrids.reset(&[1]).unwrap();
    let (mut served, mut missed) = (0.0, 0.0);
    for hour in 0..24 {
        // The policy charges a kW by day and then wants to rest; the guard knows better.
        let battery = if hour < 17 { 1.0 } else { 0.0 };
        let settled = act(&mut microgrids, &[action(battery, 0.0, 0.27), action(0.0, 0.0, 0.27)]);
        if hour >= 17 {
            served -= settled.battery_kw[0];
            missed += settled.unserved_kwh.iter().sum::<f64>();
        }
    }
    // From 10 to 1 kWh, less the loss of discharging; 7 hours of 2 kW were wanted.
    assert!((served - 9.0 * 0.9_f64.sqrt()).abs() < 1e-9 && (served + missed - 14.0).abs() < 1e-9);
}

#[test]
fn what_is_missed_costs_those_who_miss_it_and_nobody_else() {
    let scenario = Scenario { stress: all_day_outage(), ..plain() };
    let settled = act(&mut street((0.5, 0.0), (0.5, 0.0), &scenario), &idle());
    assert_eq!((settled.bill[0], settled.bill[1], settled.import_kwh[0]), (0.0, 0.0, 0.0));
    assert_eq!(settled.alone, [12.5, 12.5], "25 $/kWh for half a kWh each");
}

#[test]
fn in_the_dark_no_energy_comes_from_a_ramp() {
    let slow = Battery { ramp_kw_per_hour: Some(0.5), ..Battery::default() };
    let mut scenario = Scenario { stress: Stress::default(), ..plain() };
    scenario.homes[0].battery = Some(slow);
    let outage = Outage { from_hour: 2.0, to_hour: 24.0, ..Outage::default() };
    scenario.stress.outage = Some(outage);
    let mut microgrids = street((1.0, 0.0), (1.0, 0.0), &scenario);
    let charge = [action(5.0, 0.0, 0.27), action(0.0, 0.0, 0.27)];
    for _ in 0..2 {
        act(&mut microgrids, &charge);
    }
    let soc = microgrids.soc()[0];
    let settled = act(&mut microgrids, &charge);
    assert!(soc > 2.0 && settled.soc_kwh[0] <= soc && settled.battery_kw[0] <= 0.0);
    assert!(settled.unserved_kwh.iter().all(|kwh| *kwh <= 1.0));
}

#[test]
fn alone_a_home_keeps_to_its_connection() {
    let mut scenario = plain();
    scenario.homes[0].connection_kw = Some(3.0);
    let settled = act(&mut street((0.0, 8.0), (0.0, 0.0), &scenario), &idle());
    assert!((settled.alone[0] + 3.0 * 0.05).abs() < 1e-12);
}

#[test]
fn a_battery_is_credited_with_the_curtailment_it_avoids() {
    let limits =
        Limits { transformer: LimitMode::Enforced, transformer_kw: Some(4.0), ..Limits::default() };
    let scenario = Scenario { limits, ..plain() };
    let mut microgrids = street((0.0, 9.0), (0.0, 0.0), &scenario).with_counterfactuals(true);
    let settled = act(&mut microgrids, &[action(5.0, 0.0, 0.06), action(0.0, 0.0, 0.27)]);
    // 5 of 9 kW charge, 4 are sold; without the battery 5 would be lost and 4 sold all the same.
    assert!((settled.bill.iter().sum::<f64>() + 0.2).abs() < 1e-9);
    assert!((settled.without_cost[0] + 0.2).abs() < 1e-5, "{}", settled.without_cost[0]);
}

#[test]
fn a_greedy_home_stays_greedy_without_its_battery() {
    let mut scenario = plain();
    scenario.homes[0].greedy = true;
    let mut microgrids = street((1.0, 3.0), (2.0, 0.0), &scenario).with_counterfactuals(true);
    let settled = act(&mut microgrids, &[action(3.0, 0.0, 0.06), action(0.0, 0.0, 0.27)]);
    // It charges its whole surplus and a kW more; without, it would ask the retail price for 2 kWh
    // and export them, since nobody pays that.
    assert!((settled.without_cost[0] - (2.0 * 0.28 - 2.0 * 0.05)).abs() < 1e-9);
}

#[test]
fn clouds_come_on_their_days_and_a_date_outside_the_data_is_named() {
    let cloudy = |day| Cloudy { from: Some(date(2026, 1, day)), days: 1, pv_factor: 0.25 };
    let under = |day| Scenario {
        stress: Stress { cloudy: Some(cloudy(day)), ..Stress::default() },
        ..plain()
    };
    let settled = act(&mut street((1.0, 4.0), (1.0, 0.0), &under(6)), &idle());
    assert_eq!(settled.pv_kw[0], 1.0);
    let settled = act(&mut street((1.0, 4.0), (1.0, 0.0), &under(7)), &idle());
    assert_eq!(settled.pv_kw[0], 4.0);
    let data = neighbourhood(3, &[(vec![1.0], vec![0.0]), (vec![1.0], vec![0.0])]);
    let error = Community::new(&data, &under(20)).unwrap_err();
    assert!(matches!(error, EnvError::Date { .. }));
    assert!(error.to_string().contains("2026-01-20; the data runs from 2026-01-05"), "{error}");
}

#[test]
fn greedy_neighbours_find_no_partner() {
    let mut scenario = plain();
    scenario.homes[0].greedy = true;
    let orders = [action(0.0, 0.0, 0.06), action(0.0, 0.0, 0.27)];
    let settled = act(&mut street((1.0, 4.0), (1.0, 0.0), &scenario), &orders);
    assert_eq!((settled.volume_kwh[0], settled.import_kwh[1]), (0.0, 1.0));
}

#[test]
fn a_transformer_limit_is_reported_penalised_or_enforced() {
    let with = |transformer| Scenario {
        limits: Limits { transformer, transformer_kw: Some(1.5), ..Limits::default() },
        ..plain()
    };
    let charge = [action(3.0, 0.0, 0.27), action(0.0, 0.0, 0.27)];
    let run = |mode| act(&mut street((1.0, 0.0), (0.0, 0.0), &with(mode)), &charge);
    let reported = run(LimitMode::Reported);
    assert_eq!((reported.overload_kwh[0], reported.penalty[0]), (2.5, 0.0));
    let penalised = run(LimitMode::Penalised);
    assert_eq!((penalised.overload_kwh[0], penalised.penalty[0]), (2.5, 2.5));
    assert_eq!(penalised.bill, reported.bill, "a penalty is no money");
    let enforced = run(LimitMode::Enforced);
    assert!(enforced.overload_kwh[0] < 1e-6 && (enforced.battery_kw[0] - 0.5).abs() < 1e-6);
}

#[test]
fn an_enforced_limit_counts_losses() {
    let limits = Limits {
        transformer: LimitMode::Enforced,
        transformer_kw: Some(6.0),
        voltage: LimitMode::Enforced,
        ..Limits::default()
    };
    let feeder = Some(FeederSpec { spacing_m: 300.0, ..FeederSpec::default() });
    let scenario = Scenario { limits, feeder, ..plain() };
    let charge = [action(5.0, 0.0, 0.27), action(0.0, 0.0, 0.27)];
    let settled = act(&mut street((1.0, 0.0), (2.0, 0.0), &scenario), &charge);
    assert!((settled.feeder_kwh[0] - 6.0).abs() < 0.05 && settled.overload_kwh[0] < 1e-5);
    let settled = act(&mut street((1.0, 9.0), (2.0, 9.0), &scenario), &idle());
    assert!((settled.feeder_kwh[0] + 6.0).abs() < 0.05 && settled.curtailed_kw[1] > 4.0);
}

#[test]
fn a_voltage_outside_the_band_is_penalised_where_it_is() {
    let limits = Limits {
        voltage: LimitMode::Penalised,
        voltage_max: 1.0,
        voltage_penalty: 2.0,
        ..Limits::default()
    };
    let scenario = Scenario { limits, feeder: Some(FeederSpec::default()), ..plain() };
    let settled = act(&mut street((0.0, 0.0), (0.0, 8.0), &scenario), &idle());
    let rise = settled.voltage_max[0] - 1.0;
    assert!(rise > 0.0 && (settled.penalty[1] - 200.0 * rise).abs() < 1e-9);
    assert!(settled.penalty[0] > 0.0 && settled.penalty[0] < settled.penalty[1]);
}

#[test]
fn marginal_shares_reward_the_home_that_relieves_the_cable() {
    let with =
        |loss_sharing| Scenario { feeder: Some(FeederSpec::default()), loss_sharing, ..plain() };
    // The second home's surplus shortens the way of what the first draws.
    let (first, second) = ((8.0, 0.0), (0.0, 2.0));
    let marginal = act(&mut street(first, second, &with(LossSharing::Marginal)), &idle());
    assert!(marginal.loss_kwh[1] < 0.0 && marginal.loss_kwh[0] > 0.0);
    let pro_rata = act(&mut street(first, second, &with(LossSharing::ProRata)), &idle());
    assert!((pro_rata.loss_kwh[0] - 4.0 * pro_rata.loss_kwh[1]).abs() < 1e-12);
    let total = |shares: &[f64]| shares.iter().sum::<f64>();
    assert!((total(&marginal.loss_kwh) - total(&pro_rata.loss_kwh)).abs() < 1e-12);
}

#[test]
fn a_faulty_section_loses_more() {
    let with =
        |fault| Scenario { feeder: Some(FeederSpec { fault, ..FeederSpec::default() }), ..plain() };
    let loss = |scenario: &Scenario| {
        act(&mut street((2.0, 0.0), (2.0, 0.0), scenario), &idle()).street_loss_kwh[0]
    };
    let bad = Fault { bus: "h1".to_owned(), impedance_factor: 10.0 };
    // The sections carry 4 and 2 kW: the losses are as 16 + 4 to 16 + 40, but for a little.
    let ratio = loss(&with(Some(bad))) / loss(&with(None));
    assert!((ratio - 2.8).abs() < 0.05, "{ratio}");
}

#[test]
fn exports_beyond_the_days_allowance_are_charged() {
    let two_way = Tariff::by_id("sydney-two-way").unwrap();
    let charge = two_way.export_charge.clone().unwrap();
    let scenario = Scenario { tariff: two_way, ..plain() };
    let mut microgrids = street((0.0, 4.0), (0.0, 0.0), &scenario);
    let (mut charged, mut bill) = (0.0, 0.0);
    for _ in 0..24 {
        let settled = act(&mut microgrids, &idle());
        charged += settled.charges.iter().sum::<f64>();
        bill += settled.bill.iter().sum::<f64>();
        assert!((settled.bill[0] - settled.alone[0]).abs() < 1e-12, "alone pays the same");
    }
    // Five hours of 4 kW between 10 and 15 h, less what is free.
    let expected = charge.price_per_kwh * (20.0 - charge.free_kwh_per_day());
    assert!((charged - expected).abs() < 1e-12 && expected > 0.1);
    let feed_in: f64 = (0..24).map(|h| microgrids.community().feed_in(24 + h) * 4.0).sum();
    assert!((bill - charged + feed_in).abs() < 1e-9);
}

#[test]
fn demand_is_charged_once_for_its_highest_step() {
    let tariff = Tariff::by_id("sydney-demand").unwrap();
    let price = tariff.demand_charge.clone().unwrap().price_per_kw_day;
    let scenario = Scenario { tariff, ..plain() };
    let mut microgrids = street((2.0, 0.0), (0.0, 0.0), &scenario);
    let mut charged = 0.0;
    for hour in 0..24 {
        let battery = if hour == 18 { 3.0 } else { 0.0 };
        let actions = [action(battery, 0.0, 0.27), action(0.0, 0.0, 0.27)];
        charged += act(&mut microgrids, &actions).charges.iter().sum::<f64>();
    }
    assert!((charged - 5.0 * price).abs() < 1e-12, "{charged} {price}");
}
