//! Measures with their intervals, and what policies differ by: the bootstrap over held-out episodes,
//! and over seeds where an agent was trained from several.
//!
//! All policies of a summary are drawn together: what one differs by from another is compared on the
//! same episodes. Episodes are taken to be independent of each other.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    compare::placed,
    kpi::{Episodes, KPIS, Kpi},
    statistics::{Bootstrap, Draw, Estimate, Resampled},
};

/// How often episodes and seeds are drawn anew.
pub const RESAMPLES: usize = 2000;

/// An estimate of every measure by its short name; null where it has no interval.
pub type Estimates = BTreeMap<&'static str, Option<Estimate>>;

/// The measures of a policy with their 95 % intervals.
///
/// Of the mean over S seeds they are too narrow where S is small: what the bootstrap draws from is
/// the seeds at hand, whose spread around their own mean makes the variance of that mean (S - 1) / S
/// of what it is, half of it with two seeds.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Intervals {
    /// By short name; null where a measure is not defined, be it for most of the draws, and where it
    /// hangs on a single extreme step. Empty where there are fewer than two episodes to draw from.
    pub kpis: Estimates,
    /// What each measure differs by from that of the policy all are measured against, compared on the
    /// same episodes; empty where there is none, or where it is this one.
    pub differences: Estimates,
    /// Where the cost lies between that of the rule-based policy, 0, and that of the optimum, 1.
    pub gap_closed: Option<Estimate>,
}

/// Every measure of a policy, drawn anew; in the order of [`KPIS`].
pub(crate) struct Drawn(Vec<Resampled>);

/// What all policies are compared with.
pub(crate) struct References<'a> {
    pub baseline: Option<&'a Drawn>,
    pub rule: Option<&'a Drawn>,
    pub optimum: Option<&'a Drawn>,
}

impl Drawn {
    /// The measures of one run, or their means over several seeds' runs of the same episodes.
    pub fn new(bootstrap: &Bootstrap, runs: &[Episodes]) -> Self {
        let all = measures(bootstrap.everything(), runs);
        let mut columns: Vec<Resampled> = all
            .into_iter()
            .map(|all| Resampled { all, drawn: Vec::with_capacity(bootstrap.draws().len()) })
            .collect();
        for draw in bootstrap.draws() {
            for (column, value) in columns.iter_mut().zip(measures(draw, runs)) {
                column.drawn.push(value);
            }
        }
        Self(columns)
    }

    fn cost(&self) -> Option<&Resampled> {
        KPIS.iter().position(|kpi| kpi.id == "cost").map(|place| &self.0[place])
    }
}

impl Intervals {
    /// Those of `own`; without differences where it is itself the baseline.
    pub(crate) fn new(own: &Drawn, references: &References) -> Self {
        let differences = references.baseline.map(|baseline| {
            let pairs = own.0.iter().zip(&baseline.0);
            estimates(pairs.map(|(own, base)| own.with(base, |a, b| a - b)))
        });
        Self {
            kpis: estimates(own.0.iter().cloned()),
            differences: differences.unwrap_or_default(),
            gap_closed: gap_closed(own, references),
        }
    }
}

/// Every measure of what was drawn, NaN where it is not defined.
fn measures(draw: &Draw, runs: &[Episodes]) -> Vec<f64> {
    let of_run = |run: &Episodes| {
        let sums = run.drawn(draw.units());
        KPIS.iter().map(|kpi| kpi.of_sums(&sums).unwrap_or(f64::NAN)).collect::<Vec<f64>>()
    };
    let by_run: Vec<Vec<f64>> = runs.iter().map(of_run).collect();
    (0..KPIS.len()).map(|place| draw.over_seeds(&by_run, |values| values[place])).collect()
}

/// One column for each measure.
fn estimates(columns: impl Iterator<Item = Resampled>) -> Estimates {
    let estimate =
        |kpi: &Kpi, column: &Resampled| if kpi.is_extreme() { None } else { column.estimate() };
    KPIS.iter().zip(columns).map(|(kpi, column)| (kpi.id, estimate(kpi, &column))).collect()
}

fn gap_closed(own: &Drawn, references: &References) -> Option<Estimate> {
    let (own, rule, optimum) = (own.cost()?, references.rule?.cost()?, references.optimum?.cost()?);
    let place = |index: Option<usize>| {
        let of = |column: &Resampled| index.map_or(column.all, |draw| column.drawn[draw]);
        placed(of(own), of(rule), of(optimum)).unwrap_or(f64::NAN)
    };
    let drawn = (0..own.drawn.len()).map(|draw| place(Some(draw))).collect();
    Resampled { all: place(None), drawn }.estimate()
}

#[cfg(test)]
mod tests {
    use peergrid_agents::{NoBattery, StreetGreedy};

    use super::*;
    use crate::{
        Run, Setting, Spec, evaluate,
        kpi::{Of, by_id},
        results::{PolicyResult, Summary},
    };

    fn setting() -> Setting {
        let spec = r#"{"data": {"source": "synthetic", "homes": 4, "days": 90}}"#;
        let spec = Spec::from_json(spec).unwrap();
        let data = spec.data.without_file().unwrap();
        Setting::new(spec, data).unwrap()
    }

    fn run(setting: &Setting, policy: &mut dyn crate::Policy, days: usize) -> Run {
        evaluate(policy, setting, &setting.held_out[..days]).unwrap()
    }

    fn summary(setting: &Setting, days: usize, baseline: &str) -> Summary {
        let results = [
            PolicyResult::new("rule_based", "None", &run(setting, &mut NoBattery, days)),
            PolicyResult::new("street_greedy", "Greedy", &run(setting, &mut StreetGreedy, days)),
        ];
        Summary::new(setting, results.to_vec(), baseline)
    }

    #[test]
    fn the_sums_of_all_episodes_give_what_the_steps_give() {
        let setting = setting();
        let run = run(&setting, &mut StreetGreedy, 9);
        let episodes = Episodes::new(&run);
        let all = episodes.all();
        assert!((all[Of::Cost] - run.total_cost()).abs() < 1e-9);
        assert!((all[Of::Days] - run.total_days()).abs() < 1e-9);
        for (home, totals) in all.homes.iter().zip(&run.homes) {
            assert!(
                (home.cost - totals.cost).abs() < 1e-9 && (home.alone - totals.alone).abs() < 1e-9
            );
        }
        // One episode, drawn as often as there are episodes, is that episode.
        let counts: Vec<f64> = (0..9).map(|episode| if episode == 4 { 9.0 } else { 0.0 }).collect();
        let alone = evaluate(&mut StreetGreedy, &setting, &run.days[4..5]).unwrap();
        for kpi in KPIS.iter().filter(|kpi| kpi.id != "interventions") {
            let (one, nine) = (kpi.of(&alone), kpi.of_sums(&episodes.drawn(&counts)));
            match (one, nine) {
                (Some(one), Some(nine)) => assert!((one - nine).abs() < 1e-9, "{}", kpi.id),
                _ => assert_eq!(one, nine, "{}", kpi.id),
            }
        }
    }

    #[test]
    fn the_interval_of_a_mean_is_near_that_of_its_standard_error() {
        let setting = setting();
        let summary = summary(&setting, 13, "rule_based");
        for policy in &summary.policies {
            let cost = policy.intervals.kpis["cost"].unwrap();
            let (costs, n) = (&policy.by_episode.cost, policy.by_episode.cost.len() as f64);
            let mean = costs.iter().sum::<f64>() / n;
            let variance = costs.iter().map(|cost| (cost - mean).powi(2)).sum::<f64>() / n;
            let half = 1.96 * (variance / n).sqrt();
            assert!((cost.value - mean).abs() < 1e-9 && policy.kpis["cost"] == Some(cost.value));
            assert!((cost.low - (mean - half)).abs() < 0.15 * half, "{cost:?} {mean} {half}");
            assert!((cost.high - (mean + half)).abs() < 0.15 * half, "{cost:?} {mean} {half}");
        }
    }

    #[test]
    fn differences_are_paired_and_extremes_have_no_interval() {
        let setting = setting();
        let summary = summary(&setting, 12, "rule_based");
        let [base, greedy] = summary.policies.as_slice() else { panic!("two policies") };
        assert!(base.intervals.differences.is_empty(), "nothing to differ from");
        let difference = greedy.intervals.differences["cost"].unwrap();
        let (own, other) = (greedy.kpis["cost"].unwrap(), base.kpis["cost"].unwrap());
        assert!((difference.value - (own - other)).abs() < 1e-9);
        assert!(difference.low <= difference.value && difference.value <= difference.high);
        // A sunny day is cheap under both: paired, they are told apart far better.
        let width = |id: &str| greedy.intervals.kpis[id].map(|e| e.high - e.low).unwrap();
        assert!(difference.high - difference.low < 0.7 * width("cost"));
        for kpi in KPIS.iter().filter(|kpi| kpi.is_extreme()) {
            assert_eq!(greedy.intervals.kpis[kpi.id], None, "{}", kpi.id);
        }
        assert_eq!(summary.baseline.as_deref(), Some("rule_based"));
        assert!(greedy.intervals.gap_closed.is_none(), "there is no optimum");
    }

    #[test]
    fn seeds_widen_the_interval_of_their_mean() {
        let setting = setting();
        let (none, greedy) =
            (run(&setting, &mut NoBattery, 12), run(&setting, &mut StreetGreedy, 12));
        let judged = |seeds: &[&Run]| {
            let seeds = seeds.iter().map(|run| Episodes::new(run)).collect();
            let agent = PolicyResult::new("agent", "Agent", &greedy).with_seeds(seeds);
            let rule = PolicyResult::new("rule_based", "Rule", &none);
            Summary::new(&setting, vec![agent, rule], "rule_based").policies.swap_remove(0)
        };
        let width = |result: &PolicyResult| {
            let cost = result.over_seeds.as_ref().unwrap().intervals.differences["cost"].unwrap();
            cost.high - cost.low
        };
        let (alike, apart) = (judged(&[&greedy, &greedy]), judged(&[&greedy, &none]));
        let over = apart.over_seeds.as_ref().unwrap();
        let mean = f64::midpoint(over.kpis[0]["cost"].unwrap(), over.kpis[1]["cost"].unwrap());
        assert!((over.intervals.kpis["cost"].unwrap().value - mean).abs() < 1e-9);
        assert!(width(&apart) > 1.2 * width(&alike));
        // The means are there for extremes too, which have no interval.
        assert!((over.means["cost"].unwrap() - mean).abs() < 1e-12);
        for kpi in &KPIS {
            let of = |run: &Run| by_id(kpi.id).and_then(|kpi| kpi.of(run));
            let mean = of(&greedy).zip(of(&none)).map(|(a, b)| f64::midpoint(a, b));
            let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * b.abs().max(1.0);
            let alike = over.means[kpi.id].zip(mean).is_some_and(|(a, b)| close(a, b));
            assert!(alike || over.means[kpi.id] == mean, "{}: {mean:?}", kpi.id);
        }
        assert!(over.means["feeder_peak"].is_some());
        // The agent that acts is one of them, and has the interval of one run.
        assert_eq!(apart.kpis["cost"], by_id("cost").unwrap().of(&greedy));
        assert!(judged(&[&greedy]).over_seeds.is_none());
    }

    #[test]
    fn agents_may_have_different_numbers_of_seeds() {
        let setting = setting();
        let greedy = run(&setting, &mut StreetGreedy, 12);
        let agent = |id: &str, seeds: usize| {
            PolicyResult::new(id, "Agent", &greedy).with_seeds(vec![Episodes::new(&greedy); seeds])
        };
        let rule = PolicyResult::new("rule_based", "Rule", &run(&setting, &mut NoBattery, 12));
        let results = vec![agent("agent", 3), agent("agent:b", 2), rule];
        let policies = Summary::new(&setting, results, "rule_based").policies;
        // Seeds that are alike leave the days, which are the same draws for all.
        let cost = |p: &PolicyResult| p.over_seeds.as_ref().unwrap().intervals.differences["cost"];
        let (three, two) = (cost(&policies[0]).unwrap(), cost(&policies[1]).unwrap());
        let one = policies[0].intervals.differences["cost"].unwrap();
        for (a, b) in [(three, one), (two, one)] {
            assert!((a.low - b.low).abs() < 1e-9 && (a.high - b.high).abs() < 1e-9, "{a:?} {b:?}");
        }
    }

    #[test]
    fn one_episode_has_no_interval_and_a_stranger_is_no_baseline() {
        let setting = setting();
        assert!(summary(&setting, 1, "rule_based").policies[1].intervals.kpis.is_empty());
        let summary = summary(&setting, 3, "nobody");
        assert!(summary.baseline.is_none() && summary.policies[1].intervals.differences.is_empty());
    }
}
