//! Raw zeros trade honestly, and exploration around them leaves the market at work.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use peergrid_agents::{NoBattery, Policy, RuleBased, StreetGreedy};
use peergrid_env::{ACTION_SIZE, BatteryMode, Checked, Microgrids, Settled, StreetReport};
use peergrid_guard::Action;
use peergrid_lab::{Setting, Spec};

/// Episodes that run side by side.
const DAYS: usize = 12;

/// Twelve homes, every second one with PV and every third with a battery that ramps.
fn microgrids() -> Microgrids {
    let spec = Spec::from_json(
        r#"{
            "data": {"source": "synthetic", "homes": 12, "seed": 3, "days": 56},
            "homes": {"battery": {"ramp_kw_per_hour": 3}}
        }"#,
    )
    .unwrap();
    let data = spec.data.without_file().unwrap();
    let setting = Setting::new(spec, data).unwrap();
    let mut microgrids = Microgrids::new(setting.community, 1);
    microgrids.reset(&(1..=DAYS).collect::<Vec<_>>()).unwrap();
    microgrids
}

/// Proposes what raw numbers mean, which `raw` gives by step and place.
struct Raw<F>(BatteryMode, F);

impl<F: FnMut(usize) -> f32> Policy for Raw<F> {
    fn propose(&mut self, microgrids: &Microgrids, proposed: &mut [Action]) {
        let raw: Vec<f32> = (0..proposed.len() * ACTION_SIZE).map(&mut self.1).collect();
        microgrids.propose(self.0, StreetReport::ThisStep, &raw, proposed);
    }
}

/// A day of every microgrid, step by step.
fn day(policy: &mut dyn Policy) -> Vec<Settled> {
    let mut microgrids = microgrids();
    let mut proposed = vec![Action::default(); microgrids.soc().len()];
    let mut checked = Checked::default();
    let mut steps = Vec::new();
    while !microgrids.ended() {
        policy.propose(&microgrids, &mut proposed);
        microgrids.check(&proposed, &mut checked);
        let mut settled = Settled::default();
        microgrids.step(&checked, &mut settled).unwrap();
        steps.push(settled);
    }
    steps
}

/// What every home traded, and at what price, to the bit.
fn trades(steps: &[Settled]) -> Vec<u64> {
    let bits = |v: &[f64]| v.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    let of = |s: &Settled| [bits(&s.p2p_kwh), bits(&s.price), bits(&s.bill)].concat();
    steps.iter().flat_map(of).collect()
}

fn volume(steps: &[Settled]) -> f64 {
    steps.iter().flat_map(|s| &s.volume_kwh).sum()
}

#[test]
fn zeros_trade_as_the_rules_do() {
    let zeros = |mode| trades(&day(&mut Raw(mode, |_| 0.0)));
    assert_eq!(zeros(BatteryMode::Gate), trades(&day(&mut StreetGreedy)));
    assert_eq!(zeros(BatteryMode::Power), trades(&day(&mut NoBattery)));
    assert_ne!(zeros(BatteryMode::Gate), trades(&day(&mut NoBattery)), "batteries do trade");
}

/// Whatever the battery does, the same net power makes the same order.
#[test]
fn the_same_net_power_is_the_same_order() {
    let mut microgrids = microgrids();
    let count = microgrids.soc().len();
    let (mut rule, mut raw) = (vec![Action::default(); count], vec![Action::default(); count]);
    let mut checked = Checked::default();
    let mut settled = Settled::default();
    while !microgrids.ended() {
        RuleBased.propose(&microgrids, &mut rule);
        let numbers: Vec<f32> = (0..count)
            .flat_map(|i| {
                let power = microgrids.community().battery_step(i % 12).power;
                [if power > 0.0 { (rule[i].battery_kw / power) as f32 } else { 0.0 }, 0.0, 0.0]
            })
            .collect();
        microgrids.propose(BatteryMode::Power, StreetReport::ThisStep, &numbers, &mut raw);
        for (i, (rule, raw)) in rule.iter().zip(&raw).enumerate() {
            assert!((rule.battery_kw - raw.battery_kw).abs() < 1e-5);
            // Raw numbers have few digits: a home in balance may stand on either side.
            if (microgrids.base_kw()[i] + rule.battery_kw).abs() < 1e-5 {
                continue;
            }
            assert_eq!((rule.grid_request_kw, raw.grid_request_kw), (0.0, 0.0));
            assert_eq!(rule.price_bid, raw.price_bid);
        }
        microgrids.check(&rule, &mut checked);
        microgrids.step(&checked, &mut settled).unwrap();
    }
}

/// Standard normal numbers, the same every time: the sum of twelve uniform ones, less six.
fn noise() -> impl FnMut() -> f32 {
    let mut state = 1_u64;
    move || {
        let mut uniform = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 40) as f32 / (1_u64 << 24) as f32
        };
        (0..12).map(|_| uniform()).sum::<f32>() - 6.0
    }
}

/// Exploration noise of the default size leaves nearly all of the energy that neighbours trade at raw
/// zeros traded where only the market's numbers are disturbed. Where the batteries' are as well, they
/// do not trade less.
#[test]
fn exploration_leaves_the_market_at_work() {
    let std = Spec::default().ppo.log_std_init[0].exp();
    let undisturbed = volume(&day(&mut Raw(BatteryMode::Gate, |_| 0.0)));
    let disturbed = |battery: f32| {
        let mut noise = noise();
        let raw = |i: usize| {
            let size = if i.is_multiple_of(ACTION_SIZE) { battery } else { 1.0 };
            size * std * noise()
        };
        volume(&day(&mut Raw(BatteryMode::Gate, raw))) / undisturbed
    };
    let (market, all) = (disturbed(0.0), disturbed(1.0));
    assert!(market > 0.95 && market < 1.0, "{market}");
    assert!(all > 0.9, "{all}");
}
