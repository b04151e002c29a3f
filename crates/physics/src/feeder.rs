//! A radial low-voltage feeder: voltages, currents and losses.
//!
//! Bus 0 is the transformer's busbar (slack, 1 pu); home `h` sits at bus `h + 1`. The power flow
//! is the exact branch-flow model of Baran and Wu (1989), solved by backward–forward sweeps.
//! Two ways of connecting are told apart everywhere: balanced three-phase (400 V line to line,
//! loss `3·r·I²`) and single-phase (230 V, go and return conductor, loss `2·r·I²`). Both are the
//! same equations with another voltage and another loop impedance.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::cable::Cable;

/// How the homes are connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// Balanced over three phases, 400 V line to line.
    #[default]
    ThreePhase,
    /// One phase and neutral, 230 V.
    SinglePhase,
}

impl Service {
    /// Nominal voltage of the equations, V.
    pub const fn voltage(self) -> f64 {
        match self {
            Self::ThreePhase => 400.0,
            Self::SinglePhase => 230.0,
        }
    }

    /// Conductors a current passes through, as a factor on the impedance.
    const fn loop_factor(self) -> f64 {
        match self {
            Self::ThreePhase => 1.0,
            Self::SinglePhase => 2.0,
        }
    }

    /// From the model's squared current to the current in one conductor, A.
    fn conductor_current(self, squared: f64) -> f64 {
        match self {
            Self::ThreePhase => libm::sqrt(squared / 3.0),
            Self::SinglePhase => libm::sqrt(squared),
        }
    }
}

/// A street's feeder as a person describes it: homes one after another along a cable, and as many
/// such cables from the transformer as there are homes for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FeederSpec {
    /// Cable type.
    pub cable: Cable,
    /// Distance from the transformer to the first home and between homes, m, > 0.
    pub spacing_m: f64,
    /// How homes are connected.
    pub service: Service,
    /// Most homes on one cable, ≥ 1.
    pub homes_per_cable: usize,
}

impl Default for FeederSpec {
    fn default() -> Self {
        Self {
            cable: Cable::Nayy4x150,
            spacing_m: 35.0,
            service: Service::ThreePhase,
            homes_per_cable: 20,
        }
    }
}

/// A feeder that cannot be built or solved.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum FeederError {
    /// A length that is no length.
    #[error("feeder field `spacing_m` is {0}; it must be a finite number of metres above 0")]
    Spacing(f64),
    /// No home fits on a cable.
    #[error("feeder field `homes_per_cable` is 0; it must be 1 or more")]
    HomesPerCable,
    /// The sweeps found no solution: the load is beyond what the feeder can carry.
    #[error(
        "the power flow does not converge at bus {bus}: {load_kw:.1} kW is more than the feeder can carry"
    )]
    Diverged {
        /// Bus (home number, counted from 1) with the lowest voltage.
        bus: usize,
        /// Load of all homes together, kW.
        load_kw: f64,
    },
}

/// A radial feeder, ready to be solved. Branch `b` leads to bus `b + 1` from `parent[b]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Feeder {
    parent: Vec<usize>,
    resistance: Vec<f64>,
    reactance: Vec<f64>,
    ampacity: Vec<f64>,
    service: Service,
}

/// The solution of one power flow; buffers are reused from call to call.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PowerFlow {
    /// Voltage at every bus, per unit of nominal, slack first.
    pub voltage_pu: Vec<f64>,
    /// Current in every branch, A.
    pub current_a: Vec<f64>,
    /// Loss of all branches, kW.
    pub loss_kw: f64,
    /// Sweeps needed.
    pub sweeps: usize,
    squared_voltage: Vec<f64>,
    squared_current: Vec<f64>,
    power: Vec<f64>,
    reactive: Vec<f64>,
}

const MAX_SWEEPS: usize = 60;
/// Largest change of a squared voltage, per unit, at which the sweeps stop.
const TOLERANCE: f64 = 1e-12;

impl Feeder {
    /// A feeder for `homes` homes one after another, a new cable after every
    /// `homes_per_cable` of them.
    ///
    /// # Errors
    /// A spacing that is not a positive, finite length; no home per cable.
    pub fn street(spec: &FeederSpec, homes: usize) -> Result<Self, FeederError> {
        if !(spec.spacing_m.is_finite() && spec.spacing_m > 0.0) {
            return Err(FeederError::Spacing(spec.spacing_m));
        }
        if spec.homes_per_cable == 0 {
            return Err(FeederError::HomesPerCable);
        }
        let begins_cable = |home: usize| home.is_multiple_of(spec.homes_per_cable);
        let (r, x, ampacity) = spec.cable.parameters();
        let factor = spec.service.loop_factor() * spec.spacing_m / 1000.0;
        Ok(Self {
            parent: (0..homes).map(|home| if begins_cable(home) { 0 } else { home }).collect(),
            resistance: vec![r * factor; homes],
            reactance: vec![x * factor; homes],
            ampacity: vec![ampacity; homes],
            service: spec.service,
        })
    }

    /// Number of homes, one per bus beside the slack.
    pub fn homes(&self) -> usize {
        self.parent.len()
    }

    /// Largest current over ampacity of all branches, a fraction.
    pub fn loading(&self, flow: &PowerFlow) -> f64 {
        flow.current_a.iter().zip(&self.ampacity).map(|(i, limit)| i / limit).fold(0.0, f64::max)
    }

    /// Solves the feeder for the homes' net power `net_kw` (kW, positive = drawing; unit power
    /// factor) into `flow`.
    ///
    /// # Errors
    /// [`FeederError::Diverged`] where no solution is found.
    pub fn solve(&self, net_kw: &[f64], flow: &mut PowerFlow) -> Result<(), FeederError> {
        let n = self.homes();
        assert_eq!(net_kw.len(), n, "one net power per home");
        let nominal = self.service.voltage() * self.service.voltage();
        flow.squared_voltage.clear();
        flow.squared_voltage.resize(n + 1, nominal);
        flow.squared_current.clear();
        flow.squared_current.resize(n, 0.0);
        flow.power.resize(n, 0.0);
        flow.reactive.resize(n, 0.0);
        for sweep in 1..=MAX_SWEEPS {
            self.backward(net_kw, flow);
            let change = self.forward(flow);
            if change.is_nan() {
                break;
            }
            if change < TOLERANCE * nominal {
                flow.sweeps = sweep;
                self.finish(nominal, flow);
                return Ok(());
            }
        }
        Err(self.diverged(net_kw, flow))
    }

    /// From the leaves to the slack: branch powers at the sending end, and squared currents.
    fn backward(&self, net_kw: &[f64], flow: &mut PowerFlow) {
        for (power, net) in flow.power.iter_mut().zip(net_kw) {
            *power = net * 1000.0;
        }
        flow.reactive.fill(0.0);
        for b in (0..self.homes()).rev() {
            let l = flow.squared_current[b];
            flow.power[b] += self.resistance[b] * l;
            flow.reactive[b] += self.reactance[b] * l;
            let (p, q) = (flow.power[b], flow.reactive[b]);
            if self.parent[b] > 0 {
                flow.power[self.parent[b] - 1] += p;
                flow.reactive[self.parent[b] - 1] += q;
            }
        }
    }

    /// From the slack to the leaves: squared currents and voltages; returns the largest change of
    /// a squared voltage.
    fn forward(&self, flow: &mut PowerFlow) -> f64 {
        let mut largest: f64 = 0.0;
        for b in 0..self.homes() {
            let (r, x) = (self.resistance[b], self.reactance[b]);
            let (p, q) = (flow.power[b], flow.reactive[b]);
            let sending = flow.squared_voltage[self.parent[b]];
            let l = (p * p + q * q) / sending;
            let v = sending - 2.0 * (r * p + x * q) + (r * r + x * x) * l;
            let change = (v - flow.squared_voltage[b + 1]).abs();
            // `max` would swallow a NaN; a collapsed voltage must show.
            largest = if v > 0.0 { largest.max(change) } else { f64::NAN };
            if largest.is_nan() {
                return largest;
            }
            flow.squared_current[b] = l;
            flow.squared_voltage[b + 1] = v;
        }
        largest
    }

    fn finish(&self, nominal: f64, flow: &mut PowerFlow) {
        flow.voltage_pu.clear();
        flow.voltage_pu.extend(flow.squared_voltage.iter().map(|v| libm::sqrt(v / nominal)));
        flow.current_a.clear();
        flow.current_a
            .extend(flow.squared_current.iter().map(|&l| self.service.conductor_current(l)));
        let watts: f64 =
            self.resistance.iter().zip(&flow.squared_current).map(|(r, l)| r * l).sum();
        flow.loss_kw = watts / 1000.0;
    }

    fn diverged(&self, net_kw: &[f64], flow: &PowerFlow) -> FeederError {
        let lowest = (1..=self.homes())
            .min_by(|&a, &b| flow.squared_voltage[a].total_cmp(&flow.squared_voltage[b]))
            .unwrap_or(0);
        FeederError::Diverged { bus: lowest, load_kw: net_kw.iter().sum() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn solved(spec: &FeederSpec, net_kw: &[f64]) -> PowerFlow {
        let mut flow = PowerFlow::default();
        Feeder::street(spec, net_kw.len()).unwrap().solve(net_kw, &mut flow).unwrap();
        flow
    }

    fn close(value: f64, expected: f64, relative: f64) {
        assert!((value - expected).abs() <= relative * expected.abs(), "{value} {expected}");
    }

    /// pandapower 3.5.6: 5 kW over 50 m of NAYY 4x50.
    #[test]
    fn two_bus_reference() {
        let spec = FeederSpec { cable: Cable::Nayy4x50, spacing_m: 50.0, ..FeederSpec::default() };
        let flow = solved(&spec, &[5.0]);
        close(flow.voltage_pu[1], 0.998_995_86, 1e-8);
        close(flow.loss_kw, 5.025_713e-3, 1e-6);
        let flow = solved(&FeederSpec { service: Service::SinglePhase, ..spec }, &[5.0]);
        close(flow.voltage_pu[1], 0.993_894_36, 1e-8);
        close(flow.loss_kw, 30.714_179e-3, 1e-6);
    }

    /// pandapower 3.5.6: eight homes of 3 kW, 35 m apart.
    #[test]
    fn eight_homes_reference() {
        let mut spec = FeederSpec::default();
        let flow = solved(&spec, &[3.0; 8]);
        close(flow.loss_kw, 0.084_206, 1e-5);
        close(flow.voltage_pu[8], 0.995_064, 1e-6);
        assert!(flow.sweeps < 10);
        spec.cable = Cable::Nayy4x50;
        let flow = solved(&spec, &[3.0; 8]);
        close(flow.loss_kw, 0.264_351, 1e-5);
        close(flow.voltage_pu[8], 0.984_633, 1e-6);
    }

    #[test]
    fn an_impossible_load_names_the_bus() {
        let feeder = Feeder::street(&FeederSpec::default(), 3).unwrap();
        let error = feeder.solve(&[10.0, 10.0, 90_000.0], &mut PowerFlow::default()).unwrap_err();
        assert!(error.to_string().contains("does not converge at bus"), "{error}");
    }

    #[test]
    fn a_length_must_be_a_length() {
        let spec = FeederSpec { spacing_m: -3.0, ..FeederSpec::default() };
        assert!(Feeder::street(&spec, 2).unwrap_err().to_string().contains("spacing_m"));
        let spec = FeederSpec { homes_per_cable: 0, ..FeederSpec::default() };
        assert!(Feeder::street(&spec, 2).unwrap_err().to_string().contains("homes_per_cable"));
    }

    #[test]
    fn a_large_street_has_several_cables() {
        let one = solved(&FeederSpec::default(), &[2.0; 20]);
        let many = solved(&FeederSpec::default(), &[2.0; 300]);
        assert!((many.loss_kw - 15.0 * one.loss_kw).abs() < 1e-9);
        assert_eq!(many.voltage_pu[20], many.voltage_pu[300]);
    }

    proptest! {
        /// What the slack delivers is what the homes draw plus what the cable burns.
        #[test]
        fn power_balances(net in prop::collection::vec(-8.0..8.0f64, 1..60), single in any::<bool>()) {
            let service = if single { Service::SinglePhase } else { Service::ThreePhase };
            let spec = FeederSpec { service, ..FeederSpec::default() };
            let flow = solved(&spec, &net);
            let sent: f64 = flow.power.iter().step_by(20).sum::<f64>() / 1000.0;
            prop_assert!((sent - net.iter().sum::<f64>() - flow.loss_kw).abs() < 1e-9);
            prop_assert!(flow.loss_kw >= 0.0);
        }
    }
}
