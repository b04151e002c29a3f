//! Small communities for tests, and running policies in them.

#![allow(dead_code, reason = "not every test needs all of it")]

use std::sync::Arc;

use jiff::civil::date;
use peergrid_agents::Policy;
use peergrid_data::{Home, Neighbourhood, Provenance, ProvenanceKind};
use peergrid_env::{
    Checked, Community, HomeSetup, LimitMode, Limits, Microgrids, Scenario, Settled, Tariff, Window,
};
use peergrid_guard::Action;
use peergrid_physics::Battery;
use proptest::prelude::*;

/// A home of a test: hourly load and PV, kW, repeated to the length of the data, and its setup.
#[derive(Debug, Clone, Default)]
pub struct TestHome {
    pub load: Vec<f32>,
    pub pv: Vec<f32>,
    pub battery: Option<Battery>,
    pub connection_kw: Option<f64>,
}

/// A battery that loses nothing, empty at the start.
pub fn ideal(capacity_kwh: f64, power_kw: f64) -> Battery {
    Battery {
        capacity_kwh,
        power_kw,
        round_trip_efficiency: 1.0,
        soc_min: 0.0,
        ..Battery::default()
    }
}

/// `base`, and `peak` from 15 to 21 h.
pub fn tariff(base: f64, peak: f64, feed_in: f64) -> Tariff {
    let window = Window { price: Some(peak), peak: true, ..Window::daily("peak", 15.0, 21.0) };
    Tariff { windows: vec![window], ..Tariff::flat("test", base, feed_in) }
}

pub fn data(homes: &[TestHome]) -> Neighbourhood {
    const STEPS: usize = 3 * 24;
    let fill = |v: &[f32]| v.iter().copied().cycle().take(STEPS).collect();
    let home = |(i, home): (usize, &TestHome)| Home {
        id: format!("h{i}"),
        pv_kwp: None,
        postcode: None,
        load_kw: fill(&home.load),
        pv_kw: fill(&home.pv),
    };
    Neighbourhood {
        name: "test".to_owned(),
        provenance: Provenance {
            kind: ProvenanceKind::Synthetic,
            source: "made for a test".to_owned(),
            licence: "none".to_owned(),
        },
        step_minutes: 60,
        dates: date(2026, 1, 5).series(jiff::Span::new().days(1)).take(3).collect(),
        homes: homes.iter().enumerate().map(home).collect(),
    }
}

pub fn scenario(homes: &[TestHome], tariff: Tariff) -> Scenario {
    let setup = |home: &TestHome| HomeSetup {
        battery: home.battery.clone(),
        connection_kw: home.connection_kw,
        greedy: false,
    };
    Scenario::new(homes.iter().map(setup).collect(), tariff)
}

/// A transformer whose limit the guard holds.
pub fn transformer(kw: f64) -> Limits {
    Limits { transformer: LimitMode::Enforced, transformer_kw: Some(kw), ..Limits::default() }
}

pub fn community(homes: &[TestHome], scenario: &Scenario) -> Arc<Community> {
    Arc::new(Community::new(&data(homes), scenario).unwrap())
}

/// What a policy's day came to.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Bills less the value of what is left, $, by microgrid.
    pub cost: Vec<f64>,
    /// What losses added to the bills, $.
    pub loss_cost: f64,
    /// Load that was not served, kWh.
    pub unserved_kwh: f64,
    /// What the guard changed, in words, if anything.
    pub changes: Vec<String>,
    /// Battery powers by step and home, kW.
    pub battery_kw: Vec<Vec<f64>>,
}

/// Runs a policy over one-day episodes that start on `days`.
pub fn run(policy: &mut dyn Policy, community: &Arc<Community>, days: &[usize]) -> Outcome {
    let mut microgrids = Microgrids::new(community.clone(), 1);
    microgrids.reset(days).unwrap();
    let mut proposed = vec![Action::default(); days.len() * community.homes()];
    let (mut checked, mut settled) = (Checked::default(), Settled::default());
    let mut outcome = Outcome { cost: vec![0.0; days.len()], ..Outcome::default() };
    for step in 0..microgrids.episode_steps() {
        policy.propose(&microgrids, &mut proposed);
        microgrids.check(&proposed, &mut checked);
        for (i, changes) in checked.changes().iter().enumerate() {
            let told = changes.iter().map(|(reason, size)| {
                format!("step {step}, home {i}: {} by {size:e}", reason.label())
            });
            outcome.changes.extend(told);
        }
        microgrids.step(&checked, &mut settled).unwrap();
        outcome.battery_kw.push(settled.battery_kw.clone());
        for m in 0..days.len() {
            let sum = |values: &[f64]| values[settled.range(m)].iter().sum::<f64>();
            outcome.cost[m] += sum(&settled.bill);
            outcome.cost[m] += community.value_of_lost_load() * sum(&settled.unserved_kwh);
            let (loss, bought) = (settled.street_loss_kwh[m], settled.loss_import_kwh[m]);
            let (retail, feed_in) =
                (community.retail(settled.t[m]), community.feed_in(settled.t[m]));
            outcome.loss_cost += bought * retail + (loss - bought) * feed_in;
            outcome.unserved_kwh += sum(&settled.unserved_kwh);
        }
    }
    for (m, cost) in outcome.cost.iter_mut().enumerate() {
        for (h, soc) in settled.soc_kwh[settled.range(m)].iter().enumerate() {
            *cost -= community.end_value(h) * (soc - community.battery_step(h).soc_min);
        }
    }
    outcome
}

/// A day of hourly powers from 0 to `top` kW.
pub fn any_series(top: f32) -> impl Strategy<Value = Vec<f32>> {
    prop::collection::vec(0.0..top, 24)
}

prop_compose! {
    /// A battery, with some self-discharge per hour and a ramp if asked for.
    pub fn any_battery(self_discharge: f64, ramps: bool)(capacity in 1.0..12.0f64, power in 0.2..6.0f64,
        efficiency in 0.6..1.0f64, low in 0.0..0.3f64, sigma in 0.0..1.0f64,
        ramp in prop::option::of(0.3..5.0f64)) -> Battery {
        Battery { capacity_kwh: capacity, power_kw: power, round_trip_efficiency: efficiency,
            soc_min: low, self_discharge_per_hour: sigma * self_discharge,
            ramp_kw_per_hour: ramp.filter(|_| ramps), ..Battery::default() }
    }
}

prop_compose! {
    /// A home, with a battery more often than not.
    pub fn any_home(self_discharge: f64, ramps: bool)(load in any_series(2.5), sun in any_series(1.0), size in 0.0..6.0f32,
        battery in prop::option::weighted(0.8, any_battery(self_discharge, ramps))) -> TestHome {
        let pv = (0..24).map(|h| size * sun[h] * (1.0 - (h as f32 - 12.0).abs() / 6.0).max(0.0)).collect();
        TestHome { load, pv, battery, connection_kw: None }
    }
}

/// One to four homes.
pub fn any_homes(self_discharge: f64, ramps: bool) -> impl Strategy<Value = Vec<TestHome>> {
    prop::collection::vec(any_home(self_discharge, ramps), 1..5)
}

prop_compose! {
    /// Off-peak, peak and feed-in prices.
    pub fn any_prices()(feed_in in 0.0..0.15f64, off in 0.03..0.3f64, more in 0.0..0.4f64) -> (f64, f64, f64) {
        (feed_in + off, feed_in + off + more, feed_in)
    }
}
