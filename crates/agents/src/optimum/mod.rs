//! The optimum under perfect foresight, by linear programming.
//!
//! At an episode's first step the whole episode of every microgrid is planned, with its load, PV
//! and prices known; then the planned battery powers are proposed, with honest orders. The batteries,
//! the tariff, the start at the lowest charge and the value of what is left are those of every
//! other policy, so its cost is the least any policy can reach, but for what the program does not
//! see (below).
//!
//! - [`Optimum`]: all batteries of the street for the street's one bill. Whatever the market moves
//!   between neighbours, that bill is `Σ dt·(retail·import − feed_in·export)` of the street's net
//!   power, as long as the market trades all that neighbours can trade.
//! - [`SelfishOptimum`]: each home for the bill it would have alone with the grid. It is run in the
//!   same market as everyone else, which can only lower the bills it planned for. Its cost over
//!   that of the optimum is the *price of anarchy*: 1 where homes that plan alone do as well as a
//!   street that plans together.
//!
//! # What the program does not see
//! - **Losses** of the cable are billed in the evaluation and not planned for, except as far as they
//!   count towards a transformer's limit that is enforced. On a synthetic street of ten homes, five
//!   with a battery, over 59 days in half hours the optimum's cost lies 0.1 % above
//!   [`Plan::cost`] with a three-phase cable and 0.7 % with single-phase services. That is what
//!   losses cost, and the most that planning for them could save.
//! - **Whose meter counts.** A tariff's export and demand charges are billed by home; the program
//!   charges the street as if it had one meter with all homes' allowances. That is never more, so
//!   [`Plan::bound`] lies below the cost of every policy all the same; the plan itself is no
//!   longer certain to be the cheapest. For one home it is exact.
//! - **Fees and trades not made**: the local network's fee, and trades that a market gives up
//!   (McAfee's, or a greedy neighbour's). They, too, are paid on top: the bound holds.
//! - **Voltages**: where the guard enforces their band, it may change the plan. So it does where PV
//!   has to be curtailed, which no policy can propose.
//! - **Self-discharge below the window.** Only self-discharge may take a battery below its lowest
//!   charge; whether it may discharge is then not a linear condition. The program is first solved
//!   without it, which gives [`Plan::bound`], and again with every step's side of the window fixed:
//!   as found, and where that leaves a gap of more than 0.1 %, as under simple rules, whichever is
//!   cheapest. The gap between [`Plan::cost`] and the bound says what that can have cost.
//! - **Energy thrown away.** Where exports cost more than they earn, charging and discharging at once
//!   would pay in a linear program. The battery's direction is then fixed as found, step by step,
//!   and the program solved again; the gap to the bound says the same as above.
//! - **A ramp always holds** in the plan. The guard lets a full or empty battery stop faster than
//!   its ramp, so a policy that runs into its limits can in rare cases do what the plan may not.
//! - **Wear** is no part of any bill and none of the program.
//!
//! # Limits that cannot be held
//! A connection or a transformer below the load makes no plan impossible: the program then keeps what
//! lies beyond as small as it can ([`Plan::excess_kwh`]), and the guard does what is left to do.
//! While the grid is down, load that is not served costs what it is worth to those who miss it.
//!
//! # Size and speed
//! Two variables per battery and step, two per step, and no dense matrix: a week of ten homes with
//! batteries in half hours, as one episode, has 7 392 variables. It is planned in 0.22 s natively
//! (`cargo bench -p peergrid-agents`, one core of an AMD EPYC) and in 0.2 to 0.5 s as WebAssembly in
//! Node on the same machine. The solver adds about 80 KB of compressed WebAssembly.

mod horizon;
mod lp;
mod plan;
mod program;
mod trial;

use peergrid_env::Microgrids;
use peergrid_guard::Action;

use crate::{Policy, honest};
use horizon::Horizon;
pub use plan::{Plan, Quality};

/// The community's optimum: all batteries together, for the lowest bill of the street.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Optimum {
    plans: Vec<Plan>,
}

/// Each home's own optimum: its battery for the lowest bill it would have without neighbours.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SelfishOptimum {
    plans: Vec<Plan>,
}

impl Optimum {
    /// The plans of the present episodes, one per microgrid; none before the first step.
    pub fn plans(&self) -> &[Plan] {
        &self.plans
    }
}

impl SelfishOptimum {
    /// The plans of the present episodes, one per microgrid; none before the first step. Cost and
    /// bound are sums of bills without any trade.
    pub fn plans(&self) -> &[Plan] {
        &self.plans
    }
}

impl Policy for Optimum {
    fn propose(&mut self, microgrids: &Microgrids, proposed: &mut [Action]) {
        if !are_current(&self.plans, microgrids) {
            self.plans = trial::best(microgrids);
        }
        follow(&self.plans, microgrids, proposed);
    }

    fn note(&self) -> Option<String> {
        note(&self.plans, "the best rule stood in")
    }
}

impl Policy for SelfishOptimum {
    fn propose(&mut self, microgrids: &Microgrids, proposed: &mut [Action]) {
        if !are_current(&self.plans, microgrids) {
            self.plans = make(microgrids, Plan::alone);
        }
        follow(&self.plans, microgrids, proposed);
    }

    fn note(&self) -> Option<String> {
        note(&self.plans, "batteries stood still")
    }
}

/// One plan per microgrid, from its present step on.
fn make(microgrids: &Microgrids, plan: fn(&Horizon) -> Plan) -> Vec<Plan> {
    (0..microgrids.microgrids()).map(|m| plan(&Horizon::new(microgrids, m))).collect()
}

/// Whether there is a plan for the present step of every microgrid, made in this episode.
fn are_current(plans: &[Plan], microgrids: &Microgrids) -> bool {
    microgrids.step_in_episode() > 0
        && plans.len() == microgrids.microgrids()
        && plans.iter().enumerate().all(|(m, plan)| plan.covers(microgrids.t(m)))
}

/// Proposes what the plans say.
fn follow(plans: &[Plan], microgrids: &Microgrids, proposed: &mut [Action]) {
    let c = microgrids.community();
    honest(microgrids, proposed, |i| {
        let (m, home) = (i / c.homes(), i % c.homes());
        // A battery that must help its home's connection helps as it can, as the guard would have it.
        let (base, limit) = (microgrids.base_kw()[i], c.connection_kw(home));
        plans[m].at(microgrids.t(m))[home].clamp(-limit - base, limit - base)
    });
}

/// How many plans are not what they should be, in words.
fn note(plans: &[Plan], instead: &str) -> Option<String> {
    let count = |quality| plans.iter().filter(|plan| plan.quality == quality).count();
    let (reduced, failed, all) = (count(Quality::Reduced), count(Quality::Failed), plans.len());
    let mut sentences = Vec::new();
    if reduced > 0 {
        let what = "the solver met only its reduced tolerance";
        sentences.push(format!("in {reduced} of {all} episodes {what}"));
    }
    if failed > 0 {
        sentences.push(format!("in {failed} of {all} episodes it found no plan, {instead}"));
    }
    (!sentences.is_empty()).then(|| sentences.join("; "))
}
