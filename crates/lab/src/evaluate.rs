//! Any policy on any days, all from the same start: every battery at its lowest charge, and what
//! is left at an episode's end valued at the feed-in tariff after the discharge loss.

use peergrid_agents::Policy;
use peergrid_env::{Checked, Microgrids, Settled};
use peergrid_guard::Reason;
use peergrid_reward::{Credit, RewardSettings, Terms, Tracker};

use crate::{
    LabError,
    episodes::play,
    run::{HomeCost, HomeTotals, Run, Trace},
    setting::Setting,
};

/// Runs `policy` on the episodes that start on `days`, all side by side.
///
/// # Errors
/// Days outside the data; a feeder that cannot carry the load.
pub fn evaluate(
    policy: &mut dyn Policy,
    setting: &Setting,
    days: &[usize],
) -> Result<Run, LabError> {
    evaluate_episodes(policy, setting, days, setting.spec.episode.length.days())
}

/// Runs `policy` once over `days` days from day `first_day` on, as one episode: what batteries hold
/// at midnight they hold on the next day.
///
/// # Errors
/// As [`evaluate`].
#[cfg(feature = "study")]
pub(crate) fn evaluate_long(
    policy: &mut dyn Policy,
    setting: &Setting,
    first_day: usize,
    days: usize,
) -> Result<Run, LabError> {
    evaluate_episodes(policy, setting, &[first_day], days)
}

/// Episodes of `length` days that start on `days`.
fn evaluate_episodes(
    policy: &mut dyn Policy,
    setting: &Setting,
    days: &[usize],
    length: usize,
) -> Result<Run, LabError> {
    let community = &setting.community;
    let mut microgrids = Microgrids::new(community.clone(), length);
    microgrids.reset(days)?;
    // A policy is judged by every home's own outcome, whatever credit it was trained with.
    let reward = RewardSettings { credit: Credit::Own, ..setting.spec.reward };
    let steps = microgrids.episode_steps();
    let mut recorder = Recorder::new(&reward, setting, days.len(), steps);
    play(policy, &mut microgrids, |step, checked, settled| {
        recorder.record(step, checked, settled);
        Ok(())
    })?;
    Ok(Run {
        days: days.to_vec(),
        steps,
        dt: community.dt,
        capacity_kwh: community.batteries.iter().flatten().map(|b| b.capacity_kwh).sum(),
        value_of_lost_load: community.value_of_lost_load(),
        carbon_kg_per_kwh: community.tariff.carbon_kg_per_kwh,
        voltage_band: (community.limits.voltage_min, community.limits.voltage_max),
        transformer_kw: community.transformer_kw(),
        trace: recorder.trace,
        homes: recorder.homes,
        home_costs: recorder.home_costs,
        interventions: recorder.interventions,
        note: policy.note(),
    })
}

struct Recorder<'a> {
    setting: &'a Setting,
    reward: &'a RewardSettings,
    steps: usize,
    trace: Trace,
    homes: Vec<HomeTotals>,
    home_costs: Vec<HomeCost>,
    terms: Terms,
    tracker: Tracker,
    interventions: Vec<[u64; Reason::ALL.len()]>,
}

impl<'a> Recorder<'a> {
    fn new(
        reward: &'a RewardSettings,
        setting: &'a Setting,
        episodes: usize,
        steps: usize,
    ) -> Self {
        let mut trace = Trace::default();
        for series in trace.numbers_mut() {
            series.resize(episodes * steps, 0.0);
        }
        trace.peak.resize(episodes * steps, false);
        let mut tracker = Tracker::default();
        tracker.reset(episodes, setting.community.homes());
        let home = |id: &String| HomeTotals { id: id.clone(), ..HomeTotals::default() };
        Self {
            setting,
            reward,
            steps,
            trace,
            homes: setting.community.ids.iter().map(home).collect(),
            home_costs: vec![HomeCost::default(); episodes * setting.community.homes()],
            terms: Terms::default(),
            tracker,
            interventions: vec![[0; Reason::ALL.len()]; episodes],
        }
    }

    fn record(&mut self, step: usize, checked: &Checked, settled: &Settled) {
        let community = &self.setting.community;
        for (i, changes) in checked.changes().iter().enumerate() {
            for (reason, _) in changes.iter() {
                self.interventions[i / community.homes()][reason as usize] += 1;
            }
        }
        self.terms.compute(self.reward, community, settled, &mut self.tracker);
        for m in 0..settled.microgrids() {
            let i = m * self.steps + step;
            self.record_energy(i, m, settled);
            self.record_money(i, m, settled);
            self.record_homes(m, settled);
            if step + 1 == self.steps {
                self.record_end(i, m, settled);
            }
            self.trace.reward[i] = self.terms.reward[settled.range(m)].iter().sum();
        }
    }

    fn record_money(&mut self, i: usize, m: usize, settled: &Settled) {
        let (c, t) = (&self.setting.community, settled.t[m]);
        let sum = |values: &[f64]| values[settled.range(m)].iter().sum::<f64>();
        let trace = &mut self.trace;
        trace.bill[i] = sum(&settled.bill);
        trace.alone[i] = sum(&settled.alone);
        trace.charges[i] = sum(&settled.charges);
        trace.fees[i] = settled.fees[m];
        trace.surplus[i] = settled.surplus[m];
        trace.price[i] = settled.price[m];
        trace.retail[i] = c.retail(t);
        trace.feed_in[i] = c.feed_in(t);
        trace.peak[i] = settled.peak[m];
    }

    fn record_homes(&mut self, m: usize, settled: &Settled) {
        let c = &self.setting.community;
        let costs = &mut self.home_costs[settled.range(m)];
        for ((home, i), paid) in self.homes.iter_mut().zip(settled.range(m)).zip(costs) {
            let cost = settled.bill[i] + c.value_of_lost_load() * settled.unserved_kwh[i];
            home.load_kwh += settled.load_kw[i] * c.dt;
            home.pv_kwh += settled.pv_kw[i] * c.dt;
            home.import_kwh += settled.import_kwh[i];
            home.export_kwh += settled.export_kwh[i];
            home.bought_kwh += settled.p2p_kwh[i].max(0.0);
            home.sold_kwh += (-settled.p2p_kwh[i]).max(0.0);
            home.unserved_kwh += settled.unserved_kwh[i];
            home.bill += settled.bill[i];
            home.cost += cost;
            home.alone += settled.alone[i];
            paid.cost += cost;
            paid.alone += settled.alone[i];
        }
    }

    fn record_energy(&mut self, i: usize, m: usize, settled: &Settled) {
        let community = &self.setting.community;
        let sum = |values: &[f64]| values[settled.range(m)].iter().sum::<f64>();
        let trace = &mut self.trace;
        let loss_export = settled.street_loss_kwh[m] - settled.loss_import_kwh[m];
        trace.load_kw[i] = sum(&settled.load_kw);
        trace.pv_kw[i] = sum(&settled.pv_kw);
        trace.curtailed_kwh[i] = sum(&settled.curtailed_kw) * community.dt;
        trace.unserved_kwh[i] = sum(&settled.unserved_kwh);
        trace.battery_kw[i] = sum(&settled.battery_kw);
        trace.throughput_kwh[i] =
            settled.battery_kw[settled.range(m)].iter().map(|p| p.abs()).sum::<f64>()
                * community.dt;
        let wear = community.batteries.iter().zip(&settled.battery_kw[settled.range(m)]);
        trace.wear[i] = wear
            .map(|(battery, &kw)| battery.as_ref().map_or(0.0, |b| b.wear_cost(kw, community.dt)))
            .sum();
        trace.soc_kwh[i] = sum(&settled.soc_kwh);
        trace.p2p_kwh[i] = settled.volume_kwh[m];
        trace.import_kwh[i] = sum(&settled.import_kwh) + settled.loss_import_kwh[m];
        trace.export_kwh[i] = sum(&settled.export_kwh) - loss_export;
        trace.loss_kwh[i] = settled.street_loss_kwh[m];
        trace.feeder_kwh[i] = settled.feeder_kwh[m];
        trace.overload_kwh[i] = settled.overload_kwh[m];
        trace.voltage_min[i] = settled.voltage_min[m];
        trace.voltage_max[i] = settled.voltage_max[m];
        trace.loading[i] = settled.loading[m];
    }

    fn record_end(&mut self, i: usize, m: usize, settled: &Settled) {
        let community = &self.setting.community;
        let range = settled.range(m);
        let soc = &settled.soc_kwh[range.clone()];
        self.reward.add_end_value(community, soc, &mut self.terms.reward[range.clone()]);
        let homes = self.homes.iter_mut().zip(&mut self.home_costs[range]);
        for (h, ((home, paid), soc)) in homes.zip(soc).enumerate() {
            let value = community.end_value(h) * (soc - community.battery_step(h).soc_min);
            home.cost -= value;
            paid.cost -= value;
            self.trace.end_value[i] += value;
        }
    }
}
