//! The 33-bus system of Baran and Wu, "Network reconfiguration in distribution systems for loss
//! reduction and load balancing" (IEEE Transactions on Power Delivery 4, 1989), without its tie
//! lines: 12.66 kV, 3715 kW and 2300 kvar.

use peergrid_physics::{
    LineSpec, Network, PowerFlowMethod, Service,
    network::{BusLoad, NetworkFlow},
};

/// From, to, resistance (Ω), reactance (Ω), and the load at `to` (kW, kvar).
const BRANCHES: [(u32, u32, f64, f64, f64, f64); 32] = [
    (1, 2, 0.0922, 0.0470, 100.0, 60.0),
    (2, 3, 0.4930, 0.2511, 90.0, 40.0),
    (3, 4, 0.3660, 0.1864, 120.0, 80.0),
    (4, 5, 0.3811, 0.1941, 60.0, 30.0),
    (5, 6, 0.8190, 0.7070, 60.0, 20.0),
    (6, 7, 0.1872, 0.6188, 200.0, 100.0),
    (7, 8, 0.7114, 0.2351, 200.0, 100.0),
    (8, 9, 1.0300, 0.7400, 60.0, 20.0),
    (9, 10, 1.0440, 0.7400, 60.0, 20.0),
    (10, 11, 0.1966, 0.0650, 45.0, 30.0),
    (11, 12, 0.3744, 0.1238, 60.0, 35.0),
    (12, 13, 1.4680, 1.1550, 60.0, 35.0),
    (13, 14, 0.5416, 0.7129, 120.0, 80.0),
    (14, 15, 0.5910, 0.5260, 60.0, 10.0),
    (15, 16, 0.7463, 0.5450, 60.0, 20.0),
    (16, 17, 1.2890, 1.7210, 60.0, 20.0),
    (17, 18, 0.7320, 0.5740, 90.0, 40.0),
    (2, 19, 0.1640, 0.1565, 90.0, 40.0),
    (19, 20, 1.5042, 1.3554, 90.0, 40.0),
    (20, 21, 0.4095, 0.4784, 90.0, 40.0),
    (21, 22, 0.7089, 0.9373, 90.0, 40.0),
    (3, 23, 0.4512, 0.3083, 90.0, 50.0),
    (23, 24, 0.8980, 0.7091, 420.0, 200.0),
    (24, 25, 0.8960, 0.7011, 420.0, 200.0),
    (6, 26, 0.2030, 0.1034, 60.0, 25.0),
    (26, 27, 0.2842, 0.1447, 60.0, 25.0),
    (27, 28, 1.0590, 0.9337, 60.0, 20.0),
    (28, 29, 0.8042, 0.7006, 120.0, 70.0),
    (29, 30, 0.5075, 0.2585, 200.0, 600.0),
    (30, 31, 0.9744, 0.9630, 150.0, 70.0),
    (31, 32, 0.3105, 0.3619, 210.0, 100.0),
    (32, 33, 0.3410, 0.5302, 60.0, 40.0),
];

fn network(method: PowerFlowMethod) -> Network {
    let line = |&(from, to, r, x, ..): &(u32, u32, f64, f64, f64, f64)| LineSpec {
        from: from.to_string(),
        to: to.to_string(),
        length_m: 1000.0,
        cable: None,
        r_ohm_per_km: Some(r),
        x_ohm_per_km: Some(x),
        ampacity_a: None,
    };
    let load = |&(_, to, _, _, kw, kvar): &(u32, u32, f64, f64, f64, f64)| BusLoad {
        bus: to.to_string(),
        kw,
        kvar,
    };
    Network {
        buses: (1..=33).map(|bus: u32| bus.to_string()).collect(),
        lines: BRANCHES.iter().map(line).collect(),
        transformer: None,
        loads: BRANCHES.iter().map(load).collect(),
        phases: Service::ThreePhase,
        nominal_voltage_v: Some(12_660.0),
        source_voltage_pu: 1.0,
        method,
    }
}

fn lowest(flow: &NetworkFlow) -> (&str, f64) {
    let (name, pu) = flow.voltage_pu.iter().min_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
    (name, *pu)
}

/// The published base case.
#[test]
fn the_base_case() {
    let flow = network(PowerFlowMethod::Exact).solve().unwrap();
    assert!((flow.loss_kw - 202.68).abs() < 0.01, "{}", flow.loss_kw);
    assert!((flow.loss_kvar - 135.14).abs() < 0.01, "{}", flow.loss_kvar);
    let (bus, pu) = lowest(&flow);
    assert!(bus == "18" && (pu - 0.9131).abs() < 5e-5, "{bus} {pu}");
    assert!((flow.slack_kw - 3715.0 - flow.loss_kw).abs() < 1e-9);
    assert!((flow.slack_kvar - 2300.0 - flow.loss_kvar).abs() < 1e-9);
}

/// Without losses the voltage at the end of the main line comes out 0.3 % too high.
#[test]
fn the_linear_method_is_optimistic() {
    let flow = network(PowerFlowMethod::Linear).solve().unwrap();
    let (bus, pu) = lowest(&flow);
    assert!(bus == "18" && pu > 0.9131 + 0.002 && pu < 0.9131 + 0.004, "{bus} {pu}");
    assert!(flow.loss_kw < 202.68 && flow.loss_kw > 160.0, "{}", flow.loss_kw);
    assert_eq!(flow.sweeps, 1);
}
