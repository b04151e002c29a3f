//! One day of the street in full: every home, every line and every trade in every step, for a
//! picture that moves. It is the day that [`evaluate`](crate::evaluate) judges.
//!
//! Per home and step, with energies as means over the step,
//!
//! ```text
//! load − unserved − (pv − curtailed) + battery = peer + grid
//! ```

use peergrid_agents::Policy;
use peergrid_env::{Checked, Community, Microgrids, Settled};
use peergrid_market::{Clearing, Market, OrderBook, Trade};
use peergrid_physics::{Feeder, PowerFlow};
use peergrid_reward::{Credit, RewardSettings, TERMS, Terms, Tracker};
use serde::Serialize;

use crate::{LabError, episodes::play, placed::book, setting::Setting};

/// A street has so many pairs in a step at most; of more, the largest are kept. Fifty sellers and
/// fifty buyers who pool their energy are that many.
const MOST_TRADES: usize = 2500;

/// An episode, step by step. Series per home are indexed `step * homes + home`, those per bus
/// `step * buses + bus`, those per line `step * lines + line`, all others by step. Powers are
/// means over the step, kW; energies kWh; prices $/kWh; money $; null where something is not
/// defined.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Scene {
    /// The first date, ISO 8601.
    pub date: String,
    /// Length of a step, h.
    pub step_hours: f64,
    /// When each step begins, hours after the first midnight.
    pub hours: Vec<f64>,
    /// The homes, in the order of the data.
    pub homes: Vec<SceneHome>,
    /// For each line the bus it comes from; line `l` leads to bus `l + 1`. Bus 0 is the busbar of
    /// the transformer. Without a feeder every home hangs on it by a line of its own.
    pub parents: Vec<usize>,
    /// By home: load.
    pub load_kw: Vec<f64>,
    /// By home: what the sun offered, curtailed or not.
    pub pv_kw: Vec<f64>,
    /// By home: the battery, positive = charging.
    pub battery_kw: Vec<f64>,
    /// By home: stored energy at the step's end.
    pub soc_kwh: Vec<f64>,
    /// By home: exchanged with neighbours, positive = bought.
    pub peer_kw: Vec<f64>,
    /// By home: exchanged with the grid, positive = bought. The cables' losses come on top of the
    /// homes' sum.
    pub grid_kw: Vec<f64>,
    /// By home: PV held back.
    pub curtailed_kw: Vec<f64>,
    /// By home: load that could not be served while the grid was down.
    pub unserved_kw: Vec<f64>,
    /// By home: the bill of the step, $, positive = to pay.
    pub bill: Vec<f64>,
    /// By home: what it ordered on the local market, kWh, positive = to buy.
    pub order_kwh: Vec<Option<f64>>,
    /// By home: the order's limit.
    pub order_price: Vec<Option<f64>>,
    /// The terms of the reward that have a weight.
    pub reward: Vec<Reward>,
    /// What the guard changed.
    pub reasons: Vec<SceneReason>,
    /// Who sold to whom.
    pub trades: Vec<SceneTrade>,
    /// By bus: voltage, per unit; null while the grid is down, empty without a feeder.
    pub voltage: Vec<Option<f64>>,
    /// By line: power away from the transformer at the line's beginning. Where no power flow is
    /// solved, without a feeder or while the grid is down, it is the net power of the homes behind
    /// it.
    pub line_kw: Vec<f64>,
    /// By line: current over ampacity, a fraction; null where either is not known.
    pub line_loading: Vec<Option<f64>>,
    /// What sellers get on average; null where nothing is traded.
    pub price: Vec<Option<f64>>,
    /// The grid's price.
    pub retail: Vec<f64>,
    /// The grid's feed-in tariff.
    pub feed_in: Vec<f64>,
    /// Whether the step lies in the tariff's peak window.
    pub peak: Vec<bool>,
    /// Whether the grid is down.
    pub outage: Vec<bool>,
    /// Bought from the grid by all homes, losses included.
    pub import_kw: Vec<f64>,
    /// Sold to the grid by all homes, losses deducted.
    pub export_kw: Vec<f64>,
    /// The cables' losses.
    pub loss_kw: Vec<f64>,
    /// Cost of the step, $, as policies are judged by it: all bills and the value of load not
    /// served, less the value of what is left in the batteries at the episode's end.
    pub cost: Vec<f64>,
    /// Limit of the transformer, kW; null for none.
    pub transformer_kw: Option<f64>,
}

/// A home of a scene.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SceneHome {
    /// Its name.
    pub id: String,
    /// PV size, kWp; null where unknown.
    pub pv_kwp: Option<f64>,
    /// Battery capacity, kWh; 0 without one.
    pub battery_kwh: f64,
    /// Battery power, kW; 0 without one.
    pub battery_kw: f64,
    /// Its bus, 1 or more; 0 for a home at the transformer itself.
    pub bus: usize,
}

/// A term of the reward, for every home and step. All terms together add up to the reward by which
/// policies are judged: of every home's own outcome, whatever credit the agent learns by.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reward {
    /// Short name of the term; `end_value` for what is left in the batteries at the episode's end.
    pub term: &'static str,
    /// What a person calls it.
    pub label: &'static str,
    /// What a unit of the term adds to the reward; below 0 for a cost.
    pub weight: f64,
    /// What the step added, weight included.
    pub values: Vec<f64>,
}

/// A change that the guard made to an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SceneReason {
    /// In which step.
    pub step: usize,
    /// To which home's action.
    pub home: usize,
    /// Why, in a few words.
    pub reason: &'static str,
}

/// Energy from one home to another in one step. Where a mechanism pools energy, every seller serves
/// every buyer pro rata. Of more than 2500 pairs in a step the largest are listed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SceneTrade {
    /// In which step.
    pub step: usize,
    /// Who sells.
    pub seller: usize,
    /// Who buys.
    pub buyer: usize,
    /// Energy, kWh.
    pub kwh: f64,
    /// What the seller gets, $/kWh.
    pub price: f64,
}

impl Scene {
    /// Lets `policy` act in the episode that starts on `day`, as [`evaluate`](crate::evaluate) does.
    ///
    /// # Errors
    /// A day outside the data; a feeder that cannot carry the load.
    pub fn play(policy: &mut dyn Policy, setting: &Setting, day: usize) -> Result<Self, LabError> {
        let community = &setting.community;
        let mut microgrids = Microgrids::new(community.clone(), setting.spec.episode.length.days());
        microgrids.reset(&[day])?;
        let mut camera = Camera::new(setting, day, microgrids.episode_steps())?;
        play(policy, &mut microgrids, |step, checked, settled| camera.see(step, checked, settled))?;
        Ok(camera.scene)
    }
}

/// Makes a scene, step by step.
struct Camera<'a> {
    community: &'a Community,
    settings: RewardSettings,
    steps: usize,
    wiring: Wiring<'a>,
    market: Market,
    clearing: Clearing,
    terms: Terms,
    tracker: Tracker,
    scene: Scene,
}

impl<'a> Camera<'a> {
    fn new(setting: &'a Setting, day: usize, steps: usize) -> Result<Self, LabError> {
        let community = &*setting.community;
        let wiring = Wiring::new(community);
        let homes = setting.data.homes.iter().enumerate().map(|(h, home)| SceneHome {
            id: home.id.clone(),
            pv_kwp: home.pv_kwp,
            battery_kwh: home.battery_kwh,
            battery_kw: home.battery_kw,
            bus: wiring.home_bus[h],
        });
        let mut tracker = Tracker::default();
        tracker.reset(1, community.homes());
        let settings = RewardSettings { credit: Credit::Own, ..setting.spec.reward };
        let scene = Scene {
            date: community.dates[day].to_string(),
            step_hours: community.dt,
            homes: homes.collect(),
            parents: wiring.parents.clone(),
            reward: rewards(&settings),
            transformer_kw: finite(community.transformer_kw()),
            ..Scene::default()
        };
        let market = Market::new(community.market_settings())?;
        let (clearing, terms) = (Clearing::default(), Terms::default());
        Ok(Self { community, settings, steps, wiring, market, clearing, terms, tracker, scene })
    }

    fn see(&mut self, step: usize, checked: &Checked, settled: &Settled) -> Result<(), LabError> {
        self.see_street(step, settled);
        self.see_homes(settled);
        self.see_guard(step, checked);
        let orders = book(self.community, checked, settled.t[0]);
        self.see_orders(&orders);
        self.see_trades(step, &orders, settled);
        self.see_reward(step, settled);
        self.see_lines(settled)
    }

    fn see_street(&mut self, step: usize, settled: &Settled) {
        let (c, t, scene) = (self.community, settled.t[0], &mut self.scene);
        let power = |homes: &[f64], losses: f64| (homes.iter().sum::<f64>() + losses) / c.dt;
        let bought = settled.loss_import_kwh[0];
        scene.hours.push(step as f64 * c.dt);
        scene.price.push(finite(settled.price[0]));
        scene.retail.push(c.retail(t));
        scene.feed_in.push(c.feed_in(t));
        scene.peak.push(settled.peak[0]);
        scene.outage.push(c.is_outage(t));
        scene.import_kw.push(power(&settled.import_kwh, bought));
        scene.export_kw.push(power(&settled.export_kwh, bought - settled.street_loss_kwh[0]));
        scene.loss_kw.push(settled.street_loss_kwh[0] / c.dt);
        let missed = c.value_of_lost_load() * settled.unserved_kwh.iter().sum::<f64>();
        let worth = |(h, soc): (usize, &f64)| c.end_value(h) * (soc - c.battery_step(h).soc_min);
        let ends = step + 1 == self.steps;
        let left = if ends { settled.soc_kwh.iter().enumerate().map(worth).sum() } else { 0.0 };
        scene.cost.push(settled.bill.iter().sum::<f64>() + missed - left);
    }

    fn see_homes(&mut self, settled: &Settled) {
        let (scene, dt) = (&mut self.scene, self.community.dt);
        scene.load_kw.extend_from_slice(&settled.load_kw);
        scene.pv_kw.extend_from_slice(&settled.pv_kw);
        scene.battery_kw.extend_from_slice(&settled.battery_kw);
        scene.soc_kwh.extend_from_slice(&settled.soc_kwh);
        scene.curtailed_kw.extend_from_slice(&settled.curtailed_kw);
        scene.bill.extend_from_slice(&settled.bill);
        scene.peer_kw.extend(settled.p2p_kwh.iter().map(|kwh| kwh / dt));
        scene.unserved_kw.extend(settled.unserved_kwh.iter().map(|kwh| kwh / dt));
        let grid = settled.import_kwh.iter().zip(&settled.export_kwh);
        scene.grid_kw.extend(grid.map(|(import, export)| (import - export) / dt));
    }

    fn see_guard(&mut self, step: usize, checked: &Checked) {
        for (home, changes) in checked.changes().iter().enumerate() {
            let reasons = changes.iter().map(|(reason, _)| reason.label());
            let seen = reasons.map(|reason| SceneReason { step, home, reason });
            self.scene.reasons.extend(seen);
        }
    }

    fn see_orders(&mut self, orders: &OrderBook) {
        let first = self.scene.order_kwh.len();
        let scene = &mut self.scene;
        scene.order_kwh.resize(first + self.community.homes(), None);
        scene.order_price.resize(first + self.community.homes(), None);
        let bids = orders.bids.iter().map(|order| (order, 1.0));
        for (order, side) in bids.chain(orders.asks.iter().map(|order| (order, -1.0))) {
            scene.order_kwh[first + order.home] = Some(side * order.kwh);
            scene.order_price[first + order.home] = Some(order.price);
        }
    }

    fn see_trades(&mut self, step: usize, orders: &OrderBook, settled: &Settled) {
        let (c, t) = (self.community, settled.t[0]);
        let mut trades = if c.is_outage(t) {
            shared_alone(settled)
        } else {
            self.market.clear(orders, c.grid_prices(t), &mut self.clearing);
            self.clearing.trades(orders)
        };
        if trades.len() > MOST_TRADES {
            trades.sort_by(|a, b| b.kwh.total_cmp(&a.kwh));
            trades.truncate(MOST_TRADES);
        }
        let seen =
            |Trade { buyer, seller, kwh, price }| SceneTrade { step, seller, buyer, kwh, price };
        self.scene.trades.extend(trades.into_iter().map(seen));
    }

    fn see_reward(&mut self, step: usize, settled: &Settled) {
        self.terms.compute(&self.settings, self.community, settled, &mut self.tracker);
        let mut rewards = self.scene.reward.iter_mut();
        for (term, _) in TERMS {
            let weight = self.settings.weights.of(term);
            if weight != 0.0
                && let Some(reward) = rewards.next()
            {
                reward.values.extend(self.terms.values(term).iter().map(|value| weight * value));
            }
        }
        if let Some(end) = rewards.next() {
            let first = end.values.len();
            end.values.resize(first + self.community.homes(), 0.0);
            if step + 1 == self.steps {
                let left = &mut end.values[first..];
                self.settings.add_end_value(self.community, &settled.soc_kwh, left);
            }
        }
    }

    fn see_lines(&mut self, settled: &Settled) -> Result<(), LabError> {
        let scene = &mut self.scene;
        if self.wiring.solve(&settled.net_kw, self.community.is_outage(settled.t[0]))? {
            self.wiring.see_flow(scene);
        } else {
            let buses = self.wiring.feeder.map_or(0, |_| self.wiring.parents.len() + 1);
            scene.voltage.resize(scene.voltage.len() + buses, None);
            scene.line_kw.extend(self.wiring.without_losses(&settled.net_kw));
            scene.line_loading.resize(scene.line_kw.len(), None);
        }
        Ok(())
    }
}

/// The terms that have a weight, and what is left at the end, none of them seen yet.
fn rewards(settings: &RewardSettings) -> Vec<Reward> {
    let reward = |term, label, weight| Reward { term, label, weight, values: Vec::new() };
    let terms = TERMS.iter().map(|&(term, name)| (term, name, settings.weights.of(term)));
    let weighed = terms.filter(|(.., weight)| *weight != 0.0);
    let mut rewards: Vec<_> =
        weighed.map(|(term, name, weight)| reward(name, term.label(), weight)).collect();
    if settings.weights.profit != 0.0 || settings.weights.grid != 0.0 {
        rewards.push(reward("end_value", "Left in the battery", 1.0));
    }
    rewards
}

/// What neighbours share while the grid is down: every seller serves every buyer pro rata.
fn shared_alone(settled: &Settled) -> Vec<Trade> {
    let (volume, price) = (settled.volume_kwh[0], settled.price[0]);
    let energies = || settled.p2p_kwh.iter().copied().enumerate();
    let buyers = || energies().filter(|(_, kwh)| *kwh > 0.0);
    let of_seller = |(seller, sold): (usize, f64)| {
        buyers().map(move |(buyer, bought)| {
            let kwh = -sold * bought / volume;
            Trade { buyer, seller, kwh, price }
        })
    };
    energies().filter(|(_, kwh)| *kwh < 0.0).flat_map(of_seller).collect()
}

/// How the homes hang together. Buses and lines are counted from the busbar on: what the feeder
/// has before it, its transformer, is none of them.
struct Wiring<'a> {
    feeder: Option<&'a Feeder>,
    parents: Vec<usize>,
    home_bus: Vec<usize>,
    flow: PowerFlow,
}

impl<'a> Wiring<'a> {
    fn new(community: &'a Community) -> Self {
        let feeder = community.feeder();
        let homes = community.homes();
        let (parents, home_bus) = match feeder {
            Some(feeder) => {
                let busbar = feeder.busbar();
                let from = |branch| feeder.branch_from(branch) - busbar;
                let at = |home| feeder.home_bus(home) - busbar;
                ((busbar..feeder.buses() - 1).map(from).collect(), (0..homes).map(at).collect())
            }
            None => (vec![0; homes], (1..=homes).collect()),
        };
        Self { feeder, parents, home_bus, flow: PowerFlow::default() }
    }

    /// Finds what flows; false where nothing is solved.
    fn solve(&mut self, net_kw: &[f64], outage: bool) -> Result<bool, LabError> {
        let Some(feeder) = self.feeder.filter(|_| !outage) else { return Ok(false) };
        feeder.solve(net_kw, &mut self.flow)?;
        Ok(true)
    }

    /// What [`Self::solve`] found.
    fn see_flow(&self, scene: &mut Scene) {
        let Some(feeder) = self.feeder else { return };
        let busbar = feeder.busbar();
        let voltages = &self.flow.voltage_pu[busbar..];
        scene.voltage.extend(voltages.iter().copied().map(finite));
        for branch in busbar..feeder.buses() - 1 {
            scene.line_kw.push(self.flow.branch_power(branch).0);
            let current = self.flow.current_a[branch];
            scene.line_loading.push(feeder.ampacity_a(branch).map(|ampacity| current / ampacity));
        }
    }

    /// The net power of the homes behind every line.
    fn without_losses(&self, net_kw: &[f64]) -> Vec<f64> {
        let mut drawn = vec![0.0; self.parents.len() + 1];
        for (bus, kw) in self.home_bus.iter().zip(net_kw) {
            drawn[*bus] += kw;
        }
        // A bus comes after the one that feeds it.
        for (line, &parent) in self.parents.iter().enumerate().rev() {
            drawn[parent] += drawn[line + 1];
        }
        drawn.split_off(1)
    }
}

/// A number that JSON can hold.
fn finite(value: f64) -> Option<f64> {
    Some(value).filter(|v| v.is_finite())
}
