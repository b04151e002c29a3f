//! Any policy on any days, all from the same start: every battery at its lowest charge, and what
//! is left at an episode's end valued at the feed-in tariff after the discharge loss.

use peergrid_agents::{NoBattery, Policy, RuleBased, StreetGreedy};
use peergrid_env::{Checked, Microgrids, Settled};
use peergrid_guard::{Action, Reason};
use peergrid_reward::{Credit, RewardSettings, Terms, Tracker};
use serde::{Deserialize, Serialize};

use crate::{LabError, setting::Setting};

/// A kind of policy that results compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyKind {
    /// Batteries stand still.
    NoBattery,
    /// Each home for itself, the baseline.
    RuleBased,
    /// Batteries follow the street's net load.
    StreetGreedy,
    /// The trained agent.
    Agent,
}

impl PolicyKind {
    /// The policies that need no training.
    pub const FIXED: [Self; 3] = [Self::NoBattery, Self::RuleBased, Self::StreetGreedy];

    /// What a person calls it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::NoBattery => "No battery",
            Self::RuleBased => "Rule-based",
            Self::StreetGreedy => "Greedy street",
            Self::Agent => "Agent",
        }
    }

    /// Its short name, as in documents.
    pub const fn id(self) -> &'static str {
        match self {
            Self::NoBattery => "no_battery",
            Self::RuleBased => "rule_based",
            Self::StreetGreedy => "street_greedy",
            Self::Agent => "agent",
        }
    }

    /// The kind with this short name.
    ///
    /// # Errors
    /// A name that no policy has.
    pub fn by_id(id: &str) -> Result<Self, LabError> {
        let all = Self::FIXED.into_iter().chain([Self::Agent]);
        all.clone().find(|kind| kind.id() == id).ok_or_else(|| {
            let known: Vec<_> = all.map(Self::id).collect();
            LabError::Policy { name: id.to_owned(), known: known.join(", ") }
        })
    }

    /// The policy; `None` for the agent, which must be trained.
    pub fn fixed(self) -> Option<Box<dyn Policy>> {
        match self {
            Self::NoBattery => Some(Box::new(NoBattery)),
            Self::RuleBased => Some(Box::new(RuleBased)),
            Self::StreetGreedy => Some(Box::new(StreetGreedy)),
            Self::Agent => None,
        }
    }
}

/// Community totals of every step, indexed `episode * steps + step`. Energies in kWh, powers in
/// kW, money in $.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trace {
    /// Load, kW.
    pub load_kw: Vec<f64>,
    /// PV power, kW.
    pub pv_kw: Vec<f64>,
    /// Battery power, kW, positive = charging.
    pub battery_kw: Vec<f64>,
    /// Energy into and out of batteries, kWh.
    pub throughput_kwh: Vec<f64>,
    /// Wear of the batteries, $; no part of any bill.
    pub wear: Vec<f64>,
    /// Stored energy at the step's end, kWh.
    pub soc_kwh: Vec<f64>,
    /// Traded between homes, kWh.
    pub p2p_kwh: Vec<f64>,
    /// Local price, $/kWh; NaN where nothing was traded.
    pub price: Vec<f64>,
    /// Bought at retail, losses included, kWh.
    pub import_kwh: Vec<f64>,
    /// Sold at the feed-in tariff, losses deducted, kWh.
    pub export_kwh: Vec<f64>,
    /// Feeder losses, kWh.
    pub loss_kwh: Vec<f64>,
    /// Through the transformer, kWh, positive = imported.
    pub feeder_kwh: Vec<f64>,
    /// Retail price, $/kWh.
    pub retail: Vec<f64>,
    /// Whether the step lies in the peak window.
    pub peak: Vec<bool>,
    /// Bills of all homes, $.
    pub bill: Vec<f64>,
    /// Value of what is left in the batteries, $; other than 0 in an episode's last step only.
    pub end_value: Vec<f64>,
    /// Bills with neither batteries nor neighbours, $.
    pub alone: Vec<f64>,
    /// Rewards of all homes for their own outcomes.
    pub reward: Vec<f64>,
}

/// A policy's run over some episodes.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// First day of each episode.
    pub days: Vec<usize>,
    /// Steps per episode.
    pub steps: usize,
    /// Step length, h.
    pub dt: f64,
    /// Feed-in tariff, $/kWh.
    pub feed_in: f64,
    /// Capacity of all batteries, kWh.
    pub capacity_kwh: f64,
    /// Community totals of every step.
    pub trace: Trace,
    /// Actions that the guard changed, by reason.
    pub interventions: [u64; Reason::ALL.len()],
}

/// Runs `policy` on the episodes that start on `days`, all side by side.
///
/// # Errors
/// Days outside the data; a feeder that cannot carry the load.
pub fn evaluate(
    policy: &mut dyn Policy,
    setting: &Setting,
    days: &[usize],
) -> Result<Run, LabError> {
    let community = &setting.community;
    let mut microgrids = Microgrids::new(community.clone(), setting.spec.episode.length.days());
    microgrids.reset(days)?;
    // A policy is judged by every home's own outcome, whatever credit it was trained with.
    let reward = RewardSettings { credit: Credit::Own, ..setting.spec.reward };
    let (steps, homes) = (microgrids.episode_steps(), community.homes());
    let mut recorder = Recorder::new(&reward, setting, days.len(), steps);
    let mut proposed = vec![Action::default(); days.len() * homes];
    let (mut checked, mut settled) = (Checked::default(), Settled::default());
    for step in 0..steps {
        policy.propose(&microgrids, &mut proposed);
        microgrids.check(&proposed, &mut checked);
        microgrids.step(&checked, &mut settled)?;
        recorder.record(step, &checked, &settled);
    }
    Ok(Run {
        days: days.to_vec(),
        steps,
        dt: community.dt,
        feed_in: community.feed_in(),
        capacity_kwh: community.batteries.iter().flatten().map(|b| b.capacity_kwh).sum(),
        trace: recorder.trace,
        interventions: recorder.interventions,
    })
}

struct Recorder<'a> {
    setting: &'a Setting,
    reward: &'a RewardSettings,
    steps: usize,
    trace: Trace,
    terms: Terms,
    tracker: Tracker,
    interventions: [u64; Reason::ALL.len()],
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
        let interventions = [0; Reason::ALL.len()];
        Self { setting, reward, steps, trace, terms: Terms::default(), tracker, interventions }
    }

    fn record(&mut self, step: usize, checked: &Checked, settled: &Settled) {
        let community = &self.setting.community;
        for changes in checked.changes() {
            for (reason, _) in changes.iter() {
                self.interventions[reason as usize] += 1;
            }
        }
        self.terms.compute(self.reward, community, settled, &mut self.tracker);
        for m in 0..settled.microgrids() {
            let i = m * self.steps + step;
            self.record_energy(i, m, settled);
            let t = settled.t[m];
            let base = settled.range(m).map(|h| settled.load_kw[h] - settled.pv_kw[h]);
            self.trace.alone[i] = base
                .map(|kw| kw.max(0.0) * community.retail(t) + kw.min(0.0) * community.feed_in())
                .sum::<f64>()
                * community.dt;
            self.trace.bill[i] = settled.bill[settled.range(m)].iter().sum();
            if step + 1 == self.steps {
                self.record_end(i, m, settled);
            }
            self.trace.reward[i] = self.terms.reward[settled.range(m)].iter().sum();
        }
    }

    fn record_energy(&mut self, i: usize, m: usize, settled: &Settled) {
        let community = &self.setting.community;
        let sum = |values: &[f64]| values[settled.range(m)].iter().sum::<f64>();
        let trace = &mut self.trace;
        let loss_export = settled.street_loss_kwh[m] - settled.loss_import_kwh[m];
        trace.load_kw[i] = sum(&settled.load_kw);
        trace.pv_kw[i] = sum(&settled.pv_kw);
        trace.battery_kw[i] = sum(&settled.battery_kw);
        trace.throughput_kwh[i] =
            settled.battery_kw[settled.range(m)].iter().map(|p| p.abs()).sum::<f64>()
                * community.dt;
        let wear = community.batteries.iter().zip(&settled.battery_kw[settled.range(m)]);
        trace.wear[i] = wear
            .map(|(battery, kw)| battery.as_ref().map_or(0.0, |b| b.wear_per_kwh) * kw.abs())
            .sum::<f64>()
            * community.dt;
        trace.soc_kwh[i] = sum(&settled.soc_kwh);
        trace.p2p_kwh[i] = settled.volume_kwh[m];
        trace.price[i] = settled.price[m];
        trace.import_kwh[i] = sum(&settled.import_kwh) + settled.loss_import_kwh[m];
        trace.export_kwh[i] = sum(&settled.export_kwh) - loss_export;
        trace.loss_kwh[i] = settled.street_loss_kwh[m];
        trace.feeder_kwh[i] = settled.feeder_kwh[m];
        trace.retail[i] = community.retail(settled.t[m]);
        trace.peak[i] = settled.peak[m];
    }

    fn record_end(&mut self, i: usize, m: usize, settled: &Settled) {
        let community = &self.setting.community;
        let range = settled.range(m);
        let soc = &settled.soc_kwh[range.clone()];
        self.reward.add_end_value(community, soc, &mut self.terms.reward[range]);
        let value = |(h, soc): (usize, &f64)| {
            community.end_value(h) * (soc - community.battery_step(h).soc_min)
        };
        self.trace.end_value[i] = soc.iter().enumerate().map(value).sum();
    }
}

impl Trace {
    fn numbers_mut(&mut self) -> [&mut Vec<f64>; 17] {
        [
            &mut self.load_kw,
            &mut self.pv_kw,
            &mut self.battery_kw,
            &mut self.throughput_kwh,
            &mut self.wear,
            &mut self.soc_kwh,
            &mut self.p2p_kwh,
            &mut self.price,
            &mut self.import_kwh,
            &mut self.export_kwh,
            &mut self.loss_kwh,
            &mut self.feeder_kwh,
            &mut self.retail,
            &mut self.bill,
            &mut self.end_value,
            &mut self.alone,
            &mut self.reward,
        ]
    }
}

impl Run {
    /// Days covered by all episodes together.
    pub fn total_days(&self) -> f64 {
        self.trace.bill.len() as f64 * self.dt / 24.0
    }

    /// Sum of rewards per episode, averaged over the episodes.
    pub fn mean_reward(&self) -> f64 {
        self.trace.reward.iter().sum::<f64>() / self.days.len() as f64
    }

    /// The steps of an episode.
    pub fn episode(&self, index: usize) -> std::ops::Range<usize> {
        index * self.steps..(index + 1) * self.steps
    }

    /// Cost of a step, $: the bills less the value of what is left at an episode's end.
    pub fn cost(&self, i: usize) -> f64 {
        self.trace.bill[i] - self.trace.end_value[i]
    }
}
