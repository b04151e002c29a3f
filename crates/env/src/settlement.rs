//! Market, feeder and bills of one community in one step.
//!
//! Each home puts `|net − grid_request|·dt` into the local market at its limit price. What is
//! not traded there, and what was requested from the grid, is settled with the grid at the
//! retail price or the feed-in tariff. The feeder's losses are bought too: at retail as far as
//! the street imports, at the feed-in tariff as far as they only lower its export.
//!
//! While the grid is down there is neither grid nor market: all homes share what there is, pro
//! rata and at the mid-market rate, and what is missing is counted as unserved.

use peergrid_guard::{Action, Feasible};
use peergrid_market::{Clearing, Order, OrderBook};

use crate::{
    community::Community,
    flows::Flow,
    meters::Meters,
    scenario::{LimitMode, LossSharing},
    settled::Settled,
};

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
    /// Load that could not be served, kWh.
    pub unserved_kwh: f64,
    /// What the homes owe together, $: to the grid, its network, the local one and the market's
    /// operator.
    pub bill: f64,
    /// Penalties for violated limits, $ of reward.
    pub penalty: f64,
}

impl Totals {
    /// The bill and what the load that was not served is worth to those who missed it, $.
    pub(crate) fn cost(&self, c: &Community) -> f64 {
        self.bill + c.value_of_lost_load() * self.unserved_kwh
    }
}

/// What the homes traded among themselves.
#[derive(Debug, Clone, Copy, Default)]
struct Traded {
    price: Option<f64>,
    volume_kwh: f64,
    fees: f64,
    surplus: f64,
}

impl Traded {
    fn of(clearing: &Clearing) -> Self {
        let &Clearing { price, volume_kwh, fees, surplus, .. } = clearing;
        Self { price, volume_kwh, fees, surplus }
    }
}

/// Where a settlement stands: the step in the data, the microgrid, its meters, and what flows on its
/// feeder, if it has one and the grid is up.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub t: usize,
    pub m: usize,
    pub meters: &'a Meters,
    pub flow: Option<Flow<'a>>,
}

/// Working memory of a settlement, reused from step to step. Per-home vectors.
#[derive(Debug, Clone, Default)]
pub struct Settlement {
    book: OrderBook,
    clearing: Clearing,
    traded: Traded,
    net_kw: Vec<f64>,
    p2p_kwh: Vec<f64>,
    /// Paid for it, $, the local network's fee included.
    p2p_cost: Vec<f64>,
    unserved_kwh: Vec<f64>,
    /// Bought from (positive) or sold to the grid, kWh.
    grid_kwh: Vec<f64>,
    charges: Vec<f64>,
    penalty: Vec<f64>,
    loss_share: Vec<f64>,
}

impl Settlement {
    /// Takes over the actions of one community's homes.
    fn load(&mut self, actions: &[Feasible]) {
        self.net_kw.clear();
        self.net_kw.extend(actions.iter().map(Feasible::net_kw));
        for per_home in [
            &mut self.p2p_kwh,
            &mut self.p2p_cost,
            &mut self.unserved_kwh,
            &mut self.grid_kwh,
            &mut self.charges,
            &mut self.penalty,
            &mut self.loss_share,
        ] {
            per_home.resize(actions.len(), 0.0);
        }
    }

    /// Settles one community's actions.
    pub(crate) fn clear(&mut self, c: &Community, at: Place, actions: &[Feasible]) -> Totals {
        self.load(actions);
        self.unserved_kwh.fill(0.0);
        let mut totals = Totals::default();
        if c.is_outage(at.t) {
            self.share_alone(c, at.t);
        } else {
            self.trade(c, at.t, actions);
        }
        for h in 0..self.net_kw.len() {
            let (import, export) = (self.grid_kwh[h].max(0.0), (-self.grid_kwh[h]).max(0.0));
            let i = at.m * self.net_kw.len() + h;
            self.charges[h] = at.meters.charge(c, at.t, i, import, export);
            totals.import_kwh += import;
            totals.export_kwh += export;
            totals.unserved_kwh += self.unserved_kwh[h];
            totals.bill += self.charges[h];
        }
        self.total(c, at, totals)
    }

    /// What [`Self::clear`] says of the community's actions, without a word on any single home;
    /// equal but for rounding.
    pub(crate) fn clear_totals(
        &mut self,
        c: &Community,
        at: Place,
        actions: &[Feasible],
    ) -> Totals {
        if c.is_outage(at.t) || c.has_charges(at.t) {
            // These depend on what each home gets.
            return self.clear(c, at, actions);
        }
        self.load(actions);
        self.fill_book(c.dt, actions);
        c.market.clear_totals(&self.book, c.grid_prices(at.t), &mut self.clearing);
        self.traded = Traded::of(&self.clearing);
        let mut totals = Totals::default();
        for net in &self.net_kw {
            totals.import_kwh += net.max(0.0) * c.dt;
            totals.export_kwh += (-net).max(0.0) * c.dt;
        }
        // What is traded is settled with neighbours on both sides.
        totals.import_kwh = (totals.import_kwh - self.traded.volume_kwh).max(0.0);
        totals.export_kwh = (totals.export_kwh - self.traded.volume_kwh).max(0.0);
        self.total(c, at, totals)
    }

    /// Completes what the homes together settle with the grid by losses, bill and penalties.
    fn total(&mut self, c: &Community, at: Place, mut totals: Totals) -> Totals {
        if let Some(flow) = at.flow {
            totals.loss_kwh = flow.loss_kw() * c.dt;
            let street = self.net_kw.iter().sum::<f64>() * c.dt;
            totals.loss_import_kwh = (street + totals.loss_kwh).clamp(0.0, totals.loss_kwh);
        }
        let bought = totals.import_kwh + totals.loss_import_kwh;
        let sold = totals.export_kwh - (totals.loss_kwh - totals.loss_import_kwh);
        totals.bill += bought * c.retail(at.t) - sold * c.feed_in(at.t)
            + self.traded.fees
            + self.traded.surplus;
        totals.penalty = self.penalize(c, at, &totals);
        totals
    }

    /// The local market.
    fn trade(&mut self, c: &Community, t: usize, actions: &[Feasible]) {
        self.fill_book(c.dt, actions);
        c.market.clear(&self.book, c.grid_prices(t), &mut self.clearing);
        self.p2p_kwh.fill(0.0);
        self.p2p_cost.fill(0.0);
        let clearing = &self.clearing;
        let bought = self.book.bids.iter().zip(clearing.bought.iter().zip(&clearing.paid));
        for (order, (kwh, paid)) in bought {
            self.p2p_kwh[order.home] += kwh;
            self.p2p_cost[order.home] += paid;
        }
        let sold = self.book.asks.iter().zip(clearing.sold.iter().zip(&clearing.received));
        for (order, (kwh, received)) in sold {
            self.p2p_kwh[order.home] -= kwh;
            self.p2p_cost[order.home] -= received;
        }
        self.traded = Traded::of(clearing);
        for ((grid, net), p2p) in self.grid_kwh.iter_mut().zip(&self.net_kw).zip(&self.p2p_kwh) {
            *grid = net * c.dt - p2p;
        }
    }

    fn fill_book(&mut self, dt: f64, actions: &[Feasible]) {
        self.book.clear();
        for (home, feasible) in actions.iter().enumerate() {
            let Action { grid_request_kw, price_bid: price, .. } = feasible.action();
            let kwh = (feasible.net_kw() - grid_request_kw) * dt;
            if kwh > 0.0 {
                self.book.bids.push(Order { home, kwh, price });
            } else if kwh < 0.0 {
                self.book.asks.push(Order { home, kwh: -kwh, price });
            }
        }
    }

    /// The street on its own: what there is, shared pro rata at the mid-market rate. A surplus
    /// beyond what is needed has nowhere to go; the guard has curtailed it before.
    fn share_alone(&mut self, c: &Community, t: usize) {
        let supply: f64 = self.net_kw.iter().map(|net| (-net).max(0.0)).sum();
        let demand: f64 = self.net_kw.iter().map(|net| net.max(0.0)).sum();
        let price = f64::midpoint(c.retail(t), c.feed_in(t));
        let share = |all: f64| if all > 0.0 { (supply.min(demand) / all).min(1.0) } else { 0.0 };
        let (sold, served) = (share(supply), share(demand));
        for (h, net) in self.net_kw.iter().enumerate() {
            let energy = net * c.dt;
            let p2p = energy * if *net > 0.0 { served } else { sold };
            self.p2p_kwh[h] = p2p;
            self.p2p_cost[h] = p2p * price;
            self.unserved_kwh[h] = (energy - p2p).max(0.0);
        }
        let price = (supply > 0.0 && demand > 0.0).then_some(price);
        let volume_kwh = supply.min(demand) * c.dt;
        self.traded = Traded { price, volume_kwh, ..Traded::default() };
        self.grid_kwh.fill(0.0);
    }

    /// Each home's share of the losses.
    fn share_losses(&mut self, c: &Community, flow: Option<Flow>) {
        self.loss_share.fill(0.0);
        let Some(flow) = flow else { return };
        match c.loss_sharing {
            LossSharing::Marginal => self.loss_share.copy_from_slice(flow.marginal_shares),
            LossSharing::ProRata => {
                let moved: f64 = self.net_kw.iter().map(|n| n.abs()).sum();
                for (share, net) in self.loss_share.iter_mut().zip(&self.net_kw) {
                    *share = if moved > 0.0 { net.abs() / moved } else { 0.0 };
                }
            }
        }
    }

    /// Power through the transformer, kW (kVA with reactive losses), ≥ 0.
    fn transformer_load(&self, c: &Community, at: Place) -> f64 {
        match at.flow {
            Some(flow) => flow.transformer_kva(),
            None if c.is_outage(at.t) => 0.0,
            None => self.net_kw.iter().sum::<f64>().abs(),
        }
    }

    /// Energy through the transformer beyond its limit, kWh.
    fn overload_kwh(&self, c: &Community, at: Place) -> f64 {
        if c.transformer_kw().is_infinite() {
            return 0.0;
        }
        (self.transformer_load(c, at) - c.transformer_kw()).max(0.0) * c.dt
    }

    /// The penalties for limits that are penalised, by home; returns their sum. An overload is
    /// shared by those who load the transformer, a voltage outside the band is each bus's own.
    fn penalize(&mut self, c: &Community, at: Place, totals: &Totals) -> f64 {
        self.penalty.fill(0.0);
        let limits = &c.limits;
        if limits.transformer == LimitMode::Penalised {
            let side = if totals.import_kwh >= totals.export_kwh { 1.0 } else { -1.0 };
            let loading = |net: &f64| (net * side).max(0.0);
            let all: f64 = self.net_kw.iter().map(loading).sum();
            let price = limits.overload_penalty * self.overload_kwh(c, at);
            for (penalty, net) in self.penalty.iter_mut().zip(&self.net_kw) {
                *penalty += if all > 0.0 { price * loading(net) / all } else { 0.0 };
            }
        }
        if let (LimitMode::Penalised, Some(feeder), Some(flow)) =
            (limits.voltage, &c.feeder, at.flow)
        {
            for (h, penalty) in self.penalty.iter_mut().enumerate() {
                let v = flow.voltage_pu(feeder.home_bus(h));
                let beyond = (limits.voltage_min - v).max(v - limits.voltage_max).max(0.0);
                *penalty += limits.voltage_penalty * 100.0 * beyond * c.dt;
            }
        }
        self.penalty.iter().sum()
    }

    /// Writes the settled step of the microgrid.
    pub(crate) fn write(&mut self, c: &Community, at: Place, totals: &Totals, out: &mut Settled) {
        let Place { t, m, .. } = at;
        self.share_losses(c, at.flow);
        let (retail, feed_in) = (c.retail(t), c.feed_in(t));
        let loss_export = totals.loss_kwh - totals.loss_import_kwh;
        let loss_cost = totals.loss_import_kwh * retail + loss_export * feed_in;
        for h in 0..out.homes {
            let i = m * out.homes + h;
            let net_kw = self.net_kw[h] - self.unserved_kwh[h] / c.dt;
            let (import, export) = (self.grid_kwh[h].max(0.0), (-self.grid_kwh[h]).max(0.0));
            out.net_kw[i] = net_kw;
            out.p2p_kwh[i] = self.p2p_kwh[h];
            out.p2p_cost[i] = self.p2p_cost[h];
            out.import_kwh[i] = import;
            out.export_kwh[i] = export;
            out.unserved_kwh[i] = self.unserved_kwh[h];
            out.loss_kwh[i] = totals.loss_kwh * self.loss_share[h];
            out.charges[i] = self.charges[h];
            out.penalty[i] = self.penalty[h];
            out.bill[i] = import * retail - export * feed_in
                + self.p2p_cost[h]
                + self.charges[h]
                + loss_cost * self.loss_share[h];
        }
        out.t[m] = t;
        out.peak[m] = c.is_peak(t);
        out.price[m] = self.traded.price.unwrap_or(f64::NAN);
        out.volume_kwh[m] = self.traded.volume_kwh;
        out.fees[m] = self.traded.fees;
        out.surplus[m] = self.traded.surplus;
        out.street_loss_kwh[m] = totals.loss_kwh;
        out.loss_import_kwh[m] = totals.loss_import_kwh;
        out.feeder_kwh[m] = out.net_kw[out.range(m)].iter().sum::<f64>() * c.dt + totals.loss_kwh;
        out.overload_kwh[m] = self.overload_kwh(c, at);
        let range = |flow: Flow| flow.voltage_range();
        (out.voltage_min[m], out.voltage_max[m]) = at.flow.map_or((f64::NAN, f64::NAN), range);
        out.loading[m] = at.flow.map_or(0.0, |flow| flow.loading(c));
    }
}
