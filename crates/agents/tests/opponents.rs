//! The opponents that know no more than the homes do: the tuned time-of-use rule, and model-predictive
//! control.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use std::sync::Arc;

use common::{Outcome, TestHome, any_homes, any_prices, community, ideal, run, scenario, tariff};
use peergrid_agents::{
    Mpc, Optimum, Policy, RuleBased, SelfishOptimum, StreetGreedy, TimeOfUse,
    time_of_use::{Numbers, Pool},
};
use peergrid_env::{Community, DayType, DemandCharge, Outage, Tariff};
use peergrid_physics::{Battery, FeederSpec};
use proptest::prelude::*;

/// Numbers that use all of the rule.
const NUMBERS: Numbers = Numbers {
    pool: Pool::Street,
    hold_hours: 12.0,
    fill_hours: 4.0,
    base: 0.2,
    need: 0.6,
    sun: 0.4,
};

fn tuned(community: &Arc<Community>) -> TimeOfUse {
    TimeOfUse::tuned(community, &[1, 2], 1, 0.0)
}

/// One kW of load and no sun.
fn steady(battery: Battery) -> [TestHome; 1] {
    [TestHome { load: vec![1.0], pv: vec![0.0], battery: Some(battery), ..TestHome::default() }]
}

/// Energy into the battery of the only home between two hours, kWh.
fn moved(outcome: &Outcome, from: usize, to: usize) -> f64 {
    outcome.battery_kw[from..to].iter().map(|step| step[0]).sum()
}

/// 2 kWh of ideal battery move from the peak to the last hours before it.
#[test]
fn the_peak_is_served_from_the_hours_before_it() {
    let homes = steady(ideal(2.0, 1.0));
    let community = community(&homes, &scenario(&homes, tariff(0.2, 0.5, 0.1)));
    let expected = 18.0 * 0.2 + 6.0 * 0.5 - 2.0 * 0.3;
    for policy in [&mut tuned(&community) as &mut dyn Policy, &mut Mpc::default()] {
        let outcome = run(policy, &community, &[1]);
        assert!((outcome.cost[0] - expected).abs() < 1e-6, "{} {expected}", outcome.cost[0]);
        assert!((moved(&outcome, 11, 15) - 2.0).abs() < 1e-6);
        assert!((moved(&outcome, 15, 21) + 2.0).abs() < 1e-6);
    }
}

/// On the data's first day the present stands for the hours ahead, which is right for a steady load.
#[test]
fn without_a_yesterday_the_present_is_expected() {
    let homes = steady(ideal(2.0, 1.0));
    let community = community(&homes, &scenario(&homes, tariff(0.2, 0.5, 0.1)));
    let expected = 18.0 * 0.2 + 6.0 * 0.5 - 2.0 * 0.3;
    for policy in [&mut tuned(&community) as &mut dyn Policy, &mut Mpc::default()] {
        let outcome = run(policy, &community, &[0]);
        assert!((outcome.cost[0] - expected).abs() < 1e-6, "{} {expected}", outcome.cost[0]);
    }
}

/// Half of it is lost on the way: not worth it at 39 c, worth it at 50.
#[test]
fn a_peak_that_does_not_pay_for_the_losses_is_let_be() {
    for (peak, worth_it) in [(0.39, false), (0.5, true)] {
        let homes = steady(Battery { round_trip_efficiency: 0.5, ..ideal(2.0, 1.0) });
        let community = community(&homes, &scenario(&homes, tariff(0.2, peak, 0.01)));
        for policy in [&mut TimeOfUse::new(NUMBERS) as &mut dyn Policy, &mut Mpc::default()] {
            let charged = moved(&run(policy, &community, &[1]), 0, 15);
            assert_eq!(charged > 0.1, worth_it, "{charged}");
        }
    }
}

/// Three kWh of a neighbour's sun at noon: one serves the load, two are stored and serve 1.62 later.
#[test]
fn a_neighbours_sun_is_stored() {
    let mut pv = vec![0.0; 24];
    pv[12] = 3.0;
    let battery = Battery { round_trip_efficiency: 0.81, ..ideal(4.0, 2.0) };
    let [home] = steady(battery);
    let homes = [home, TestHome { load: vec![0.0], pv, ..TestHome::default() }];
    let community = community(&homes, &scenario(&homes, tariff(0.3, 0.3, 0.1)));
    for policy in [&mut tuned(&community) as &mut dyn Policy, &mut Mpc::default()] {
        let cost = run(policy, &community, &[1]).cost[0];
        assert!((cost - (23.0 - 1.62) * 0.3).abs() < 1e-6, "{cost}");
    }
}

/// At a flat price the rule is the greedy street, in every step.
#[test]
fn at_a_flat_price_the_rule_is_greedy() {
    let mut pv = vec![0.0; 24];
    pv[9..15].fill(2.5);
    let [home] = steady(Battery::default());
    let homes = [TestHome { pv, ..home.clone() }, home];
    let community = community(&homes, &scenario(&homes, Tariff::flat("flat", 0.3, 0.05)));
    let mut rule = tuned(&community);
    assert_eq!(rule.numbers(), &Numbers::greedy(Pool::Street));
    let greedy = run(&mut StreetGreedy, &community, &[1]).battery_kw;
    assert_eq!(run(&mut rule, &community, &[1]).battery_kw, greedy);
    assert_eq!(run(&mut TimeOfUse::new(NUMBERS), &community, &[1]).battery_kw, greedy);
}

/// A demand charge makes its window dear, whatever the retail price.
#[test]
fn a_demand_charge_is_a_peak() {
    let homes = steady(ideal(6.0, 2.0));
    let mut scenario = scenario(&homes, Tariff::flat("flat", 0.3, 0.1));
    scenario.tariff.demand_charge = Some(DemandCharge {
        price_per_kw_day: 0.6,
        from_hour: 15.0,
        to_hour: 21.0,
        months: Vec::new(),
        days: DayType::All,
    });
    let community = community(&homes, &scenario);
    for policy in [&mut tuned(&community) as &mut dyn Policy, &mut Mpc::default()] {
        let cost = run(policy, &community, &[1]).cost[0];
        assert!((cost - 24.0 * 0.3).abs() < 1e-6, "{cost}");
    }
}

/// Where wear costs more than the peak saves, batteries stand still.
#[test]
fn wear_can_make_standing_still_the_best() {
    let homes = steady(ideal(2.0, 1.0));
    let community = community(&homes, &scenario(&homes, tariff(0.2, 0.5, 0.1)));
    for (wear, still) in [(0.14, false), (0.16, true)] {
        let policies: [Box<dyn Policy>; 4] = [
            Box::new(TimeOfUse::tuned(&community, &[1], 1, wear)),
            Box::new(Mpc::new(wear)),
            Box::new(SelfishOptimum::new(wear)),
            Box::new(Optimum::new(wear)),
        ];
        for mut policy in policies {
            let charged = moved(&run(policy.as_mut(), &community, &[1]), 0, 15);
            assert_eq!(charged < 1e-6, still, "{charged}");
        }
    }
}

#[test]
fn both_say_what_they_go_by() {
    let homes = steady(ideal(2.0, 1.0));
    let community = community(&homes, &scenario(&homes, tariff(0.2, 0.5, 0.1)));
    let rule = tuned(&community);
    let note = rule.note().unwrap();
    let kept = format!("from {} h before dearer hours it keeps", rule.numbers().hold_hours);
    assert!(note.starts_with("tuned on 2 training episodes") && note.contains(&kept), "{note}");
    let mut mpc = Mpc::default();
    run(&mut mpc, &community, &[1]);
    let note = mpc.note().unwrap();
    assert!(note.contains("yesterday") && !note.contains("no plan"), "{note}");
}

#[test]
fn without_days_the_rule_is_untuned() {
    let homes = steady(ideal(2.0, 1.0));
    let community = community(&homes, &scenario(&homes, tariff(0.2, 0.5, 0.1)));
    for days in [&[][..], &[7]] {
        let rule = TimeOfUse::tuned(&community, days, 1, 0.0);
        assert_eq!(rule, TimeOfUse::new(Numbers::greedy(Pool::Street)));
    }
}

/// Another course of the last day from `hour` on, load and PV.
fn changed(homes: &[TestHome], hour: usize) -> Vec<TestHome> {
    let change = |series: &[f32]| -> Vec<f32> {
        let mut days: Vec<f32> = series.iter().copied().cycle().take(72).collect();
        days[48 + hour..].reverse();
        for kw in &mut days[48 + hour..] {
            *kw = 3.0 - 0.5 * *kw;
        }
        days
    };
    let home = |home: &TestHome| TestHome {
        load: change(&home.load),
        pv: change(&home.pv),
        ..home.clone()
    };
    homes.iter().map(home).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// What is still to come, an outage included, changes nothing of what is done before.
    #[test]
    fn nobody_sees_the_future(homes in any_homes(0.03, true), p in any_prices(), hour in 1..23usize, outage in any::<bool>()) {
        let tariff = tariff(p.0, p.1, p.2);
        let before = community(&homes, &scenario(&homes, tariff.clone()));
        let other = changed(&homes, hour);
        let mut scenario = scenario(&other, tariff);
        scenario.stress.outage = outage.then(|| Outage {
            from: Some(before.dates[2]), days: 1, from_hour: hour as f64, to_hour: 24.0, ..Outage::default() });
        let after = community(&other, &scenario);
        let rule = TimeOfUse::tuned(&before, &[1], 1, 0.0);
        for policy in [&mut TimeOfUse::new(NUMBERS) as &mut dyn Policy, &mut rule.clone(), &mut Mpc::default()] {
            let [one, two] = [&before, &after].map(|community| run(policy, community, &[2]).battery_kw);
            prop_assert_eq!(&one[..hour], &two[..hour]);
        }
    }

    /// Limits of batteries and connections are kept before the guard has to.
    #[test]
    fn the_guard_changes_nothing(mut homes in any_homes(0.03, false), p in any_prices(), spare in 0.0..3.0f64,
        numbers in any_numbers()) {
        let peak = |v: &[f32]| f64::from(v.iter().copied().fold(0.0, f32::max));
        for home in &mut homes {
            home.connection_kw = Some(peak(&home.load).max(peak(&home.pv)) + spare);
        }
        let mut scenario = scenario(&homes, tariff(p.0, p.1, p.2));
        scenario.feeder = Some(FeederSpec::default());
        let community = community(&homes, &scenario);
        for policy in [&mut TimeOfUse::new(numbers) as &mut dyn Policy, &mut Mpc::default()] {
            let changes = run(policy, &community, &[1]).changes;
            prop_assert!(changes.is_empty(), "{changes:?}");
        }
    }

    /// Tuned on a day, the rule costs no more on it than without.
    #[test]
    fn tuning_never_costs(homes in any_homes(0.03, true), p in any_prices()) {
        let community = community(&homes, &scenario(&homes, tariff(p.0, p.1, p.2)));
        let mut rule = TimeOfUse::tuned(&community, &[1], 1, 0.0);
        prop_assert_eq!(&rule, &TimeOfUse::tuned(&community, &[1], 1, 0.0));
        let cost = run(&mut rule, &community, &[1]).cost[0];
        for rival in [&mut StreetGreedy as &mut dyn Policy, &mut RuleBased] {
            let rival = run(rival, &community, &[1]).cost[0];
            prop_assert!(cost <= rival + 1e-6, "{cost} {rival}");
        }
    }
}

prop_compose! {
    fn any_numbers()(street in any::<bool>(), hold_hours in 0.0..24.0f64, fill_hours in 0.0..24.0f64, base in -1.0..1.0f64,
        need in 0.0..2.0f64, sun in 0.0..2.0f64) -> Numbers {
        let pool = if street { Pool::Street } else { Pool::Home };
        Numbers { pool, hold_hours, fill_hours, base, need, sun }
    }
}
