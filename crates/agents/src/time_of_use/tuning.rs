//! Tuning the rule on past days, by a compass search: each number in turn is moved a step up or
//! down, the change is kept if it lowers the cost, and when no number gains any more the steps are
//! halved.

use std::sync::Arc;

use peergrid_env::{Community, Microgrids};

use super::{Numbers, Pool, TimeOfUse};
use crate::trial;

/// About this many home-steps are looked at for every try: a sample of the days, evenly spread.
const SAMPLE: usize = 10_000;

/// Episodes in the sample at least, as far as there are as many.
const FEWEST: usize = 40;

/// How often the steps of the search are halved.
const HALVINGS: usize = 2;

/// Changes in cost below this are none, $ an episode.
const SAME: f64 = 1e-6;

/// A number of the rule, its range, and the first step of the search, in the number's unit.
struct Coordinate {
    of: fn(&mut Numbers) -> &mut f64,
    least: f64,
    most: f64,
    step: f64,
}

const COORDINATES: [Coordinate; 5] = [
    Coordinate { of: |n| &mut n.need, least: 0.0, most: 2.0, step: 0.5 },
    Coordinate { of: |n| &mut n.base, least: -1.0, most: 1.0, step: 0.5 },
    Coordinate { of: |n| &mut n.sun, least: 0.0, most: 2.0, step: 0.5 },
    Coordinate { of: |n| &mut n.fill_hours, least: 0.0, most: 24.0, step: 4.0 },
    Coordinate { of: |n| &mut n.hold_hours, least: 0.0, most: 24.0, step: 8.0 },
];

/// Where the search begins: `base` and `need` make up for each other, so that a search that starts
/// with one seldom finds the other.
const STARTS: [(f64, f64); 3] = [(0.0, 1.0), (0.5, 0.5), (1.0, 0.0)];

/// Episodes that a rule is tried out on.
struct Trials {
    microgrids: Microgrids,
    wear: f64,
}

impl TimeOfUse {
    /// The rule tuned on the episodes of `length` days that start on `days`: the numbers with the
    /// lowest cost that a small search finds, the cost being bills and what load that is not served
    /// is worth, less the value of what is left, and `wear` $, ≥ 0, per kWh charged or discharged.
    /// On these days it costs no more than [`StreetGreedy`](crate::StreetGreedy) and
    /// [`RuleBased`](crate::RuleBased).
    ///
    /// The same days give the same numbers. Without days, or with one outside the data, it keeps and
    /// fills nothing.
    pub fn tuned(community: &Arc<Community>, days: &[usize], length: usize, wear: f64) -> Self {
        let trials = |days: &[usize]| Trials::new(community, days, length, wear);
        let home_steps = length * community.steps_per_day * community.homes();
        let sample: Vec<usize> = spread(days, (SAMPLE / home_steps).max(FEWEST));
        let greedy = [Pool::Street, Pool::Home].map(Numbers::greedy);
        let (Some(sample), Some(all)) = (trials(&sample), trials(days)) else {
            return Self::new(greedy[0]);
        };
        let pool =
            if sample.cost(greedy[1]) < sample.cost(greedy[0]) { Pool::Home } else { Pool::Street };
        let found = STARTS.map(|(base, need)| {
            let hours = Numbers { hold_hours: 16.0, fill_hours: 4.0, ..Numbers::greedy(pool) };
            sample.search(Numbers { base, need, sun: need, ..hours })
        });
        let mut best = (greedy[0], f64::INFINITY);
        for numbers in greedy.into_iter().chain(found) {
            let cost = all.cost(numbers);
            if cost < best.1 - SAME {
                best = (numbers, cost);
            }
        }
        Self { tuned_on: days.len(), ..Self::new(best.0) }
    }
}

/// At most `count` of `days`, evenly spread.
fn spread(days: &[usize], count: usize) -> Vec<usize> {
    days.iter().copied().step_by(days.len().div_ceil(count).max(1)).collect()
}

impl Trials {
    /// `None` without episodes, or with one outside the data.
    fn new(community: &Arc<Community>, days: &[usize], length: usize, wear: f64) -> Option<Self> {
        let mut microgrids = Microgrids::new(community.clone(), length);
        microgrids.reset(days).ok()?;
        (!days.is_empty()).then_some(Self { microgrids, wear })
    }

    /// Cost per episode, $; infinite where the feeder cannot carry what the rule does.
    fn cost(&self, numbers: Numbers) -> f64 {
        let mut microgrids = self.microgrids.clone();
        let c = microgrids.community().clone();
        let mut cost = 0.0;
        let run = trial::run(&mut TimeOfUse::new(numbers), &mut microgrids, |settled| {
            let unserved: f64 = settled.unserved_kwh.iter().sum();
            let moved: f64 = settled.battery_kw.iter().map(|kw| kw.abs()).sum();
            cost += settled.bill.iter().sum::<f64>() + c.value_of_lost_load() * unserved;
            cost += self.wear * moved * c.dt;
        });
        let homes = 0..microgrids.soc().len();
        let left: f64 = homes.map(|i| trial::value_left(&microgrids, i)).sum();
        let episodes = microgrids.microgrids() as f64;
        run.map_or(f64::INFINITY, |()| (cost - left) / episodes)
    }

    /// The best numbers near `start`.
    fn search(&self, start: Numbers) -> Numbers {
        let mut best = (start, self.cost(start));
        let mut size = 1.0;
        for _ in 0..=HALVINGS {
            while COORDINATES.iter().filter(|c| self.improve(&mut best, c, size)).count() > 0 {}
            size /= 2.0;
        }
        best.0
    }

    /// Moves one number by `size` of its step, and again, as long as that lowers the cost; returns
    /// whether it did.
    fn improve(&self, best: &mut (Numbers, f64), coordinate: &Coordinate, size: f64) -> bool {
        let before = best.1;
        for side in [size, -size] {
            while let Some(better) = self.step(*best, coordinate, side) {
                *best = better;
            }
            if best.1 < before {
                return true;
            }
        }
        false
    }

    /// The numbers with one of them moved, and their cost, if that is lower.
    fn step(
        &self,
        (mut numbers, cost): (Numbers, f64),
        coordinate: &Coordinate,
        size: f64,
    ) -> Option<(Numbers, f64)> {
        let value = (coordinate.of)(&mut numbers);
        let next = (*value + size * coordinate.step).clamp(coordinate.least, coordinate.most);
        if next == *value {
            return None;
        }
        *value = next;
        let lower = self.cost(numbers);
        (lower < cost - SAME).then_some((numbers, lower))
    }
}
