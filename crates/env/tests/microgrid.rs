//! The microgrid as a whole: a day checked by hand, balances for any action.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use std::sync::Arc;

use peergrid_env::{
    ACTION_SIZE, BatteryMode, Checked, Community, EnvError, HomeSetup, LimitMode, Limits,
    LossSharing, Microgrids, Outage, Scenario, Settled, StreetReport, Stress, Tariff,
};
use peergrid_guard::{Action, truthful_price};
use peergrid_market::{MarketSettings, MechanismKind};
use peergrid_physics::{Battery, FeederSpec, Service};
use proptest::prelude::*;

use common::{DAY, act, action, neighbourhood, tariff};

fn scenario(batteries: &[bool], feeder: Option<FeederSpec>) -> Scenario {
    let home =
        |&has: &bool| HomeSetup { battery: has.then(Battery::default), ..HomeSetup::default() };
    Scenario { feeder, ..Scenario::new(batteries.iter().map(home).collect(), tariff()) }
}

/// Two homes at constant power: one with 3 kW of surplus, one with 1 kW of deficit.
fn pair(feeder: Option<FeederSpec>) -> Microgrids {
    let data = neighbourhood(3, &[(vec![1.0], vec![4.0]), (vec![1.0], vec![0.0])]);
    let community = Community::new(&data, &scenario(&[true, false], feeder)).unwrap();
    let mut microgrids = Microgrids::new(Arc::new(community), 1);
    microgrids.reset(&[1]).unwrap();
    microgrids
}

#[test]
fn a_step_checked_by_hand() {
    let mut microgrids = pair(None);
    // The seller charges 1 kW, sells 0.5 kWh straight to the grid and offers 1.5 kWh at 6 c.
    let settled = act(&mut microgrids, &[action(1.0, -0.5, 0.06), action(0.0, 0.0, 0.27)]);
    assert_eq!(settled.net_kw, [-2.0, 1.0]);
    assert_eq!(settled.p2p_kwh, [-1.0, 1.0]);
    // Sellers are in surplus: the partly filled ask sets the price.
    assert!((settled.price[0] - 0.06).abs() < 1e-12);
    assert!((settled.export_kwh[0] - 1.0).abs() < 1e-12 && settled.import_kwh == [0.0, 0.0]);
    assert!((settled.bill[0] - (-0.06 - 0.05)).abs() < 1e-12);
    assert!((settled.bill[1] - 0.06).abs() < 1e-12);
    assert!((settled.soc_kwh[0] - (1.0 + 0.9_f64.sqrt())).abs() < 1e-12);
}

#[test]
fn losses_are_bought_at_the_price_of_the_streets_direction() {
    let feeder = FeederSpec { service: Service::SinglePhase, ..FeederSpec::default() };
    let mut microgrids = pair(Some(feeder));
    let settled = act(&mut microgrids, &[action(0.0, 0.0, 0.06), action(0.0, 0.0, 0.27)]);
    let loss = settled.street_loss_kwh[0];
    assert!(loss > 0.0);
    // The street exports, so losses cost what they would have earned.
    assert_eq!(settled.loss_import_kwh[0], 0.0);
    assert!((settled.bill.iter().sum::<f64>() - (-2.0 + loss) * 0.05).abs() < 1e-9);
    let microgrids = &mut pair(Some(FeederSpec::default()));
    let settled = act(microgrids, &[action(5.0, 0.0, 0.1), action(0.0, 0.0, 0.27)]);
    assert!((settled.loss_import_kwh[0] - settled.street_loss_kwh[0]).abs() < 1e-12);
}

#[test]
fn what_a_battery_changed_is_measured_against_its_absence() {
    let mut microgrids = pair(None).with_counterfactuals(true);
    let settled = act(&mut microgrids, &[action(2.0, 0.0, 0.06), action(0.0, 0.0, 0.27)]);
    // With it the street is balanced; without, it would export 2 kWh.
    assert!((settled.bill.iter().sum::<f64>()).abs() < 1e-12);
    assert!((settled.without_cost[0] + 0.10).abs() < 1e-12);
    assert!((settled.without_cost[1]).abs() < 1e-12);
}

#[test]
fn an_episode_needs_room() {
    let mut microgrids = pair(None);
    assert!(matches!(microgrids.reset(&[3]), Err(EnvError::Episode { .. })));
    microgrids.reset(&[0]).unwrap();
}

fn limit_of(c: &Community, i: usize) -> f64 {
    c.connection_kw(i % c.homes())
}

fn mode() -> impl Strategy<Value = LimitMode> {
    prop_oneof![Just(LimitMode::Reported), Just(LimitMode::Penalised), Just(LimitMode::Enforced)]
}

prop_compose! {
    /// A scenario of everything but homes.
    fn any_scenario()(
        mechanism in prop::sample::select(MechanismKind::ALL.to_vec()), fee in 0.0..0.3f64,
        single in any::<bool>(), with_feeder in any::<bool>(), marginal in any::<bool>(),
        transformer in mode(), voltage in mode(), kw in 2.0..20.0f64, outage in any::<bool>(),
        prices in prop::sample::select(vec!["sydney-time-of-use", "sydney-two-way", "sydney-demand"]),
    ) -> Scenario {
        let service = if single { Service::SinglePhase } else { Service::ThreePhase };
        Scenario {
            market: MarketSettings { mechanism, network_fee: fee, ..MarketSettings::default() },
            feeder: with_feeder.then(|| FeederSpec { service, ..FeederSpec::default() }),
            loss_sharing: if marginal { LossSharing::Marginal } else { LossSharing::ProRata },
            limits: Limits {
                transformer, transformer_kw: Some(kw), voltage, voltage_min: 0.99,
                voltage_max: 1.005, ..Limits::default()
            },
            stress: Stress { outage: outage.then(Outage::default), ..Stress::default() },
            ..Scenario::new(Vec::new(), Tariff::by_id(prices).unwrap())
        }
    }
}

fn random_series() -> impl Strategy<Value = Vec<(Vec<f32>, Vec<f32>)>> {
    let series = || prop::collection::vec(0.0..6.0f32, 2 * DAY);
    prop::collection::vec((series(), series()), 1..7)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Any raw numbers from a policy: energy and money balance at every step, in every mode, under
    /// every mechanism, tariff, limit and stress.
    #[test]
    fn energy_and_money_balance(
        series in random_series(), raw in prop::collection::vec(any::<f32>(), 7 * ACTION_SIZE),
        seed in any::<u64>(), gate in any::<bool>(), late in any::<bool>(), scenario in any_scenario(),
    ) {
        let homes = (0..series.len()).map(|i| HomeSetup {
            battery: (seed >> i).is_multiple_of(2).then(|| Battery {
                ramp_kw_per_hour: (seed >> (i + 24)).is_multiple_of(2).then_some(1.5),
                ..Battery::default()
            }),
            greedy: (seed >> (i + 8)).is_multiple_of(4),
            connection_kw: (seed >> (i + 16)).is_multiple_of(4).then_some(4.0),
        });
        let scenario = Scenario { homes: homes.collect(), ..scenario };
        let community = Community::new(&neighbourhood(2, &series), &scenario).unwrap();
        let mut microgrids = Microgrids::new(Arc::new(community), 1).with_counterfactuals(true);
        microgrids.reset(&[1, 1]).unwrap();
        let homes = 2 * series.len();
        let mode = if gate { BatteryMode::Gate } else { BatteryMode::Power };
        let report = StreetReport::ALL[usize::from(late)];
        let mut proposed = vec![Action::default(); homes];
        let (mut checked, mut settled) = (Checked::default(), Settled::default());
        let before: f64 = microgrids.soc().iter().sum();
        let (mut charged, mut drawn) = (0.0, 0.0);
        while !microgrids.ended() {
            let turned: Vec<f32> = (0..homes * ACTION_SIZE).map(|i| raw[(i + settled.t.first().unwrap_or(&0)) % raw.len()]).collect();
            microgrids.propose(mode, report, &turned, &mut proposed);
            microgrids.check(&proposed, &mut checked);
            microgrids.step(&checked, &mut settled).unwrap();
            prop_assert!(settled.check_balance(microgrids.community()) < 1e-9);
            let efficiency = 0.9_f64.sqrt();
            charged += settled.battery_kw.iter().map(|p| p.max(0.0) * efficiency).sum::<f64>();
            drawn += settled.battery_kw.iter().map(|p| -p.min(0.0) / efficiency).sum::<f64>();
            for m in 0..2 {
                let (price, t) = (settled.price[m], settled.t[m]);
                let c = microgrids.community();
                prop_assert!(price.is_nan() || (-1e-12..=c.retail(t) + 1e-12).contains(&price));
                let exported = settled.range(m).all(|i| settled.net_kw[i] >= -limit_of(c, i) - 1e-9);
                prop_assert!(exported, "a home exports no more than its connection lets out");
                if c.limits.transformer == LimitMode::Enforced && !c.is_outage(t) {
                    prop_assert!(settled.feeder_kwh[m] >= -c.transformer_kw() - 1e-4);
                }
                let missing: f64 = settled.unserved_kwh[settled.range(m)].iter().sum();
                prop_assert!(c.is_outage(t) || missing == 0.0, "load is served while there is a grid");
                prop_assert!(settled.unserved_kwh.iter().all(|kwh| *kwh >= 0.0));
                prop_assert!(settled.curtailed_kw.iter().zip(&settled.pv_kw).all(|(c, pv)| *c >= 0.0 && *c <= pv + 1e-9));
            }
        }
        let after: f64 = microgrids.soc().iter().sum();
        prop_assert!((after - before - charged + drawn).abs() < 1e-9);
    }
    /// What had been without a battery is what comes of the step when it stands still, for every
    /// one of more microgrids than are settled together.
    #[test]
    fn a_counterfactual_is_the_step_with_a_battery_at_rest(
        series in random_series(), powers in prop::collection::vec(-5.0..5.0f64, 7), scenario in any_scenario(),
    ) {
        let battery = Some(Battery::default());
        let homes = vec![HomeSetup { battery, ..HomeSetup::default() }; series.len()];
        // The guard of the street bends all batteries, one at rest among them.
        let mode = |mode| if mode == LimitMode::Enforced { LimitMode::Penalised } else { mode };
        let Limits { transformer, voltage, .. } = scenario.limits;
        let limits = Limits { transformer: mode(transformer), voltage: mode(voltage), ..scenario.limits };
        let scenario = Scenario { homes, limits, stress: Stress::default(), ..scenario };
        let community = Community::new(&neighbourhood(2, &series), &scenario).unwrap();
        let mut microgrids = Microgrids::new(Arc::new(community), 1).with_counterfactuals(true);
        microgrids.reset(&[1; 9]).unwrap();
        while !microgrids.ended() {
            let (c, t) = (microgrids.community().clone(), microgrids.t(0));
            let of = |i: usize, power: f64| {
                let net = microgrids.base_kw()[i] + power.clamp(-microgrids.discharge_kw()[i], microgrids.charge_kw()[i]);
                action(power, 0.0, truthful_price(net, c.retail(t), c.feed_in(t)))
            };
            let power = |i: usize| powers[(i + t) % powers.len()];
            let actions: Vec<Action> = (0..microgrids.soc().len()).map(|i| of(i, power(i))).collect();
            let rested: Vec<Settled> = (0..c.homes())
                .map(|home| {
                    let rests = |i: usize| i % c.homes() == home;
                    let actions = (0..actions.len()).map(|i| if rests(i) { of(i, 0.0) } else { actions[i] });
                    act(&mut microgrids.clone(), &actions.collect::<Vec<_>>())
                })
                .collect();
            let settled = act(&mut microgrids, &actions);
            for i in 0..actions.len() {
                let (rested, range) = (&rested[i % c.homes()], settled.range(i / c.homes()));
                let sum = |values: &[f64]| values[range.clone()].iter().sum::<f64>();
                prop_assert!((sum(&rested.bill) - settled.without_cost[i]).abs() < 1e-9);
                prop_assert!((sum(&rested.import_kwh) - settled.without_import_kwh[i]).abs() < 1e-9);
                prop_assert!((sum(&rested.penalty) - settled.without_penalty[i]).abs() < 1e-9);
            }
        }
    }
}
