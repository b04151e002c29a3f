//! A time-of-use rule: keep charge for dearer hours, fill up from the grid ahead of them.
//!
//! In the dearest hours there are, and at a flat price always, batteries follow their pool's load
//! less PV: the street's, or each home its own. Ahead of dearer hours they keep a *level*, the same
//! fraction of its window for every battery,
//!
//! ```text
//! level = base + (need · deficit / η − sun · surplus · η) / usable,   from 0 to 1
//! ```
//!
//! with `deficit` the pool's load less PV of the same dearer hours of the day before, `surplus` its PV
//! less load from now to the last of them, as the day before, both kWh, η the one-way efficiency
//! and `usable` what the pool's batteries hold. In the last `hold_hours` before the first dearer
//! hour they give only what lies above the level. In the cheapest `fill_hours` of those between (of
//! equally cheap ones the last) they charge up to it, as evenly as these hours allow, if the price
//! ahead is worth the losses.
//!
//! The rule knows no clock: dearer hours are what the tariff says, a day ahead at most and not
//! beyond the episode's end; a demand charge makes its window dearer. On the data's first day, which
//! has no day before, the present step stands for all. The numbers are [tuned](TimeOfUse::tuned) on past
//! days.
//!
//! # Speed
//! Tuning for ten homes and a year of training days tries about 150 sets of numbers and takes 0.3 s of
//! one core natively.

mod outlook;
mod tuning;

use peergrid_env::Microgrids;
use peergrid_guard::Action;

use crate::{Policy, honest, within_connection};
use outlook::Outlook;

/// Whose surplus and deficit batteries follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pool {
    /// The street's: all batteries together.
    Street,
    /// Each home its own.
    Home,
}

/// The rule's numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Numbers {
    /// Whose surplus and deficit count.
    pub pool: Pool,
    /// Hours before dearer ones in which the level is kept, 0 to 24.
    pub hold_hours: f64,
    /// Hours before dearer ones in which batteries charge up to the level, 0 to 24.
    pub fill_hours: f64,
    /// The level's constant part, a fraction of what the batteries hold.
    pub base: f64,
    /// Share of yesterday's deficit in dearer hours that the level is to serve, ≥ 0.
    pub need: f64,
    /// Share of yesterday's surplus that the level leaves room for, ≥ 0.
    pub sun: f64,
}

impl Numbers {
    /// The rule that keeps nothing and fills nothing: as [`StreetGreedy`](crate::StreetGreedy) with
    /// the street as pool, as [`RuleBased`](crate::RuleBased) with each home as its own.
    pub const fn greedy(pool: Pool) -> Self {
        Self { pool, hold_hours: 0.0, fill_hours: 0.0, base: 0.0, need: 0.0, sun: 0.0 }
    }
}

/// The rule, with its numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeOfUse {
    numbers: Numbers,
    /// Episodes that the numbers were tuned on.
    tuned_on: usize,
    /// By microgrid; reused.
    outlooks: Vec<Option<Outlook>>,
}

impl TimeOfUse {
    /// The rule with these numbers.
    pub fn new(numbers: Numbers) -> Self {
        Self { numbers, tuned_on: 0, outlooks: Vec::new() }
    }

    /// Its numbers.
    pub fn numbers(&self) -> &Numbers {
        &self.numbers
    }

    /// Wanted battery power of home `i`, kW.
    fn wanted(&self, microgrids: &Microgrids, i: usize) -> f64 {
        let c = microgrids.community();
        let battery = c.battery_step(i % c.homes());
        let follow = match self.numbers.pool {
            Pool::Street => microgrids.follow_street(i),
            Pool::Home => -microgrids.base_kw()[i],
        };
        let Some(ahead) = self.outlooks[i / c.homes()].filter(|_| battery.power > 0.0) else {
            return follow;
        };
        let target = battery.soc_min
            + ahead.level(microgrids, i, &self.numbers) * (battery.soc_max - battery.soc_min);
        let missing = target - microgrids.soc()[i] * battery.decay;
        let mut power = follow;
        if ahead.hours <= self.numbers.hold_hours {
            power = power.max(missing.min(0.0) * battery.efficiency / battery.gain_hours);
        }
        let pays = ahead.now < battery.efficiency.powi(2) * ahead.highest;
        if ahead.fill_steps > 0.0 && missing > 0.0 && pays {
            let even = missing / (battery.efficiency * battery.gain_hours) / ahead.fill_steps;
            power = power.max(even);
        }
        power
    }
}

impl Policy for TimeOfUse {
    fn propose(&mut self, microgrids: &Microgrids, proposed: &mut [Action]) {
        let mut outlooks = std::mem::take(&mut self.outlooks);
        outlooks.clear();
        let fill_hours = self.numbers.fill_hours;
        outlooks
            .extend((0..microgrids.microgrids()).map(|m| Outlook::new(microgrids, m, fill_hours)));
        self.outlooks = outlooks;
        honest(microgrids, proposed, |i| {
            within_connection(microgrids, i, self.wanted(microgrids, i))
        });
    }

    fn note(&self) -> Option<String> {
        let Numbers { pool, hold_hours, fill_hours, base, need, sun } = self.numbers;
        let [base, need, sun] = [base, need, sun].map(|share| 100.0 * share);
        let pool = match pool {
            Pool::Street => "the street",
            Pool::Home => "its own home",
        };
        let days = self.tuned_on;
        let level = if hold_hours.max(fill_hours) > 0.0 {
            format!(
                "; from {hold_hours} h before dearer hours it keeps, and in the cheapest \
                 {fill_hours} h before them charges to, {base} % of what it holds, and {need} % of \
                 yesterday’s deficit in them, less {sun} % of yesterday’s surplus until their end"
            )
        } else {
            String::new()
        };
        Some(format!("tuned on {days} training episodes: each battery follows {pool}{level}"))
    }
}
