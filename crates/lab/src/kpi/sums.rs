//! What a run adds up to, episode by episode: all that the measures are computed of.
//!
//! Sums of several episodes add up, and the extremes of several are the extreme of them: so a measure
//! of any selection of a run's episodes, and of any resample of them, needs no second look at its steps.

use std::ops::Index;

use crate::run::{HomeCost, Run};

/// A voltage counts as outside the band from this much beyond it, per unit: a limit that is held
/// is held to about a tenth of this.
const VOLTAGE_TOLERANCE: f64 = 1e-6;

/// What is summed over steps: energies in kWh, money in $.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Days covered.
    Days,
    /// Steps covered.
    Steps,
    /// Bills and the value of load not served, less the value of what is left.
    Cost,
    /// Cost with neither batteries nor neighbours.
    Alone,
    /// Energy sold, to neighbours and to the grid.
    Sold,
    /// What it earned.
    Earned,
    /// Fees for the use of the local network.
    Fees,
    /// The network's charges for exports and demand.
    Charges,
    /// What the market's operator keeps.
    Surplus,
    /// Bought at retail.
    Import,
    /// Of it, in the peak window.
    PeakImport,
    /// Sold at the feed-in tariff.
    Export,
    /// Traded between homes.
    Traded,
    /// Load.
    Load,
    /// PV energy that was there.
    Pv,
    /// PV energy held back.
    Curtailed,
    /// Load not served.
    Unserved,
    /// Through the transformer into the street.
    FeederImport,
    /// Absolute changes of the street's net power from step to step, kW.
    Ramping,
    /// Lost on the feeder.
    Losses,
    /// Time in which a voltage lies outside the band, h.
    OutsideBand,
    /// Through the transformer beyond its limit.
    Overload,
    /// Into and out of the batteries.
    Throughput,
    /// Wear of the batteries.
    Wear,
    /// Actions that the guard changed.
    Changes,
    /// Rewards of all homes for their own outcomes.
    Reward,
}

impl Of {
    const COUNT: usize = Self::Reward as usize + 1;
}

/// The sums of some episodes of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Sums {
    of: [f64; Of::COUNT],
    /// Largest mean power of a step through the transformer, kW, positive = imported.
    pub feeder_peak_kw: f64,
    /// Lowest voltage, per unit; infinite where there is none.
    pub voltage_min: f64,
    /// Highest voltage, per unit; −infinite where there is none.
    pub voltage_max: f64,
    /// Largest cable current over its ampacity.
    pub loading: f64,
    /// By home.
    pub homes: Vec<HomeCost>,
    /// Capacity of all batteries, kWh.
    pub capacity_kwh: f64,
    /// Carbon intensity of energy from the grid, kg/kWh.
    pub carbon_kg_per_kwh: f64,
    /// Whether the transformer has a limit.
    pub limited: bool,
    /// Step length, h.
    pub dt: f64,
}

impl Index<Of> for Sums {
    type Output = f64;

    fn index(&self, of: Of) -> &f64 {
        &self.of[of as usize]
    }
}

impl Sums {
    /// Of no episode of `run`.
    fn none(run: &Run) -> Self {
        Self {
            of: [0.0; Of::COUNT],
            feeder_peak_kw: f64::NEG_INFINITY,
            voltage_min: f64::INFINITY,
            voltage_max: f64::NEG_INFINITY,
            loading: 0.0,
            homes: vec![HomeCost::default(); run.homes.len()],
            capacity_kwh: run.capacity_kwh,
            carbon_kg_per_kwh: run.carbon_kg_per_kwh,
            limited: run.transformer_kw.is_finite(),
            dt: run.dt,
        }
    }

    /// Of one episode.
    fn of_episode(run: &Run, episode: usize) -> Self {
        let mut sums = Self::none(run);
        for i in run.episode(episode) {
            sums.add_step(run, i);
        }
        sums.add(Of::Ramping, ramping(run, episode));
        sums.add(Of::Changes, run.interventions[episode].iter().sum::<u64>() as f64);
        let homes = run.homes.len();
        sums.homes.copy_from_slice(&run.home_costs[episode * homes..(episode + 1) * homes]);
        sums
    }

    fn add(&mut self, of: Of, value: f64) {
        self.of[of as usize] += value;
    }

    fn add_step(&mut self, run: &Run, i: usize) {
        let trace = &run.trace;
        let (import, export, traded) = (trace.import_kwh[i], trace.export_kwh[i], trace.p2p_kwh[i]);
        let of_neighbours = if traded > 0.0 { traded * trace.price[i] } else { 0.0 };
        self.add(Of::Days, run.dt / 24.0);
        self.add(Of::Steps, 1.0);
        self.add(Of::Cost, run.cost(i));
        self.add(Of::Alone, trace.alone[i]);
        self.add(Of::Sold, traded + export);
        self.add(Of::Earned, of_neighbours + export * trace.feed_in[i]);
        self.add(Of::Fees, trace.fees[i]);
        self.add(Of::Charges, trace.charges[i]);
        self.add(Of::Surplus, trace.surplus[i]);
        self.add(Of::Import, import);
        self.add(Of::PeakImport, if trace.peak[i] { import } else { 0.0 });
        self.add(Of::Export, export);
        self.add(Of::Traded, traded);
        self.add(Of::Load, trace.load_kw[i] * run.dt);
        self.add(Of::Pv, trace.pv_kw[i] * run.dt);
        self.add(Of::Curtailed, trace.curtailed_kwh[i]);
        self.add(Of::Unserved, trace.unserved_kwh[i]);
        self.add(Of::FeederImport, trace.feeder_kwh[i].max(0.0));
        self.add(Of::Losses, trace.loss_kwh[i]);
        self.add(Of::Overload, trace.overload_kwh[i]);
        self.add(Of::Throughput, trace.throughput_kwh[i]);
        self.add(Of::Wear, trace.wear[i]);
        self.add(Of::Reward, trace.reward[i]);
        self.feeder_peak_kw = self.feeder_peak_kw.max(trace.feeder_kwh[i] / run.dt);
        self.loading = self.loading.max(trace.loading[i]);
        let (low, high) = (trace.voltage_min[i], trace.voltage_max[i]);
        if low.is_finite() && high.is_finite() {
            self.voltage_min = self.voltage_min.min(low);
            self.voltage_max = self.voltage_max.max(high);
            let band = run.voltage_band;
            if low < band.0 - VOLTAGE_TOLERANCE || high > band.1 + VOLTAGE_TOLERANCE {
                self.add(Of::OutsideBand, run.dt);
            }
        }
    }

    /// Adds the episodes of `other`, each `count` > 0 times.
    fn add_episodes(&mut self, other: &Self, count: f64) {
        for (sum, value) in self.of.iter_mut().zip(&other.of) {
            *sum += count * value;
        }
        for (home, more) in self.homes.iter_mut().zip(&other.homes) {
            home.cost += count * more.cost;
            home.alone += count * more.alone;
        }
        self.feeder_peak_kw = self.feeder_peak_kw.max(other.feeder_peak_kw);
        self.voltage_min = self.voltage_min.min(other.voltage_min);
        self.voltage_max = self.voltage_max.max(other.voltage_max);
        self.loading = self.loading.max(other.loading);
    }

    /// Mean per day.
    pub fn per_day(&self, of: Of) -> f64 {
        self[of] / self[Of::Days]
    }
}

/// The sums of a run, one for each episode.
#[derive(Debug, Clone, PartialEq)]
pub struct Episodes {
    none: Sums,
    each: Vec<Sums>,
}

impl Episodes {
    /// Of a run.
    pub fn new(run: &Run) -> Self {
        let each = (0..run.days.len()).map(|episode| Sums::of_episode(run, episode)).collect();
        Self { none: Sums::none(run), each }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.each.len()
    }

    /// All of them once.
    pub fn all(&self) -> Sums {
        self.drawn(&vec![1.0; self.each.len()])
    }

    /// Each as often as `counts` says, which has one entry for each.
    pub fn drawn(&self, counts: &[f64]) -> Sums {
        let mut sums = self.none.clone();
        for (episode, &count) in self.each.iter().zip(counts) {
            if count > 0.0 {
                sums.add_episodes(episode, count);
            }
        }
        sums
    }

    /// One sum by episode.
    pub fn of(&self, of: Of) -> Vec<f64> {
        self.each.iter().map(|sums| sums[of]).collect()
    }
}

/// Sum of the absolute changes of the street's net power from step to step of an episode, kW.
/// Episodes do not follow each other in time, so there is no change from one to the next.
fn ramping(run: &Run, episode: usize) -> f64 {
    let trace = &run.trace;
    let net = |i: usize| (trace.feeder_kwh[i] - trace.loss_kwh[i]) / run.dt;
    run.episode(episode).skip(1).map(|i| (net(i) - net(i - 1)).abs()).sum()
}
