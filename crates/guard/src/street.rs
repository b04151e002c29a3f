//! Limits of the street as a whole: what single homes may do and all together may not.
//!
//! Batteries back off first, all that push beyond a limit by the same share; where that is not
//! enough to hold an export limit, PV is curtailed, again by one share. Load is always served.
//! A limit of the grid has the last word over a battery's ramp.

use peergrid_physics::{Feeder, PowerFlow};

use crate::{Action, Changes, Feasible, NOISE, Reason, Situation, grid_request};

/// Limits of the street that are enforced.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StreetLimits {
    /// Largest power through the transformer either way, losses included, kW (kVA with reactive
    /// power); infinite for none.
    pub transformer_kw: f64,
    /// Lowest and highest voltage anywhere on the feeder, per unit; `None` for no limit.
    pub voltage_pu: Option<(f64, f64)>,
}

/// Enforces limits of a street; holds working memory only.
#[derive(Debug, Clone, Default)]
pub struct StreetGuard {
    flow: PowerFlow,
    net_kw: Vec<f64>,
    /// Buses outside the voltage band, worst first.
    outside: Vec<usize>,
    /// Cables that were relieved in this round, by their first bus.
    relieved: Vec<usize>,
}

/// Power flows until the limits hold. Each but the last cuts what a linear model says is too
/// much, which leaves about a fifth of it.
const ROUNDS: usize = 40;
/// The part of a voltage's excess that is cut at once: the linear model understates what a kW does
/// on a loaded cable, and cutting too much is no nearest action.
const DAMPING: f64 = 0.8;
/// What counts as within the transformer's limit, kW.
const POWER_TOLERANCE: f64 = 1e-6;
/// What counts as within the voltage band, per unit.
const VOLTAGE_TOLERANCE: f64 = 1e-7;

/// One street's actions under the guard: the slices line up, one entry per home.
struct Street<'a> {
    situations: &'a [Situation],
    feasible: &'a mut [Feasible],
    changes: &'a mut [Changes],
}

impl StreetGuard {
    /// Bends `feasible` until `limits` hold, as far as batteries and PV can; `changes` is told.
    /// Without a feeder there are neither losses nor voltages. A power flow that fails is left
    /// to the step that carries the actions out.
    pub fn limit(
        &mut self,
        limits: &StreetLimits,
        feeder: Option<&Feeder>,
        situations: &[Situation],
        feasible: &mut [Feasible],
        changes: &mut [Changes],
    ) {
        let mut street = Street { situations, feasible, changes };
        for _ in 0..ROUNDS {
            if !self.relieve(limits, feeder, &mut street) {
                return;
            }
        }
    }

    /// One round; false where nothing is too much or nothing is left to cut.
    fn relieve(
        &mut self,
        limits: &StreetLimits,
        feeder: Option<&Feeder>,
        street: &mut Street,
    ) -> bool {
        self.net_kw.clear();
        self.net_kw.extend(street.feasible.iter().map(Feasible::net_kw));
        let (mut active, mut reactive) = (self.net_kw.iter().sum::<f64>(), 0.0);
        if let Some(feeder) = feeder {
            if feeder.solve(&self.net_kw, &mut self.flow).is_err() {
                // A voltage collapses: more than the cable carries is drawn.
                return street.halve_charging(Reason::Voltage);
            }
            (active, reactive) = (self.flow.slack_kw, self.flow.slack_kvar);
        }
        let excess = libm::hypot(active, reactive) - limits.transformer_kw;
        if excess > POWER_TOLERANCE
            && street.cut(Reason::Transformer, active.signum(), excess, |_| 1.0)
        {
            return true;
        }
        match (feeder, limits.voltage_pu) {
            (Some(feeder), Some(band)) => self.hold_voltages(feeder, band, street),
            _ => false,
        }
    }

    /// Cuts, cable by cable, what pushes the worst bus that can be helped out of the band; false
    /// where nothing is left to cut.
    fn hold_voltages(&mut self, feeder: &Feeder, band: (f64, f64), street: &mut Street) -> bool {
        let voltages = &self.flow.voltage_pu;
        let excess = |bus: usize| (band.0 - voltages[bus]).max(voltages[bus] - band.1);
        self.outside.clear();
        self.outside.extend((1..voltages.len()).filter(|&bus| excess(bus) > VOLTAGE_TOLERANCE));
        self.outside.sort_unstable_by(|&a, &b| excess(b).total_cmp(&excess(a)));
        self.relieved.clear();
        for &bus in &self.outside {
            let cable = feeder.cable_head(bus);
            if self.relieved.contains(&cable) {
                continue;
            }
            // Drawing lowers a voltage, exporting raises it.
            let side = if voltages[bus] < band.0 { 1.0 } else { -1.0 };
            let near = excess(bus) < 4.0 * VOLTAGE_TOLERANCE;
            let amount = if near { excess(bus) } else { DAMPING * excess(bus) };
            if street.cut(Reason::Voltage, side, amount, |home| feeder.sensitivity(bus, home)) {
                self.relieved.push(cable);
            }
        }
        !self.relieved.is_empty()
    }

    /// The grid is down: nothing comes from it or goes to it. A surplus is cut back; in a
    /// shortage batteries stop charging and discharge, all by the same share of what they can.
    /// Where that is not enough the street's net power stays above zero: energy that cannot be
    /// served.
    pub fn island(situations: &[Situation], feasible: &mut [Feasible], changes: &mut [Changes]) {
        for (f, changes) in feasible.iter_mut().zip(changes.iter_mut()) {
            changes.note(Reason::Outage, f.action.grid_request_kw, 0.0, NOISE);
            f.action.grid_request_kw = 0.0;
        }
        let mut street = Street { situations, feasible, changes };
        let total: f64 = street.feasible.iter().map(Feasible::net_kw).sum();
        if total > 0.0 {
            street.discharge(total);
        } else {
            street.cut(Reason::Outage, -1.0, -total, |_| 1.0);
        }
    }
}

impl Street<'_> {
    /// Takes `amount` off the flows on `side` (1: drawing, −1: exporting), weighed by what a kW of
    /// each home contributes: batteries first, then the PV of homes that export. Returns whether
    /// anything changed.
    fn cut(
        &mut self,
        reason: Reason,
        side: f64,
        amount: f64,
        weight: impl Fn(usize) -> f64,
    ) -> bool {
        let pushing =
            |s: &Situation, f: &Feasible| (f.action.battery_kw - backed_off(s, f, side)).abs();
        let batteries = self.sum(&weight, pushing);
        let share = if batteries > 0.0 { (amount / batteries).min(1.0) } else { 0.0 };
        let situations = self.situations;
        self.adjust(reason, |h, f| {
            let power = f.action.battery_kw;
            let less = share * (power - backed_off(&situations[h], f, side));
            (if weight(h) > 0.0 { power - less } else { power }, f.curtailed_kw)
        });
        let left = amount - batteries * share;
        if side > 0.0 || left <= 0.0 {
            return share > 0.0;
        }
        let spare =
            |s: &Situation, f: &Feasible| (s.pv_kw - f.curtailed_kw).min(-f.net_kw).max(0.0);
        let exports = self.sum(&weight, spare);
        let curtail = if exports > 0.0 { (left / exports).min(1.0) } else { 0.0 };
        self.adjust(reason, |h, f| {
            let more = if weight(h) > 0.0 { curtail * spare(&situations[h], f) } else { 0.0 };
            (f.action.battery_kw, f.curtailed_kw + more)
        });
        share > 0.0 || curtail > 0.0
    }

    /// Takes half of all charging back, or all that is left of little; false where there is none.
    fn halve_charging(&mut self, reason: Reason) -> bool {
        let pushing = |s: &Situation, f: &Feasible| f.action.battery_kw - backed_off(s, f, 1.0);
        let charging = self.sum(&|_| 1.0, pushing);
        let amount = if charging > 0.1 { 0.5 * charging } else { charging };
        self.cut(reason, 1.0, amount, |_| 1.0)
    }

    /// Moves every battery towards its strongest discharge until `shortage` kW are found. In the
    /// dark a battery may stop charging at once, whatever its ramp.
    fn discharge(&mut self, shortage: f64) {
        let lowest = |s: &Situation| {
            let strongest = s.battery.limited(f64::NEG_INFINITY, s.soc, s.last_battery_kw).min(0.0);
            let held = strongest.max(-s.battery.discharge_limit(s.soc));
            held.max(-s.connection_kw - s.base_kw)
        };
        let reach = |s: &Situation, f: &Feasible| (f.action.battery_kw - lowest(s)).max(0.0);
        let all = self.sum(&|_| 1.0, reach);
        let share = if all > 0.0 { (shortage / all).min(1.0) } else { 0.0 };
        let situations = self.situations;
        self.adjust(Reason::Outage, |h, f| {
            let (s, power) = (&situations[h], f.action.battery_kw);
            // Rounding must not take it beyond what the battery can give.
            let lowered = (power - share * reach(s, f)).max(lowest(s)).min(power);
            (lowered, f.curtailed_kw)
        });
    }

    fn sum(
        &self,
        weight: &impl Fn(usize) -> f64,
        value: impl Fn(&Situation, &Feasible) -> f64,
    ) -> f64 {
        let homes = self.situations.iter().zip(self.feasible.iter()).enumerate();
        homes.map(|(h, (s, f))| weight(h) * value(s, f)).sum()
    }

    /// Gives every home a new battery power and curtailment. A home that changes sides of the
    /// market by it orders at a price of its own: an honest one, or a greedy one.
    fn adjust(&mut self, reason: Reason, to: impl Fn(usize, &Feasible) -> (f64, f64)) {
        let homes = self.feasible.iter_mut().zip(self.changes.iter_mut()).zip(self.situations);
        for (h, ((f, changes), s)) in homes.enumerate() {
            let (battery_kw, curtailed_kw) = to(h, f);
            if (battery_kw, curtailed_kw) == (f.action.battery_kw, f.curtailed_kw) {
                continue;
            }
            changes.note(reason, f.action.battery_kw, battery_kw, NOISE);
            changes.note(reason, f.curtailed_kw, curtailed_kw, NOISE);
            let net_kw = s.base_kw + battery_kw + curtailed_kw;
            let grid_request_kw = grid_request(net_kw, f.action.grid_request_kw, changes);
            let switched = net_kw * f.net_kw < 0.0;
            let price_bid = if switched { s.own_price(net_kw) } else { f.action.price_bid };
            let action = Action { battery_kw, grid_request_kw, price_bid };
            *f = Feasible { action, curtailed_kw, net_kw };
        }
    }
}

/// Where a battery comes to when it backs off wholly from drawing (side 1) or exporting (−1): to
/// rest, or as near to it as its home's connection allows.
fn backed_off(s: &Situation, f: &Feasible, side: f64) -> f64 {
    let power = f.action.battery_kw;
    let base_kw = s.base_kw + f.curtailed_kw;
    if side > 0.0 {
        (-s.connection_kw - base_kw).max(0.0).min(power.max(0.0)) + power.min(0.0)
    } else {
        (s.connection_kw - base_kw).min(0.0).max(power.min(0.0)) + power.max(0.0)
    }
}
