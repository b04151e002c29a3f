//! What a section's figures say: means with intervals, gaps closed, who is ahead of whom.

use super::{
    measured::Measure,
    plan::{Course, Section},
    run::SectionOutcome,
};
use crate::{
    PolicyKind,
    statistics::{Bootstrap, Draw, Estimate},
};

/// Policies that nobody is asked to beat: the plainest, and those that know the future.
const NO_OPPONENTS: [PolicyKind; 4] =
    [PolicyKind::NoBattery, PolicyKind::RuleBased, PolicyKind::SelfishOptimum, PolicyKind::Optimum];

/// Smallest distance between rule-based and optimum, as a share of the former, on which the gap
/// closed is defined.
const APART: f64 = 1e-3;

/// The four seasons of the southern hemisphere by their months.
const SEASONS: [(&str, [i8; 3]); 4] = [
    ("summer (Dec–Feb)", [12, 1, 2]),
    ("autumn (Mar–May)", [3, 4, 5]),
    ("winter (Jun–Aug)", [6, 7, 8]),
    ("spring (Sep–Nov)", [9, 10, 11]),
];

/// The mean of a policy's measure over what was drawn; `None` for a policy that did not run.
type At<'a> = &'a dyn Fn(&str, Measure) -> Option<f64>;

/// A section's figures, ready to be asked.
#[derive(Debug)]
pub struct Judged<'a> {
    /// What was run.
    pub section: &'a Section,
    /// What it found.
    pub outcome: &'a SectionOutcome,
    bootstrap: Bootstrap,
}

/// A policy's line in a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Short name.
    pub id: &'static str,
    /// What a person calls it.
    pub label: &'static str,
    /// Whether it was trained.
    pub is_agent: bool,
    /// Cost, $/day.
    pub cost: Estimate,
    /// Share of the cost gap between the rule-based policy and the optimum that is closed, %.
    pub closed: Option<Estimate>,
    /// The same, seed by seed; empty for a policy that does not learn.
    pub closed_by_seed: Vec<f64>,
    /// Import in the peak window, kWh/day.
    pub peak: Estimate,
    /// The same against the rule-based policy's, %.
    pub peak_change: Option<Estimate>,
    /// The same, seed by seed; empty for a policy that does not learn.
    pub peak_change_by_seed: Vec<f64>,
    /// Import, kWh/day.
    pub import: Estimate,
    /// Full cycles a day.
    pub cycles: Estimate,
}

/// An agent against a policy that does not learn and knows no future.
#[derive(Debug, Clone, PartialEq)]
pub struct Contrast {
    /// The agent's short name.
    pub agent: &'static str,
    /// What a person calls it.
    pub agent_label: &'static str,
    /// What a person calls the opponent.
    pub opponent_label: &'static str,
    /// The agent's cost less the opponent's, $/day.
    pub difference: Estimate,
    /// What the interval says.
    pub verdict: Verdict,
    /// By part of the cost, $/day.
    pub parts: Vec<(&'static str, f64)>,
    /// By season, $/day; seasons without a judged day are left out.
    pub seasons: Vec<(&'static str, f64)>,
}

/// What an interval says of a difference in cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It lies below 0: the agent is cheaper.
    Ahead,
    /// It holds 0.
    Open,
    /// It lies above 0: the agent is dearer.
    Behind,
}

impl Verdict {
    fn of(difference: Estimate) -> Self {
        if difference.is_below_zero() {
            Self::Ahead
        } else if difference.is_above_zero() {
            Self::Behind
        } else {
            Self::Open
        }
    }

    /// In a word or two.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ahead => "ahead",
            Self::Open => "not told apart",
            Self::Behind => "behind",
        }
    }
}

impl<'a> Judged<'a> {
    /// Prepares the resamples of `seeds` seeds.
    pub fn new(
        section: &'a Section,
        outcome: &'a SectionOutcome,
        seeds: usize,
        resamples: usize,
    ) -> Self {
        Self { section, outcome, bootstrap: Bootstrap::new(seeds, outcome.units(), resamples) }
    }

    /// One line per policy that ran.
    pub fn rows(&self) -> Vec<Row> {
        let policies = self.outcome.policies.iter();
        policies.filter_map(|policy| self.row(policy.id, policy.label, policy.is_agent)).collect()
    }

    fn row(&self, id: &'static str, label: &'static str, is_agent: bool) -> Option<Row> {
        let mean = |measure| self.estimate(|at| at(id, measure));
        Some(Row {
            id,
            label,
            is_agent,
            cost: mean(Measure::Cost)?,
            closed: self.estimate(|at| closed(at(id, Measure::Cost)?, at)),
            closed_by_seed: self.by_seed(id, Measure::Cost, closed),
            peak: mean(Measure::PeakImport)?,
            peak_change: self.estimate(|at| peak_change(at(id, Measure::PeakImport)?, at)),
            peak_change_by_seed: self.by_seed(id, Measure::PeakImport, peak_change),
            import: mean(Measure::Import)?,
            cycles: mean(Measure::Cycles)?,
        })
    }

    /// A statistic of policies' means: `at` gives the mean of a policy's measure over what was
    /// drawn.
    fn estimate(&self, statistic: impl Fn(At) -> Option<f64>) -> Option<Estimate> {
        self.bootstrap.estimate(|draw| statistic(&|id, measure| self.mean(draw, id, measure)))
    }

    fn mean(&self, draw: &Draw, id: &str, measure: Measure) -> Option<f64> {
        let policy = self.outcome.policy(id).filter(|policy| !policy.runs.is_empty())?;
        Some(draw.mean(&policy.table(measure)))
    }

    /// A statistic of an agent, seed by seed.
    fn by_seed(
        &self,
        id: &str,
        measure: Measure,
        statistic: fn(f64, At) -> Option<f64>,
    ) -> Vec<f64> {
        let agent = self.outcome.policy(id).filter(|policy| policy.is_agent);
        let runs = agent.iter().flat_map(|policy| &policy.runs);
        let of = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let at = |id: &str, measure| {
            self.outcome.policy(id)?.runs.first().map(|run| of(run.figures.of(measure)))
        };
        runs.filter_map(|run| statistic(of(run.figures.of(measure)), &at)).collect()
    }

    /// The difference of two policies in a measure, `a` less `b`; `None` unless both ran.
    pub fn difference(&self, a: &str, b: &str, measure: Measure) -> Option<Estimate> {
        self.estimate(|at| Some(at(a, measure)? - at(b, measure)?))
    }

    /// The ratio of two policies' costs, `a` over `b`; `None` unless both ran and `b` costs
    /// something.
    pub fn cost_ratio(&self, a: &str, b: &str) -> Option<Estimate> {
        self.estimate(|at| {
            let below = at(b, Measure::Cost)?;
            (below > 0.0).then_some(at(a, Measure::Cost)? / below)
        })
    }

    /// Short name of the cheapest policy that does not learn and knows no future.
    pub fn cheapest_opponent(&self) -> Option<&'static str> {
        let cost = |kind: &PolicyKind| {
            let cost = self.mean(self.bootstrap.everything(), kind.id(), Measure::Cost)?;
            Some((kind.id(), cost))
        };
        let costs = opponents().filter_map(cost);
        costs.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(id, _)| id)
    }

    /// Every agent against every policy that does not learn and knows no future, but for the
    /// plainest two.
    pub fn contrasts(&self) -> Vec<Contrast> {
        let agents = self.outcome.policies.iter().filter(|policy| policy.is_agent);
        agents
            .flat_map(|agent| {
                opponents().filter_map(|kind| self.contrast(agent.id, agent.label, *kind))
            })
            .collect()
    }

    fn contrast(
        &self,
        agent: &'static str,
        agent_label: &'static str,
        opponent: PolicyKind,
    ) -> Option<Contrast> {
        let difference = self.difference(agent, opponent.id(), Measure::Cost)?;
        let part = |&(measure, label): &(Measure, &'static str)| {
            let counts = measure != Measure::Wear || self.section.counts_wear;
            let all = self.bootstrap.everything();
            let mean = |id| self.mean(all, id, measure);
            counts.then(|| Some((label, mean(agent)? - mean(opponent.id())?)))?
        };
        Some(Contrast {
            agent,
            agent_label,
            opponent_label: opponent.label(),
            difference,
            verdict: Verdict::of(difference),
            parts: Measure::PARTS.iter().filter_map(part).collect(),
            seasons: self.seasons(agent, opponent.id()),
        })
    }

    /// The difference in cost by season, $/day.
    fn seasons(&self, a: &str, b: &str) -> Vec<(&'static str, f64)> {
        let months = self.months();
        let by_unit = |id: &str| -> Option<Vec<f64>> {
            let table = self.outcome.policy(id)?.table(Measure::Cost);
            let mean = |unit: usize| table.iter().map(|run| run[unit]).sum::<f64>();
            Some((0..months.len()).map(|unit| mean(unit) / table.len() as f64).collect())
        };
        let (Some(a), Some(b)) = (by_unit(a), by_unit(b)) else { return Vec::new() };
        let of_season = |season: &(&'static str, [i8; 3])| {
            let units = (0..months.len()).filter(|&unit| season.1.contains(&months[unit]));
            let differences: Vec<f64> = units.map(|unit| a[unit] - b[unit]).collect();
            let mean = differences.iter().sum::<f64>() / differences.len() as f64;
            (!differences.is_empty()).then_some((season.0, mean))
        };
        SEASONS.iter().filter_map(of_season).collect()
    }

    /// The month in which each unit begins, 1 to 12.
    fn months(&self) -> Vec<i8> {
        let setting = &self.section.setting;
        let month = |day: usize| setting.community.dates[day].month();
        match self.section.course {
            Course::HeldOut => setting.held_out.iter().map(|&day| month(day)).collect(),
            Course::Year => (0..self.outcome.units())
                .map(|week| month(super::folds::FIRST_DAY + week * super::folds::WEEK))
                .collect(),
        }
    }
}

/// Policies that agents are held against.
fn opponents() -> impl Iterator<Item = &'static PolicyKind> {
    PolicyKind::FIXED.iter().filter(|kind| !NO_OPPONENTS.contains(kind))
}

/// Share of the gap between the rule-based policy and the optimum that a cost closes, %.
fn closed(cost: f64, at: At) -> Option<f64> {
    let rule = at(PolicyKind::RuleBased.id(), Measure::Cost)?;
    let gap = rule - at(PolicyKind::Optimum.id(), Measure::Cost)?;
    (gap > APART * rule.abs()).then(|| 100.0 * (rule - cost) / gap)
}

/// A peak import against the rule-based policy's, %.
fn peak_change(peak: f64, at: At) -> Option<f64> {
    let rule = at(PolicyKind::RuleBased.id(), Measure::PeakImport)?;
    (rule > 0.0).then(|| 100.0 * (peak / rule - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        MeanDay,
        study::{Extent, Figures, Outcome, Plan, PolicyOutcome},
    };

    /// A policy whose runs cost so much more on every day than the day's own cost.
    fn policy(id: &'static str, days: usize, is_agent: bool, more: &[f64]) -> PolicyOutcome {
        let empty = || Vec::new();
        let day = MeanDay {
            hour: empty(),
            import_kw: empty(),
            battery_kw: empty(),
            soc_kwh: empty(),
            peak: empty(),
        };
        let run = |more: &f64| {
            let cost: Vec<f64> = (0..days).map(|day| 10.0 + day as f64 + more).collect();
            let peak = vec![10.0 + more; days];
            let figures = Figures::of_cost_and_peak(&cost, &peak);
            Outcome { figures, mean_day: day.clone(), curves: Vec::new(), note: None }
        };
        PolicyOutcome { id, label: id, is_agent, runs: more.iter().map(run).collect() }
    }

    #[test]
    fn a_section_is_placed_between_rule_and_optimum() {
        let plan = Plan::short(&Extent::default()).unwrap();
        let section = &plan.sections[0];
        let days = section.setting.held_out.len();
        let policies = vec![
            policy("rule_based", days, false, &[10.0]),
            policy("street_greedy", days, false, &[2.0]),
            policy("optimum", days, false, &[0.0]),
            policy("phase2", days, true, &[1.0, 1.5]),
            policy("phase3", days, true, &[3.0, 3.0]),
        ];
        let outcome = SectionOutcome { policies, validation: Vec::new(), seconds: 0.0 };
        let judged = Judged::new(section, &outcome, 2, 500);
        let rows = judged.rows();
        let row = |id: &str| rows.iter().find(|row| row.id == id).unwrap();
        let closed = |id: &str| row(id).closed.unwrap();
        let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
        assert!(near(closed("rule_based").value, 0.0) && near(closed("optimum").value, 100.0));
        assert!(near(closed("phase2").value, 87.5) && closed("phase2").high < 90.0 + 1e-9);
        assert!(near(row("phase2").closed_by_seed[0], 90.0), "seed by seed");
        assert!(near(row("phase2").closed_by_seed[1], 85.0), "seed by seed");
        assert!(near(row("optimum").peak_change.unwrap().value, -50.0));
        assert!(near(row("phase3").peak_change_by_seed[1], -35.0));
        assert!(row("street_greedy").closed_by_seed.is_empty());
        assert_eq!(judged.cheapest_opponent(), Some("street_greedy"));

        let contrasts = judged.contrasts();
        let of = |agent: &str| contrasts.iter().find(|c| c.agent == agent).unwrap();
        assert_eq!((of("phase2").verdict, of("phase3").verdict), (Verdict::Ahead, Verdict::Behind));
        assert!(near(of("phase3").difference.value, 1.0) && near(of("phase3").difference.low, 1.0));
        assert!(of("phase3").seasons.iter().all(|(_, more)| near(*more, 1.0)));
        let effect = judged.difference("phase3", "phase2", Measure::Cost).unwrap();
        assert!(near(effect.value, 1.75) && near(effect.low, 1.5) && near(effect.high, 2.0));
        assert_eq!(judged.difference("phase3", "nobody", Measure::Cost), None);
        let even = Estimate { value: 0.1, low: -0.1, high: 0.2 };
        assert_eq!(Verdict::of(even), Verdict::Open);
    }
}
