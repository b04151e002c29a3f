//! Policies that do not learn.
//!
//! A [`Policy`] proposes one action per home of every microgrid. All of them trade honestly: no
//! grid request, a limit price one cent inside the grid's price.
//!
//! - [`rules`]: what can be done from what the homes know in the present step.
//! - [`time_of_use`]: what a rule with a handful of numbers can do, tuned on past days.
//! - [`optimum`] (feature `optimum`, on by default): what could be done with perfect foresight, by
//!   a linear program, the yardstick of everything else; and [`Mpc`], the same program on
//!   yesterday's load and PV, solved again in every step.

#[cfg(feature = "optimum")]
pub mod optimum;
pub mod rules;
pub mod time_of_use;
mod trial;

use peergrid_env::Microgrids;
use peergrid_guard::{Action, truthful_price};

#[cfg(feature = "optimum")]
pub use optimum::{Mpc, Optimum, SelfishOptimum};
pub use rules::{NoBattery, RuleBased, StreetGreedy};
pub use time_of_use::TimeOfUse;

/// Something that proposes actions.
pub trait Policy {
    /// Proposes an action for every home of every microgrid in its present step.
    fn propose(&mut self, microgrids: &Microgrids, proposed: &mut [Action]);

    /// What someone who reads the present episodes' results should know of how the actions came
    /// about; `None` where there is nothing to say.
    fn note(&self) -> Option<String> {
        None
    }
}

/// Proposes the wanted battery power of each home, as far as its battery can hold it, with honest
/// orders for what is left.
fn honest(microgrids: &Microgrids, proposed: &mut [Action], battery: impl Fn(usize) -> f64) {
    let c = microgrids.community();
    for (i, action) in proposed.iter_mut().enumerate() {
        let (soc, last) = (microgrids.soc()[i], microgrids.last_battery_kw()[i]);
        let battery_kw = c.battery_step(i % c.homes()).limited(battery(i), soc, last);
        let net_kw = microgrids.base_kw()[i] + battery_kw;
        let t = microgrids.t(i / c.homes());
        let price_bid = truthful_price(net_kw, c.retail(t), c.feed_in(t));
        *action = Action { battery_kw, grid_request_kw: 0.0, price_bid };
    }
}

/// The power nearest to `power` with which home `i`'s battery keeps to the home's connection, kW:
/// it helps as it can, as the guard would have it.
fn within_connection(microgrids: &Microgrids, i: usize, power: f64) -> f64 {
    let c = microgrids.community();
    let (base, limit) = (microgrids.base_kw()[i], c.connection_kw(i % c.homes()));
    power.clamp(-limit - base, limit - base)
}
