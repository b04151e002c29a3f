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
//!
//! Each quantity of a bus follows from that of its neighbour, so a processor mostly waits for the
//! number before. The sweeps are therefore written for `L` power flows side by side, its lanes:
//! [`PowerFlow`] has one, [`PowerFlows`](super::PowerFlows) several. A lane's result does not
//! depend on the others, to the last bit.

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
    loads: Vec<Load<1>>,
    pub(super) states: Vec<State<1>>,
}

impl PowerFlow {
    /// Active (kW) and reactive (kvar) power that enters branch `b` at its end nearer the source.
    pub fn branch_power(&self, b: usize) -> (f64, f64) {
        let state = &self.states[b + 1];
        (state.p[0], state.q[0])
    }
}

/// What is drawn at a bus, by lane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Load<const L: usize> {
    pub kw: [f64; L],
    pub kvar: [f64; L],
}

impl<const L: usize> Load<L> {
    pub const NONE: Self = Self { kw: [0.0; L], kvar: [0.0; L] };
}

/// A bus and the branch into it, by lane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct State<const L: usize> {
    /// Active power into the branch, kW.
    pub p: [f64; L],
    /// Reactive power into the branch, kvar.
    pub q: [f64; L],
    /// Squared current of the branch.
    pub l: [f64; L],
    /// Squared voltage of the bus.
    pub v: [f64; L],
}

/// What all buses draw and all branches burn, by lane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Balance<const L: usize> {
    pub load: Load<L>,
    pub loss: Load<L>,
}

impl<const L: usize> Balance<L> {
    /// What the source delivers.
    pub fn slack(&self) -> Load<L> {
        let mut slack = self.load;
        slack.add(&self.loss.kw, &self.loss.kvar);
        slack
    }
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
    /// The entries of branch `b`'s two ends in a list by bus; a bus comes after its parent.
    #[inline]
    pub fn ends<'a, T>(&self, b: usize, buses: &'a mut [T]) -> (&'a mut T, &'a mut T) {
        let (above, below) = buses.split_at_mut(b + 1);
        (&mut above[self.parent], &mut below[0])
    }
}

impl Branch {
    /// What the branch takes at its sending end, by the power at the receiving `state`.
    #[inline]
    fn send<const L: usize>(
        &self,
        parent: &mut State<L>,
        state: &mut State<L>,
        last_change: &[f64; L],
    ) {
        for (i, &last_change) in last_change.iter().enumerate() {
            let (p, q) = (state.p[i], state.q[i]);
            let squared = (p * p + q * q) / state.v[i];
            let l = if last_change < TOLERANCE { state.l[i] } else { squared };
            let (p, q) = (p + self.r * l, q + self.x * l);
            state.l[i] = l;
            state.p[i] = p;
            state.q[i] = q;
            parent.p[i] += p;
            parent.q[i] += q;
        }
    }

    /// The squared voltage at the receiving end, from that at the sending end.
    #[inline]
    fn drop<const L: usize>(
        &self,
        parent: &State<L>,
        state: &mut State<L>,
        last_change: &[f64; L],
        seen: &mut Seen<L>,
    ) {
        for (i, &last_change) in last_change.iter().enumerate() {
            let drop = 2.0 * (self.r * state.p[i] + self.x * state.q[i]);
            let v = parent.v[i] - drop + self.z2 * state.l[i];
            seen.change[i] = larger(seen.change[i], (v - state.v[i]).abs());
            seen.lowest[i] = smaller(seen.lowest[i], v);
            seen.sum[i] += v;
            state.v[i] = if last_change < TOLERANCE { state.v[i] } else { v };
        }
    }
}

/// Of the squared voltages in a sweep: their largest change, the lowest of them, and their sum.
struct Seen<const L: usize> {
    change: [f64; L],
    lowest: [f64; L],
    sum: [f64; L],
}

/// Where a power flow fails.
#[derive(Debug, Clone, Copy)]
pub(super) struct Collapse {
    pub lane: usize,
    pub bus: usize,
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
        flow.loads.resize(self.buses(), Load::NONE);
        for (&bus, &kw) in self.home_bus.iter().zip(net_kw) {
            flow.loads[bus].kw = [kw];
        }
        self.run(flow)
    }

    /// Solves the feeder for loads by bus.
    pub(crate) fn solve_buses(
        &self,
        loads: &[Load<1>],
        flow: &mut PowerFlow,
    ) -> Result<(), FeederError> {
        assert_eq!(loads.len(), self.buses(), "one load per bus");
        flow.loads.clear();
        flow.loads.extend_from_slice(loads);
        self.run(flow)
    }

    fn run(&self, flow: &mut PowerFlow) -> Result<(), FeederError> {
        flow.states.clear();
        flow.states.resize(self.buses(), self.at_rest());
        flow.sweeps = self
            .sweep(&flow.loads, &mut flow.states)
            .map_err(|collapse| self.diverged(collapse, &flow.loads))?;
        let balance = self.balance(&flow.loads, &flow.states);
        Load { kw: [flow.loss_kw], kvar: [flow.loss_kvar] } = balance.loss;
        Load { kw: [flow.slack_kw], kvar: [flow.slack_kvar] } = balance.slack();
        // Square roots are rounded correctly everywhere, so the standard ones agree in wasm.
        flow.voltage_pu.clear();
        flow.voltage_pu.extend(flow.states.iter().map(|s| s.v[0].sqrt()));
        flow.current_a.clear();
        let branches = flow.states[1..].iter();
        flow.current_a.extend(branches.map(|s| s.l[0].sqrt() * self.amperes_per_kva));
        Ok(())
    }

    /// A bus before the first sweep: at the source's voltage, without any flow.
    pub(super) fn at_rest<const L: usize>(&self) -> State<L> {
        let none = [0.0; L];
        State { p: none, q: none, l: none, v: [self.source_pu * self.source_pu; L] }
    }

    /// Solves for `loads` from `states` at rest, by the feeder's method; returns the number of sweeps.
    pub(super) fn sweep<const L: usize>(
        &self,
        loads: &[Load<L>],
        states: &mut [State<L>],
    ) -> Result<usize, Collapse> {
        match self.method {
            PowerFlowMethod::Exact => self.exact(loads, states),
            PowerFlowMethod::Linear => self.linear(loads, states),
        }
    }

    pub(super) fn diverged<const L: usize>(&self, at: Collapse, loads: &[Load<L>]) -> FeederError {
        FeederError::Diverged {
            bus: self.names[at.bus].clone(),
            load_kw: loads.iter().fold(0.0, |sum, load| sum + load.kw[at.lane]),
        }
    }

    /// Sweeps until nothing moves in any lane.
    fn exact<const L: usize>(
        &self,
        loads: &[Load<L>],
        states: &mut [State<L>],
    ) -> Result<usize, Collapse> {
        let mut change = [f64::INFINITY; L];
        for sweep in 1..=MAX_SWEEPS {
            self.backward(loads, &change, states);
            change = self.forward(&change, states)?;
            if change.iter().all(|&change| change < TOLERANCE) {
                return Ok(sweep);
            }
        }
        let lane = change.iter().position(|&change| change >= TOLERANCE).unwrap_or(0);
        let lowest =
            |a: &(usize, &State<L>), b: &(usize, &State<L>)| a.1.v[lane].total_cmp(&b.1.v[lane]);
        let bus = states.iter().enumerate().min_by(lowest).map_or(0, |(bus, _)| bus);
        Err(Collapse { lane, bus })
    }

    /// From the leaves to the source: currents and powers at the sending ends, for the voltages
    /// as they are. The current is that of the receiving end, where this pass knows the power; it
    /// stays in lanes whose `last_change` is below the tolerance.
    fn backward<const L: usize>(
        &self,
        loads: &[Load<L>],
        last_change: &[f64; L],
        states: &mut [State<L>],
    ) {
        for (state, load) in states.iter_mut().zip(loads) {
            (state.p, state.q) = (load.kw, load.kvar);
        }
        for (b, branch) in self.branches.iter().enumerate().rev() {
            let (parent, state) = branch.ends(b, states);
            branch.send(parent, state, last_change);
        }
    }

    /// From the source to the leaves: squared voltages; they stay in lanes whose `last_change` is
    /// below the tolerance. Returns their largest changes.
    fn forward<const L: usize>(
        &self,
        last_change: &[f64; L],
        states: &mut [State<L>],
    ) -> Result<[f64; L], Collapse> {
        let mut seen = Seen { change: [0.0; L], lowest: [f64::INFINITY; L], sum: [0.0; L] };
        for (b, branch) in self.branches.iter().enumerate() {
            let (parent, state) = branch.ends(b, states);
            branch.drop(parent, state, last_change, &mut seen);
        }
        // Neither a voltage below 0 nor NaN or infinity goes on; a sum of numbers is a number.
        let sound = |lane: &usize| seen.lowest[*lane] > 0.0 && seen.sum[*lane].is_finite();
        match (0..L).find(|lane| !sound(lane)) {
            None => Ok(seen.change),
            Some(lane) => {
                let fails = |s: &State<L>| !(s.v[lane] > 0.0 && s.v[lane].is_finite());
                Err(Collapse { lane, bus: states.iter().position(fails).unwrap_or(0) })
            }
        }
    }

    /// One sweep without losses; currents at nominal voltage.
    fn linear<const L: usize>(
        &self,
        loads: &[Load<L>],
        states: &mut [State<L>],
    ) -> Result<usize, Collapse> {
        for (state, load) in states.iter_mut().zip(loads) {
            (state.p, state.q) = (load.kw, load.kvar);
        }
        for (b, branch) in self.branches.iter().enumerate().rev() {
            let (parent, state) = branch.ends(b, states);
            for i in 0..L {
                parent.p[i] += state.p[i];
                parent.q[i] += state.q[i];
            }
        }
        self.forward(&[f64::INFINITY; L], states)?;
        for State { p, q, l, .. } in &mut states[1..] {
            for i in 0..L {
                l[i] = p[i] * p[i] + q[i] * q[i];
            }
        }
        Ok(1)
    }

    /// Sums over all buses and branches.
    pub(super) fn balance<const L: usize>(
        &self,
        loads: &[Load<L>],
        states: &[State<L>],
    ) -> Balance<L> {
        let (mut load, mut loss) = (Load::NONE, Load::NONE);
        for at_bus in loads {
            load.add(&at_bus.kw, &at_bus.kvar);
        }
        for (branch, State { l, .. }) in self.branches.iter().zip(&states[1..]) {
            loss.add(&l.map(|l| branch.r * l), &l.map(|l| branch.x * l));
        }
        Balance { load, loss }
    }
}

/// The larger of two numbers, `b` where either is none: a single instruction.
#[inline]
pub(super) fn larger(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// The smaller of two numbers, `b` where either is none: a single instruction.
#[inline]
fn smaller(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

impl<const L: usize> Load<L> {
    #[inline]
    fn add(&mut self, kw: &[f64; L], kvar: &[f64; L]) {
        for i in 0..L {
            self.kw[i] += kw[i];
            self.kvar[i] += kvar[i];
        }
    }
}
