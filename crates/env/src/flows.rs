//! The power flows of several microgrids' steps, solved side by side.

use peergrid_guard::Feasible;
use peergrid_physics::{FeederError, PowerFlows};

use crate::{community::Community, scenario::LossSharing};

/// Power flows that are solved together: those of the steps, then those of steps that might have
/// been. Working memory, reused.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flows {
    net_kw: Vec<f64>,
    solved: PowerFlows,
    loss_shares: Vec<f64>,
}

/// One of them.
#[derive(Clone, Copy)]
pub(crate) struct Flow<'a> {
    solved: &'a PowerFlows,
    row: usize,
    /// Each home's share of the losses by marginal loss, where that is how they are shared; empty
    /// for a step that might have been.
    pub marginal_shares: &'a [f64],
}

impl Flows {
    /// Forgets all rows.
    pub fn clear(&mut self) {
        self.net_kw.clear();
    }

    /// Adds a row: the homes' actions in step `t`. While the grid is down the cable is taken to be
    /// idle.
    pub fn push(&mut self, c: &Community, t: usize, actions: &[Feasible]) {
        if c.feeder.is_some() {
            let flowing = if c.is_outage(t) { 0.0 } else { 1.0 };
            self.net_kw.extend(actions.iter().map(|a| flowing * a.net_kw()));
        }
    }

    /// Solves all rows; losses are shared in the first `steps` of them.
    pub fn solve(&mut self, c: &Community, steps: usize) -> Result<(), FeederError> {
        let Some(feeder) = &c.feeder else { return Ok(()) };
        feeder.solve_rows(&self.net_kw, &mut self.solved)?;
        self.loss_shares.clear();
        if c.loss_sharing == LossSharing::Marginal {
            self.loss_shares.resize(steps * c.homes(), 0.0);
            let net_kw = &self.net_kw[..steps * c.homes()];
            feeder.loss_shares(net_kw, &mut self.solved, &mut self.loss_shares);
        }
        Ok(())
    }

    /// A row of step `t`; `None` where nothing flows.
    pub fn row(&self, c: &Community, t: usize, row: usize) -> Option<Flow<'_>> {
        let shares = row * c.homes()..(row + 1) * c.homes();
        (c.feeder.is_some() && !c.is_outage(t)).then(|| Flow {
            solved: &self.solved,
            row,
            marginal_shares: self.loss_shares.get(shares).unwrap_or_default(),
        })
    }
}

impl Flow<'_> {
    /// Losses, kW.
    pub fn loss_kw(&self) -> f64 {
        self.solved.loss_kw(self.row)
    }

    /// Power through the transformer, kVA.
    pub fn transformer_kva(&self) -> f64 {
        let (kw, kvar) = self.solved.slack(self.row);
        libm::hypot(kw, kvar)
    }

    /// Voltage at a bus, per unit.
    pub fn voltage_pu(&self, bus: usize) -> f64 {
        self.solved.voltage_pu(self.row, bus)
    }

    /// Lowest and highest voltage, per unit.
    pub fn voltage_range(&self) -> (f64, f64) {
        self.solved.voltage_range(self.row)
    }

    /// Largest cable current over its ampacity.
    pub fn loading(&self, c: &Community) -> f64 {
        c.feeder.as_ref().map_or(0.0, |feeder| feeder.loading_of(self.solved, self.row))
    }
}
