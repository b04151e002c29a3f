//! The optimum: cases solved by hand, a dynamic program, and what holds in any community.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use std::sync::Arc;

use common::{
    Outcome, TestHome, any_battery, any_home, any_homes, any_prices, community, ideal, run,
    scenario, tariff, transformer,
};
use peergrid_agents::{
    NoBattery, Optimum, Policy, RuleBased, SelfishOptimum, StreetGreedy, optimum::Quality,
};
use peergrid_env::{Community, DayType, DemandCharge, ExportCharge, Outage, Tariff};
use peergrid_market::MechanismKind;
use peergrid_physics::{Battery, BatteryStep, FeederSpec};
use proptest::prelude::*;

/// What the market's counting in thousandths of a watt-hour may cost in a day of a small street, $:
/// up to one per home and step is left over and settled with the grid.
const UNITS: f64 = 5e-5;

/// 1 kW of load, no sun, 2 kWh of ideal battery: two kWh move from the peak to off-peak hours.
#[test]
fn one_home_and_two_prices() {
    let home = TestHome {
        load: vec![1.0],
        pv: vec![0.0],
        battery: Some(ideal(2.0, 1.0)),
        ..TestHome::default()
    };
    let homes = [home];
    let community = community(&homes, &scenario(&homes, tariff(0.2, 0.5, 0.1)));
    let mut optimum = Optimum::default();
    let outcome = run(&mut optimum, &community, &[1, 2]);
    let alone = 18.0 * 0.2 + 6.0 * 0.5;
    for cost in outcome.cost {
        assert!((cost - (alone - 2.0 * 0.3)).abs() < 1e-6, "{cost}");
    }
    let moved = |from: usize, to: usize| -> f64 {
        outcome.battery_kw[from..to].iter().map(|step| step[0]).sum()
    };
    assert!((moved(0, 15) - 2.0).abs() < 1e-6 && (moved(15, 21) + 2.0).abs() < 1e-6);
    assert!(optimum.plans().iter().all(|plan| plan.quality == Quality::Optimal));
}

/// With losses the same move pays only while the peak costs more than off-peak over the losses.
#[test]
fn losses_can_make_waiting_the_best() {
    let battery = Battery { round_trip_efficiency: 0.5, ..ideal(2.0, 1.0) };
    let home =
        TestHome { load: vec![1.0], pv: vec![0.0], battery: Some(battery), ..TestHome::default() };
    let homes = [home];
    for (peak, gain) in [(0.39, 0.0), (0.5, 0.1)] {
        let community = community(&homes, &scenario(&homes, tariff(0.2, peak, 0.01)));
        let outcome = run(&mut Optimum::default(), &community, &[1]);
        // 2 kWh stored take 2/√½ kWh and give 2·√½: their value less their cost.
        let saved = 2.0 * 0.5_f64.sqrt() * peak - 2.0 / 0.5_f64.sqrt() * 0.2;
        assert!((saved > 0.0) == (gain > 0.0));
        let expected = 18.0 * 0.2 + 6.0 * peak - saved.max(0.0);
        assert!((outcome.cost[0] - expected).abs() < 1e-6, "{} {expected}", outcome.cost[0]);
    }
}

/// A neighbour's surplus at noon, which the home with the battery cannot see when it plans alone
/// at a flat price.
#[test]
fn a_street_that_plans_together_pays_less() {
    let mut pv = vec![0.0; 24];
    pv[12] = 3.0;
    let battery = Battery { round_trip_efficiency: 0.81, ..ideal(4.0, 2.0) };
    let homes = [
        TestHome { load: vec![1.0], pv: vec![0.0], battery: Some(battery), connection_kw: None },
        TestHome { load: vec![0.0], pv, ..TestHome::default() },
    ];
    let community = community(&homes, &scenario(&homes, tariff(0.3, 0.3, 0.1)));
    let together = run(&mut Optimum::default(), &community, &[1]).cost[0];
    let alone = run(&mut SelfishOptimum::default(), &community, &[1]).cost[0];
    // 3 kWh of sun: 1 serves the load at once, 2 more are sold, or stored to serve 1.62 later.
    assert!((alone - (23.0 * 0.3 - 2.0 * 0.1)).abs() < 1e-6, "{alone}");
    assert!((together - (23.0 - 1.62) * 0.3).abs() < 1e-6, "{together}");
}

fn charges(tariff: &mut Tariff, per_kw_day: f64, per_kwh: f64) {
    tariff.demand_charge = Some(DemandCharge {
        price_per_kw_day: per_kw_day,
        from_hour: 15.0,
        to_hour: 21.0,
        months: Vec::new(),
        days: DayType::All,
    });
    tariff.export_charge = Some(ExportCharge {
        price_per_kwh: per_kwh,
        free_kwh_per_month: 60.0,
        from_hour: 10.0,
        to_hour: 15.0,
        months: Vec::new(),
    });
}

/// Half of the window's load comes from the battery, evenly, so that the charge is halved.
#[test]
fn a_demand_charge_is_shaved() {
    let battery = Some(ideal(3.0, 2.0));
    let homes = [TestHome { load: vec![1.0], pv: vec![0.0], battery, ..TestHome::default() }];
    let mut scenario = scenario(&homes, tariff(0.3, 0.3, 0.1));
    charges(&mut scenario.tariff, 0.6, 0.0);
    let community = community(&homes, &scenario);
    let outcome = run(&mut Optimum::default(), &community, &[1]);
    assert!((outcome.cost[0] - (24.0 * 0.3 + 0.5 * 0.6)).abs() < 1e-6, "{}", outcome.cost[0]);
}

/// The least cost of one home by a dynamic program on a grid of stored energies.
fn by_dynamic_program(community: &Community, day: usize, points: usize) -> f64 {
    let battery = community.battery_step(0);
    let level = |i: usize| {
        battery.soc_min + (battery.soc_max - battery.soc_min) * i as f64 / (points - 1) as f64
    };
    let mut value: Vec<f64> =
        (0..points).map(|i| -community.end_value(0) * (level(i) - battery.soc_min)).collect();
    for t in (day * 24..(day + 1) * 24).rev() {
        let base = f64::from(community.loads(t)[0]) - f64::from(community.pvs(t)[0]);
        let best = |i: usize| {
            let reach = (0..points).filter_map(|j| {
                let power = power_between(battery, level(i), level(j));
                let energy = (base + power) * community.dt;
                let bill =
                    energy.max(0.0) * community.retail(t) + energy.min(0.0) * community.feed_in(t);
                (power.abs() <= battery.power + 1e-9).then_some(bill + value[j])
            });
            reach.fold(f64::INFINITY, f64::min)
        };
        value = (0..points).map(best).collect();
    }
    value[0]
}

fn power_between(battery: &BatteryStep, from: f64, to: f64) -> f64 {
    let rate = (to - from * battery.decay) / battery.gain_hours;
    if rate > 0.0 { rate / battery.efficiency } else { rate * battery.efficiency }
}

/// Load and PV in quarters of a kW: with an ideal battery every vertex lies on a quarter's grid.
fn quarters(top: u8) -> impl Strategy<Value = Vec<f32>> {
    prop::collection::vec(0..top, 24)
        .prop_map(|v| v.into_iter().map(|q| f32::from(q) / 4.0).collect())
}

fn best(community: &Arc<Community>) -> (Optimum, Outcome) {
    let mut optimum = Optimum::default();
    let outcome = run(&mut optimum, community, &[1]);
    (optimum, outcome)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// On a grid that holds every vertex, the dynamic program is exact.
    #[test]
    fn a_dynamic_program_finds_the_same_cost(load in quarters(9), pv in quarters(13), p in any_prices(),
        capacity in 1..17u8, power in 1..9u8) {
        let battery = ideal(f64::from(capacity) / 4.0, f64::from(power) / 4.0);
        let homes = [TestHome { load, pv, battery: Some(battery), connection_kw: None }];
        let community = community(&homes, &scenario(&homes, tariff(p.0, p.1, p.2)));
        let (_, outcome) = best(&community);
        let expected = by_dynamic_program(&community, 1, usize::from(capacity) + 1);
        prop_assert!((outcome.cost[0] - expected).abs() < 1e-6, "{} {expected}", outcome.cost[0]);
    }

    /// With losses the grid misses the vertices a little: never below, and not far above.
    #[test]
    fn no_schedule_on_a_grid_is_cheaper(home in any_home(0.0, false), battery in any_battery(0.0, false), p in any_prices()) {
        let homes = [TestHome { battery: Some(battery), ..home }];
        let community = community(&homes, &scenario(&homes, tariff(p.0, p.1, p.2)));
        let (_, outcome) = best(&community);
        let grid = by_dynamic_program(&community, 1, 200);
        prop_assert!(outcome.cost[0] <= grid + 1e-6, "{} {grid}", outcome.cost[0]);
        prop_assert!(grid - outcome.cost[0] <= 0.02 * homes[0].battery.as_ref().unwrap().capacity_kwh);
    }

    /// Without ramps and self-discharge nothing is approximate: what the program expects is what is
    /// billed, no policy is cheaper, and the dual proves it.
    #[test]
    fn nothing_is_cheaper(homes in any_homes(0.0, false), p in any_prices()) {
        let community = community(&homes, &scenario(&homes, tariff(p.0, p.1, p.2)));
        let (optimum, outcome) = best(&community);
        let (cost, plan) = (outcome.cost[0], &optimum.plans()[0]);
        prop_assert!(outcome.changes.is_empty(), "{:?}", outcome.changes);
        prop_assert!((cost - plan.cost).abs() < UNITS, "{cost} {}", plan.cost);
        prop_assert!((cost - plan.bound).abs() < UNITS, "{cost} {}", plan.bound);
        let mut selfish = SelfishOptimum::default();
        let alone = run(&mut selfish, &community, &[1]);
        prop_assert!(alone.changes.is_empty(), "{:?}", alone.changes);
        // Trade can only lower what homes planned to pay alone.
        prop_assert!(alone.cost[0] <= selfish.plans()[0].cost + 1e-6);
        prop_assert!(cost <= alone.cost[0] + UNITS);
        for rival in [&mut NoBattery as &mut dyn Policy, &mut RuleBased, &mut StreetGreedy] {
            let rival = run(rival, &community, &[1]).cost[0];
            prop_assert!(cost <= rival + UNITS, "{cost} {rival}");
        }
    }

    /// Batteries that are alike count as one in the program; a connection, however wide, keeps them
    /// apart.
    #[test]
    fn batteries_that_are_alike_cost_the_same_together_and_apart(mut homes in any_homes(0.03, true),
        battery in any_battery(0.03, true), p in any_prices()) {
        for home in &mut homes {
            home.battery = home.battery.is_some().then(|| battery.clone());
        }
        let cost = |homes: &[TestHome]| {
            let (optimum, outcome) = best(&community(homes, &scenario(homes, tariff(p.0, p.1, p.2))));
            (outcome.cost[0], optimum.plans()[0].bound)
        };
        let together = cost(&homes);
        for home in &mut homes {
            home.connection_kw = Some(1000.0);
        }
        let apart = cost(&homes);
        prop_assert!((together.0 - apart.0).abs() < 2.0 * UNITS, "{together:?} {apart:?}");
        prop_assert!((together.1 - apart.1).abs() < UNITS, "{together:?} {apart:?}");
    }

    /// Ramps, self-discharge and limits: the guard finds nothing to change, and the bound holds.
    #[test]
    fn the_guard_changes_nothing(mut homes in any_homes(0.03, true), p in any_prices(),
        spare in 0.0..3.0f64, narrow in any::<bool>(), cable in any::<bool>()) {
        let peak = |v: &[f32]| f64::from(v.iter().copied().fold(0.0, f32::max));
        for home in homes.iter_mut().filter(|_| narrow) {
            home.connection_kw = Some(peak(&home.load).max(peak(&home.pv)) + spare);
        }
        let all: f64 = homes.iter().map(|home| peak(&home.load).max(peak(&home.pv))).sum();
        let mut scenario = scenario(&homes, tariff(p.0, p.1, p.2));
        scenario.feeder = cable.then(FeederSpec::default);
        scenario.limits = transformer(1.05 * all + spare);
        let community = community(&homes, &scenario);
        let (optimum, outcome) = best(&community);
        let plan = &optimum.plans()[0];
        // What a rule did may stand in: a battery that ran empty faster than its ramp allows, which
        // the guard takes away and gives back; the powers below are the same.
        let told = |change: &&String| !change.contains("battery ramp") && !change.contains("battery energy");
        prop_assert_eq!(outcome.changes.iter().find(told), None);
        prop_assert_eq!(plan.quality, Quality::Optimal);
        prop_assert!((outcome.cost[0] - outcome.loss_cost - plan.cost).abs() < UNITS, "{} {}", outcome.cost[0], plan.cost);
        prop_assert!(outcome.cost[0] >= plan.bound - UNITS);
        for (step, planned) in outcome.battery_kw.iter().zip(24..) {
            for (power, wanted) in step.iter().zip(plan.at(planned)) {
                prop_assert!((power - wanted).abs() < 1e-5, "{power} {wanted}");
            }
        }
    }

    /// Losses, fees and charges are billed on top of what the program sees: it knows what each step
    /// costs without them, and its bound holds for everyone.
    #[test]
    fn what_the_program_does_not_see_only_costs_more(homes in any_homes(0.0, false), p in any_prices(), fee in 0.0..0.05f64) {
        let mut scenario = scenario(&homes, tariff(p.0, p.1, p.2));
        scenario.feeder = Some(FeederSpec::default());
        let with_losses = community(&homes, &scenario);
        let (optimum, outcome) = best(&with_losses);
        let plan = &optimum.plans()[0];
        prop_assert!((outcome.cost[0] - outcome.loss_cost - plan.cost).abs() < UNITS);
        scenario.market.network_fee = fee;
        charges(&mut scenario.tariff, 0.3, 0.02);
        let community = community(&homes, &scenario);
        for policy in [&mut Optimum::default() as &mut dyn Policy, &mut NoBattery, &mut RuleBased,
            &mut StreetGreedy, &mut SelfishOptimum::default()] {
            let cost = run(policy, &community, &[1]).cost[0];
            prop_assert!(cost >= plan.bound - UNITS, "{cost} {}", plan.bound);
        }
    }

    /// A home alone has one meter, as in the program: charges are planned for to the cent, as long
    /// as exports do not cost more than they earn.
    #[test]
    fn charges_of_one_home_are_exact(home in any_home(0.0, false), p in any_prices(), per_kw in 0.0..0.6f64, share in 0.0..0.9f64) {
        let homes = [home];
        let mut scenario = scenario(&homes, tariff(p.0, p.1, p.2));
        charges(&mut scenario.tariff, per_kw, share * p.2);
        let community = community(&homes, &scenario);
        let (optimum, outcome) = best(&community);
        let (cost, plan) = (outcome.cost[0], &optimum.plans()[0]);
        prop_assert!((cost - plan.cost).abs() < UNITS && (cost - plan.bound).abs() < UNITS, "{cost} {plan:?}");
        for rival in [&mut NoBattery as &mut dyn Policy, &mut RuleBased] {
            let rival = run(rival, &community, &[1]).cost[0];
            prop_assert!(cost <= rival + UNITS, "{cost} {rival}");
        }
    }

    /// While the grid is down nobody serves more, and nobody pays less for what is missing.
    #[test]
    fn an_outage_is_planned_for(homes in any_homes(0.0, false), p in any_prices(), from in 0..23u8, hours in 1..8u8) {
        let mut scenario = scenario(&homes, tariff(p.0, p.1, p.2));
        let (from_hour, to_hour) = (f64::from(from), f64::from((from + hours).min(24)));
        scenario.stress.outage = Some(Outage { from_hour, to_hour, ..Outage::default() });
        let community = community(&homes, &scenario);
        let (optimum, outcome) = best(&community);
        let (cost, plan) = (outcome.cost[0], &optimum.plans()[0]);
        prop_assert!((cost - plan.cost).abs() < UNITS && cost >= plan.bound - UNITS, "{cost} {plan:?}");
        for rival in [&mut NoBattery as &mut dyn Policy, &mut RuleBased, &mut StreetGreedy, &mut SelfishOptimum::default()] {
            let rival = run(rival, &community, &[1]);
            prop_assert!(cost <= rival.cost[0] + UNITS, "{cost} {}", rival.cost[0]);
            prop_assert!(outcome.unserved_kwh <= rival.unserved_kwh + 1e-4);
        }
    }

    /// Whatever the market makes of orders, and whoever takes part: nothing is cheaper.
    #[test]
    fn no_market_makes_another_cheaper(homes in any_homes(0.03, true), p in any_prices(), mechanism in 0..MechanismKind::ALL.len(),
        fee in prop_oneof![Just(0.0), 0.0..0.4f64], filter in prop::option::of(0.0..0.6f64), low in any::<bool>(),
        greedy in 0..16u8, charged in any::<bool>(), outage in prop::option::of(0..22u8),
        value_of_lost_load in prop_oneof![Just(25.0), 0.0..1.0f64]) {
        let mut scenario = scenario(&homes, tariff(p.0, p.1, p.2));
        scenario.market.mechanism = MechanismKind::ALL[mechanism];
        scenario.market.network_fee = fee;
        let (floor, cap) = (filter.filter(|_| low), filter.filter(|_| !low));
        (scenario.market.price_floor, scenario.market.price_cap) = (floor, cap);
        for (h, home) in scenario.homes.iter_mut().enumerate() {
            home.greedy = greedy >> h & 1 == 1;
        }
        if charged {
            charges(&mut scenario.tariff, 0.3, 0.02);
        }
        scenario.stress.outage = outage.map(|from| Outage {
            from_hour: f64::from(from), to_hour: f64::from(from + 2), value_of_lost_load, ..Outage::default() });
        let community = community(&homes, &scenario);
        let (optimum, outcome) = best(&community);
        let (cost, plan) = (outcome.cost[0], &optimum.plans()[0]);
        prop_assert!((cost - plan.cost).abs() < UNITS, "{cost} {}", plan.cost);
        for rival in [&mut NoBattery as &mut dyn Policy, &mut RuleBased, &mut StreetGreedy, &mut SelfishOptimum::default()] {
            let rival = run(rival, &community, &[1]).cost[0];
            prop_assert!(cost <= rival + UNITS, "{cost} {rival}");
        }
    }

    /// A fee, prices shut out and neighbours who trade with nobody are planned for: without what
    /// ramps and leaks blur, plan and bound are one.
    #[test]
    fn trade_that_costs_or_fails_is_exact(homes in any_homes(0.0, false), p in any_prices(), mechanism in 0..MechanismKind::ALL.len(),
        fee in prop_oneof![Just(0.0), 0.0..0.3f64], cap in prop::option::of(0.0..0.6f64), greedy in 0..16u8) {
        let mut scenario = scenario(&homes, tariff(p.0, p.1, p.2));
        scenario.market.mechanism = MechanismKind::ALL[mechanism];
        prop_assume!(scenario.market.mechanism != MechanismKind::Mcafee);
        (scenario.market.network_fee, scenario.market.price_cap) = (fee, cap);
        for (h, home) in scenario.homes.iter_mut().enumerate() {
            home.greedy = greedy >> h & 1 == 1;
        }
        let community = community(&homes, &scenario);
        let (optimum, outcome) = best(&community);
        let bound = optimum.plans()[0].bound;
        prop_assert!((outcome.cost[0] - bound).abs() < 2.0 * UNITS, "{} {bound}", outcome.cost[0]);
        prop_assert_eq!(optimum.note(), None);
    }

    /// With self-discharge the program is not exact, but no worse than simple rules.
    #[test]
    fn leaking_batteries_do_no_worse_than_simple_rules(home in any_home(0.03, false), p in any_prices()) {
        let homes = [home];
        let community = community(&homes, &scenario(&homes, tariff(p.0, p.1, p.2)));
        let (_, outcome) = best(&community);
        for rival in [&mut NoBattery as &mut dyn Policy, &mut RuleBased] {
            let rival = run(rival, &community, &[1]).cost[0];
            prop_assert!(outcome.cost[0] <= rival + UNITS, "{} {rival}", outcome.cost[0]);
        }
    }

    /// A transformer far below the load: the plan still helps, and nothing panics.
    #[test]
    fn limits_that_cannot_be_held_are_no_end(homes in any_homes(0.03, true), p in any_prices(), limit in 0.01..1.0f64) {
        let mut scenario = scenario(&homes, tariff(p.0, p.1, p.2));
        scenario.limits = transformer(limit);
        let community = community(&homes, &scenario);
        let (optimum, outcome) = best(&community);
        prop_assert!(outcome.cost[0].is_finite());
        prop_assert!(optimum.plans()[0].quality < Quality::Failed);
    }
}
