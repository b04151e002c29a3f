//! Many power flows of one feeder, several at a time.

use super::{
    Feeder, FeederError,
    flow::{Load, State},
    losses::Multiplier,
};

/// Power flows solved side by side.
pub(super) const LANES: usize = 8;

/// The solutions of many power flows of one feeder; buffers are reused from call to call. A power
/// flow is told by its row, counted from 0 in the order in which they were asked for, and is to the
/// last bit the [`PowerFlow`](super::PowerFlow) of its net powers.
#[derive(Debug, Clone, Default)]
pub struct PowerFlows {
    rows: usize,
    buses: usize,
    /// By block of rows and bus, a row in each lane; so are the three below.
    loads: Vec<Load<LANES>>,
    pub(super) states: Vec<State<LANES>>,
    /// By block of rows.
    loss: Vec<Load<LANES>>,
    slack: Vec<Load<LANES>>,
    pub(super) multipliers: Vec<Multiplier<LANES>>,
}

impl PowerFlows {
    /// Number of power flows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Active loss of all branches, kW.
    pub fn loss_kw(&self, row: usize) -> f64 {
        self.loss[row / LANES].kw[row % LANES]
    }

    /// Active (kW) and reactive (kvar) power the source delivers, losses included.
    pub fn slack(&self, row: usize) -> (f64, f64) {
        let (slack, lane) = (&self.slack[row / LANES], row % LANES);
        (slack.kw[lane], slack.kvar[lane])
    }

    /// Voltage at a bus, per unit of nominal.
    pub fn voltage_pu(&self, row: usize, bus: usize) -> f64 {
        self.states_of(row)[bus].v[row % LANES].sqrt()
    }

    /// Lowest and highest voltage of all buses, per unit of nominal.
    pub fn voltage_range(&self, row: usize) -> (f64, f64) {
        let squared = self.states_of(row).iter().map(|s| s.v[row % LANES]);
        let range = |(lo, hi): (f64, f64), v: f64| (lo.min(v), hi.max(v));
        let (lo, hi) = squared.fold((f64::INFINITY, 0.0), range);
        (lo.sqrt(), hi.sqrt())
    }

    /// The states of a row's block, by bus.
    fn states_of(&self, row: usize) -> &[State<LANES>] {
        let block = row / LANES;
        &self.states[block * self.buses..(block + 1) * self.buses]
    }
}

impl Feeder {
    /// Solves the feeder for rows of net power `net_kw` (kW, by row and home, positive = drawing;
    /// unit power factor) into `flows`, by the method of its specification. Allocates nothing once
    /// `flows` has held as many rows of a feeder of this size.
    ///
    /// # Errors
    /// [`FeederError::Diverged`] where a row has no solution.
    pub fn solve_rows(&self, net_kw: &[f64], flows: &mut PowerFlows) -> Result<(), FeederError> {
        let (homes, buses) = (self.homes(), self.buses());
        assert!(net_kw.len().is_multiple_of(homes), "one net power per home in every row");
        flows.rows = net_kw.len() / homes;
        flows.buses = buses;
        flows.loads.clear();
        flows.states.clear();
        flows.loss.clear();
        flows.slack.clear();
        for rows in net_kw.chunks(LANES * homes) {
            let first = flows.states.len();
            flows.loads.resize(first + buses, Load::NONE);
            flows.states.resize(first + buses, self.at_rest());
            let (loads, states) = (&mut flows.loads[first..], &mut flows.states[first..]);
            // Lanes beyond the last row stay at rest.
            for (lane, row) in rows.chunks_exact(homes).enumerate() {
                for (&bus, &kw) in self.home_bus.iter().zip(row) {
                    loads[bus].kw[lane] = kw;
                }
            }
            self.sweep(loads, states).map_err(|collapse| self.diverged(collapse, loads))?;
            let balance = self.balance(loads, states);
            flows.loss.push(balance.loss);
            flows.slack.push(balance.slack());
        }
        Ok(())
    }

    /// Largest current over ampacity of all lines in a row's power flow, a fraction; the transformer
    /// is not included.
    pub fn loading_of(&self, flows: &PowerFlows, row: usize) -> f64 {
        let currents = flows.states_of(row)[1..].iter().map(|s| s.l[row % LANES]);
        let squared = currents.zip(&self.ampacity).map(|(l, limit)| l / (limit * limit));
        squared.fold(0.0, f64::max).sqrt() * self.amperes_per_kva
    }
}
