//! What is wrong with a tree of lines, in sentences.

use peergrid_physics::{Cable, Fault, Feeder, FeederSpec, LineSpec, TransformerSpec};

pub fn line(from: &str, to: &str) -> LineSpec {
    LineSpec {
        from: from.to_owned(),
        to: to.to_owned(),
        length_m: 30.0,
        cable: Some(Cable::Nayy4x150),
        r_ohm_per_km: None,
        x_ohm_per_km: None,
        ampacity_a: None,
    }
}

fn tree(lines: &[(&str, &str)]) -> FeederSpec {
    let lines = lines.iter().map(|(from, to)| line(from, to)).collect();
    FeederSpec { lines, ..FeederSpec::default() }
}

fn with_line(change: impl FnOnce(&mut LineSpec)) -> FeederSpec {
    let mut spec = tree(&[("s", "a"), ("a", "b")]);
    change(&mut spec.lines[1]);
    spec
}

fn message(spec: &FeederSpec) -> String {
    spec.validate().unwrap_err().to_string()
}

#[test]
fn lines_that_are_no_tree() {
    assert_eq!(
        message(&tree(&[("s", "a"), ("a", "b"), ("s", "c"), ("c", "b")])),
        "lines[3]: bus `b` is fed twice, by lines[1] and lines[3]; a radial feeder feeds every bus once"
    );
    assert_eq!(
        message(&tree(&[("s", "a"), ("b", "b")])),
        "lines[1]: both ends are bus `b`; a line joins two different buses"
    );
    assert_eq!(
        message(&tree(&[("a", "b"), ("b", "c"), ("c", "a")])),
        "lines[2]: the lines form a loop through bus `a`; a radial feeder has none"
    );
    // A loop beside a sound tree, with a branch that hangs on it.
    let message_of_loop = message(&tree(&[("s", "a"), ("x", "y"), ("y", "x"), ("y", "z")]));
    assert!(message_of_loop.contains("the lines form a loop through bus"), "{message_of_loop}");
    assert_eq!(
        message(&tree(&[("s", "a"), ("a", "b"), ("t", "c")])),
        "lines[2]: bus `t` is fed by no line, nor is bus `s`; a feeder has one source, and a line leads away from it"
    );
}

#[test]
fn lines_without_sense() {
    assert_eq!(
        message(&with_line(|l| l.length_m = -3.0)),
        "lines[1].length_m is -3, on the line into bus `b`; it must be a length above 0 m"
    );
    assert!(message(&with_line(|l| l.length_m = f64::NAN)).contains("lines[1].length_m is NaN"));
    assert_eq!(
        message(&with_line(|l| l.cable = None)),
        "lines[1] into bus `b` has no impedance; it must have `cable` or both `r_ohm_per_km` and `x_ohm_per_km`"
    );
    let both = with_line(|l| (l.r_ohm_per_km, l.x_ohm_per_km) = (Some(0.2), Some(0.1)));
    assert!(message(&both).contains("a cable type and an impedance of its own"));
    let half = with_line(|l| (l.cable, l.r_ohm_per_km) = (None, Some(0.2)));
    assert!(message(&half).contains("a resistance without a reactance"));
    let own =
        |r, x| with_line(|l| (l.cable, l.r_ohm_per_km, l.x_ohm_per_km) = (None, Some(r), Some(x)));
    assert!(message(&own(-0.1, 0.1)).contains("lines[1].r_ohm_per_km is -0.1"));
    assert!(message(&own(0.1, f64::INFINITY)).contains("lines[1].x_ohm_per_km is inf"));
    assert!(own(0.0, 0.0).validate().is_ok());
    assert!(message(&with_line(|l| l.ampacity_a = Some(0.0))).contains("lines[1].ampacity_a is 0"));
}

#[test]
fn homes_and_faults_need_a_bus() {
    let ids = |names: &[&str]| names.iter().map(|&n| n.to_owned()).collect::<Vec<_>>();
    let spec = tree(&[("s", "a"), ("a", "b")]);
    let error = Feeder::build(&spec, &ids(&["a", "c"])).unwrap_err();
    assert!(error.to_string().starts_with("home `c` is at no bus"), "{error}");
    let fault = |bus: &str| Some(Fault { bus: bus.to_owned(), impedance_factor: 2.0 });
    assert!(FeederSpec { fault: fault("b"), ..spec.clone() }.validate().is_ok());
    // No line leads into the source.
    let error = FeederSpec { fault: fault("s"), ..spec.clone() }.validate().unwrap_err();
    assert!(error.to_string().contains("`fault.bus` is `s`"), "{error}");
    assert_eq!(error.path().as_deref(), Some("fault.bus"));
    // Homes in any order, at the source, and buses without a home.
    let feeder = Feeder::build(&spec, &ids(&["b", "s"])).unwrap();
    assert_eq!((feeder.homes(), feeder.buses()), (2, 3));
    assert_eq!([feeder.home_bus(0), feeder.home_bus(1)], [2, 0]);
    assert_eq!(feeder.bus_name(2), "b");
}

#[test]
fn transformers_that_cannot_be() {
    let with = |rated_kva, vk_percent, vkr_percent| {
        let transformer = Some(TransformerSpec { rated_kva, vk_percent, vkr_percent });
        message(&FeederSpec { transformer, ..FeederSpec::default() })
    };
    assert!(with(0.0, 4.0, 1.2).contains("`transformer.rated_kva` is 0"));
    assert!(with(250.0, f64::NAN, 1.2).contains("`transformer.vk_percent` is NaN"));
    assert_eq!(
        with(250.0, 1.0, 1.2),
        "feeder field `transformer.vkr_percent` is 1.2; it must be from 0 % to `vk_percent`"
    );
}
