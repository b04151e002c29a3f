//! Market, feeder and bills of one community in one step.
//!
//! Each home puts `|net − grid_request|·dt` into the local market at its limit price. What is
//! not traded there, and what was requested from the grid, is settled with the grid at the
//! retail price or the feed-in tariff. The feeder's losses are bought too: at retail as far as
//! the street imports, at the feed-in tariff as far as they only lower its export; the cost is
//! shared pro rata to |net|.

use peergrid_guard::{Feasible, truthful_price};
use peergrid_market::{Clearing, Mechanism, Order, OrderBook};
use peergrid_physics::{FeederError, PowerFlow};

use crate::{community::Community, settled::Settled};

/// What a community's step comes to.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Totals {
    /// Bought from the grid by homes, kWh.
    pub import_kwh: f64,
    /// Sold to the grid by homes, kWh.
    pub export_kwh: f64,
    /// Feeder losses, kWh.
    pub loss_kwh: f64,
    /// The part of the losses bought at retail, kWh.
    pub loss_import_kwh: f64,
    /// What the community owes the grid, $.
    pub bill: f64,
}

/// Working memory of a settlement, reused from step to step.
#[derive(Debug, Clone, Default)]
pub struct Settlement {
    book: OrderBook,
    clearing: Clearing,
    flow: PowerFlow,
    net_kw: Vec<f64>,
    request_kw: Vec<f64>,
    price_bid: Vec<f64>,
    p2p_kwh: Vec<f64>,
}

impl Settlement {
    /// Takes over the actions of one community's homes.
    pub(crate) fn load(&mut self, actions: &[Feasible]) {
        self.net_kw.clear();
        self.net_kw.extend(actions.iter().map(Feasible::net_kw));
        self.request_kw.clear();
        self.request_kw.extend(actions.iter().map(|a| a.action().grid_request_kw));
        self.price_bid.clear();
        self.price_bid.extend(actions.iter().map(|a| a.action().price_bid));
        self.p2p_kwh.resize(actions.len(), 0.0);
    }

    /// Clears the market and solves the feeder for the homes' present net power in step `t`.
    pub(crate) fn clear(&mut self, c: &Community, t: usize) -> Result<Totals, FeederError> {
        self.fill_book(c.dt);
        c.market.clear(&self.book, &mut self.clearing);
        self.p2p_kwh.fill(0.0);
        for (order, kwh) in self.book.bids.iter().zip(&self.clearing.bought) {
            self.p2p_kwh[order.home] += kwh;
        }
        for (order, kwh) in self.book.asks.iter().zip(&self.clearing.sold) {
            self.p2p_kwh[order.home] -= kwh;
        }
        let mut totals = Totals::default();
        let mut street = 0.0;
        for (net_kw, p2p) in self.net_kw.iter().zip(&self.p2p_kwh) {
            let energy = net_kw * c.dt;
            let (import, export) = with_grid(energy, *p2p);
            totals.import_kwh += import;
            totals.export_kwh += export;
            street += energy;
        }
        if let Some(feeder) = &c.feeder {
            feeder.solve(&self.net_kw, &mut self.flow)?;
            totals.loss_kwh = self.flow.loss_kw * c.dt;
        }
        totals.loss_import_kwh = (street + totals.loss_kwh).clamp(0.0, totals.loss_kwh);
        let bought = totals.import_kwh + totals.loss_import_kwh;
        let sold = totals.export_kwh - (totals.loss_kwh - totals.loss_import_kwh);
        totals.bill = bought * c.retail(t) - sold * c.feed_in();
        Ok(totals)
    }

    fn fill_book(&mut self, dt: f64) {
        self.book.clear();
        let homes = self.net_kw.iter().zip(&self.request_kw).zip(&self.price_bid);
        for (home, ((net, request), &price)) in homes.enumerate() {
            let kwh = (net - request) * dt;
            if kwh > 0.0 {
                self.book.bids.push(Order { home, kwh, price });
            } else if kwh < 0.0 {
                self.book.asks.push(Order { home, kwh: -kwh, price });
            }
        }
    }

    /// Writes the settled step of microgrid `m`.
    pub(crate) fn write(
        &self,
        c: &Community,
        t: usize,
        m: usize,
        totals: &Totals,
        out: &mut Settled,
    ) {
        let price = self.clearing.price;
        let loss_cost = totals.loss_import_kwh * c.retail(t)
            + (totals.loss_kwh - totals.loss_import_kwh) * c.feed_in();
        let moved: f64 = self.net_kw.iter().map(|n| n.abs()).sum();
        let first = m * out.homes;
        for h in 0..out.homes {
            let i = first + h;
            let (net_kw, p2p) = (self.net_kw[h], self.p2p_kwh[h]);
            let (import, export) = with_grid(net_kw * c.dt, p2p);
            let share = if moved > 0.0 { net_kw.abs() / moved } else { 0.0 };
            out.net_kw[i] = net_kw;
            out.p2p_kwh[i] = p2p;
            out.import_kwh[i] = import;
            out.export_kwh[i] = export;
            out.loss_kwh[i] = totals.loss_kwh * share;
            out.bill[i] = import * c.retail(t) - export * c.feed_in()
                + p2p * price.unwrap_or(0.0)
                + loss_cost * share;
        }
        out.t[m] = t;
        out.peak[m] = c.is_peak(t);
        out.price[m] = price.unwrap_or(f64::NAN);
        out.volume_kwh[m] = self.clearing.volume_kwh;
        out.street_loss_kwh[m] = totals.loss_kwh;
        out.loss_import_kwh[m] = totals.loss_import_kwh;
        out.feeder_kwh[m] = self.net_kw.iter().sum::<f64>() * c.dt + totals.loss_kwh;
        let extreme = |pick: fn(f64, f64) -> f64| {
            self.flow.voltage_pu.iter().copied().reduce(pick).unwrap_or(1.0)
        };
        out.voltage_min[m] = extreme(f64::min);
        out.voltage_max[m] = extreme(f64::max);
        out.loading[m] = c.feeder.as_ref().map_or(0.0, |f| f.loading(&self.flow));
    }

    /// For every home whose battery moved: what the community would owe and import, had it stood
    /// still. The home keeps its share of the grid request and its price; where its side
    /// of the market changes, it orders at an honest price.
    pub(crate) fn counterfactuals(
        &mut self,
        c: &Community,
        t: usize,
        m: usize,
        battery_kw: &[f64],
        actual: &Totals,
        out: &mut Settled,
    ) -> Result<(), FeederError> {
        for (h, &power) in battery_kw.iter().enumerate() {
            let totals = if power == 0.0 { *actual } else { self.without(c, t, h, power)? };
            out.without_bill[m * out.homes + h] = totals.bill;
            out.without_import_kwh[m * out.homes + h] = totals.import_kwh;
        }
        Ok(())
    }

    fn without(
        &mut self,
        c: &Community,
        t: usize,
        home: usize,
        power: f64,
    ) -> Result<Totals, FeederError> {
        let kept = (self.net_kw[home], self.request_kw[home], self.price_bid[home]);
        let net = kept.0 - power;
        self.net_kw[home] = net;
        self.request_kw[home] = kept.1.clamp(net.min(0.0), net.max(0.0));
        if net * kept.0 < 0.0 {
            self.price_bid[home] = truthful_price(net, c.retail(t), c.feed_in());
        }
        let totals = self.clear(c, t);
        (self.net_kw[home], self.request_kw[home], self.price_bid[home]) = kept;
        totals
    }
}

/// Splits what the market left of `energy` (kWh, positive = needed) into grid import and export.
fn with_grid(energy: f64, p2p: f64) -> (f64, f64) {
    let rest = energy - p2p;
    (rest.max(0.0), (-rest).max(0.0))
}
