//! Trying plans out: what the program cannot see, the environment bills.

use peergrid_env::Microgrids;
use peergrid_guard::Action;

use super::{follow, horizon::Horizon, make, plan::Plan};
use crate::{NoBattery, Policy, RuleBased, StreetGreedy, trial};

/// What a policy did in one microgrid, and what that cost.
#[derive(Debug, Clone, Default)]
struct Trial {
    /// Bills less the value of what is left, and what load that was not served is worth, $.
    cost: f64,
    /// What of it the cable's losses cost, $.
    loss_cost: f64,
    /// Charged and discharged, kWh.
    throughput_kwh: f64,
    /// Effective battery powers by `step * homes + home`, kW.
    battery_kw: Vec<f64>,
}

/// Follows plans it is given.
struct Follow(Vec<Plan>);

impl Policy for Follow {
    fn propose(&mut self, microgrids: &Microgrids, proposed: &mut [Action]) {
        follow(&self.0, microgrids, proposed);
    }
}

/// The best plan for each microgrid: that of all batteries together where it is certain to be;
/// otherwise the cheapest in the environment of that plan, the homes' own, and the rules.
/// `wear` is what a kWh of throughput costs the planner, $.
pub(super) fn best(microgrids: &Microgrids, wear: f64) -> Vec<Plan> {
    let mut plans = make(microgrids, wear, Plan::together);
    let certain = |(m, plan): (usize, &Plan)| plan.is_certain(&Horizon::new(microgrids, m));
    if plans.iter().enumerate().all(certain) {
        return plans;
    }
    let mut candidates: [Box<dyn Policy>; 5] = [
        Box::new(Follow(plans.clone())),
        Box::new(Follow(make(microgrids, wear, Plan::alone))),
        Box::new(NoBattery),
        Box::new(RuleBased),
        Box::new(StreetGreedy),
    ];
    let mut lowest = vec![f64::INFINITY; plans.len()];
    for candidate in &mut candidates {
        // A street that its cable cannot carry is nobody's best.
        let Some(trials) = run(candidate.as_mut(), microgrids.clone()) else { continue };
        for ((plan, lowest), trial) in plans.iter_mut().zip(&mut lowest).zip(trials) {
            let cost = trial.cost + wear * trial.throughput_kwh;
            if cost < *lowest {
                *lowest = cost;
                plan.cost = trial.cost - trial.loss_cost;
                plan.battery_kw = trial.battery_kw;
            }
        }
    }
    plans
}

/// Runs a policy to the episodes' end; `None` where the feeder cannot carry what it does.
fn run(policy: &mut dyn Policy, microgrids: Microgrids) -> Option<Vec<Trial>> {
    let mut microgrids = microgrids.with_counterfactuals(false);
    let (c, homes) = (microgrids.community().clone(), microgrids.community().homes());
    let mut trials = vec![Trial::default(); microgrids.microgrids()];
    trial::run(policy, &mut microgrids, |settled| {
        for (m, trial) in trials.iter_mut().enumerate() {
            let range = settled.range(m);
            let bill: f64 = settled.bill[range.clone()].iter().sum();
            let unserved: f64 = settled.unserved_kwh[range.clone()].iter().sum();
            trial.cost += bill + c.value_of_lost_load() * unserved;
            let (t, bought) = (settled.t[m], settled.loss_import_kwh[m]);
            let unsold = settled.street_loss_kwh[m] - bought;
            trial.loss_cost += bought * c.retail(t) + unsold * c.feed_in(t);
            let powers = &settled.battery_kw[range];
            trial.throughput_kwh += powers.iter().map(|kw| kw.abs()).sum::<f64>() * c.dt;
            trial.battery_kw.extend_from_slice(powers);
        }
    })?;
    for i in 0..microgrids.soc().len() {
        trials[i / homes].cost -= trial::value_left(&microgrids, i);
    }
    Some(trials)
}
