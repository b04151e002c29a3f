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
    /// What planning adds to the cost of a kWh of throughput, $.
    pub wear: f64,
    /// What planning adds to the cost of a kWh exchanged with the grid now, $, and less and less the
    /// later: decides between equally cheap schedules.
    pub late: f64,
    /// Whether what lies ahead is known; otherwise it is what the same hours of the day before saw.
    foresight: bool,
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
            wear: 0.0,
            late: 0.0,
            foresight: true,
            soc: &microgrids.soc()[homes.clone()],
            last_kw: &microgrids.last_battery_kw()[homes],
        }
    }

    /// As [`Horizon::new`], without foresight: a day ahead at most, the present step as it is, the
    /// others as yesterday's; on the data's first day, which has none, as the present one.
    pub fn forecast(microgrids: &'a Microgrids, microgrid: usize, wear: f64, late: f64) -> Self {
        let with_foresight = Self::new(microgrids, microgrid);
        let steps = with_foresight.steps.min(with_foresight.community.steps_per_day);
        Self { steps, wear, late, foresight: false, ..with_foresight }
    }

    /// The step of the data whose load and PV stand for step `k`.
    fn seen(&self, k: usize) -> usize {
        let t = self.first + k;
        let yesterday = || t.checked_sub(self.community.steps_per_day).unwrap_or(self.first);
        if self.foresight || k == 0 { t } else { yesterday() }
    }

    /// The batteries among `homes`, those together that are alike in all and have no connection to
    /// keep to: in a program in which their homes share a meter they may do the same, since it is
    /// convex and does not tell them apart.
    pub fn groups(&self, homes: &[usize]) -> Vec<Vec<usize>> {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for &home in homes.iter().filter(|&&home| self.battery(home).power > 0.0) {
            match groups.iter_mut().find(|group| self.are_alike(group[0], home)) {
                Some(group) => group.push(home),
                None => groups.push(vec![home]),
            }
        }
        groups
    }

    fn are_alike(&self, a: usize, b: usize) -> bool {
        let of = |home| (self.battery(home), self.soc(home), self.last_kw(home));
        let free = [a, b].into_iter().all(|home| self.community.connection_kw(home).is_infinite());
        free && of(a) == of(b)
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
        let t = self.seen(k);
        f64::from(self.community.loads(t)[home]) - f64::from(self.community.pvs(t)[home])
    }

    pub fn load_kw(&self, k: usize, home: usize) -> f64 {
        f64::from(self.community.loads(self.seen(k))[home])
    }

    pub fn retail(&self, k: usize) -> f64 {
        self.community.retail(self.first + k)
    }

    pub fn feed_in(&self, k: usize) -> f64 {
        self.community.feed_in(self.first + k)
    }

    /// Whether the grid is down; without foresight nobody knows of an outage ahead.
    pub fn is_outage(&self, k: usize) -> bool {
        (self.foresight || k == 0) && self.community.is_outage(self.first + k)
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
