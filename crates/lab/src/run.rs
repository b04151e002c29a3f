//! What a policy's run over some episodes leaves behind.

use peergrid_guard::Reason;
use serde::Serialize;

/// Community totals of every step, indexed `episode * steps + step`. Energies in kWh, powers in
/// kW, money in $.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trace {
    /// Load, kW.
    pub load_kw: Vec<f64>,
    /// PV power that was there, kW.
    pub pv_kw: Vec<f64>,
    /// PV energy held back because a limit allowed no more export, kWh.
    pub curtailed_kwh: Vec<f64>,
    /// Load that could not be served while the grid was down, kWh.
    pub unserved_kwh: Vec<f64>,
    /// Battery power, kW, positive = charging.
    pub battery_kw: Vec<f64>,
    /// Energy into and out of batteries, kWh.
    pub throughput_kwh: Vec<f64>,
    /// Wear of the batteries, $; no part of any bill.
    pub wear: Vec<f64>,
    /// Stored energy at the step's end, kWh.
    pub soc_kwh: Vec<f64>,
    /// Traded between homes, kWh.
    pub p2p_kwh: Vec<f64>,
    /// Local price, $/kWh: what sellers get; NaN where nothing was traded.
    pub price: Vec<f64>,
    /// Fees for the use of the local network, $; part of the bills.
    pub fees: Vec<f64>,
    /// What the market's operator keeps, $; part of the bills.
    pub surplus: Vec<f64>,
    /// The network's charges for exports and demand, $; part of the bills.
    pub charges: Vec<f64>,
    /// Bought at retail, losses included, kWh.
    pub import_kwh: Vec<f64>,
    /// Sold at the feed-in tariff, losses deducted, kWh.
    pub export_kwh: Vec<f64>,
    /// Feeder losses, kWh.
    pub loss_kwh: Vec<f64>,
    /// Through the transformer, kWh, positive = imported.
    pub feeder_kwh: Vec<f64>,
    /// Energy through the transformer beyond its limit, kWh.
    pub overload_kwh: Vec<f64>,
    /// Lowest voltage on the feeder, per unit; NaN without a feeder or while the grid is down.
    pub voltage_min: Vec<f64>,
    /// Highest voltage on the feeder, per unit; NaN as above.
    pub voltage_max: Vec<f64>,
    /// Largest cable current over its ampacity.
    pub loading: Vec<f64>,
    /// Retail price, $/kWh.
    pub retail: Vec<f64>,
    /// Feed-in tariff, $/kWh.
    pub feed_in: Vec<f64>,
    /// Whether the step lies in the peak window.
    pub peak: Vec<bool>,
    /// Bills of all homes, $.
    pub bill: Vec<f64>,
    /// Value of what is left in the batteries, $; other than 0 in an episode's last step only.
    pub end_value: Vec<f64>,
    /// Cost with neither batteries nor neighbours, $: bills, and the value of load not served.
    pub alone: Vec<f64>,
    /// Rewards of all homes for their own outcomes.
    pub reward: Vec<f64>,
}

/// A policy's run over some episodes.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// First day of each episode.
    pub days: Vec<usize>,
    /// Steps per episode.
    pub steps: usize,
    /// Step length, h.
    pub dt: f64,
    /// Capacity of all batteries, kWh.
    pub capacity_kwh: f64,
    /// Value of a kWh of load that is not served, $.
    pub value_of_lost_load: f64,
    /// Carbon intensity of energy from the grid, kg/kWh.
    pub carbon_kg_per_kwh: f64,
    /// Lowest and highest permitted voltage, per unit.
    pub voltage_band: (f64, f64),
    /// Largest power through the transformer, kW; infinite for no limit.
    pub transformer_kw: f64,
    /// Community totals of every step.
    pub trace: Trace,
    /// Totals of every home.
    pub homes: Vec<HomeTotals>,
    /// What every home paid in every episode, indexed `episode * homes + home`.
    pub home_costs: Vec<HomeCost>,
    /// Actions that the guard changed, by episode and reason.
    pub interventions: Vec<[u64; Reason::ALL.len()]>,
    /// What the policy has to say of how it came about; none by default.
    pub note: Option<String>,
}

/// A home's totals over all episodes of a run.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct HomeTotals {
    /// Its name.
    pub id: String,
    /// Load, kWh.
    pub load_kwh: f64,
    /// PV that was there, kWh.
    pub pv_kwh: f64,
    /// Bought from the grid, kWh.
    pub import_kwh: f64,
    /// Sold to the grid, kWh.
    pub export_kwh: f64,
    /// Bought from neighbours, kWh.
    pub bought_kwh: f64,
    /// Sold to neighbours, kWh.
    pub sold_kwh: f64,
    /// Load not served, kWh.
    pub unserved_kwh: f64,
    /// Bills, $.
    pub bill: f64,
    /// Cost, $: bills and the value of load not served, less the value of what is left.
    pub cost: f64,
    /// Cost with neither battery nor neighbours, $.
    pub alone: f64,
}

/// What a home pays over some time, $.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct HomeCost {
    /// Cost: bills and the value of load not served, less the value of what is left.
    pub cost: f64,
    /// Cost with neither battery nor neighbours.
    pub alone: f64,
}

impl HomeTotals {
    /// What the home saved with its battery and its neighbours, $.
    pub fn savings(&self) -> f64 {
        self.alone - self.cost
    }
}

impl Trace {
    pub(crate) fn numbers_mut(&mut self) -> [&mut Vec<f64>; 27] {
        [
            &mut self.load_kw,
            &mut self.pv_kw,
            &mut self.curtailed_kwh,
            &mut self.unserved_kwh,
            &mut self.battery_kw,
            &mut self.throughput_kwh,
            &mut self.wear,
            &mut self.soc_kwh,
            &mut self.p2p_kwh,
            &mut self.price,
            &mut self.fees,
            &mut self.surplus,
            &mut self.charges,
            &mut self.import_kwh,
            &mut self.export_kwh,
            &mut self.loss_kwh,
            &mut self.feeder_kwh,
            &mut self.overload_kwh,
            &mut self.voltage_min,
            &mut self.voltage_max,
            &mut self.loading,
            &mut self.retail,
            &mut self.feed_in,
            &mut self.bill,
            &mut self.end_value,
            &mut self.alone,
            &mut self.reward,
        ]
    }
}

impl Run {
    /// Days covered by all episodes together.
    pub fn total_days(&self) -> f64 {
        self.trace.bill.len() as f64 * self.dt / 24.0
    }

    /// Sum of rewards per episode, averaged over the episodes.
    pub fn mean_reward(&self) -> f64 {
        self.trace.reward.iter().sum::<f64>() / self.days.len() as f64
    }

    /// The steps of an episode.
    pub fn episode(&self, index: usize) -> std::ops::Range<usize> {
        index * self.steps..(index + 1) * self.steps
    }

    /// Cost of a step, $: the bills and the value of load not served, less the value of what is left
    /// at an episode's end.
    pub fn cost(&self, i: usize) -> f64 {
        let missed = self.value_of_lost_load * self.trace.unserved_kwh[i];
        self.trace.bill[i] + missed - self.trace.end_value[i]
    }

    /// Cost of all steps, $.
    pub fn total_cost(&self) -> f64 {
        (0..self.trace.bill.len()).map(|i| self.cost(i)).sum()
    }
}
