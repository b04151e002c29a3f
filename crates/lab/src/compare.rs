//! Policies measured against the rule-based one and against the optimum.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::kpi::KPIS;

/// A value of every measure by its short name; null where not defined.
pub type Values = BTreeMap<&'static str, Option<f64>>;

/// Smallest distance between rule-based and optimum, as a share of the larger of the two, on which
/// a policy is placed: below it the place says nothing.
const APART: f64 = 1e-3;

/// How a policy stands against the rule-based one and the optimum.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Comparison {
    /// Each measure as a share of the rule-based policy's, 1 being the same; null where either is
    /// not defined or the rule-based policy's is 0.
    pub normalised: Values,
    /// Each measure between the two, `(rule − value) / (rule − optimum)`: 0 at the rule-based
    /// policy, 1 at the optimum, below 0 worse than the rule. For the cost this is the gap closed.
    /// Null where one of the three is not defined or rule and optimum are all but the same.
    pub placed: Values,
    /// Cost above the optimum's, $/day; null where there is no optimum.
    pub regret: Option<f64>,
}

impl Comparison {
    /// Compares `values` with those of the rule-based policy and of the optimum, where they ran.
    pub fn new(values: &Values, rule: Option<&Values>, optimum: Option<&Values>) -> Self {
        let all = |compare: &dyn Fn(&'static str, f64) -> Option<f64>| {
            let compared = |id| get(Some(values), id).and_then(|value| compare(id, value));
            KPIS.iter().map(|kpi| (kpi.id, compared(kpi.id))).collect()
        };
        Self {
            normalised: all(&|id, value| normalised(value, get(rule, id)?)),
            placed: all(&|id, value| placed(value, get(rule, id)?, get(optimum, id)?)),
            regret: get(Some(values), "cost").zip(get(optimum, "cost")).map(|(cost, o)| cost - o),
        }
    }
}

/// What it costs the street that every home optimises for itself.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PriceOfAnarchy {
    /// Cost of the selfish optimum / cost of the optimum; null unless the latter costs something.
    pub ratio: Option<f64>,
    /// Cost of the selfish optimum less that of the optimum, $/day.
    pub gap: f64,
}

impl PriceOfAnarchy {
    /// From the measures of the selfish optimum and of the optimum; `None` unless both ran.
    pub fn new(selfish: Option<&Values>, optimum: Option<&Values>) -> Option<Self> {
        let (selfish, optimum) = (get(selfish, "cost")?, get(optimum, "cost")?);
        let ratio = (optimum > 0.0).then(|| selfish / optimum);
        Some(Self { ratio, gap: selfish - optimum })
    }
}

fn get(values: Option<&Values>, id: &str) -> Option<f64> {
    values?.get(id).copied().flatten()
}

fn normalised(value: f64, rule: f64) -> Option<f64> {
    (rule != 0.0).then(|| value / rule)
}

/// The place of `value` between `rule`, 0, and `optimum`, 1; `None` where these are all but the same.
pub(crate) fn placed(value: f64, rule: f64, optimum: f64) -> Option<f64> {
    let gap = rule - optimum;
    (gap.abs() > APART * rule.abs().max(optimum.abs())).then(|| (rule - value) / gap)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(cost: f64, p2p: f64, gini: Option<f64>) -> Values {
        BTreeMap::from([("cost", Some(cost)), ("p2p", Some(p2p)), ("gini", gini)])
    }

    #[test]
    fn between_rule_and_optimum() {
        let (rule, optimum) = (values(20.0, 0.0, Some(0.3)), values(15.0, 2.0, None));
        let compare = |v| Comparison::new(&v, Some(&rule), Some(&optimum));
        let agent = compare(values(16.0, 1.0, Some(0.15)));
        assert_eq!(agent.normalised["cost"], Some(0.8));
        assert_eq!(agent.placed["cost"], Some(0.8));
        assert_eq!(agent.regret, Some(1.0));
        // The rule trades nothing: no share of it, but a place between it and the optimum.
        assert_eq!((agent.normalised["p2p"], agent.placed["p2p"]), (None, Some(0.5)));
        assert_eq!((agent.normalised["gini"], agent.placed["gini"]), (Some(0.5), None));
        assert_eq!((agent.normalised.len(), agent.placed.len()), (KPIS.len(), KPIS.len()));
        // Worse than the rule, and the two ends themselves.
        assert_eq!(compare(values(25.0, 0.0, None)).placed["cost"], Some(-1.0));
        assert_eq!(compare(rule.clone()).placed["cost"], Some(0.0));
        assert_eq!(compare(optimum.clone()).placed["cost"], Some(1.0));
        assert_eq!(compare(optimum.clone()).regret, Some(0.0));
    }

    #[test]
    fn no_place_without_a_gap_or_an_optimum() {
        let (rule, value) = (values(20.0, 1.0, None), values(19.0, 1.0, None));
        let close = values(19.99, 1.0, None);
        let compared = Comparison::new(&value, Some(&rule), Some(&close));
        assert_eq!((compared.placed["cost"], compared.placed["p2p"]), (None, None));
        let alone = Comparison::new(&value, None, None);
        assert_eq!(
            (alone.normalised["cost"], alone.placed["cost"], alone.regret),
            (None, None, None)
        );
    }

    #[test]
    fn price_of_anarchy() {
        let (selfish, optimum) = (values(18.0, 0.0, None), values(15.0, 2.0, None));
        let price = PriceOfAnarchy::new(Some(&selfish), Some(&optimum));
        assert_eq!(price, Some(PriceOfAnarchy { ratio: Some(1.2), gap: 3.0 }));
        let earning = values(-2.0, 0.0, None);
        let price = PriceOfAnarchy::new(Some(&selfish), Some(&earning));
        assert_eq!(price, Some(PriceOfAnarchy { ratio: None, gap: 20.0 }));
        assert_eq!(PriceOfAnarchy::new(None, Some(&optimum)), None);
    }
}
