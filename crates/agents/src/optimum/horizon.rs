//! What a program knows of a microgrid: its state now and the data to the episode's end.

use peergrid_env::{Community, LimitMode, Microgrids};
use peergrid_physics::BatteryStep;

/// One microgrid from its present step to the end of its episode. Steps `k` count from the present.
#[derive(Debug, Clone, Copy)]
pub(super) struct Horizon<'a> {
    pub community: &'a Community,
    /// The present step's index in the data.
    pub first: usize,
    /// Steps to the end of the episode.
    pub steps: usize,
    soc: &'a [f64],
    last_kw: &'a [f64],
}

impl<'a> Horizon<'a> {
    pub fn new(microgrids: &'a Microgrids, microgrid: usize) -> Self {
        let community = microgrids.community();
        let homes = microgrid * community.homes()..(microgrid + 1) * community.homes();
        Self {
            community,
            first: microgrids.t(microgrid),
            steps: microgrids.episode_steps() - microgrids.step_in_episode(),
            soc: &microgrids.soc()[homes.clone()],
            last_kw: &microgrids.last_battery_kw()[homes],
        }
    }

    pub fn battery(&self, home: usize) -> &'a BatteryStep {
        self.community.battery_step(home)
    }

    /// Stored energy now, kWh.
    pub fn soc(&self, home: usize) -> f64 {
        self.soc[home]
    }

    /// Effective battery power of the step before, kW.
    pub fn last_kw(&self, home: usize) -> f64 {
        self.last_kw[home]
    }

    /// Load less PV of a home, kW.
    pub fn base_kw(&self, k: usize, home: usize) -> f64 {
        let t = self.first + k;
        f64::from(self.community.loads(t)[home]) - f64::from(self.community.pvs(t)[home])
    }

    pub fn retail(&self, k: usize) -> f64 {
        self.community.retail(self.first + k)
    }

    pub fn feed_in(&self, k: usize) -> f64 {
        self.community.feed_in(self.first + k)
    }

    /// Whether the grid is down.
    pub fn is_outage(&self, k: usize) -> bool {
        self.community.is_outage(self.first + k)
    }

    /// The highest retail price ahead, $/kWh.
    pub fn highest_price(&self) -> f64 {
        (0..self.steps).map(|k| self.retail(k)).fold(0.0, f64::max)
    }

    /// Largest power through the transformer that is enforced, kW; infinite for none.
    pub fn transformer_kw(&self) -> f64 {
        let enforced = self.community.limits.transformer == LimitMode::Enforced;
        if enforced { self.community.transformer_kw() } else { f64::INFINITY }
    }
}
