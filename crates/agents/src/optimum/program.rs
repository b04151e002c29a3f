//! The linear program of one bill: one street's, or one home's.
//!
//! Per meter and step: import and export, and what is traded between meters where that is not
//! free ([`exchange`]). Per battery and step: AC power `p` and stored
//! energy `s` at the step's end. With η the one-way efficiency, δ what self-discharge leaves and g
//! the effective hours ([`BatteryStep`]), the recursion `s' = δ·s + g·min(η·p, p/η)` is exact: for
//! charging the first term is the smaller, for discharging the second. Both are written as `≤`,
//! which is linear; throwing energy away is then allowed, and [`Mode`]s forbid it where it would
//! pay.

mod exchange;

use peergrid_physics::BatteryStep;

use exchange::Exchange;

use super::{horizon::Horizon, lp::Lp};

/// By how much the program keeps away from limits that cannot be projected onto one by one, kW:
/// more than the solver's error, so that its schedule stays inside them to the last digit.
const MARGIN: f64 = 1e-7;

/// Cost of power beyond a limit that cannot be held, as a multiple of the highest price.
const EXCESS: f64 = 100.0;

/// What decides between equally good schedules where PV is curtailed, $/kWh.
const LATE: f64 = 1e-6;
/// The same where load is not served, as a share of what it is worth.
const LATE_UNSERVED: f64 = 1e-4;

/// Import costs the program this much more than export earns, $/kWh, or both at once would be free
/// where the two prices are one.
const SPREAD: f64 = 1e-6;

/// What a battery may do in a step, beyond what it is built for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mode {
    /// Lowest stored energy at the step's end, kWh.
    pub floor: f64,
    pub direction: Direction,
}

/// Which way a battery may go, and whether it may throw energy away.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Direction {
    /// Either way; energy may be thrown away.
    Free,
    /// It may charge, and keeps what it charges.
    Charge,
    /// It may discharge, and delivers what it discharges.
    Discharge,
}

/// The schedule of batteries that are alike: each of them does the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Unit {
    pub homes: Vec<usize>,
    /// AC power by step, kW, positive = charging.
    pub power_kw: Vec<f64>,
    /// Stored energy at each step's end, kWh.
    pub soc_kwh: Vec<f64>,
}

/// A solved program.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub units: Vec<Unit>,
    /// The bill less the value of what is left, $.
    pub cost: f64,
    /// No schedule of this program costs less, $.
    pub bound: f64,
    /// Energy beyond limits that could not be held, kWh.
    pub excess_kwh: f64,
    pub exact: bool,
}

/// The variables of batteries that are alike, for each of them.
struct Variables {
    homes: Vec<usize>,
    power: Vec<usize>,
    soc: Vec<usize>,
}

/// A program in the making.
struct Program<'a> {
    horizon: &'a Horizon<'a>,
    lp: Lp,
    /// Variables that cost money, with $ per unit.
    money: Vec<(usize, f64)>,
    /// Excess over limits, kW.
    excess: Vec<usize>,
    /// What costs the program something and nobody money, with $ per unit.
    virtual_money: Vec<(usize, f64)>,
}

/// Homes with one meter between them.
#[derive(Debug, Clone)]
pub(super) struct Meter {
    pub homes: Vec<usize>,
    /// Whether they trade with other meters.
    pub trades: bool,
}

/// Homes planned for together, and what they may exchange with the grid.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bill<'a> {
    pub meters: &'a [Meter],
    /// Largest import of all by step, kW; infinite for no limit.
    pub import_kw: &'a [f64],
    /// Largest export, kW; infinite for no limit.
    pub export_kw: f64,
}

impl Bill<'_> {
    /// The homes of all meters.
    pub fn homes(&self) -> impl Iterator<Item = usize> {
        self.meters.iter().flat_map(|meter| meter.homes.iter().copied())
    }
}

/// Finds the cheapest schedule of the bill's batteries, in groups that are alike
/// ([`Horizon::groups`]). `modes` holds one row per group, one entry per step.
pub(super) fn solve(
    horizon: &Horizon,
    bill: Bill,
    groups: &[Vec<usize>],
    modes: &[Vec<Mode>],
) -> Option<Draft> {
    let mut program = Program {
        horizon,
        lp: Lp::default(),
        money: Vec::new(),
        excess: Vec::new(),
        virtual_money: Vec::new(),
    };
    let units: Vec<_> =
        groups.iter().zip(modes).map(|(homes, modes)| program.battery(homes, modes)).collect();
    let exchanges: Vec<Vec<Exchange>> =
        (0..horizon.steps).filter_map(|k| program.balances(k, bill, &units)).collect();
    for (i, meter) in bill.meters.iter().enumerate() {
        let own: Vec<Exchange> = exchanges.iter().map(|exchanges| exchanges[i]).collect();
        program.charges(&own, meter.homes.len());
    }
    program.finish(units)
}

impl Program<'_> {
    /// Power that costs money, and the program a little more.
    fn pay(&mut self, price: f64, more: f64) -> usize {
        let [cost, more] = [price, more].map(|price| price * self.horizon.community.dt);
        let variable = self.lp.amount(cost + more, f64::INFINITY);
        self.money.push((variable, cost));
        self.virtual_money.push((variable, more));
        variable
    }

    /// A variable ≥ 0 for what no schedule can avoid; the earlier, the dearer, as the guard too
    /// lets batteries help as soon as they can.
    fn excess(&mut self, k: usize) -> usize {
        let price = EXCESS * self.horizon.highest_price().max(1.0);
        let cost = price * (1.0 + 0.01 * self.earliness(k)) * self.horizon.community.dt;
        let variable = self.lp.amount(cost, f64::INFINITY);
        self.excess.push(variable);
        self.virtual_money.push((variable, cost));
        variable
    }

    fn earliness(&self, k: usize) -> f64 {
        1.0 - k as f64 / self.horizon.steps as f64
    }

    /// Variables and rows of one battery on its own, which stands for all of its group.
    fn battery(&mut self, homes: &[usize], modes: &[Mode]) -> Variables {
        let battery = self.horizon.battery(homes[0]);
        let count = homes.len() as f64;
        let end_value = count * self.horizon.community.end_value(homes[0]);
        let mut unit = Variables { homes: homes.to_vec(), power: Vec::new(), soc: Vec::new() };
        for (k, mode) in modes.iter().enumerate() {
            let last = k + 1 == modes.len();
            let power = self.lp.variable(0.0);
            let soc = self.lp.variable(if last { -end_value } else { 0.0 });
            if last {
                self.money.push((soc, -end_value));
            }
            let (low, high) = match mode.direction {
                Direction::Free => (-battery.power, battery.power),
                Direction::Charge => (0.0, battery.power),
                Direction::Discharge => (-battery.power, 0.0),
            };
            self.lp.between(power, low, high);
            self.lp.between(soc, mode.floor, battery.soc_max);
            self.wear(power, homes.len());
            unit.power.push(power);
            unit.soc.push(soc);
            self.recursion(&unit, k, mode.direction);
            self.ramp(&unit, k);
        }
        unit
    }

    /// What the throughput of `count` batteries costs the planner, if anything.
    fn wear(&mut self, power: usize, count: usize) {
        if self.horizon.wear > 0.0 {
            let cost = count as f64 * self.horizon.wear * self.horizon.community.dt;
            let throughput = self.lp.variable(cost);
            self.virtual_money.push((throughput, cost));
            self.lp.at_most([(power, 1.0), (throughput, -1.0)], 0.0);
            self.lp.at_most([(power, -1.0), (throughput, -1.0)], 0.0);
        }
    }

    fn recursion(&mut self, unit: &Variables, k: usize, direction: Direction) {
        let battery = self.horizon.battery(unit.homes[0]);
        let BatteryStep { efficiency, decay, gain_hours, .. } = *battery;
        let before = k.checked_sub(1).map(|k| (unit.soc[k], -decay));
        let right = if k == 0 { decay * self.horizon.soc(unit.homes[0]) } else { 0.0 };
        let row =
            |gain: f64| [(unit.soc[k], 1.0), (unit.power[k], -gain)].into_iter().chain(before);
        let (charge, discharge) = (efficiency * gain_hours, gain_hours / efficiency);
        match direction {
            Direction::Charge => self.lp.equal(row(charge), right),
            Direction::Discharge => self.lp.equal(row(discharge), right),
            Direction::Free => {
                self.lp.at_most(row(charge), right);
                if discharge > charge {
                    self.lp.at_most(row(discharge), right);
                }
            }
        }
    }

    fn ramp(&mut self, unit: &Variables, k: usize) {
        let battery = self.horizon.battery(unit.homes[0]);
        if battery.ramp >= 2.0 * battery.power {
            return;
        }
        let reach = (battery.ramp - MARGIN).max(0.0);
        let start = if k == 0 { self.horizon.last_kw(unit.homes[0]) } else { 0.0 };
        for side in [1.0, -1.0] {
            let before = k.checked_sub(1).map(|k| (unit.power[k], -side));
            let row = [(unit.power[k], side)].into_iter().chain(before);
            self.lp.at_most(row, reach + side * start);
        }
    }

    fn finish(self, units: Vec<Variables>) -> Option<Draft> {
        let Self { horizon, lp, money, excess, virtual_money } = self;
        let solution = lp.solve()?;
        let x = &solution.x;
        let sum = |terms: &[(usize, f64)]| terms.iter().map(|&(i, a)| a * x[i]).sum::<f64>();
        let value = |home: usize| horizon.community.end_value(home) * horizon.battery(home).soc_min;
        let start: f64 = units.iter().flat_map(|unit| unit.homes.iter().copied()).map(value).sum();
        let excess_kw: f64 = excess.iter().map(|&i| x[i]).sum();
        Some(Draft {
            cost: sum(&money) + start,
            bound: solution.bound + start - sum(&virtual_money),
            excess_kwh: excess_kw * horizon.community.dt,
            exact: solution.exact,
            units: units
                .into_iter()
                .map(|unit| Unit {
                    homes: unit.homes,
                    power_kw: unit.power.iter().map(|&i| x[i]).collect(),
                    soc_kwh: unit.soc.iter().map(|&i| x[i]).collect(),
                })
                .collect(),
        })
    }
}
