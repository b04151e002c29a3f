//! From a policy's raw numbers to a proposed action.
//!
//! Three numbers per home; zeros propose what an honest, greedy home would do, so that a fresh
//! policy starts there and exploration does not begin by breaking the market:
//!
//! 1. battery, read as [`BatteryMode`] says;
//! 2. grid request: 0.1 of it is the share of the net power settled directly with the grid;
//! 3. price: 0.1 of it is how far the limit price moves from the honest one towards the other end
//!    of the price range. Both shares are clipped to [0, 1].

use peergrid_guard::{Action, truthful_price};
use serde::{Deserialize, Serialize};

use crate::{microgrids::Microgrids, observation::StreetReport};

/// Raw numbers per home.
pub const ACTION_SIZE: usize = 3;

/// From raw market numbers to shares: below one, so that exploration of a size that suits the
/// battery disturbs the market little.
const MARKET_SCALE: f64 = 0.1;

/// Half-width of the gate's middle zone, in which the battery follows the street.
const DEAD_ZONE: f64 = 1.0 / 3.0;

/// How the first raw number moves the battery.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BatteryMode {
    /// Relative to the street's net load, clipped to [−1, 1]. Within ±1/3 the battery follows
    /// the street: it takes its share of a surplus and gives its share of a deficit, as far as
    /// the home knows of them (`observation.street`). Below, it holds back discharge, wholly at
    /// −1; above, it charges as well, at full power at 1.
    #[default]
    Gate,
    /// Power as a share of the rating, clipped to [−1, 1], positive = charging.
    Power,
}

impl BatteryMode {
    /// Its short name, as in documents.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Gate => "gate",
            Self::Power => "power",
        }
    }
}

impl Microgrids {
    /// Turns raw policy outputs, shape `[homes of all microgrids, ACTION_SIZE]`, into proposed
    /// actions of homes that know of their street what `report` says.
    ///
    /// # Panics
    /// If `raw` and `proposed` do not cover all homes.
    pub fn propose(
        &self,
        mode: BatteryMode,
        report: StreetReport,
        raw: &[f32],
        proposed: &mut [Action],
    ) {
        assert_eq!(raw.len(), proposed.len() * ACTION_SIZE, "three numbers per home");
        assert_eq!(proposed.len(), self.soc.len(), "one action per home of every microgrid");
        for (i, (raw, action)) in raw.chunks_exact(ACTION_SIZE).zip(proposed).enumerate() {
            *action = self.propose_one(mode, report, i, raw);
        }
    }

    fn propose_one(
        &self,
        mode: BatteryMode,
        report: StreetReport,
        i: usize,
        raw: &[f32],
    ) -> Action {
        let c = self.community();
        let (m, h) = (i / c.homes(), i % c.homes());
        let t = self.t(m);
        let signal = f64::from(raw[0]).clamp(-1.0, 1.0);
        let battery_kw = match mode {
            BatteryMode::Power => signal * c.battery_step(h).power,
            BatteryMode::Gate => gate(signal, self.follow(i, report), self.charge_kw[i]),
        };
        // Priced for the side of the market the home will stand on once the battery's limits apply.
        let held = c.battery_step(h).limited(battery_kw, self.soc[i], self.last_battery_kw()[i]);
        let net_kw = self.base_kw[i] + held;
        let honest = truthful_price(net_kw, c.retail(t), c.feed_in(t));
        let far_end = truthful_price(-net_kw, c.retail(t), c.feed_in(t));
        Action {
            battery_kw,
            grid_request_kw: net_kw * share(raw[1]),
            price_bid: honest + (far_end - honest) * share(raw[2]),
        }
    }

    /// The battery power with which home `i` takes its share of the street's surplus or deficit,
    /// kW: in proportion to what its battery can do.
    pub fn follow_street(&self, i: usize) -> f64 {
        self.follow(i, StreetReport::ThisStep)
    }

    /// As [`Self::follow_street`], by the street's figures that the home has. Its own it always
    /// has of this step.
    fn follow(&self, i: usize, report: StreetReport) -> f64 {
        let street = self.reported(i / self.community().homes(), report);
        let share = |own: f64, all: f64| if all > 0.0 { own / all } else { 0.0 };
        if street.base_kw < 0.0 {
            let wanted = -street.base_kw * share(self.charge_kw[i], street.charge_kw);
            wanted.min(self.charge_kw[i])
        } else {
            let wanted = street.base_kw * share(self.discharge_kw[i], street.discharge_kw);
            -wanted.min(self.discharge_kw[i])
        }
    }
}

/// A raw market number as a share from 0 to 1.
fn share(raw: f32) -> f64 {
    (MARKET_SCALE * f64::from(raw)).clamp(0.0, 1.0)
}

fn gate(signal: f64, follow: f64, charge_limit: f64) -> f64 {
    let beyond = (signal.abs() - DEAD_ZONE).max(0.0) / (1.0 - DEAD_ZONE);
    if signal < 0.0 {
        if follow < 0.0 { follow * (1.0 - beyond) } else { follow }
    } else {
        follow + beyond * (charge_limit - follow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gate_has_three_zones() {
        for signal in [-0.3, 0.0, 0.33] {
            assert_eq!(gate(signal, -2.0, 4.0), -2.0);
        }
        assert!(gate(-1.0, -2.0, 4.0).abs() < 1e-12);
        assert!((gate(-2.0 / 3.0, -2.0, 4.0) + 1.0).abs() < 1e-12);
        assert!((gate(1.0, -2.0, 4.0) - 4.0).abs() < 1e-12);
        assert_eq!(gate(-1.0, 1.5, 4.0), 1.5);
    }
}
