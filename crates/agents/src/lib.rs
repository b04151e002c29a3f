//! Policies that do not learn.
//!
//! A [`Policy`] proposes one action per home of every microgrid. All of them trade honestly: no
//! grid request, a limit price one cent inside the grid's price.
//!
//! - [`rules`]: what can be done from what the homes know in the present step.
//! - [`optimum`] (feature `optimum`, on by default): what could be done with perfect foresight, by
//!   a linear program; the yardstick of everything else.

#[cfg(feature = "optimum")]
pub mod optimum;
pub mod rules;

use peergrid_env::Microgrids;
use peergrid_guard::{Action, truthful_price};

#[cfg(feature = "optimum")]
pub use optimum::{Optimum, SelfishOptimum};
pub use rules::{NoBattery, RuleBased, StreetGreedy};

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
