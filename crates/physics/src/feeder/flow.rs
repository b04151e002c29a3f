//! The power flow: branch-flow equations in full, or linearised.
//!
//! Everything is per unit of 1 kVA and the nominal voltage, so that kW and kvar go in and out as
//! they are. With `v` the squared voltage and `l` the squared current of the branch `i → j`:
//!
//! ```text
//! P = p_j + Σ P_below + r·l      Q = q_j + Σ Q_below + x·l
//! l = (P² + Q²) / v_i            v_j = v_i − 2(r·P + x·Q) + (r² + x²)·l
//! ```
//!
//! (Baran & Wu 1989); `l` is the same at both ends, so it may as well be had from the power and
//! the voltage at `j`. `LinDistFlow` drops `l` from `P`, `Q` and `v`.

use super::{Feeder, FeederError, PowerFlowMethod};

/// The solution of one power flow; buffers are reused from call to call.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PowerFlow {
    /// Voltage at every bus, per unit of nominal, source first.
    pub voltage_pu: Vec<f64>,
    /// Current in a conductor of every branch, A; branch `b` leads into bus `b + 1`.
    pub current_a: Vec<f64>,
    /// Active loss of all branches, kW.
    pub loss_kw: f64,
    /// Reactive loss of all branches, kvar.
    pub loss_kvar: f64,
    /// Active power the source delivers, losses included, kW.
    pub slack_kw: f64,
    /// Reactive power the source delivers, losses included, kvar.
    pub slack_kvar: f64,
    /// Sweeps needed; 1 for the linear method.
    pub sweeps: usize,
    /// Load at every bus.
    pub(super) loads: Vec<Load>,
    pub(super) states: Vec<State>,
}

impl PowerFlow {
    /// Active (kW) and reactive (kvar) power that enters branch `b` at its end nearer the source.
    pub fn branch_power(&self, b: usize) -> (f64, f64) {
        let state = &self.states[b + 1];
        (state.p, state.q)
    }
}

/// What is drawn at a bus.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Load {
    pub kw: f64,
    pub kvar: f64,
}

/// A bus and the branch into it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct State {
    /// Active power into the branch, kW.
    pub p: f64,
    /// Reactive power into the branch, kvar.
    pub q: f64,
    /// Squared current of the branch.
    pub l: f64,
    /// Squared voltage of the bus.
    pub v: f64,
}

/// A branch: where it comes from, and its impedance per unit of 1 kVA.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Branch {
    pub parent: usize,
    pub r: f64,
    pub x: f64,
    /// r² + x².
    pub z2: f64,
}

impl Branch {
    /// What the power at the sending end takes off the squared voltage.
    fn drop(&self, state: &State) -> f64 {
        2.0 * (self.r * state.p + self.x * state.q)
    }
}

pub(super) const MAX_SWEEPS: usize = 100;
/// Largest change of a squared voltage, per unit, at which the sweeps stop. The currents are those
/// of the voltages before it, so they and the losses are right to as many digits; the voltages to
/// more.
pub(super) const TOLERANCE: f64 = 1e-11;

impl Feeder {
    /// Solves the feeder for the homes' net power `net_kw` (kW, positive = drawing; unit power
    /// factor) into `flow`, by the method of its specification. Allocates nothing once `flow`
    /// has held a feeder of this size.
    ///
    /// # Errors
    /// [`FeederError::Diverged`] where no solution is found.
    pub fn solve(&self, net_kw: &[f64], flow: &mut PowerFlow) -> Result<(), FeederError> {
        assert_eq!(net_kw.len(), self.homes(), "one net power per home");
        flow.loads.clear();
        flow.loads.resize(self.buses(), Load::default());
        for (&bus, &kw) in self.home_bus.iter().zip(net_kw) {
            flow.loads[bus].kw = kw;
        }
        self.run(flow)
    }

    /// Solves the feeder for loads by bus.
    pub(crate) fn solve_buses(
        &self,
        loads: &[Load],
        flow: &mut PowerFlow,
    ) -> Result<(), FeederError> {
        assert_eq!(loads.len(), self.buses(), "one load per bus");
        flow.loads.clear();
        flow.loads.extend_from_slice(loads);
        self.run(flow)
    }

    fn run(&self, flow: &mut PowerFlow) -> Result<(), FeederError> {
        let source = State { v: self.source_pu * self.source_pu, ..State::default() };
        flow.states.clear();
        flow.states.resize(self.buses(), source);
        let solved = match self.method {
            PowerFlowMethod::Exact => self.exact(flow),
            PowerFlowMethod::Linear => self.linear(flow),
        };
        let load = flow.loads.iter().fold(Load::default(), |sum, load| Load {
            kw: sum.kw + load.kw,
            kvar: sum.kvar + load.kvar,
        });
        match solved {
            Ok(sweeps) => flow.sweeps = sweeps,
            Err(bus) => {
                return Err(FeederError::Diverged {
                    bus: self.names[bus].clone(),
                    load_kw: load.kw,
                });
            }
        }
        self.finish(load, flow);
        Ok(())
    }

    /// Sweeps until nothing moves; returns their number, or the bus where it fails.
    fn exact(&self, flow: &mut PowerFlow) -> Result<usize, usize> {
        for sweep in 1..=MAX_SWEEPS {
            self.backward(flow);
            if self.forward(&mut flow.states)? < TOLERANCE {
                return Ok(sweep);
            }
        }
        let lowest = |a: &(usize, &State), b: &(usize, &State)| a.1.v.total_cmp(&b.1.v);
        Err(flow.states.iter().enumerate().min_by(lowest).map_or(0, |(bus, _)| bus))
    }

    /// From the leaves to the source: currents and powers at the sending ends, for the voltages
    /// as they are. The current is that of the receiving end, where this pass knows the power.
    fn backward(&self, flow: &mut PowerFlow) {
        let states = &mut flow.states[..=self.branches.len()];
        for (state, load) in states.iter_mut().zip(&flow.loads) {
            (state.p, state.q) = (load.kw, load.kvar);
        }
        for (b, branch) in self.branches.iter().enumerate().rev() {
            let state = &mut states[b + 1];
            state.l = (state.p * state.p + state.q * state.q) / state.v;
            state.p += branch.r * state.l;
            state.q += branch.x * state.l;
            let (p, q) = (state.p, state.q);
            let parent = &mut states[branch.parent];
            parent.p += p;
            parent.q += q;
        }
    }

    /// From the source to the leaves: squared voltages. Returns their largest change, or the bus
    /// where the voltage collapses.
    fn forward(&self, states: &mut [State]) -> Result<f64, usize> {
        let mut largest: f64 = 0.0;
        for (b, branch) in self.branches.iter().enumerate() {
            let sending = states[branch.parent].v;
            let state = &mut states[b + 1];
            let v = sending - branch.drop(state) + branch.z2 * state.l;
            largest = largest.max((v - state.v).abs());
            // Neither a voltage below 0 nor NaN goes on.
            if !(v > 0.0 && v.is_finite()) {
                return Err(b + 1);
            }
            state.v = v;
        }
        Ok(largest)
    }

    /// One sweep without losses; currents at nominal voltage.
    fn linear(&self, flow: &mut PowerFlow) -> Result<usize, usize> {
        for (state, load) in flow.states.iter_mut().zip(&flow.loads) {
            (state.p, state.q) = (load.kw, load.kvar);
        }
        for (b, branch) in self.branches.iter().enumerate().rev() {
            let State { p, q, .. } = flow.states[b + 1];
            let parent = &mut flow.states[branch.parent];
            parent.p += p;
            parent.q += q;
        }
        for (b, branch) in self.branches.iter().enumerate() {
            let sending = flow.states[branch.parent].v;
            let state = &mut flow.states[b + 1];
            state.l = state.p * state.p + state.q * state.q;
            state.v = sending - branch.drop(state);
            if !(state.v > 0.0 && state.v.is_finite()) {
                return Err(b + 1);
            }
        }
        Ok(1)
    }

    fn finish(&self, load: Load, flow: &mut PowerFlow) {
        // Square roots are rounded correctly everywhere, so the standard ones agree in wasm.
        flow.voltage_pu.clear();
        flow.voltage_pu.extend(flow.states.iter().map(|s| s.v.sqrt()));
        flow.current_a.clear();
        let branches = || self.branches.iter().zip(&flow.states[1..]);
        flow.current_a.extend(branches().map(|(_, s)| s.l.sqrt() * self.amperes_per_kva));
        (flow.loss_kw, flow.loss_kvar) =
            branches().fold((0.0, 0.0), |(kw, kvar), (b, s)| (kw + b.r * s.l, kvar + b.x * s.l));
        flow.slack_kw = load.kw + flow.loss_kw;
        flow.slack_kvar = load.kvar + flow.loss_kvar;
    }
}
