//! What a step leaves behind, for every home and every microgrid.

use crate::community::Community;

/// The settled step of all microgrids. Buffers belong to the caller and are reused.
///
/// Per-home vectors are indexed `microgrid * homes + home`, per-community ones by microgrid.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settled {
    /// Homes per microgrid.
    pub homes: usize,
    /// Load, kW.
    pub load_kw: Vec<f64>,
    /// PV power that was there, kW.
    pub pv_kw: Vec<f64>,
    /// PV power held back because a limit allowed no more export, kW ≥ 0.
    pub curtailed_kw: Vec<f64>,
    /// Effective battery power, kW, positive = charging.
    pub battery_kw: Vec<f64>,
    /// Stored energy at the step's end, kWh.
    pub soc_kwh: Vec<f64>,
    /// Net power, kW, positive = drawing: what is served of the load, less what is used of the PV,
    /// plus the battery.
    pub net_kw: Vec<f64>,
    /// Energy traded with neighbours, kWh, positive = bought.
    pub p2p_kwh: Vec<f64>,
    /// Paid for it, the local network's fee included, $; negative = received; part of the bill.
    pub p2p_cost: Vec<f64>,
    /// Energy bought from the grid at retail, kWh ≥ 0.
    pub import_kwh: Vec<f64>,
    /// Energy sold to the grid at the feed-in tariff, kWh ≥ 0.
    pub export_kwh: Vec<f64>,
    /// Load that could not be served, kWh ≥ 0; more than 0 only while the grid is down.
    pub unserved_kwh: Vec<f64>,
    /// Share of the feeder's losses, kWh; by marginal loss it can be below 0.
    pub loss_kwh: Vec<f64>,
    /// The network's charges for exports and demand, $; part of the bill.
    pub charges: Vec<f64>,
    /// Bill of the step, $, positive = to pay.
    pub bill: Vec<f64>,
    /// What the step would have cost the home with neither batteries nor neighbours, $: its bill,
    /// and the value of load not served while the grid is down.
    pub alone: Vec<f64>,
    /// Penalties for violated limits, $ of reward; no part of the bill.
    pub penalty: Vec<f64>,
    /// The step's index in the data, by microgrid.
    pub t: Vec<usize>,
    /// Local price, $/kWh; NaN where nothing was traded.
    pub price: Vec<f64>,
    /// Energy traded locally, kWh.
    pub volume_kwh: Vec<f64>,
    /// Fees for the use of the local network, $; paid by buyers.
    pub fees: Vec<f64>,
    /// What the market's operator keeps, $.
    pub surplus: Vec<f64>,
    /// Feeder losses, kWh.
    pub street_loss_kwh: Vec<f64>,
    /// The part of the losses bought at retail, kWh; the rest lowers the street's export.
    pub loss_import_kwh: Vec<f64>,
    /// Energy through the transformer, losses included, kWh, positive = imported.
    pub feeder_kwh: Vec<f64>,
    /// Energy through the transformer beyond its limit, kWh.
    pub overload_kwh: Vec<f64>,
    /// Lowest voltage on the feeder, per unit; NaN without a feeder or while the grid is down.
    pub voltage_min: Vec<f64>,
    /// Highest voltage on the feeder, per unit; NaN as above.
    pub voltage_max: Vec<f64>,
    /// Largest cable current over its ampacity.
    pub loading: Vec<f64>,
    /// Whether the step lies in the peak window.
    pub peak: Vec<bool>,
    /// What the homes would owe together, and miss, $, had the home's battery stood still; by
    /// home. Comparable with the sums of `bill` and of the value of `unserved_kwh`. Empty unless
    /// counterfactuals are asked for, as are the two below.
    pub without_cost: Vec<f64>,
    /// The community's grid import, kWh, had the home's battery stood still; by home.
    pub without_import_kwh: Vec<f64>,
    /// The sum of all penalties, $, had the home's battery stood still; by home.
    pub without_penalty: Vec<f64>,
}

impl Settled {
    /// Sizes every buffer for `microgrids` microgrids of `homes` homes.
    pub(crate) fn resize(&mut self, microgrids: usize, homes: usize, counterfactuals: bool) {
        self.homes = homes;
        for per_home in [
            &mut self.load_kw,
            &mut self.pv_kw,
            &mut self.curtailed_kw,
            &mut self.battery_kw,
            &mut self.soc_kwh,
            &mut self.net_kw,
            &mut self.p2p_kwh,
            &mut self.p2p_cost,
            &mut self.import_kwh,
            &mut self.export_kwh,
            &mut self.unserved_kwh,
            &mut self.loss_kwh,
            &mut self.charges,
            &mut self.bill,
            &mut self.alone,
            &mut self.penalty,
        ] {
            per_home.resize(microgrids * homes, 0.0);
        }
        let asked_for = if counterfactuals { microgrids * homes } else { 0 };
        for without in
            [&mut self.without_cost, &mut self.without_import_kwh, &mut self.without_penalty]
        {
            without.resize(asked_for, 0.0);
        }
        for per_microgrid in [
            &mut self.price,
            &mut self.volume_kwh,
            &mut self.fees,
            &mut self.surplus,
            &mut self.overload_kwh,
            &mut self.street_loss_kwh,
            &mut self.loss_import_kwh,
            &mut self.feeder_kwh,
            &mut self.voltage_min,
            &mut self.voltage_max,
            &mut self.loading,
        ] {
            per_microgrid.resize(microgrids, 0.0);
        }
        self.t.resize(microgrids, 0);
        self.peak.resize(microgrids, false);
    }

    /// Number of microgrids.
    pub fn microgrids(&self) -> usize {
        self.t.len()
    }

    /// The range of a microgrid's homes in the per-home vectors.
    pub fn range(&self, microgrid: usize) -> std::ops::Range<usize> {
        microgrid * self.homes..(microgrid + 1) * self.homes
    }

    /// Largest violation of the energy and money balances of the step, kWh or $.
    ///
    /// Per home: `net·dt = p2p + import − export`, and net power is load, PV and battery less what
    /// was not served and what was curtailed; no more than the load is not served. Per community: trades cancel, and of what is paid
    /// for them fees and the operator's surplus are left; `Σ net·dt + loss`
    /// passes the transformer (nothing does while the grid is down); `Σ bill` is what the homes
    /// owe the grid, its network, the local one and the market's operator.
    pub fn check_balance(&self, community: &Community) -> f64 {
        let mut worst: f64 = 0.0;
        for m in 0..self.microgrids() {
            let (mut p2p, mut net, mut bill) = (0.0, 0.0, 0.0);
            let mut p2p_left = -self.fees[m] - self.surplus[m];
            let mut owed = self.fees[m] + self.surplus[m];
            let (retail, feed_in) = (community.retail(self.t[m]), community.feed_in(self.t[m]));
            for i in self.range(m) {
                let energy = self.net_kw[i] * community.dt;
                let settled = self.p2p_kwh[i] + self.import_kwh[i] - self.export_kwh[i];
                let served = self.load_kw[i] - self.unserved_kwh[i] / community.dt;
                let base = served - (self.pv_kw[i] - self.curtailed_kw[i]) + self.battery_kw[i];
                worst = worst.max((energy - settled).abs()).max((base - self.net_kw[i]).abs());
                let load = self.load_kw[i] * community.dt;
                worst = worst.max(-self.unserved_kwh[i]).max(self.unserved_kwh[i] - load);
                p2p += self.p2p_kwh[i];
                p2p_left += self.p2p_cost[i];
                net += energy;
                bill += self.bill[i];
                owed += self.import_kwh[i] * retail - self.export_kwh[i] * feed_in;
                owed += self.charges[i];
            }
            let loss = self.street_loss_kwh[m];
            let bought = self.loss_import_kwh[m];
            owed += bought * retail + (loss - bought) * feed_in;
            let shares: f64 = self.loss_kwh[self.range(m)].iter().sum();
            let outage =
                if community.is_outage(self.t[m]) { self.feeder_kwh[m].abs() } else { 0.0 };
            worst = worst
                .max(p2p.abs())
                .max(p2p_left.abs())
                .max(outage)
                .max((bill - owed).abs())
                .max((shares - loss).abs())
                .max((net + loss - self.feeder_kwh[m]).abs());
        }
        worst
    }
}
