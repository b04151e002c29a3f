//! What a program knows of a microgrid: its state now and the data to the episode's end.

use peergrid_env::{Community, LimitMode, Microgrids};
use peergrid_guard::truthful_price;
use peergrid_market::PRICE_SLACK;
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

    pub fn load_kw(&self, k: usize, home: usize) -> f64 {
        f64::from(self.community.loads(self.first + k)[home])
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

    /// The local network's fee where neighbours with honest orders trade all they can, $/kWh; none
    /// where they do not trade.
    pub fn fee(&self, k: usize) -> Option<f64> {
        let market = self.community.market_settings();
        let (retail, feed_in, fee) = (self.retail(k), self.feed_in(k), market.network_fee);
        let open = if market.mechanism.uses_limits() {
            let [bid, ask] = [1.0, -1.0].map(|side| truthful_price(side, retail, feed_in));
            let admitted = |price: f64| {
                market.price_floor.is_none_or(|floor| price >= floor)
                    && market.price_cap.is_none_or(|cap| price <= cap)
            };
            admitted(bid) && admitted(ask) && bid - fee + PRICE_SLACK >= ask
        } else {
            feed_in <= retail - fee + PRICE_SLACK
        };
        open.then_some(fee)
    }

    /// Whether a home trades with no neighbour, whatever they offer.
    pub fn is_apart(&self, home: usize) -> bool {
        self.community.is_greedy(home) && self.community.market_settings().mechanism.uses_limits()
    }

    /// Whether imports or exports of a step ahead are charged beyond their price, meter by meter.
    pub fn has_charges(&self) -> bool {
        let c = self.community;
        (self.first..self.first + self.steps)
            .any(|t| c.in_demand_window(t) || c.in_export_window(t))
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
