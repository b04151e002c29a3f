//! The document of `peergrid powerflow`.

use peergrid_physics::{
    Cable, Feeder, FeederSpec, Network, PowerFlow, PowerFlowMethod, Service, TransformerSpec,
    network::BusLoad,
};

use super::messages::line;

/// What is done to the document, where the fault then stands, and a part of the message.
type Case = (fn(&mut Network), &'static str, &'static str);

fn load(bus: &str, kw: f64) -> BusLoad {
    BusLoad { bus: bus.to_owned(), kw, kvar: 0.0 }
}

/// Two homes on a line and one on a line of its own, given out of order.
fn network() -> Network {
    Network {
        buses: Vec::new(),
        lines: vec![line("a", "b"), line("busbar", "c"), line("busbar", "a")],
        transformer: Some(TransformerSpec::default()),
        loads: vec![load("b", 4.0), load("c", -2.0)],
        phases: Service::ThreePhase,
        nominal_voltage_v: None,
        source_voltage_pu: 1.0,
        method: PowerFlowMethod::Exact,
    }
}

/// The document and the feeder of a community are one solver.
#[test]
fn a_network_is_a_feeder() {
    let document = network();
    let ids = ["a", "b", "c"].map(str::to_owned);
    for (method, phases) in [
        (PowerFlowMethod::Exact, Service::ThreePhase),
        (PowerFlowMethod::Linear, Service::SinglePhase),
    ] {
        let found = Network { method, phases, ..document.clone() }.solve().unwrap();
        let spec = FeederSpec {
            lines: document.lines.clone(),
            transformer: document.transformer.clone(),
            service: phases,
            method,
            ..FeederSpec::default()
        };
        let (feeder, mut flow) = (Feeder::build(&spec, &ids).unwrap(), PowerFlow::default());
        feeder.solve(&[0.0, 4.0, -2.0], &mut flow).unwrap();
        assert_eq!((found.loss_kw, found.slack_kw), (flow.loss_kw, flow.slack_kw));
        for (home, id) in ids.iter().enumerate() {
            let bus = feeder.home_bus(home);
            assert!(found.voltage_pu.contains(&(id.clone(), flow.voltage_pu[bus])));
            let line = found.lines.iter().find(|l| l.to == *id).unwrap();
            assert_eq!(line.current_a, flow.current_a[bus - 1]);
            assert_eq!(line.loading, Some(line.current_a / 270.0));
        }
        let losses: f64 = found.lines.iter().map(|l| l.loss_kw).sum();
        let transformer = found.transformer.unwrap();
        assert!((losses + transformer.loss_kw - found.loss_kw).abs() < 1e-12);
        assert_eq!(Some(transformer.loading), feeder.transformer_loading(&flow));
        assert_eq!(found.lines[0].to, "b");
        // The grid before the transformer is no bus of the document.
        assert_eq!(found.voltage_pu.len(), 4);
        assert_eq!(found.voltage_pu[0].0, "busbar");
    }
}

/// Half the nominal voltage, or half the source's, means four times the relative impedance or a
/// quarter of the squared voltage to start from: the same state twice over.
#[test]
fn voltages_scale() {
    let bare = Network { transformer: None, ..network() };
    let low = Network { nominal_voltage_v: Some(200.0), ..bare.clone() }.solve().unwrap();
    let half = Network { source_voltage_pu: 0.5, ..bare }.solve().unwrap();
    for ((_, a), (_, b)) in low.voltage_pu.iter().zip(&half.voltage_pu) {
        assert!((a * 0.5 - b).abs() < 1e-12, "{a} {b}");
    }
    assert!((low.loss_kw - half.loss_kw).abs() < 1e-12);
    assert!((low.lines[0].current_a - half.lines[0].current_a).abs() < 1e-9);
}

/// A reactive load of its own: v⁴ − (1 − 2(rp + xq))·v² + z²·(p² + q²) = 0.
#[test]
fn reactive_power_lowers_the_voltage_too() {
    let lines = vec![line("s", "a")];
    let loads = vec![BusLoad { kvar: 15.0, ..load("a", 20.0) }];
    let flow = Network { lines, loads, transformer: None, ..network() }.solve().unwrap();
    let (r, x, _) = Cable::Nayy4x150.parameters();
    let (r, x) = (r * 0.03 / 160.0, x * 0.03 / 160.0);
    let half: f64 = 0.5 - (r * 20.0 + x * 15.0);
    let v2 = half + (half * half - (r * r + x * x) * 625.0).sqrt();
    assert!((flow.voltage_pu[1].1 - v2.sqrt()).abs() < 1e-12);
    assert!((flow.loss_kvar - x * 625.0 / v2).abs() < 1e-12);
    assert!((flow.slack_kvar - 15.0 - flow.loss_kvar).abs() < 1e-12);
}

#[test]
fn what_is_wrong_is_named() {
    let wrong = |change: fn(&mut Network)| {
        let mut document = network();
        change(&mut document);
        let error = document.solve().unwrap_err();
        (error.path().unwrap_or_default(), error.to_string())
    };
    let names = |names: &[&str]| names.iter().map(|&n| n.to_owned()).collect::<Vec<_>>();
    assert_eq!(
        wrong(|n| n.loads.push(load("b", 1.0))),
        (
            "loads[2]".to_owned(),
            "loads[2]: bus `b` has a load in two places, loads[0] and loads[2]; every bus or home stands there once"
                .to_owned()
        )
    );
    let cases: [Case; 9] = [
        (|n| n.loads[1].bus = "d".to_owned(), "loads[1].bus", "no line leads to or from"),
        (|n| n.loads[0].kw = f64::NAN, "loads[0].kw", "a finite number"),
        (|n| n.lines.clear(), "lines", "empty"),
        (|n| n.lines.push(line("c", "b")), "lines[3]", "fed twice"),
        (|n| n.lines[2].length_m = 0.0, "lines[2].length_m", "above 0 m"),
        (|n| n.nominal_voltage_v = Some(-1.0), "nominal_voltage_v", "above 0 V"),
        (|n| n.source_voltage_pu = f64::NAN, "source_voltage_pu", "per unit"),
        (|n| n.transformer.as_mut().unwrap().rated_kva = 0.0, "transformer.rated_kva", "0 kVA"),
        (|n| n.loads[0].kw = 1e6, "", "does not converge"),
    ];
    for (change, path, hint) in cases {
        let (at, message) = wrong(change);
        assert!(at == path && message.contains(hint), "{at}: {message}");
    }
    let listed = |buses| Network { buses, ..network() }.solve().map_err(|e| e.to_string());
    assert!(listed(names(&["busbar", "a", "b", "c"])).is_ok());
    assert!(listed(names(&["busbar", "a", "b"])).unwrap_err().starts_with("lines[1].to is `c`"));
    let twice = listed(names(&["busbar", "a", "b", "c", "a"])).unwrap_err();
    assert!(twice.starts_with("buses[4]: bus `a` is listed twice"), "{twice}");
    let alone = listed(names(&["busbar", "a", "b", "c", "d"])).unwrap_err();
    assert!(alone.starts_with("buses[4]: no line leads to or from bus `d`"), "{alone}");
}
