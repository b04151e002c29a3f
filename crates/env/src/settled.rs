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
    /// PV power, kW.
    pub pv_kw: Vec<f64>,
    /// Effective battery power, kW, positive = charging.
    pub battery_kw: Vec<f64>,
    /// Stored energy at the step's end, kWh.
    pub soc_kwh: Vec<f64>,
    /// Net power, kW, positive = drawing.
    pub net_kw: Vec<f64>,
    /// Energy traded with neighbours, kWh, positive = bought.
    pub p2p_kwh: Vec<f64>,
    /// Energy bought from the grid at retail, kWh ≥ 0.
    pub import_kwh: Vec<f64>,
    /// Energy sold to the grid at the feed-in tariff, kWh ≥ 0.
    pub export_kwh: Vec<f64>,
    /// Share of the feeder's losses, kWh.
    pub loss_kwh: Vec<f64>,
    /// Bill of the step, $, positive = to pay.
    pub bill: Vec<f64>,
    /// The step's index in the data, by microgrid.
    pub t: Vec<usize>,
    /// Local price, $/kWh; NaN where nothing was traded.
    pub price: Vec<f64>,
    /// Energy traded locally, kWh.
    pub volume_kwh: Vec<f64>,
    /// Feeder losses, kWh.
    pub street_loss_kwh: Vec<f64>,
    /// The part of the losses bought at retail, kWh; the rest lowers the street's export.
    pub loss_import_kwh: Vec<f64>,
    /// Energy through the transformer, losses included, kWh, positive = imported.
    pub feeder_kwh: Vec<f64>,
    /// Lowest voltage on the feeder, per unit.
    pub voltage_min: Vec<f64>,
    /// Highest voltage on the feeder, per unit.
    pub voltage_max: Vec<f64>,
    /// Largest cable current over its ampacity.
    pub loading: Vec<f64>,
    /// Whether the step lies in the peak window.
    pub peak: Vec<bool>,
    /// The community's bill with the grid, $, had the home's battery stood still; by home.
    /// Filled only when counterfactuals are asked for.
    pub without_bill: Vec<f64>,
    /// The community's grid import, kWh, had the home's battery stood still; by home.
    pub without_import_kwh: Vec<f64>,
}

impl Settled {
    /// Sizes every buffer for `microgrids` microgrids of `homes` homes.
    pub(crate) fn resize(&mut self, microgrids: usize, homes: usize) {
        self.homes = homes;
        for per_home in [
            &mut self.load_kw,
            &mut self.pv_kw,
            &mut self.battery_kw,
            &mut self.soc_kwh,
            &mut self.net_kw,
            &mut self.p2p_kwh,
            &mut self.import_kwh,
            &mut self.export_kwh,
            &mut self.loss_kwh,
            &mut self.bill,
            &mut self.without_bill,
            &mut self.without_import_kwh,
        ] {
            per_home.resize(microgrids * homes, 0.0);
        }
        for per_microgrid in [
            &mut self.price,
            &mut self.volume_kwh,
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
    /// Per home: `net·dt = p2p + import − export`. Per community: trades cancel;
    /// `Σ net·dt + loss` passes the transformer; `Σ bill` is what the community owes the grid.
    pub fn check_balance(&self, community: &Community) -> f64 {
        let mut worst: f64 = 0.0;
        for m in 0..self.microgrids() {
            let (mut p2p, mut net, mut bill, mut owed) = (0.0, 0.0, 0.0, 0.0);
            let (retail, feed_in) = (community.retail(self.t[m]), community.feed_in());
            for i in self.range(m) {
                let energy = self.net_kw[i] * community.dt;
                let settled = self.p2p_kwh[i] + self.import_kwh[i] - self.export_kwh[i];
                let base = self.load_kw[i] - self.pv_kw[i] + self.battery_kw[i];
                worst = worst.max((energy - settled).abs()).max((base - self.net_kw[i]).abs());
                p2p += self.p2p_kwh[i];
                net += energy;
                bill += self.bill[i];
                owed += self.import_kwh[i] * retail - self.export_kwh[i] * feed_in;
            }
            let loss = self.street_loss_kwh[m];
            let bought = self.loss_import_kwh[m];
            owed += bought * retail + (loss - bought) * feed_in;
            let shares: f64 = self.loss_kwh[self.range(m)].iter().sum();
            worst = worst
                .max(p2p.abs())
                .max((bill - owed).abs())
                .max((shares - loss).abs())
                .max((net + loss - self.feeder_kwh[m]).abs());
        }
        worst
    }
}
