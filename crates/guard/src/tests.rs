use super::*;
use peergrid_physics::Battery;
use proptest::prelude::*;

fn home() -> Situation {
    Situation {
        battery: Battery::default().at_step(1.0),
        soc: 5.0,
        last_battery_kw: 0.0,
        base_kw: 1.0,
        connection_kw: f64::INFINITY,
        retail: 0.5,
        feed_in: 0.1,
    }
}

fn propose(battery_kw: f64, grid_request_kw: f64, price_bid: f64) -> Action {
    Action { battery_kw, grid_request_kw, price_bid }
}

#[test]
fn a_feasible_action_passes_unchanged() {
    let action = propose(-2.0, -0.5, 0.3);
    let (feasible, changes) = check(&home(), action);
    assert_eq!(feasible.action(), action);
    assert_eq!(feasible.net_kw(), -1.0);
    assert!(!changes.any());
}

#[test]
fn every_change_has_its_reason_and_size() {
    let (feasible, changes) = check(&home(), propose(9.0, -3.0, 0.7));
    assert_eq!(feasible.action(), propose(5.0, 0.0, 0.5));
    assert_eq!(changes.size(Reason::Power), 4.0);
    assert_eq!(changes.size(Reason::GridRequest), 3.0);
    assert!((changes.size(Reason::Price) - 0.2).abs() < 1e-12);
    assert_eq!(changes.iter().count(), 3);
}

#[test]
fn no_number_becomes_nothing_and_an_honest_price() {
    let (feasible, changes) = check(&home(), propose(f64::NAN, f64::INFINITY, f64::NEG_INFINITY));
    assert_eq!(feasible.action(), propose(0.0, 0.0, 0.49));
    assert_eq!(changes.iter().map(|(r, _)| r).collect::<Vec<_>>(), [Reason::NotFinite]);
}

#[test]
fn ramp_and_energy_have_their_reasons() {
    let spec = Battery { ramp_kw_per_hour: Some(1.0), ..Battery::default() };
    let (feasible, changes) =
        check(&Situation { battery: spec.at_step(1.0), ..home() }, propose(4.0, 0.0, 0.3));
    assert_eq!((feasible.action().battery_kw, changes.size(Reason::Ramp)), (1.0, 3.0));
    let (feasible, changes) = check(&Situation { soc: 1.0, ..home() }, propose(-3.0, 0.0, 0.3));
    assert_eq!((feasible.action().battery_kw, changes.size(Reason::Energy)), (0.0, 3.0));
}

#[test]
fn the_connection_bends_the_battery() {
    let situation = Situation { connection_kw: 3.0, ..home() };
    let (feasible, changes) = check(&situation, propose(5.0, 0.0, 0.3));
    assert_eq!(feasible.net_kw(), 3.0);
    assert_eq!(changes.size(Reason::Connection), 3.0);
    // A load beyond the connection is served; the battery helps as far as it can.
    let situation = Situation { base_kw: 20.0, ..situation };
    let (feasible, _) = check(&situation, propose(0.0, 0.0, 0.3));
    assert!(feasible.net_kw() > 3.0 && feasible.action().battery_kw < 0.0);
}

#[test]
fn the_transformer_cuts_all_charging_by_one_share() {
    let situations = [home(); 4];
    let mut changes = [Changes::default(); 4];
    let mut feasible = situations.map(|s| check(&s, propose(4.0, 0.0, 0.3)).0);
    limit_street(&situations, 12.0, &mut feasible, &mut changes);
    let street: f64 = feasible.iter().map(Feasible::net_kw).sum();
    assert!((street - 12.0).abs() < 1e-9);
    assert!(changes.iter().all(|c| (c.size(Reason::Transformer) - 2.0).abs() < 1e-9));
}

fn any_number() -> impl Strategy<Value = f32> {
    prop_oneof![any::<f32>(), Just(f32::NAN), Just(f32::INFINITY), Just(f32::NEG_INFINITY)]
}

prop_compose! {
    fn any_home()(fill in 0.0..1.0f64, last in -5.0..5.0f64, base in -6.0..6.0f64, ramp in 0.5..20.0f64,
        connection in prop_oneof![Just(f64::INFINITY), 1.0..10.0f64], has in any::<bool>(), spread in 0.0..0.6f64) -> Situation {
        let spec = Battery { ramp_kw_per_hour: Some(ramp), ..Battery::default() };
        let battery = if has { spec.at_step(0.5) } else { BatteryStep::NONE };
        let soc = battery.soc_min + fill * (battery.soc_max - battery.soc_min);
        Situation { battery, soc, last_battery_kw: if has { last } else { 0.0 }, base_kw: base,
            connection_kw: connection, retail: 0.05 + spread, feed_in: 0.05 }
    }
}

proptest! {
    /// Whatever comes in, what goes out can be carried out.
    #[test]
    fn any_input_gives_a_feasible_action(s in any_home(), b in any_number(), g in any_number(), p in any_number()) {
        let (feasible, _) = check(&s, propose(b.into(), g.into(), p.into()));
        let Action { battery_kw, grid_request_kw, price_bid } = feasible.action();
        prop_assert!(battery_kw <= s.battery.charge_limit(s.soc) && -battery_kw <= s.battery.discharge_limit(s.soc));
        prop_assert!((feasible.net_kw() - s.base_kw - battery_kw).abs() < 1e-12);
        if s.connection_kw.is_infinite() {
            let (lo, hi) = (-s.battery.discharge_limit(s.soc), s.battery.charge_limit(s.soc));
            let reach = |side: f64| (s.last_battery_kw + side * s.battery.ramp).clamp(lo, hi);
            prop_assert!((reach(-1.0)..=reach(1.0)).contains(&battery_kw));
        }
        prop_assert!(grid_request_kw.abs() <= feasible.net_kw().abs() && grid_request_kw * feasible.net_kw() >= 0.0);
        prop_assert!((s.feed_in..=s.retail).contains(&price_bid));
    }

    /// The guard leaves alone what it made itself.
    #[test]
    fn checking_twice_changes_nothing(s in any_home(), b in any_number(), g in any_number(), p in any_number()) {
        let (once, _) = check(&s, propose(b.into(), g.into(), p.into()));
        let (twice, _) = check(&s, once.action());
        prop_assert!((twice.net_kw() - once.net_kw()).abs() < 1e-9);
    }

    #[test]
    fn the_street_stays_feasible(homes in prop::collection::vec(any_home(), 1..12), limit in 0.0..30.0f64, b in -9.0..9.0f64) {
        let checked: Vec<_> = homes.iter().map(|s| check(s, propose(b, b, 0.2))).collect();
        let mut feasible: Vec<_> = checked.iter().map(|c| c.0).collect();
        let mut changes: Vec<_> = checked.iter().map(|c| c.1).collect();
        let before: f64 = feasible.iter().map(Feasible::net_kw).sum();
        limit_street(&homes, limit, &mut feasible, &mut changes);
        let after: f64 = feasible.iter().map(Feasible::net_kw).sum();
        prop_assert!(after.abs() <= before.abs() + 1e-9);
        for (s, f) in homes.iter().zip(&feasible) {
            let p = f.action().battery_kw;
            prop_assert!(p <= s.battery.charge_limit(s.soc) && -p <= s.battery.discharge_limit(s.soc));
        }
    }
}
