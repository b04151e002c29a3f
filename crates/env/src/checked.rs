//! The guard at work: actions of all homes checked, one by one and as a street.

use peergrid_guard::{Action, Changes, Feasible, Situation, StreetGuard, check, truthful_price};
use peergrid_physics::BatteryStep;

use crate::community::Community;

/// Checked actions of all homes, and what the guard changed; reused from step to step.
#[derive(Debug, Clone, Default)]
pub struct Checked {
    /// The step of the episode they were checked for.
    pub(crate) step: usize,
    pub(crate) feasible: Vec<Feasible>,
    pub(crate) changes: Vec<Changes>,
    /// The actions before the street's limits, which bind all homes together.
    pub(crate) by_home: Vec<Feasible>,
}

impl Checked {
    /// The feasible actions, by home.
    pub fn feasible(&self) -> &[Feasible] {
        &self.feasible
    }

    /// What the guard changed, by home.
    pub fn changes(&self) -> &[Changes] {
        &self.changes
    }
}

/// The guard of one microgrid; working memory, reused.
#[derive(Debug, Clone, Default)]
pub(crate) struct Guard {
    /// By home of the microgrid that is looked at.
    pub situations: Vec<Situation>,
    street: StreetGuard,
    /// The actions of microgrids in each of which one battery stood still, one after another.
    pub without: Vec<Feasible>,
    without_changes: Vec<Changes>,
}

impl Guard {
    /// Checks the actions of the homes, then those of the street, and adds them to `checked`.
    pub fn check(&mut self, c: &Community, t: usize, proposed: &[Action], checked: &mut Checked) {
        let first = checked.feasible.len();
        for (situation, &action) in self.situations.iter().zip(proposed) {
            let (feasible, changes) = check(situation, action);
            checked.by_home.push(feasible);
            checked.feasible.push(feasible);
            checked.changes.push(changes);
        }
        let (feasible, changes) = (&mut checked.feasible[first..], &mut checked.changes[first..]);
        limit_street(&mut self.street, c, t, &self.situations, feasible, changes);
    }

    /// Adds to [`Guard::without`] what the homes would do, had `home`'s battery stood still. The
    /// home keeps its grid request as far as it can, and its price; where its side of the market
    /// changes, it orders at an honest price, or at a greedy one. The street's limits bind again.
    pub fn without_battery(&mut self, c: &Community, t: usize, home: usize, by_home: &[Feasible]) {
        let (actual, with) = (by_home[home], self.situations[home]);
        let still =
            Situation { battery: BatteryStep::NONE, soc: 0.0, last_battery_kw: 0.0, ..with };
        let action = Action { battery_kw: 0.0, ..actual.action() };
        let (mut feasible, _) = check(&still, action);
        if feasible.net_kw() * actual.net_kw() < 0.0 {
            let price_bid = truthful_price(feasible.net_kw(), with.retail, with.feed_in);
            feasible = check(&still, Action { price_bid, ..action }).0;
        }
        let first = self.without.len();
        self.without.extend_from_slice(by_home);
        self.without[first + home] = feasible;
        if c.is_outage(t) || c.enforced.is_some() {
            self.without_changes.clear();
            self.without_changes.resize(by_home.len(), Changes::default());
            self.situations[home] = still;
            let (feasible, changes) = (&mut self.without[first..], &mut self.without_changes);
            limit_street(&mut self.street, c, t, &self.situations, feasible, changes);
            self.situations[home] = with;
        }
    }
}

/// The guard for the street: its limits, or its life without the grid.
fn limit_street(
    street: &mut StreetGuard,
    c: &Community,
    t: usize,
    situations: &[Situation],
    feasible: &mut [Feasible],
    changes: &mut [Changes],
) {
    if c.is_outage(t) {
        StreetGuard::island(situations, feasible, changes);
    } else if let Some(limits) = &c.enforced {
        street.limit(limits, c.feeder(), situations, feasible, changes);
    }
}
