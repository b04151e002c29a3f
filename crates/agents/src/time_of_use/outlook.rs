//! What a street can expect of the hours ahead: the tariff's prices, and yesterday's load and PV.

use std::ops::Range;

use peergrid_env::{Community, DemandCharge, Microgrids};

use super::{Numbers, Pool};

/// The dearer hours ahead of a microgrid's present step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Outlook {
    /// The present step of the data, and the one after the last dearer one.
    from: usize,
    to: usize,
    /// Price now, and the highest ahead, $/kWh.
    pub now: f64,
    pub highest: f64,
    /// Hours to the first dearer one.
    pub hours: f64,
    /// Steps left to fill the batteries in, this one included; 0 where better ones follow.
    pub fill_steps: f64,
    /// The street's deficit and surplus, kWh.
    street: Expected,
    /// What the street's batteries hold, kWh.
    usable: f64,
}

/// Yesterday's energy, kWh ≥ 0: what was missing in the dearer hours, and what was over until their
/// end.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Expected {
    deficit: f64,
    surplus: f64,
}

impl Outlook {
    /// The dearer hours ahead; `None` if there are none within a day and the episode.
    pub fn new(microgrids: &Microgrids, m: usize, fill_hours: f64) -> Option<Self> {
        let c = microgrids.community();
        let t = microgrids.t(m);
        let left = microgrids.episode_steps() - microgrids.step_in_episode();
        let ahead = t + 1..t + left.min(c.steps_per_day);
        let now = price(c, t);
        let dearer = |s: &usize| price(c, *s) > now;
        let first = ahead.clone().find(dearer)?;
        let to = ahead.rev().find(dearer)? + 1;
        let highest = (first..to).map(|s| price(c, s)).fold(now, f64::max);
        // No step before the first dearer one is dearer.
        let cheaper = (t + 1..first).filter(|&s| price(c, s) <= now).count() as f64;
        let outlook = Self {
            from: t,
            to,
            now,
            highest,
            hours: (first - t) as f64 * c.dt,
            fill_steps: if cheaper * c.dt < fill_hours { cheaper + 1.0 } else { 0.0 },
            street: Expected::default(),
            usable: (0..c.homes()).map(|home| usable(c, home)).sum(),
        };
        Some(Self { street: outlook.expected(microgrids, m, 0..c.homes()), ..outlook })
    }

    /// The level that home `i`'s battery is to keep, a fraction of its window.
    pub fn level(&self, microgrids: &Microgrids, i: usize, numbers: &Numbers) -> f64 {
        let c = microgrids.community();
        let (m, home) = (i / c.homes(), i % c.homes());
        let (expected, usable) = match numbers.pool {
            Pool::Street => (self.street, self.usable),
            Pool::Home => (self.expected(microgrids, m, home..home + 1), usable(c, home)),
        };
        let efficiency = c.battery_step(home).efficiency;
        let deficit = numbers.need * expected.deficit / efficiency;
        let surplus = numbers.sun * expected.surplus * efficiency;
        (numbers.base + (deficit - surplus) / usable).clamp(0.0, 1.0)
    }

    fn expected(&self, microgrids: &Microgrids, m: usize, homes: Range<usize>) -> Expected {
        let c = microgrids.community();
        let first = m * c.homes();
        let now = microgrids.base_kw()[first + homes.start..first + homes.end].iter().sum();
        let mut expected = Expected::default();
        for s in self.from..self.to {
            let net = match s.checked_sub(c.steps_per_day) {
                Some(yesterday) if s > self.from => net_kw(c, yesterday, homes.clone()),
                _ => now,
            };
            expected.surplus += (-net).max(0.0) * c.dt;
            if price(c, s) > self.now {
                expected.deficit += net.max(0.0) * c.dt;
            }
        }
        expected
    }
}

/// What a kWh from the grid costs in step `t`, $: the retail price, and a demand charge spread over
/// its window.
fn price(c: &Community, t: usize) -> f64 {
    let charge = c.tariff.demand_charge.as_ref().filter(|_| c.in_demand_window(t));
    let spread =
        |charge: &DemandCharge| charge.price_per_kw_day / (charge.to_hour - charge.from_hour);
    c.retail(t) + charge.map_or(0.0, spread)
}

/// Load less PV of some homes in step `t` of the data, kW.
fn net_kw(c: &Community, t: usize, homes: Range<usize>) -> f64 {
    let (loads, pvs) = (&c.loads(t)[homes.clone()], &c.pvs(t)[homes]);
    loads.iter().zip(pvs).map(|(load, pv)| f64::from(*load) - f64::from(*pv)).sum()
}

/// What a home's battery holds between its lowest and its highest charge, kWh.
fn usable(c: &Community, home: usize) -> f64 {
    let battery = c.battery_step(home);
    battery.soc_max - battery.soc_min
}
