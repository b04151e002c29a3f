//! Power flows against reference numbers and cases worked by hand.

use peergrid_physics::{
    Cable, Fault, Feeder, FeederSpec, PowerFlow, PowerFlowMethod, Service, TransformerSpec,
};

pub fn solved(spec: &FeederSpec, net_kw: &[f64]) -> PowerFlow {
    let ids: Vec<String> = (1..=net_kw.len()).map(|h| format!("h{h}")).collect();
    let mut flow = PowerFlow::default();
    Feeder::build(spec, &ids).unwrap().solve(net_kw, &mut flow).unwrap();
    flow
}

pub fn close(value: f64, expected: f64, relative: f64) {
    assert!((value - expected).abs() <= relative * expected.abs(), "{value} {expected}");
}

/// pandapower 3.5.6: 5 kW over 50 m of NAYY 4x50.
#[test]
fn two_buses() {
    let spec = FeederSpec { cable: Cable::Nayy4x50, spacing_m: 50.0, ..FeederSpec::default() };
    let flow = solved(&spec, &[5.0]);
    close(flow.voltage_pu[1], 0.998_995_86, 1e-8);
    close(flow.loss_kw, 5.025_713e-3, 1e-6);
    // I = S/(√3·V) with the power that leaves the busbar.
    let sent_kva = flow.slack_kw.hypot(flow.slack_kvar);
    close(flow.current_a[0], sent_kva * 1000.0 / (400.0 * 3.0_f64.sqrt()), 1e-12);
    let flow = solved(&FeederSpec { service: Service::SinglePhase, ..spec }, &[5.0]);
    close(flow.voltage_pu[1], 0.993_894_36, 1e-8);
    close(flow.loss_kw, 30.714_179e-3, 1e-6);
    close(flow.loss_kw, 2.0 * 0.642e-3 * 0.05 * flow.current_a[0].powi(2), 1e-9);
}

/// pandapower 3.5.6: eight homes of 3 kW, 35 m apart.
#[test]
fn eight_homes() {
    let cases = [
        (Cable::Nayy4x150, 0.084_206, 0.995_064, 0.995_074),
        (Cable::Nayy4x50, 0.264_351, 0.984_633, 0.984_716),
    ];
    for (cable, loss_kw, exact_pu, linear_pu) in cases {
        let spec = FeederSpec { cable, ..FeederSpec::default() };
        let flow = solved(&spec, &[3.0; 8]);
        close(flow.loss_kw, loss_kw, 1e-5);
        close(flow.voltage_pu[8], exact_pu, 1e-6);
        assert!(flow.sweeps < 10, "{}", flow.sweeps);
        let flow = solved(&FeederSpec { method: PowerFlowMethod::Linear, ..spec }, &[3.0; 8]);
        close(flow.voltage_pu[8], linear_pu, 1e-6);
        assert!(flow.loss_kw < loss_kw && flow.loss_kw > 0.95 * loss_kw);
    }
}

/// 250 kVA, vk 4 %, vkr 1.2 %: R = 0.012·400²/250 kVA = 7.68 mΩ, Z = 25.6 mΩ, X = 24.42 mΩ.
/// A home on a cable of no consequence draws 200 kW; without the small effect of losses
/// v² = 1 − 2·R·P/V² = 1 − 2·0.012·200/250 = 0.9808. Exactly, with z² = 0.04²·(200/250)² and
/// r·p = 0.0096: v⁴ − (1 − 0.0192)·v² + 0.001024 = 0, and the loss is R·(P/v)².
#[test]
fn the_transformer_is_the_first_branch() {
    let spec = FeederSpec {
        cable: Cable::Nayy4x150,
        spacing_m: 1e-9,
        transformer: Some(TransformerSpec::default()),
        ..FeederSpec::default()
    };
    let v2 = 0.4904 + (0.4904_f64.powi(2) - 0.001_024).sqrt();
    for service in [Service::ThreePhase, Service::SinglePhase] {
        let flow = solved(&FeederSpec { service, ..spec.clone() }, &[200.0]);
        assert_eq!(flow.voltage_pu.len(), 3);
        close(flow.voltage_pu[1], v2.sqrt(), 1e-9);
        close(flow.loss_kw, 0.012 / 250.0 * 200.0_f64.powi(2) / v2, 1e-9);
    }
    let ids = ["h1".to_owned()];
    let feeder = Feeder::build(&spec, &ids).unwrap();
    let flow = solved(&spec, &[200.0]);
    assert_eq!(feeder.home_bus(0), 2);
    assert_eq!((feeder.bus_name(0), feeder.bus_name(1)), ("grid", "busbar"));
    assert_eq!(feeder.transformer_kva(), Some(250.0));
    let sent = flow.slack_kw.hypot(flow.slack_kvar) / 250.0;
    close(feeder.transformer_loading(&flow).unwrap(), sent, 1e-12);
    // The loading is the cable's alone.
    close(feeder.loading(&flow), flow.current_a[1] / 270.0, 1e-12);
}

/// A joint of ten times the impedance before the third home is a street with 350 m there.
#[test]
fn a_fault_multiplies_one_section() {
    let fault = Fault { bus: "h3".to_owned(), impedance_factor: 10.0 };
    let healthy = FeederSpec { method: PowerFlowMethod::Linear, ..FeederSpec::default() };
    let faulty = FeederSpec { fault: Some(fault), ..healthy.clone() };
    let net = [3.0; 5];
    let (good, bad) = (solved(&healthy, &net), solved(&faulty, &net));
    assert_eq!(good.voltage_pu[..3], bad.voltage_pu[..3]);
    // LinDistFlow: nine more times 2·r·P of the section, P = 9 kW of homes 3, 4 and 5.
    let more = 9.0 * 2.0 * 0.208 * 0.035 * 9000.0 / 160_000.0;
    for home in 3..=5 {
        close(good.voltage_pu[home].powi(2) - bad.voltage_pu[home].powi(2), more, 1e-9);
    }
}
