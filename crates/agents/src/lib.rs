//! Policies that do not learn.
//!
//! A [`Policy`] proposes one action per home of every microgrid from what the homes can know in
//! the present step. All of them trade honestly: no grid request, a limit price one cent inside
//! the grid's price.

use peergrid_env::Microgrids;
use peergrid_guard::{Action, truthful_price};

/// Something that proposes actions.
pub trait Policy {
    /// Proposes an action for every home of every microgrid in its present step.
    fn propose(&mut self, microgrids: &Microgrids, proposed: &mut [Action]);
}

/// Leaves every battery alone.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoBattery;

/// Each home for itself: charges from its own surplus, serves its own deficit.
#[derive(Debug, Clone, Copy, Default)]
pub struct RuleBased;

/// Every battery takes its share of the street's surplus and gives its share of the street's
/// deficit.
#[derive(Debug, Clone, Copy, Default)]
pub struct StreetGreedy;

impl Policy for NoBattery {
    fn propose(&mut self, microgrids: &Microgrids, proposed: &mut [Action]) {
        honest(microgrids, proposed, |_| 0.0);
    }
}

impl Policy for RuleBased {
    fn propose(&mut self, microgrids: &Microgrids, proposed: &mut [Action]) {
        honest(microgrids, proposed, |i| -microgrids.base_kw()[i]);
    }
}

impl Policy for StreetGreedy {
    fn propose(&mut self, microgrids: &Microgrids, proposed: &mut [Action]) {
        honest(microgrids, proposed, |i| microgrids.follow_street(i));
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
        let price_bid = truthful_price(net_kw, c.retail(t), c.feed_in());
        *action = Action { battery_kw, grid_request_kw: 0.0, price_bid };
    }
}
