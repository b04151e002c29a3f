//! A proposed action in, a feasible action and the reasons for every change out.
//!
//! Only [`check`] and the [`StreetGuard`] make a [`Feasible`] action, and the environment accepts
//! nothing else: what is unsafe does not compile. The guard takes any numbers, NaN and infinity included,
//! and returns the nearest action the home can really carry out. A learner keeps the action it
//! *proposed* for its likelihood ratio.

mod reasons;
mod street;

use peergrid_physics::BatteryStep;
use serde::{Deserialize, Serialize};

pub use reasons::{Changes, Reason};
pub use street::{StreetGuard, StreetLimits};

/// What a policy proposes for one home and one step. Any numbers may stand here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// Battery power on the AC side, kW, positive = charging.
    pub battery_kw: f64,
    /// The part of the home's net power it settles directly with the grid, kW, with the net
    /// power's sign.
    pub grid_request_kw: f64,
    /// Limit price of the order for the rest, $/kWh.
    pub price_bid: f64,
}

/// An action that the home can carry out. Only [`check`] and the [`StreetGuard`] make one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Feasible {
    action: Action,
    curtailed_kw: f64,
    net_kw: f64,
}

impl Feasible {
    /// The action itself.
    pub fn action(&self) -> Action {
        self.action
    }

    /// PV power held back because a limit allows no more export, kW ≥ 0.
    pub fn curtailed_kw(&self) -> f64 {
        self.curtailed_kw
    }

    /// The home's net power that follows from it, kW, positive = drawing.
    pub fn net_kw(&self) -> f64 {
        self.net_kw
    }
}

/// A home's situation as the guard sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Situation {
    /// The battery at this step length ([`BatteryStep::NONE`] without one).
    pub battery: BatteryStep,
    /// Stored energy, kWh.
    pub soc: f64,
    /// Effective battery power of the step before, kW.
    pub last_battery_kw: f64,
    /// Load less PV, kW.
    pub base_kw: f64,
    /// PV power, kW ≥ 0: what can be curtailed.
    pub pv_kw: f64,
    /// Largest net power of the home's connection either way, kW; infinite if unlimited. Load
    /// is always served: the limit bends the battery, then the PV, never the load.
    pub connection_kw: f64,
    /// Retail price, $/kWh.
    pub retail: f64,
    /// Feed-in tariff, $/kWh, ≤ retail.
    pub feed_in: f64,
    /// Whether the home is a greedy neighbour: whatever price is proposed, it asks the retail price
    /// and bids the feed-in tariff.
    pub greedy: bool,
}

impl Situation {
    /// The limit price of an order that no policy has priced, $/kWh: an honest one, or for a greedy
    /// home the most it may ask and the least it may bid.
    fn own_price(&self, net_kw: f64) -> f64 {
        match (self.greedy, net_kw > 0.0) {
            (false, _) => truthful_price(net_kw, self.retail, self.feed_in),
            (true, true) => self.feed_in,
            (true, false) => self.retail,
        }
    }
}

/// What rounding may change without being called an intervention, kW or $/kWh.
const NOISE: f64 = 1e-9;

/// The limit price of an honest order, $/kWh: a cent inside the grid's price on the side of the
/// trade (`retail` to buy, `feed_in` to sell), or the middle where they are closer than two cents.
pub fn truthful_price(net_kw: f64, retail: f64, feed_in: f64) -> f64 {
    let margin = 0.01_f64.min((retail - feed_in) / 2.0);
    if net_kw > 0.0 { retail - margin } else { feed_in + margin }
}

/// Returns the feasible action nearest to `proposed`, and what had to change and why.
pub fn check(situation: &Situation, proposed: Action) -> (Feasible, Changes) {
    let mut changes = Changes::default();
    let battery_kw = battery_power(situation, proposed.battery_kw, &mut changes);
    let base_kw = situation.base_kw + battery_kw;
    let beyond = (-situation.connection_kw - base_kw).max(0.0);
    let curtailed_kw = beyond.min(situation.pv_kw);
    changes.note(Reason::Connection, 0.0, curtailed_kw, NOISE);
    let net_kw = base_kw + curtailed_kw;
    let grid_request_kw = grid_request(net_kw, proposed.grid_request_kw, &mut changes);
    let price_bid = price(situation, net_kw, proposed.price_bid, &mut changes);
    let action = Action { battery_kw, grid_request_kw, price_bid };
    (Feasible { action, curtailed_kw, net_kw }, changes)
}

fn battery_power(situation: &Situation, proposed: f64, changes: &mut Changes) -> f64 {
    let Situation { battery, soc, last_battery_kw, base_kw, connection_kw, .. } = *situation;
    let mut power = proposed;
    let mut apply = |reason, feasible: f64| {
        changes.note(reason, power, feasible, NOISE);
        power = feasible;
    };
    let finite = if proposed.is_finite() { proposed } else { 0.0 };
    apply(Reason::NotFinite, finite);
    let rated = finite.clamp(-battery.power, battery.power);
    apply(Reason::Power, rated);
    let ramped = battery.ramped(rated, last_battery_kw);
    apply(Reason::Ramp, ramped);
    let hold = |power: f64| power.clamp(-battery.discharge_limit(soc), battery.charge_limit(soc));
    let held = hold(ramped);
    apply(Reason::Energy, held);
    // The connection asks for a battery power; what the battery can hold has the last word.
    let connected = hold(within_connection(held, base_kw, connection_kw));
    apply(Reason::Connection, connected);
    connected
}

/// The battery power nearest to `power` that keeps `base + power` within the connection.
fn within_connection(power: f64, base_kw: f64, connection_kw: f64) -> f64 {
    power.clamp(-connection_kw - base_kw, connection_kw - base_kw)
}

fn grid_request(net_kw: f64, proposed: f64, changes: &mut Changes) -> f64 {
    let finite = if proposed.is_finite() { proposed } else { 0.0 };
    changes.note(Reason::NotFinite, proposed, finite, NOISE);
    let request = finite.clamp(net_kw.min(0.0), net_kw.max(0.0));
    changes.note(Reason::GridRequest, finite, request, NOISE);
    request
}

fn price(situation: &Situation, net_kw: f64, proposed: f64, changes: &mut Changes) -> f64 {
    if situation.greedy {
        return situation.own_price(net_kw);
    }
    let Situation { retail, feed_in, .. } = *situation;
    let finite = if proposed.is_finite() { proposed } else { situation.own_price(net_kw) };
    changes.note(Reason::NotFinite, proposed, finite, NOISE);
    let price = finite.clamp(feed_in, retail);
    changes.note(Reason::Price, finite, price, NOISE);
    price
}

#[cfg(test)]
mod tests;
