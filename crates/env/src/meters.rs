//! What every home's meter has counted since midnight, and the charges that depend on it.

use crate::community::Community;

/// Sums since the day began, indexed `microgrid * homes + home`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Meters {
    /// Bought from the grid, kWh.
    pub import_kwh: Vec<f64>,
    /// Sold to the grid, kWh.
    pub export_kwh: Vec<f64>,
    /// The part of it inside the window of the tariff's export charge, kWh.
    window_export_kwh: Vec<f64>,
    /// Highest mean import of a step inside the window of the tariff's demand charge, kW.
    demand_kw: Vec<f64>,
}

/// A home's step as its meter sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Metered {
    pub import_kwh: f64,
    pub export_kwh: f64,
}

impl Meters {
    fn all(&mut self) -> [&mut Vec<f64>; 4] {
        [
            &mut self.import_kwh,
            &mut self.export_kwh,
            &mut self.window_export_kwh,
            &mut self.demand_kw,
        ]
    }

    /// Meters of `homes` homes, all at zero.
    pub fn resize(&mut self, homes: usize) {
        for sums in self.all() {
            sums.clear();
            sums.resize(homes, 0.0);
        }
    }

    /// A new day begins.
    pub fn restart(&mut self) {
        for sums in self.all() {
            sums.fill(0.0);
        }
    }

    /// Counts what home `i` bought and sold in step `t`, kWh.
    pub fn record(&mut self, c: &Community, t: usize, i: usize, energy: Metered) {
        self.import_kwh[i] += energy.import_kwh;
        self.export_kwh[i] += energy.export_kwh;
        if c.in_export_window(t) {
            self.window_export_kwh[i] += energy.export_kwh;
        }
        if c.in_demand_window(t) {
            self.demand_kw[i] = self.demand_kw[i].max(energy.import_kwh / c.dt);
        }
    }

    /// What the network charges home `i` for a step on top of the energy's price, $: for exports
    /// beyond the day's allowance, and for a new highest demand of the day.
    pub fn charge(&self, c: &Community, t: usize, i: usize, import: f64, export: f64) -> f64 {
        let mut charge = 0.0;
        if let (Some(tariff), true) = (&c.tariff.export_charge, c.in_export_window(t)) {
            let (before, free) = (self.window_export_kwh[i], tariff.free_kwh_per_day());
            charge += tariff.charge(before + export, free) - tariff.charge(before, free);
        }
        if let (Some(tariff), true) = (&c.tariff.demand_charge, c.in_demand_window(t)) {
            charge += tariff.charge((import / c.dt - self.demand_kw[i]).max(0.0));
        }
        charge
    }
}
