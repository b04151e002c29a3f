//! A street: several cables, and limits of what it is asked.

use peergrid_physics::{Fault, Feeder, FeederSpec, PowerFlow};

use super::reference::{close, solved};

#[test]
fn a_large_street_has_several_cables() {
    let one = solved(&FeederSpec::default(), &[2.0; 20]);
    let many = solved(&FeederSpec::default(), &[2.0; 300]);
    close(many.loss_kw, 15.0 * one.loss_kw, 1e-9);
    assert_eq!(many.voltage_pu[20], many.voltage_pu[300]);
}

#[test]
fn an_impossible_load_names_the_bus() {
    let ids = ["a", "b", "c"].map(str::to_owned);
    let feeder = Feeder::build(&FeederSpec::default(), &ids).unwrap();
    let error = feeder.solve(&[10.0, 10.0, 90_000.0], &mut PowerFlow::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the power flow does not converge at bus `a`: 90020.0 kW is more than the feeder can carry"
    );
    assert!(feeder.solve(&[1.0, f64::NAN, 1.0], &mut PowerFlow::default()).is_err());
}

/// Close to the largest power the cable can carry the sweeps converge slowly, but they do.
#[test]
fn a_heavy_load_is_solved() {
    let flow = solved(&FeederSpec { spacing_m: 1000.0, ..FeederSpec::default() }, &[140.0]);
    // v⁴ − (1 − 2·r·p)·v² + z²·p² = 0 for the home's squared voltage.
    let (r, x) = (0.208 / 160.0 * 140.0, 0.08 / 160.0 * 140.0);
    let half: f64 = 0.5 - r;
    let v2 = half + (half * half - (r * r + x * x)).sqrt();
    close(flow.voltage_pu[1], v2.sqrt(), 1e-9);
}

#[test]
fn what_a_street_must_hold() {
    let ids = ["a".to_owned(), "b".to_owned()];
    let message = |spec: FeederSpec| Feeder::build(&spec, &ids).unwrap_err().to_string();
    let street = FeederSpec::default;
    assert_eq!(
        message(FeederSpec { spacing_m: -3.0, ..street() }),
        "feeder field `spacing_m` is -3; it must be a finite number of metres above 0"
    );
    assert!(message(FeederSpec { homes_per_cable: 0, ..street() }).contains("homes_per_cable"));
    let fault = |bus: &str, impedance_factor| Some(Fault { bus: bus.to_owned(), impedance_factor });
    assert_eq!(
        message(FeederSpec { fault: fault("c", 2.0), ..street() }),
        "feeder field `fault.bus` is `c`, into which no line leads; it must be a bus with one"
    );
    assert!(
        message(FeederSpec { fault: fault("a", 0.5), ..street() }).contains("impedance_factor")
    );
    let twice = Feeder::build(&street(), &["a".to_owned(), "a".to_owned()]).unwrap_err();
    assert_eq!(twice.to_string(), "home `a` is in two places; a home has one bus");
    // Whether a home bears the fault's name shows only with the homes.
    assert!(FeederSpec { fault: fault("c", 2.0), ..street() }.validate().is_ok());
    assert!(FeederSpec { fault: fault("c", f64::NAN), ..street() }.validate().is_err());
    assert!(FeederSpec { spacing_m: f64::NAN, ..street() }.validate().is_err());
}
