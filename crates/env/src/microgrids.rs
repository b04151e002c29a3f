//! Many episodes of one community side by side: the state and the step.

use std::{ops::Range, sync::Arc};

use peergrid_guard::{Action, Feasible, Situation};
use peergrid_physics::FeederError;

use crate::{
    checked::{Checked, Guard},
    community::{Community, EnvError},
    flows::Flows,
    meters::{Metered, Meters},
    settled::Settled,
    settlement::{Place, Settlement},
};

/// Episodes of one community running in lockstep, each on days of its own.
///
/// Per-home vectors are indexed `microgrid * homes + home`.
#[derive(Debug, Clone)]
pub struct Microgrids {
    community: Arc<Community>,
    episode_steps: usize,
    counterfactuals: bool,
    /// Steps taken in the episode.
    step: usize,
    /// First step of each microgrid's episode in the data.
    first: Vec<usize>,
    pub(crate) soc: Vec<f64>,
    last_battery_kw: Vec<f64>,
    pub(crate) meters: Meters,
    /// The meters of a life with neither batteries nor neighbours.
    alone: Meters,
    /// The last step's local market, by microgrid: price ($/kWh) and volume (kWh).
    pub(crate) last_price: Vec<f64>,
    pub(crate) last_volume: Vec<f64>,
    /// What homes and street can do in the present step; see [`Microgrids::look`].
    pub(crate) base_kw: Vec<f64>,
    pub(crate) charge_kw: Vec<f64>,
    pub(crate) discharge_kw: Vec<f64>,
    pub(crate) street: Vec<Street>,
    /// The same in the step before.
    pub(crate) last_street: Vec<Street>,
    settlement: Settlement,
    flows: Flows,
    guard: Guard,
}

/// Microgrids whose power flows are solved together: as many as have one row each side by side.
const TOGETHER: usize = 8;

/// One microgrid's sums in the present step.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Street {
    /// Load less PV of all homes, kW.
    pub base_kw: f64,
    /// What all batteries could charge, kW.
    pub charge_kw: f64,
    /// What all batteries could discharge, kW.
    pub discharge_kw: f64,
    /// Stored energy over capacity of all batteries, a fraction.
    pub soc: f64,
}

impl Microgrids {
    /// Microgrids of `community` with episodes of `days` days; none runs before [`Self::reset`].
    pub fn new(community: Arc<Community>, days: usize) -> Self {
        let episode_steps = days * community.steps_per_day;
        Self {
            community,
            episode_steps,
            counterfactuals: false,
            step: 0,
            first: Vec::new(),
            soc: Vec::new(),
            last_battery_kw: Vec::new(),
            meters: Meters::default(),
            alone: Meters::default(),
            last_price: Vec::new(),
            last_volume: Vec::new(),
            base_kw: Vec::new(),
            charge_kw: Vec::new(),
            discharge_kw: Vec::new(),
            street: Vec::new(),
            last_street: Vec::new(),
            settlement: Settlement::default(),
            flows: Flows::default(),
            guard: Guard::default(),
        }
    }

    /// Asks for the counterfactuals in [`Settled`] at every step (they cost one more market
    /// clearing and power flow per battery).
    #[must_use]
    pub fn with_counterfactuals(mut self, on: bool) -> Self {
        self.counterfactuals = on;
        self
    }

    /// Starts one episode per entry of `days` (first day, counted from 0), with every battery at
    /// its lowest charge.
    ///
    /// # Errors
    /// A day without room for the episode in the data. (On the data's first day a home knows of no
    /// yesterday.)
    pub fn reset(&mut self, days: &[usize]) -> Result<(), EnvError> {
        let c = &self.community;
        let length = self.episode_steps / c.steps_per_day;
        if let Some(&day) = days.iter().find(|&&d| d + length > c.days()) {
            return Err(EnvError::Episode { day, length, days: c.days() });
        }
        let (microgrids, homes) = (days.len(), c.homes());
        self.step = 0;
        self.first.clear();
        self.first.extend(days.iter().map(|d| d * c.steps_per_day));
        self.soc.clear();
        self.soc.extend((0..microgrids * homes).map(|i| c.battery_steps[i % homes].soc_min));
        self.last_battery_kw.clear();
        self.last_battery_kw.resize(microgrids * homes, 0.0);
        self.meters.resize(microgrids * homes);
        self.alone.resize(microgrids * homes);
        for cache in [&mut self.base_kw, &mut self.charge_kw, &mut self.discharge_kw] {
            cache.resize(microgrids * homes, 0.0);
        }
        // Before the first trade, the middle of the price range is what a home would expect.
        self.last_price.clear();
        self.last_price
            .extend(self.first.iter().map(|&t| f64::midpoint(c.retail(t), c.feed_in(t))));
        self.last_volume.clear();
        self.last_volume.resize(microgrids, 0.0);
        self.street.resize(microgrids, Street::default());
        self.look();
        self.look_back();
        Ok(())
    }

    /// The community that is simulated.
    pub fn community(&self) -> &Arc<Community> {
        &self.community
    }

    /// Number of microgrids.
    pub fn microgrids(&self) -> usize {
        self.first.len()
    }

    /// Steps of an episode.
    pub fn episode_steps(&self) -> usize {
        self.episode_steps
    }

    /// Steps taken in the episode.
    pub fn step_in_episode(&self) -> usize {
        self.step
    }

    /// Whether the episodes have ended.
    pub fn ended(&self) -> bool {
        self.step == self.episode_steps
    }

    /// Index in the data of microgrid `m`'s present step. At the end of the data's last day this
    /// is the same hour of that day.
    pub fn t(&self, m: usize) -> usize {
        let t = self.first[m] + self.step;
        let c = &self.community;
        if t < c.days() * c.steps_per_day { t } else { t - c.steps_per_day }
    }

    /// Stored energy by home, kWh.
    pub fn soc(&self) -> &[f64] {
        &self.soc
    }

    /// Effective battery power of the step before, by home, kW.
    pub fn last_battery_kw(&self) -> &[f64] {
        &self.last_battery_kw
    }

    /// Load less PV by home in the present step, kW.
    pub fn base_kw(&self) -> &[f64] {
        &self.base_kw
    }

    /// What each battery can charge in the present step, kW.
    pub fn charge_kw(&self) -> &[f64] {
        &self.charge_kw
    }

    /// What each battery can discharge in the present step, kW.
    pub fn discharge_kw(&self) -> &[f64] {
        &self.discharge_kw
    }

    /// Passes proposed actions of all homes through the guard.
    ///
    /// # Panics
    /// If there is not one action per home of every microgrid.
    pub fn check(&mut self, proposed: &[Action], checked: &mut Checked) {
        let homes = self.community.homes();
        assert_eq!(proposed.len(), self.soc.len(), "one action per home of every microgrid");
        checked.step = self.step;
        checked.by_home.clear();
        checked.feasible.clear();
        checked.changes.clear();
        for m in 0..self.microgrids() {
            self.fill_situations(m);
            let of_microgrid = &proposed[m * homes..(m + 1) * homes];
            self.guard.check(&self.community, self.t(m), of_microgrid, checked);
        }
    }

    fn fill_situations(&mut self, m: usize) {
        let c = &self.community;
        let t = self.t(m);
        let first = m * c.homes();
        self.guard.situations.clear();
        self.guard.situations.extend((0..c.homes()).map(|h| Situation {
            battery: c.battery_steps[h],
            soc: self.soc[first + h],
            last_battery_kw: self.last_battery_kw[first + h],
            base_kw: self.base_kw[first + h],
            pv_kw: f64::from(c.pvs(t)[h]),
            connection_kw: c.connection_kw[h],
            retail: c.retail(t),
            feed_in: c.feed_in(t),
            greedy: c.greedy[h],
        }));
    }

    /// Carries out one step of all microgrids and moves to the next.
    ///
    /// # Errors
    /// A feeder that cannot carry the load.
    ///
    /// # Panics
    /// After the episode's end, or if `actions` were not checked for this step.
    pub fn step(&mut self, actions: &Checked, out: &mut Settled) -> Result<(), FeederError> {
        assert!(!self.ended(), "the episode has ended");
        let of_this_step = actions.step == self.step && actions.feasible.len() == self.soc.len();
        assert!(of_this_step, "actions must be checked for this step");
        let homes = self.community.homes();
        out.resize(self.microgrids(), homes, self.counterfactuals);
        let all = self.microgrids();
        for first in (0..all).step_by(TOGETHER) {
            let together = first..all.min(first + TOGETHER);
            self.flow(together.clone(), actions)?;
            for m in together.clone() {
                self.move_batteries(m, &actions.feasible[m * homes..(m + 1) * homes], out);
                self.live_alone(m, out);
            }
            self.settle(together, actions, out);
        }
        debug_assert!(out.check_balance(&self.community) < 1e-9, "energy and money must balance");
        self.remember(out);
        self.step += 1;
        if self.step.is_multiple_of(self.community.steps_per_day) {
            self.meters.restart();
            self.alone.restart();
        }
        self.last_street.clone_from(&self.street);
        self.look();
        Ok(())
    }

    fn move_batteries(&mut self, m: usize, actions: &[Feasible], out: &mut Settled) {
        let c = &self.community;
        let t = self.t(m);
        let (loads, pvs) = (c.loads(t), c.pvs(t));
        for (h, action) in actions.iter().enumerate() {
            let i = m * actions.len() + h;
            let power = action.action().battery_kw;
            let (battery, soc) = (&c.battery_steps[h], self.soc[i]);
            debug_assert!(
                power <= battery.charge_limit(soc) && -power <= battery.discharge_limit(soc),
                "actions must be checked in the state they are carried out in"
            );
            self.soc[i] = battery.next_soc(soc, power);
            self.last_battery_kw[i] = power;
            out.load_kw[i] = f64::from(loads[h]);
            out.pv_kw[i] = f64::from(pvs[h]);
            out.curtailed_kw[i] = action.curtailed_kw();
            out.battery_kw[i] = power;
            out.soc_kwh[i] = self.soc[i];
        }
    }

    /// Finds what flows on the feeders of some microgrids, and what would flow, had a battery stood
    /// still.
    fn flow(&mut self, microgrids: Range<usize>, actions: &Checked) -> Result<(), FeederError> {
        let homes = self.community.homes();
        self.flows.clear();
        for m in microgrids.clone() {
            let of_microgrid = &actions.feasible[m * homes..(m + 1) * homes];
            self.flows.push(&self.community, self.t(m), of_microgrid);
        }
        self.guard.without.clear();
        if self.counterfactuals {
            for m in microgrids.clone() {
                self.without_batteries(m, actions);
            }
        }
        self.flows.solve(&self.community, microgrids.len())
    }

    /// Has the guard check, for each battery of a microgrid that moves, what had been without it.
    fn without_batteries(&mut self, m: usize, actions: &Checked) {
        self.fill_situations(m);
        let (c, t) = (&self.community, self.t(m));
        let range = m * c.homes()..(m + 1) * c.homes();
        for (h, action) in actions.feasible[range.clone()].iter().enumerate() {
            if action.action().battery_kw != 0.0 {
                let first = self.guard.without.len();
                self.guard.without_battery(c, t, h, &actions.by_home[range.clone()]);
                self.flows.push(c, t, &self.guard.without[first..]);
            }
        }
    }

    /// Settles the step of some microgrids, and what had been without each battery.
    fn settle(&mut self, microgrids: Range<usize>, actions: &Checked, out: &mut Settled) {
        let homes = self.community.homes();
        let mut without = self.guard.without.chunks_exact(homes).zip(microgrids.len()..);
        for (row, m) in microgrids.enumerate() {
            let of_microgrid = &actions.feasible[out.range(m)];
            let (c, t, meters) = (&self.community, self.t(m), &self.meters);
            let at = |row| Place { t, m, meters, flow: self.flows.row(c, t, row) };
            let totals = self.settlement.clear(c, at(row), of_microgrid);
            self.settlement.write(c, at(row), &totals, out);
            for i in out.range(m).take_while(|_| self.counterfactuals) {
                let mut changed = totals;
                if out.battery_kw[i] != 0.0
                    && let Some((actions, row)) = without.next()
                {
                    changed = self.settlement.clear_totals(c, at(row), actions);
                }
                out.without_cost[i] = changed.cost(c);
                out.without_import_kwh[i] = changed.import_kwh;
                out.without_penalty[i] = changed.penalty;
            }
        }
    }

    /// What the step would have cost each home with neither batteries nor neighbours; PV beyond
    /// its connection is lost.
    fn live_alone(&mut self, m: usize, out: &mut Settled) {
        let (c, t) = (&self.community, self.t(m));
        for i in out.range(m) {
            let energy = (out.load_kw[i] - out.pv_kw[i]) * c.dt;
            let most = c.connection_kw[i - m * out.homes] * c.dt;
            let (need, spare) = (energy.max(0.0), (-energy).clamp(0.0, most));
            if c.is_outage(t) {
                out.alone[i] = c.value_of_lost_load() * need;
                continue;
            }
            let charge = self.alone.charge(c, t, i, need, spare);
            out.alone[i] = need * c.retail(t) - spare * c.feed_in(t) + charge;
            let metered = Metered { import_kwh: need, export_kwh: spare };
            self.alone.record(c, t, i, metered);
        }
    }

    /// Carries what later observations need over from the settled step.
    fn remember(&mut self, out: &Settled) {
        let c = &self.community;
        for m in 0..out.microgrids() {
            for i in out.range(m) {
                let (import_kwh, export_kwh) = (out.import_kwh[i], out.export_kwh[i]);
                let metered = Metered { import_kwh, export_kwh };
                self.meters.record(c, out.t[m], i, metered);
            }
        }
        for m in 0..self.microgrids() {
            if out.price[m].is_finite() {
                self.last_price[m] = out.price[m];
            }
            self.last_volume[m] = out.volume_kwh[m];
        }
    }

    /// What the streets' meters told before the episode: the load less PV of the step before, the
    /// batteries as they stand.
    fn look_back(&mut self) {
        let c = &self.community;
        self.last_street.clone_from(&self.street);
        for (street, &first) in self.last_street.iter_mut().zip(&self.first) {
            let total = |kw: &[f32]| kw.iter().map(|&kw| f64::from(kw)).sum::<f64>();
            let net = |t: usize| total(c.loads(t)) - total(c.pvs(t));
            street.base_kw = first.checked_sub(1).map_or(0.0, net);
        }
    }

    /// Computes what homes and streets can do in the present step.
    fn look(&mut self) {
        let c = &self.community;
        let homes = c.homes();
        for m in 0..self.first.len() {
            let t = self.t(m);
            let (loads, pvs) = (c.loads(t), c.pvs(t));
            let mut street = Street::default();
            let (mut stored, mut capacity) = (0.0, 0.0);
            for h in 0..homes {
                let i = m * homes + h;
                let battery = &c.battery_steps[h];
                self.base_kw[i] = f64::from(loads[h]) - f64::from(pvs[h]);
                self.charge_kw[i] = battery.charge_limit(self.soc[i]);
                self.discharge_kw[i] = battery.discharge_limit(self.soc[i]);
                street.base_kw += self.base_kw[i];
                street.charge_kw += self.charge_kw[i];
                street.discharge_kw += self.discharge_kw[i];
                stored += self.soc[i];
                capacity += battery.soc_max;
            }
            street.soc = if capacity > 0.0 { stored / capacity } else { 0.0 };
            self.street[m] = street;
        }
    }
}
