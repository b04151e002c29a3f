//! A schedule for one microgrid: the program is solved, what linearity let through is forbidden, and
//! it is solved again where that was needed.

use peergrid_env::LimitMode;
use peergrid_market::MechanismKind;
use peergrid_physics::{BatteryStep, PowerFlow};

use super::{
    horizon::Horizon,
    program::{Bill, Direction, Draft, Meter, Mode, Unit, solve},
};

/// Less than this of energy is the solver's noise, kWh.
const NOISE_KWH: f64 = 1e-6;
/// Less than this of power is the solver's noise, kW.
const NOISE_KW: f64 = 1e-6;

/// Less than this between a plan and its bound proves it, $.
const PROVEN: f64 = 1e-5;

/// Rounds of solving again: what one forbids may push a battery to another, seldom twice.
const ROUNDS: usize = 4;

/// Room left for losses, over those found: the next schedule's may be a little larger.
const SPARE_LOSS: f64 = 1.001;

/// How far a plan can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quality {
    /// The solver met its tolerance of 1e-9.
    Optimal,
    /// The solver met only its reduced tolerance of 1e-4, or the plan still asks batteries for what
    /// they cannot do; they do what they can.
    Reduced,
    /// The solver found nothing: the batteries of this bill stand still, and cost and bound are NaN,
    /// unless a rule stands in.
    Failed,
}

/// The batteries' schedule of one microgrid, from the step it was made in to the episode's end.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The first step's index in the data.
    pub first: usize,
    /// Homes of the microgrid.
    pub homes: usize,
    /// AC power by `step * homes + home`, kW, positive = charging.
    pub battery_kw: Vec<f64>,
    /// What the plan costs, $, but for the cable's losses: bills less the value of what is left in
    /// the batteries, and what load that is not served is worth. As the program expects it; where
    /// plans were tried out (see [`optimum`](super)), as the environment billed it.
    pub cost: f64,
    /// No policy with honest orders whose batteries keep their ramps can cost less, $, to the
    /// solver's tolerance, where `excess_kwh` is 0. (An enforced limit on exports counts before
    /// losses.)
    pub bound: f64,
    /// Energy beyond a connection's or the transformer's limit that no schedule can avoid, kWh.
    pub excess_kwh: f64,
    /// How far it can be trusted.
    pub quality: Quality,
}

impl Plan {
    /// Plans for all batteries of the street together.
    pub(super) fn together(horizon: &Horizon) -> Self {
        let meters = meters(horizon);
        let limit = horizon.transformer_kw();
        let mut import_kw = vec![limit; horizon.steps];
        let mut plan = Self::of_street(horizon, &meters, &import_kw, limit);
        // Without room for losses the program is wider than what can be done.
        let bound = plan.bound;
        for _ in 0..ROUNDS {
            if !plan.leave_room_for_losses(horizon, limit, &mut import_kw) {
                break;
            }
            plan = Self::of_street(horizon, &meters, &import_kw, limit);
        }
        Self { bound, ..plan }
    }

    fn of_street(horizon: &Horizon, meters: &[Meter], import_kw: &[f64], export_kw: f64) -> Self {
        let mut plan = Self::idle(horizon);
        plan.add(cheapest(horizon, Bill { meters, import_kw, export_kw }));
        plan
    }

    /// Whether nothing needs trying out: the program saw all there is to see, and batteries can do
    /// what it asks of them at the cost that it expects.
    pub(super) fn is_certain(&self, horizon: &Horizon) -> bool {
        let c = horizon.community;
        let market = c.market_settings().mechanism != MechanismKind::Mcafee;
        let ramps = (0..c.homes()).any(|home| ramps(horizon.battery(home)));
        let exact = self.quality == Quality::Optimal && self.excess_kwh < NOISE_KWH;
        let gap = self.cost - self.bound;
        let voltage = c.limits.voltage == LimitMode::Enforced;
        let outage = (0..horizon.steps).any(|k| horizon.is_outage(k));
        let limits = ramps || voltage || outage;
        market && meters(horizon).len() == 1 && !limits && exact && gap < PROVEN
    }

    /// Plans for each home alone against the grid's prices.
    pub(super) fn alone(horizon: &Horizon) -> Self {
        let mut plan = Self::idle(horizon);
        let import_kw = vec![f64::INFINITY; horizon.steps];
        for home in 0..horizon.community.homes() {
            let meters = [Meter { homes: vec![home], trades: false }];
            let bill = Bill { meters: &meters, import_kw: &import_kw, export_kw: f64::INFINITY };
            plan.add(cheapest(horizon, bill));
        }
        plan
    }

    /// What the batteries do in the first step of the street's plan, by home, kW; none where the
    /// solver found no plan. The bill's program is solved once: what it let through does not matter
    /// where only the first step is carried out.
    pub(super) fn first_step(horizon: &Horizon) -> Option<Vec<f64>> {
        let meters = meters(horizon);
        let export_kw = horizon.transformer_kw();
        let bill = Bill { meters: &meters, import_kw: &vec![export_kw; horizon.steps], export_kw };
        let groups = groups(horizon, bill);
        let modes: Vec<_> = groups.iter().map(|group| free(horizon, group[0])).collect();
        let draft = solve(horizon, bill, &groups, &modes)?;
        let mut first = vec![0.0; horizon.community.homes()];
        for unit in draft.units {
            for home in unit.homes {
                first[home] = unit.power_kw[0];
            }
        }
        Some(first)
    }

    /// Lowers the imports that are allowed by the losses, active and reactive, of the steps in which
    /// these push the transformer beyond `limit`; returns whether there were any. (Losses relieve
    /// exports.)
    fn leave_room_for_losses(&self, horizon: &Horizon, limit: f64, import_kw: &mut [f64]) -> bool {
        let feeder = horizon.community.feeder().filter(|_| limit.is_finite());
        let Some(feeder) = feeder else { return false };
        let (mut flow, mut found) = (PowerFlow::default(), false);
        for (k, allowed) in import_kw.iter_mut().enumerate() {
            let batteries = self.at(self.first + k).iter().enumerate();
            let net = |(home, kw): (usize, &f64)| horizon.base_kw(k, home) + kw;
            let net_kw: Vec<f64> = batteries.map(net).collect();
            if horizon.is_outage(k) || feeder.solve(&net_kw, &mut flow).is_err() {
                continue;
            }
            let room = |spare: f64| {
                let active = limit.powi(2) - (spare * flow.slack_kvar).powi(2);
                active.max(0.0).sqrt() - spare * flow.loss_kw
            };
            if net_kw.iter().sum::<f64>() > room(1.0) && room(1.0) < *allowed {
                (*allowed, found) = (room(SPARE_LOSS), true);
            }
        }
        found
    }

    fn idle(horizon: &Horizon) -> Self {
        let homes = horizon.community.homes();
        Self {
            first: horizon.first,
            homes,
            battery_kw: vec![0.0; horizon.steps * homes],
            cost: 0.0,
            bound: 0.0,
            excess_kwh: 0.0,
            quality: Quality::Optimal,
        }
    }

    fn add(&mut self, draft: Option<Draft>) {
        let Some(draft) = draft else {
            self.quality = Quality::Failed;
            (self.cost, self.bound) = (f64::NAN, f64::NAN);
            return;
        };
        let quality = if draft.exact { Quality::Optimal } else { Quality::Reduced };
        self.quality = self.quality.max(quality);
        self.cost += draft.cost;
        self.bound += draft.bound;
        self.excess_kwh += draft.excess_kwh;
        for unit in draft.units {
            for (row, power) in self.battery_kw.chunks_exact_mut(self.homes).zip(unit.power_kw) {
                for &home in &unit.homes {
                    row[home] = power;
                }
            }
        }
    }

    /// Whether the plan holds for step `t` of the data.
    pub fn covers(&self, t: usize) -> bool {
        (self.first..self.first + self.battery_kw.len() / self.homes).contains(&t)
    }

    /// Planned battery powers of all homes in step `t` of the data, kW.
    ///
    /// # Panics
    /// If the plan does not cover the step.
    pub fn at(&self, t: usize) -> &[f64] {
        let row = t - self.first;
        &self.battery_kw[row * self.homes..(row + 1) * self.homes]
    }
}

/// The meters of a street. Where neighbours trade all they can for nothing, one meter is as good
/// as many, and much quicker; homes that trade with nobody have one of their own, and every home
/// has where trade costs a fee or does not happen, or where it counts whose meter turns.
fn meters(horizon: &Horizon) -> Vec<Meter> {
    let own = |home| vec![home];
    let (apart, rest): (Vec<usize>, Vec<usize>) =
        (0..horizon.community.homes()).partition(|&home| horizon.is_apart(home));
    let mut meters: Vec<_> =
        apart.into_iter().map(|home| Meter { homes: own(home), trades: false }).collect();
    let open = (0..horizon.steps).all(|k| horizon.is_outage(k) || horizon.fee(k) == Some(0.0));
    if open && !horizon.has_charges() {
        meters.extend((!rest.is_empty()).then_some(Meter { homes: rest, trades: true }));
    } else {
        meters.extend(rest.into_iter().map(|home| Meter { homes: own(home), trades: true }));
    }
    meters
}

fn ramps(battery: &BatteryStep) -> bool {
    battery.power > 0.0 && battery.ramp < 2.0 * battery.power
}

/// The cheapest schedule of one bill.
fn cheapest(horizon: &Horizon, bill: Bill) -> Option<Draft> {
    let groups = groups(horizon, bill);
    let modes: Vec<_> = groups.iter().map(|group| free(horizon, group[0])).collect();
    let relaxed = solve(horizon, bill, &groups, &modes)?;
    let bound = relaxed.bound;
    Some(Draft { bound, ..realise(horizon, bill, &groups, modes, relaxed) })
}

/// The batteries of a bill, those together that are alike and share a meter.
fn groups(horizon: &Horizon, bill: Bill) -> Vec<Vec<usize>> {
    bill.meters.iter().flat_map(|meter| horizon.groups(&meter.homes)).collect()
}

/// Forbids what `draft` uses and batteries cannot do, and solves again, until nothing is left.
fn realise(
    horizon: &Horizon,
    bill: Bill,
    groups: &[Vec<usize>],
    mut modes: Vec<Vec<Mode>>,
    mut draft: Draft,
) -> Draft {
    for _ in 0..ROUNDS {
        let mut again = false;
        for (modes, unit) in modes.iter_mut().zip(&draft.units) {
            again |= restrict(horizon, unit, modes);
        }
        if !again {
            return draft;
        }
        let Some(restricted) = solve(horizon, bill, groups, &modes) else {
            break;
        };
        draft = restricted;
    }
    // What is left is a little more than the batteries can do.
    Draft { exact: false, ..draft }
}

/// The widest modes: any direction, and down to where self-discharge alone would take the battery
/// that starts at its lowest charge.
fn free(horizon: &Horizon, home: usize) -> Vec<Mode> {
    let battery = horizon.battery(home);
    let mut idle = horizon.soc(home);
    (0..horizon.steps)
        .map(|_| {
            idle *= battery.decay;
            Mode { floor: idle.min(battery.soc_min), direction: Direction::Free }
        })
        .collect()
}

/// Forbids what the program allowed and the battery cannot do; returns whether it had used it.
///
/// A battery that threw energy away keeps to the directions it took, losing nothing. One that
/// discharged below its window, where only self-discharge may take it, must end every step inside
/// that it began inside, and only charges in the others.
fn restrict(horizon: &Horizon, unit: &Unit, modes: &mut [Mode]) -> bool {
    let battery = horizon.battery(unit.homes[0]);
    let (mut wasted, mut too_deep) = (false, false);
    let mut soc = horizon.soc(unit.homes[0]);
    let steps = unit.power_kw.iter().zip(&unit.soc_kwh);
    let mut inside = Vec::with_capacity(modes.len());
    for (&power, &next) in steps {
        let rate = (battery.efficiency * power).min(power / battery.efficiency);
        let kept = battery.decay * soc;
        wasted |= kept + rate * battery.gain_hours - next > NOISE_KWH;
        too_deep |= power < -NOISE_KW && next < battery.soc_min - NOISE_KWH;
        inside.push(kept >= battery.soc_min - NOISE_KWH);
        soc = next;
    }
    for ((mode, &power), inside) in modes.iter_mut().zip(&unit.power_kw).zip(inside) {
        if wasted && mode.direction == Direction::Free {
            let discharges = power < 0.0;
            mode.direction = if discharges { Direction::Discharge } else { Direction::Charge };
        }
        if too_deep && inside {
            mode.floor = battery.soc_min;
        } else if too_deep {
            mode.direction = Direction::Charge;
        }
    }
    wasted || too_deep
}
