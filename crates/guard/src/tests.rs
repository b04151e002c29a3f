use super::*;
use peergrid_physics::{Battery, Feeder, FeederSpec, PowerFlow};
use proptest::prelude::*;

fn home() -> Situation {
    Situation {
        battery: Battery::default().at_step(1.0),
        soc: 5.0,
        last_battery_kw: 0.0,
        base_kw: 1.0,
        pv_kw: 0.0,
        connection_kw: f64::INFINITY,
        retail: 0.5,
        feed_in: 0.1,
        greedy: false,
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
    enforce(12.0, &situations, &mut feasible, &mut changes);
    let street: f64 = feasible.iter().map(Feasible::net_kw).sum();
    assert!((street - 12.0).abs() < 1e-9);
    assert!(changes.iter().all(|c| (c.size(Reason::Transformer) - 2.0).abs() < 1e-9));
}

/// Enforces a transformer limit on a street without a feeder.
fn enforce(kw: f64, situations: &[Situation], feasible: &mut [Feasible], changes: &mut [Changes]) {
    let limits = StreetLimits { transformer_kw: kw, voltage_pu: None };
    StreetGuard::default().limit(&limits, None, situations, feasible, changes);
}

#[test]
fn an_export_limit_curtails_once_batteries_have_backed_off() {
    let sunny = Situation { base_kw: -6.0, pv_kw: 7.0, ..home() };
    let situations = [sunny; 3];
    let checked = situations.map(|s| check(&s, propose(-2.0, 0.0, 0.2)));
    let (mut feasible, mut changes) = (checked.map(|c| c.0), checked.map(|c| c.1));
    enforce(12.0, &situations, &mut feasible, &mut changes);
    for (f, changes) in feasible.iter().zip(&changes) {
        assert_eq!(f.action().battery_kw, 0.0);
        assert!((f.curtailed_kw() - 2.0).abs() < 1e-9 && (f.net_kw() + 4.0).abs() < 1e-9);
        assert!((changes.size(Reason::Transformer) - 4.0).abs() < 1e-9);
    }
}

#[test]
fn a_connection_curtails_what_the_battery_cannot_take() {
    let full = Situation { base_kw: -8.0, pv_kw: 8.0, connection_kw: 5.0, soc: 10.0, ..home() };
    let (feasible, changes) = check(&full, propose(0.0, 0.0, 0.2));
    assert_eq!((feasible.curtailed_kw(), feasible.net_kw()), (3.0, -5.0));
    assert_eq!(changes.iter().collect::<Vec<_>>(), [(Reason::Connection, 3.0)]);
}

/// Twelve homes far out on a thin cable, seen by the exact power flow after the guard.
fn on_a_thin_cable(situation: Situation, battery_kw: f64) -> (PowerFlow, [Feasible; 12]) {
    let spec = FeederSpec { cable: peergrid_physics::Cable::Nayy4x50, ..FeederSpec::default() };
    let ids: Vec<String> = (0..12).map(|h| format!("h{h}")).collect();
    let feeder = Feeder::build(&spec, &ids).unwrap();
    let situations = [situation; 12];
    let checked = situations.map(|s| check(&s, propose(battery_kw, 0.0, 0.2)));
    let (mut feasible, mut changes) = (checked.map(|c| c.0), checked.map(|c| c.1));
    let limits = StreetLimits { transformer_kw: f64::INFINITY, voltage_pu: Some((0.97, 1.03)) };
    let mut guard = StreetGuard::default();
    guard.limit(&limits, Some(&feeder), &situations, &mut feasible, &mut changes);
    let mut flow = PowerFlow::default();
    feeder.solve(&feasible.map(|f| f.net_kw()), &mut flow).unwrap();
    assert!(changes.iter().any(|c| c.size(Reason::Voltage) > 0.0));
    (flow, feasible)
}

#[test]
fn voltages_are_held_from_above_by_curtailment() {
    let sunny = Situation { base_kw: -6.0, pv_kw: 7.0, ..home() };
    let (flow, feasible) = on_a_thin_cable(sunny, -2.0);
    let highest = flow.voltage_pu.iter().copied().fold(0.0, f64::max);
    assert!(highest < 1.03 + 1e-6 && highest > 1.029, "{highest}");
    assert!(feasible.iter().all(|f| f.action().battery_kw == 0.0 && f.curtailed_kw() > 0.0));
}

#[test]
fn voltages_are_held_from_below_by_charging_less_but_load_is_served() {
    let (flow, feasible) = on_a_thin_cable(home(), 5.0);
    let lowest = flow.voltage_pu.iter().copied().fold(2.0, f64::min);
    assert!(lowest > 0.97 - 1e-6 && lowest < 0.971, "{lowest}");
    assert!(feasible.iter().all(|f| f.action().battery_kw > 0.0));
    let (flow, feasible) = on_a_thin_cable(Situation { base_kw: 12.0, ..home() }, 1.0);
    assert!(flow.voltage_pu.iter().any(|v| *v < 0.97));
    assert!(feasible.iter().all(|f| f.net_kw() >= 12.0 && f.action().battery_kw == 0.0));
}

#[test]
fn a_street_limit_respects_a_homes_connection() {
    // Charging takes what the connection does not let out; an import limit leaves that part be.
    let sunny = Situation { base_kw: -9.0, pv_kw: 9.0, connection_kw: 5.0, ..home() };
    let situations = [sunny, Situation { base_kw: 30.0, ..home() }];
    let checked = situations.map(|s| check(&s, propose(5.0, 0.0, 0.3)));
    let (mut feasible, mut changes) = (checked.map(|c| c.0), checked.map(|c| c.1));
    enforce(10.0, &situations, &mut feasible, &mut changes);
    assert_eq!((feasible[0].net_kw(), feasible[0].action().battery_kw), (-5.0, 4.0));
    assert_eq!(feasible[1].action().battery_kw, 0.0);
}

#[test]
fn every_cable_is_relieved_of_what_can_be() {
    let spec = FeederSpec { homes_per_cable: 4, ..FeederSpec::default() };
    let ids: Vec<String> = (0..32).map(|h| format!("h{h}")).collect();
    let feeder = Feeder::build(&spec, &ids).unwrap();
    // The first cable is low from load alone, the others from charging.
    let heavy = Situation { base_kw: 60.0, ..home() };
    let situations: Vec<_> = (0..32).map(|h| if h < 4 { heavy } else { home() }).collect();
    let checked: Vec<_> = situations.iter().map(|s| check(s, propose(5.0, 0.0, 0.3))).collect();
    let mut feasible: Vec<_> = checked.iter().map(|c| c.0).collect();
    let mut changes: Vec<_> = checked.iter().map(|c| c.1).collect();
    let band = (0.998, 1.1);
    let limits = StreetLimits { transformer_kw: f64::INFINITY, voltage_pu: Some(band) };
    StreetGuard::default().limit(&limits, Some(&feeder), &situations, &mut feasible, &mut changes);
    let mut flow = PowerFlow::default();
    let net: Vec<f64> = feasible.iter().map(Feasible::net_kw).collect();
    feeder.solve(&net, &mut flow).unwrap();
    for (home, f) in feasible.iter().enumerate() {
        let v = flow.voltage_pu[feeder.home_bus(home)];
        let cut_wholly = f.action().battery_kw == 0.0;
        assert!(if home < 4 { v < 0.99 && cut_wholly } else { v > 0.998 - 1e-6 && !cut_wholly });
    }
}

#[test]
fn charging_that_would_collapse_the_voltage_is_taken_back() {
    let strong = Battery { power_kw: 4000.0, capacity_kwh: 9000.0, ..Battery::default() };
    let strong = Situation { battery: strong.at_step(1.0), soc: 900.0, ..home() };
    let spec = FeederSpec { spacing_m: 200.0, ..FeederSpec::default() };
    let ids: Vec<String> = (0..4).map(|h| format!("h{h}")).collect();
    let feeder = Feeder::build(&spec, &ids).unwrap();
    let situations = [strong; 4];
    let checked = situations.map(|s| check(&s, propose(4000.0, 0.0, 0.3)));
    let (mut feasible, mut changes) = (checked.map(|c| c.0), checked.map(|c| c.1));
    let limits = StreetLimits { transformer_kw: f64::INFINITY, voltage_pu: Some((0.94, 1.1)) };
    StreetGuard::default().limit(&limits, Some(&feeder), &situations, &mut feasible, &mut changes);
    let mut flow = PowerFlow::default();
    feeder.solve(&feasible.map(|f| f.net_kw()), &mut flow).unwrap();
    assert!(flow.voltage_pu.iter().all(|v| *v > 0.94 - 1e-6));
}

#[test]
fn in_the_dark_a_battery_stops_charging_whatever_its_ramp() {
    let slow = Battery { ramp_kw_per_hour: Some(0.5), ..Battery::default() };
    let charging = Situation { battery: slow.at_step(1.0), last_battery_kw: 4.0, ..home() };
    let (feasible, changes) = check(&charging, propose(0.0, 0.0, 0.3));
    let (mut feasible, mut changes) = ([feasible], [changes]);
    StreetGuard::island(&[charging], &mut feasible, &mut changes);
    assert_eq!((feasible[0].action().battery_kw, feasible[0].net_kw()), (0.0, 1.0));
}

#[test]
fn a_greedy_home_stays_greedy_when_a_limit_makes_it_sell() {
    // It wants to charge more than its panels give; the import limit leaves it a seller.
    let greedy = Situation { base_kw: -2.0, pv_kw: 2.0, greedy: true, ..home() };
    let situations = [greedy, Situation { base_kw: 9.0, ..home() }];
    let checked = situations.map(|s| check(&s, propose(4.0, 0.0, 0.3)));
    assert_eq!(checked[0].0.action().price_bid, greedy.feed_in);
    let (mut feasible, mut changes) = (checked.map(|c| c.0), checked.map(|c| c.1));
    enforce(6.0, &situations, &mut feasible, &mut changes);
    assert!(feasible[0].net_kw() < 0.0);
    assert_eq!(feasible[0].action().price_bid, greedy.retail);
}

#[test]
fn an_island_lives_on_its_batteries_and_spills_what_it_cannot_use() {
    let short = [home(), Situation { battery: BatteryStep::NONE, soc: 0.0, ..home() }];
    let checked = short.map(|s| check(&s, propose(1.0, 0.5, 0.3)));
    let (mut feasible, mut changes) = (checked.map(|c| c.0), checked.map(|c| c.1));
    StreetGuard::island(&short, &mut feasible, &mut changes);
    assert!(feasible.iter().map(Feasible::net_kw).sum::<f64>().abs() < 1e-12);
    assert!((changes[0].size(Reason::Outage) - 3.5).abs() < 1e-12, "3 kW and the grid request");
    let sunny = [Situation { base_kw: -3.0, pv_kw: 3.5, ..home() }, home()];
    let checked = sunny.map(|s| check(&s, propose(0.0, -1.0, 0.3)));
    let (mut feasible, mut changes) = (checked.map(|c| c.0), checked.map(|c| c.1));
    StreetGuard::island(&sunny, &mut feasible, &mut changes);
    assert!((feasible[0].curtailed_kw() - 2.0).abs() < 1e-12);
    assert!(feasible.iter().all(|f| f.action().grid_request_kw == 0.0));
}

fn any_number() -> impl Strategy<Value = f32> {
    prop_oneof![any::<f32>(), Just(f32::NAN), Just(f32::INFINITY), Just(f32::NEG_INFINITY)]
}

prop_compose! {
    fn any_home()(fill in 0.0..1.0f64, last in -5.0..5.0f64, base in -6.0..6.0f64, ramp in 0.5..20.0f64, sun in 0.0..6.0f64,
        connection in prop_oneof![Just(f64::INFINITY), 1.0..10.0f64], has in any::<bool>(), spread in 0.0..0.6f64) -> Situation {
        let spec = Battery { ramp_kw_per_hour: Some(ramp), ..Battery::default() };
        let battery = if has { spec.at_step(0.5) } else { BatteryStep::NONE };
        let soc = battery.soc_min + fill * (battery.soc_max - battery.soc_min);
        Situation { battery, soc, last_battery_kw: if has { last } else { 0.0 }, base_kw: base,
            pv_kw: sun + (-base).max(0.0), connection_kw: connection, retail: 0.05 + spread, feed_in: 0.05, greedy: false }
    }
}

proptest! {
    /// Whatever comes in, what goes out can be carried out.
    #[test]
    fn any_input_gives_a_feasible_action(s in any_home(), b in any_number(), g in any_number(), p in any_number()) {
        let (feasible, _) = check(&s, propose(b.into(), g.into(), p.into()));
        let Action { battery_kw, grid_request_kw, price_bid } = feasible.action();
        prop_assert!(battery_kw <= s.battery.charge_limit(s.soc) && -battery_kw <= s.battery.discharge_limit(s.soc));
        let curtailed = feasible.curtailed_kw();
        prop_assert!((0.0..=s.pv_kw).contains(&curtailed));
        prop_assert!((feasible.net_kw() - s.base_kw - battery_kw - curtailed).abs() < 1e-12);
        prop_assert!(feasible.net_kw() >= -s.connection_kw - 1e-9, "all export beyond it is PV or battery");
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
        enforce(limit, &homes, &mut feasible, &mut changes);
        prop_assert!(feasible.iter().zip(&homes).all(|(f, s)| f.curtailed_kw() <= s.pv_kw + 1e-12));
        let after: f64 = feasible.iter().map(Feasible::net_kw).sum();
        prop_assert!(after.abs() <= before.abs() + 1e-9);
        prop_assert!(after >= -limit - 1e-5, "an export limit can always be held");
        for (s, f) in homes.iter().zip(&feasible) {
            prop_assert!(f.net_kw() >= -s.connection_kw - 1e-9, "no limit breaks another");
        }
        for (s, f) in homes.iter().zip(&feasible) {
            let p = f.action().battery_kw;
            prop_assert!(p <= s.battery.charge_limit(s.soc) && -p <= s.battery.discharge_limit(s.soc));
        }
    }
}
