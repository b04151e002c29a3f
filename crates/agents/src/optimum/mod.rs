//! The optimum under perfect foresight, by linear programming, and what the same program does without
//! foresight ([`Mpc`]).
//!
//! At an episode's first step the whole episode of every microgrid is planned, with its load, PV
//! and prices known; then the planned battery powers are proposed, with honest orders. The batteries,
//! the tariff, the start at the lowest charge and the value of what is left are those of every
//! other policy, so its cost is the least any policy can reach, but for what the program does not
//! see (below).
//!
//! - [`Optimum`]: all batteries of the street for the street's bills together. Where the market
//!   trades all that neighbours can trade, and for nothing, that is one bill,
//!   `Σ dt·(retail·import − feed_in·export)` of the street's net power, whatever is paid to whom.
//! - [`SelfishOptimum`]: each home for the bill it would have alone with the grid. It is run in the
//!   same market as everyone else, which can only lower the bills it planned for. Its cost over
//!   that of the optimum is the *price of anarchy*: 1 where homes that plan alone do as well as a
//!   street that plans together.
//!
//! # Where the market does not trade everything
//! Then whose meter turns counts, and the program has more than one:
//!
//! - **Greedy neighbours** of an auction trade with nobody: a meter for each of them, one for all
//!   others.
//! - **A network fee, or a price filter** that shuts out honest orders: a meter for every home,
//!   which buys from neighbours for the fee, in the steps in which honest orders meet at all.
//! - **Charges on exports and demand**: a meter for every home, so that each has its own allowance
//!   and its own highest demand. The market rations pro rata; the program chooses who trades. It
//!   also knows only the linear part of "a home that buys does not sell", so that a home with a
//!   battery can pass on a little to a neighbour whose own import is dear.
//! - **McAfee's mechanism** gives trades up by rules that no linear program knows: it plans as if it
//!   did not.
//!
//! [`Optimum`] is then the *best of* that plan, the homes' own plans and the rules
//! ([`NoBattery`](crate::NoBattery), [`RuleBased`](crate::RuleBased),
//! [`StreetGreedy`](crate::StreetGreedy)): each is tried out in a copy of the environment, and each
//! microgrid follows the cheapest. So it costs no more than any of them. It is the least that honest
//! orders can cost with a fee, a filter or greedy neighbours; with charges and with McAfee's
//! mechanism it may not be, and the gap to [`Plan::bound`] says by how much at most. *The bound*
//! holds for all honest orders; a policy that bids otherwise may trade where a filter or a fee
//! keeps honest orders out.
//!
//! Plans are tried out, too, wherever the program cannot prove what follows to be harmless: with
//! ramps, an enforced band of voltages, an outage (batteries serve what they can, also where the plan
//! would keep energy that is worth more later), limits that cannot be held, a gap between plan and
//! bound, or a solver that failed. Elsewhere nothing is.
//!
//! # What the program does not see
//! - **Losses** of the cable are billed in the evaluation and not planned for, except as far as they
//!   count towards a transformer's limit that is enforced. On a synthetic street of ten homes, five
//!   with a battery, over 59 days in half hours the optimum's cost lies 0.1 % above
//!   [`Plan::cost`] with a three-phase cable and 0.7 % with single-phase services. That is what
//!   losses cost, and the most that planning for them could save.
//! - **Voltages**: where the guard enforces their band, it may change the plan. So it does where PV
//!   has to be curtailed, which no policy can propose.
//! - **Self-discharge below the window.** Only self-discharge may take a battery below its lowest
//!   charge; whether it may discharge is then not a linear condition. The program is first solved
//!   without it, which gives [`Plan::bound`], and again, a few times at most, with every step's side
//!   of the window fixed as found. The gap between [`Plan::cost`] and the bound says what that can
//!   have cost.
//! - **Energy thrown away.** Where exports cost more than they earn, charging and discharging at once
//!   would pay in a linear program. The battery's direction is then fixed as found, step by step,
//!   and the program solved again; the gap to the bound says the same as above.
//! - **A ramp always holds** in the plan. The guard lets a full or empty battery stop faster than
//!   its ramp, so a policy that runs into its limits can in rare cases do what the plan may not.
//! - **Wear** is no part of any bill, and of the program only where it is given a price: the plan
//!   then has the lowest sum of bills and wear, [`Plan::cost`] is the bills' part of it, and
//!   [`Plan::bound`] is the bound on the sum less the plan's own wear.
//!
//! # Limits that cannot be held
//! A connection or a transformer below the load makes no plan impossible: the program then keeps what
//! lies beyond as small as it can ([`Plan::excess_kwh`]), and the guard does what is left to do.
//! While the grid is down, load that is not served costs what it is worth to those who miss it;
//! no more can be missing than there is.
//!
//! # Size and speed
//! Two variables per battery and step, two to four per meter and step, and no dense matrix. Batteries
//! that are alike, share a meter and have no connection to keep to count as one: the program is
//! convex and does not tell them apart, so that they may do the same. A week of ten homes with
//! batteries in half hours, as one episode, has 7 392 variables where each battery counts, planned in
//! 0.22 s natively (`cargo bench -p peergrid-agents`, one core of an AMD EPYC) and in 0.2 to 0.5 s as
//! WebAssembly in Node on the same machine, and 1 344 where they are alike. The solver adds about
//! 80 KB of compressed WebAssembly.

mod horizon;
mod lp;
mod mpc;
mod plan;
mod program;
mod trial;

use peergrid_env::Microgrids;
use peergrid_guard::Action;

use crate::{Policy, honest, within_connection};
use horizon::Horizon;
pub use mpc::Mpc;
pub use plan::{Plan, Quality};

/// The community's optimum: all batteries together, for the lowest bill of the street.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Optimum {
    /// What a kWh of throughput costs the planner, $.
    wear: f64,
    plans: Vec<Plan>,
}

/// Each home's own optimum: its battery for the lowest bill it would have without neighbours.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SelfishOptimum {
    /// What a kWh of throughput costs the planner, $.
    wear: f64,
    plans: Vec<Plan>,
}

impl Optimum {
    /// An optimum to which a kWh charged or discharged costs `wear` $, ≥ 0, on top of the bills.
    pub fn new(wear: f64) -> Self {
        Self { wear, plans: Vec::new() }
    }

    /// The plans of the present episodes, one per microgrid; none before the first step.
    pub fn plans(&self) -> &[Plan] {
        &self.plans
    }
}

impl SelfishOptimum {
    /// An optimum to which a kWh charged or discharged costs `wear` $, ≥ 0, on top of the bills.
    pub fn new(wear: f64) -> Self {
        Self { wear, plans: Vec::new() }
    }

    /// The plans of the present episodes, one per microgrid; none before the first step. Cost and
    /// bound are sums of bills without any trade.
    pub fn plans(&self) -> &[Plan] {
        &self.plans
    }
}

impl Policy for Optimum {
    fn propose(&mut self, microgrids: &Microgrids, proposed: &mut [Action]) {
        if !are_current(&self.plans, microgrids) {
            self.plans = trial::best(microgrids, self.wear);
        }
        follow(&self.plans, microgrids, proposed);
    }

    fn note(&self) -> Option<String> {
        note(&self.plans, "the best of the homes' own plans and the rules stood in")
    }
}

impl Policy for SelfishOptimum {
    fn propose(&mut self, microgrids: &Microgrids, proposed: &mut [Action]) {
        if !are_current(&self.plans, microgrids) {
            self.plans = make(microgrids, self.wear, Plan::alone);
        }
        follow(&self.plans, microgrids, proposed);
    }

    fn note(&self) -> Option<String> {
        note(&self.plans, "batteries it failed for stood still")
    }
}

/// One plan per microgrid, from its present step on.
fn make(microgrids: &Microgrids, wear: f64, plan: fn(&Horizon) -> Plan) -> Vec<Plan> {
    let plan = |m| {
        let mut horizon = Horizon::new(microgrids, m);
        horizon.wear = wear;
        plan(&horizon)
    };
    (0..microgrids.microgrids()).map(plan).collect()
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
        within_connection(microgrids, i, plans[m].at(microgrids.t(m))[home])
    });
}

/// How many plans are not what they should be, in words.
fn note(plans: &[Plan], instead: &str) -> Option<String> {
    let count = |quality| plans.iter().filter(|plan| plan.quality == quality).count();
    let (reduced, failed, all) = (count(Quality::Reduced), count(Quality::Failed), plans.len());
    let reduced = (reduced > 0).then(|| {
        format!("in {reduced} of {all} episodes the solver met only its reduced tolerance")
    });
    let failed = (failed > 0)
        .then(|| format!("in {failed} of {all} episodes the solver found no plan: {instead}"));
    let sentences: Vec<String> = reduced.into_iter().chain(failed).collect();
    (!sentences.is_empty()).then(|| sentences.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_counts_plans_that_are_not_what_they_should_be() {
        let plan = |quality| Plan {
            first: 0,
            homes: 1,
            battery_kw: vec![0.0],
            cost: 0.0,
            bound: 0.0,
            excess_kwh: 0.0,
            quality,
        };
        let of = |qualities: &[Quality]| {
            SelfishOptimum { wear: 0.0, plans: qualities.iter().copied().map(plan).collect() }
                .note()
        };
        assert_eq!(of(&[Quality::Optimal]), None);
        let note = of(&[Quality::Optimal, Quality::Reduced, Quality::Failed]).unwrap_or_default();
        assert_eq!(
            note,
            "in 1 of 3 episodes the solver met only its reduced tolerance; in 1 of 3 episodes the \
             solver found no plan: batteries it failed for stood still"
        );
    }
}
