//! Limits of the street as a whole: what single homes may do and all together may not.
//!
//! Batteries back off first, all that push beyond a limit by the same share; where that is not
//! enough to hold an export limit, PV is curtailed, again by one share. Load is always served.
//! A limit of the grid has the last word over a battery's ramp.

use peergrid_physics::{Feeder, PowerFlow};

use crate::{Action, Changes, Feasible, NOISE, Reason, Situation, grid_request, truthful_price};

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
}

/// Power flows until the limits hold. Each but the last cuts what a linear model says is too
/// much; what is left shrinks by a factor of four or more each time.
const ROUNDS: usize = 15;
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
            self.net_kw.clear();
            self.net_kw.extend(street.feasible.iter().map(Feasible::net_kw));
            let (mut active, mut reactive) = (self.net_kw.iter().sum::<f64>(), 0.0);
            if let Some(feeder) = feeder {
                if feeder.solve(&self.net_kw, &mut self.flow).is_err() {
                    return;
                }
                (active, reactive) = (self.flow.slack_kw, self.flow.slack_kvar);
            }
            let excess = libm::hypot(active, reactive) - limits.transformer_kw;
            let mut changed = excess > POWER_TOLERANCE
                && street.cut(Reason::Transformer, active.signum(), excess, |_| 1.0);
            if let (false, Some(feeder), Some(band)) = (changed, feeder, limits.voltage_pu) {
                changed = self.hold_voltage(feeder, band, &mut street);
            }
            if !changed {
                return;
            }
        }
    }

    /// Cuts what pushes the worst bus out of the band; false where nothing is left to cut.
    fn hold_voltage(&self, feeder: &Feeder, band: (f64, f64), street: &mut Street) -> bool {
        let excess = |v: f64| (band.0 - v).max(v - band.1);
        let worst = self.flow.voltage_pu.iter().enumerate().skip(1);
        let Some((bus, &v)) = worst.max_by(|a, b| excess(*a.1).total_cmp(&excess(*b.1))) else {
            return false;
        };
        // Drawing lowers a voltage, exporting raises it.
        let side = if v < band.0 { 1.0 } else { -1.0 };
        let cut = if excess(v) > 4.0 * VOLTAGE_TOLERANCE { DAMPING * excess(v) } else { excess(v) };
        excess(v) > VOLTAGE_TOLERANCE
            && street.cut(Reason::Voltage, side, cut, |home| feeder.sensitivity(bus, home))
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
        let pushing = |f: &Feasible| (f.action.battery_kw * side).max(0.0);
        let batteries = self.sum(&weight, |_, f| pushing(f));
        let share = if batteries > 0.0 { (amount / batteries).min(1.0) } else { 0.0 };
        let cut = |h: usize, f: &Feasible| {
            let affected = weight(h) > 0.0 && pushing(f) > 0.0;
            let keep = if affected { 1.0 - share } else { 1.0 };
            (f.action.battery_kw * keep, f.curtailed_kw)
        };
        self.adjust(reason, cut);
        let left = amount - batteries * share;
        if side > 0.0 || left <= 0.0 {
            return share > 0.0;
        }
        let spare =
            |s: &Situation, f: &Feasible| (s.pv_kw - f.curtailed_kw).min(-f.net_kw).max(0.0);
        let exports = self.sum(&weight, spare);
        let curtail = if exports > 0.0 { (left / exports).min(1.0) } else { 0.0 };
        let situations = self.situations;
        self.adjust(reason, |h, f| {
            let more = if weight(h) > 0.0 { curtail * spare(&situations[h], f) } else { 0.0 };
            (f.action.battery_kw, f.curtailed_kw + more)
        });
        share > 0.0 || curtail > 0.0
    }

    /// Moves every battery towards its strongest discharge until `shortage` kW are found.
    fn discharge(&mut self, shortage: f64) {
        let lowest = |s: &Situation| {
            let strongest = s.battery.limited(f64::NEG_INFINITY, s.soc, s.last_battery_kw);
            strongest.max(-s.connection_kw - s.base_kw)
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
    /// market by it orders at an honest price.
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
            let honest = truthful_price(net_kw, s.retail, s.feed_in);
            let price_bid = if switched { honest } else { f.action.price_bid };
            let action = Action { battery_kw, grid_request_kw, price_bid };
            *f = Feasible { action, curtailed_kw, net_kw };
        }
    }
}
