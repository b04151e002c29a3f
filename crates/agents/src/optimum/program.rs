//! The linear program of one bill: one street's, or one home's.
//!
//! Per step: import `m ≥ 0` and export `x ≥ 0`. Per battery and step: AC power `p` and stored
//! energy `s` at the step's end. With η the one-way efficiency, δ what self-discharge leaves and g
//! the effective hours ([`BatteryStep`]), the recursion `s' = δ·s + g·min(η·p, p/η)` is exact: for
//! charging the first term is the smaller, for discharging the second. Both are written as `≤`,
//! which is linear; throwing energy away is then allowed, and [`Mode`]s forbid it where it would
//! pay.

use peergrid_physics::BatteryStep;

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
    /// It may not discharge; energy may be thrown away.
    NoDischarge,
    /// It may charge, and keeps what it charges.
    Charge,
    /// It may discharge, and delivers what it discharges.
    Discharge,
}

/// The schedule of one battery.
#[derive(Debug, Clone, Default)]
pub(super) struct Unit {
    pub home: usize,
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

struct Variables {
    home: usize,
    power: Vec<usize>,
    soc: Vec<usize>,
}

/// A step's exchange with the grid, kW.
#[derive(Debug, Clone, Copy)]
struct Trade {
    k: usize,
    import: usize,
    export: usize,
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

/// Homes billed together, and what they may exchange with the grid.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bill<'a> {
    pub homes: &'a [usize],
    /// Largest import by step, kW; infinite for no limit.
    pub import_kw: &'a [f64],
    /// Largest export, kW; infinite for no limit.
    pub export_kw: f64,
}

/// Finds the cheapest schedule of `batteries`, the homes of the bill that have one. `modes` holds
/// one row per battery, one entry per step.
pub(super) fn solve(
    horizon: &Horizon,
    bill: Bill,
    batteries: &[usize],
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
        batteries.iter().zip(modes).map(|(&home, modes)| program.battery(home, modes)).collect();
    let trades: Vec<_> = (0..horizon.steps).map(|k| program.balance(k, bill, &units)).collect();
    program.charges(&trades, bill.homes.len());
    program.finish(units)
}

impl Program<'_> {
    /// Power that costs money, and the program a little more.
    fn pay(&mut self, price: f64, more: f64, high: f64) -> usize {
        let [cost, more] = [price, more].map(|price| price * self.horizon.community.dt);
        let variable = self.lp.amount(cost + more, high);
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

    /// Load that is not served: late rather than early, as the guard does.
    fn unserved(&mut self, k: usize) -> usize {
        let c = self.horizon.community;
        let cost = c.value_of_lost_load() * c.dt;
        let late = LATE_UNSERVED * cost * self.earliness(k);
        let variable = self.lp.amount(cost + late, f64::INFINITY);
        self.money.push((variable, cost));
        self.virtual_money.push((variable, late));
        variable
    }

    fn earliness(&self, k: usize) -> f64 {
        1.0 - k as f64 / self.horizon.steps as f64
    }

    /// Variables and rows of one battery on its own.
    fn battery(&mut self, home: usize, modes: &[Mode]) -> Variables {
        let battery = self.horizon.battery(home);
        let end_value = self.horizon.community.end_value(home);
        let mut unit = Variables { home, power: Vec::new(), soc: Vec::new() };
        for (k, mode) in modes.iter().enumerate() {
            let last = k + 1 == modes.len();
            let power = self.lp.variable(0.0);
            let soc = self.lp.variable(if last { -end_value } else { 0.0 });
            if last {
                self.money.push((soc, -end_value));
            }
            let (low, high) = match mode.direction {
                Direction::Free => (-battery.power, battery.power),
                Direction::NoDischarge | Direction::Charge => (0.0, battery.power),
                Direction::Discharge => (-battery.power, 0.0),
            };
            self.lp.between(power, low, high);
            self.lp.between(soc, mode.floor, battery.soc_max);
            unit.power.push(power);
            unit.soc.push(soc);
            self.recursion(&unit, k, mode.direction);
            self.ramp(&unit, k);
        }
        unit
    }

    fn recursion(&mut self, unit: &Variables, k: usize, direction: Direction) {
        let battery = self.horizon.battery(unit.home);
        let BatteryStep { efficiency, decay, gain_hours, .. } = *battery;
        let before = k.checked_sub(1).map(|k| (unit.soc[k], -decay));
        let right = if k == 0 { decay * self.horizon.soc(unit.home) } else { 0.0 };
        let row =
            |gain: f64| [(unit.soc[k], 1.0), (unit.power[k], -gain)].into_iter().chain(before);
        let (charge, discharge) = (efficiency * gain_hours, gain_hours / efficiency);
        match direction {
            Direction::Charge => self.lp.equal(row(charge), right),
            Direction::Discharge => self.lp.equal(row(discharge), right),
            Direction::NoDischarge => self.lp.at_most(row(charge), right),
            Direction::Free => {
                self.lp.at_most(row(charge), right);
                if discharge > charge {
                    self.lp.at_most(row(discharge), right);
                }
            }
        }
    }

    fn ramp(&mut self, unit: &Variables, k: usize) {
        let battery = self.horizon.battery(unit.home);
        if battery.ramp >= 2.0 * battery.power {
            return;
        }
        let reach = (battery.ramp - MARGIN).max(0.0);
        let start = if k == 0 { self.horizon.last_kw(unit.home) } else { 0.0 };
        for side in [1.0, -1.0] {
            let before = k.checked_sub(1).map(|k| (unit.power[k], -side));
            let row = [(unit.power[k], side)].into_iter().chain(before);
            self.lp.at_most(row, reach + side * start);
        }
    }

    /// The balance of one step: `Σ (base + p) + curtailed = m − x`.
    fn balance(&mut self, k: usize, bill: Bill, units: &[Variables]) -> Option<Trade> {
        let mut base = 0.0;
        let mut terms = Vec::with_capacity(units.len() + 4);
        for &home in bill.homes {
            let unit = units.iter().find(|unit| unit.home == home);
            let own = self.horizon.base_kw(k, home);
            let connection = self.horizon.community.connection_kw(home);
            match unit {
                // PV beyond the connection is curtailed.
                None => base += own.max(-connection),
                Some(unit) => {
                    base += own;
                    terms.push((unit.power[k], 1.0));
                    terms.extend(self.connection(k, unit.power[k], own, connection));
                }
            }
        }
        self.grid(k, base, terms, bill)
    }

    /// Keeps a home within its connection; returns the power curtailed, if it may come to that.
    fn connection(
        &mut self,
        k: usize,
        power: usize,
        base: f64,
        limit: f64,
    ) -> Option<(usize, f64)> {
        if base > limit {
            let excess = self.excess(k);
            self.lp.at_most([(power, 1.0), (excess, -1.0)], limit - base);
        } else {
            self.lp.between(power, f64::NEG_INFINITY, (limit - base - MARGIN).max(0.0));
        }
        if base >= -limit {
            self.lp.between(power, (-limit - base + MARGIN).min(0.0), f64::INFINITY);
            return None;
        }
        let curtailed = self.curtailed(k, -limit - base);
        self.lp.at_most([(power, -1.0), (curtailed, -1.0)], limit + base);
        Some((curtailed, 1.0))
    }

    /// PV held back, at most `high` kW: late rather than early, as the guard does.
    fn curtailed(&mut self, k: usize, high: f64) -> usize {
        let cost = LATE * (1.0 + self.earliness(k)) * self.horizon.community.dt;
        let variable = self.lp.amount(cost, high);
        self.virtual_money.push((variable, cost));
        variable
    }

    /// Import and export, or what is done without them while the grid is down.
    fn grid(
        &mut self,
        k: usize,
        base: f64,
        mut terms: Vec<(usize, f64)>,
        bill: Bill,
    ) -> Option<Trade> {
        if self.horizon.is_outage(k) {
            let unserved = self.unserved(k);
            let curtailed = self.curtailed(k, f64::INFINITY);
            terms.extend([(unserved, -1.0), (curtailed, 1.0)]);
            self.lp.equal(terms, -base);
            return None;
        }
        let (retail, feed_in) = (self.horizon.retail(k), self.horizon.feed_in(k));
        let [import_kw, export_kw] =
            [bill.import_kw[k], bill.export_kw].map(|kw| (kw - MARGIN).max(0.0));
        let spread = (feed_in + SPREAD - retail).max(0.0);
        let import = self.pay(retail, spread, import_kw);
        let export = self.pay(-feed_in, 0.0, export_kw);
        terms.extend([(import, -1.0), (export, 1.0)]);
        if base > import_kw {
            let excess = self.excess(k);
            let cost = retail * self.horizon.community.dt;
            self.money.push((excess, cost));
            self.virtual_money.push((excess, -cost));
            terms.push((excess, -1.0));
        } else if base < -export_kw {
            let curtailed = self.curtailed(k, -export_kw - base);
            terms.push((curtailed, 1.0));
        }
        self.lp.equal(terms, -base);
        Some(Trade { k, import, export })
    }

    /// The tariff's charges, day by day, as if the street had one meter with the allowances of all
    /// its homes: no more than what the homes are charged one by one, and the same for one home.
    fn charges(&mut self, trades: &[Option<Trade>], homes: usize) {
        let (c, first) = (self.horizon.community, self.horizon.first);
        let trades: Vec<Trade> = trades.iter().flatten().copied().collect();
        for day in trades
            .chunk_by(|a, b| (first + a.k) / c.steps_per_day == (first + b.k) / c.steps_per_day)
        {
            if let Some(charge) = &c.tariff.demand_charge {
                let highest = self.charge(charge.price_per_kw_day);
                for trade in day.iter().filter(|trade| c.in_demand_window(first + trade.k)) {
                    self.lp.at_most([(trade.import, 1.0), (highest, -1.0)], 0.0);
                }
            }
            if let Some(charge) = &c.tariff.export_charge {
                let beyond = self.charge(charge.price_per_kwh);
                let counted = day.iter().filter(|trade| c.in_export_window(first + trade.k));
                let exported = counted.map(|trade| (trade.export, c.dt));
                let free = homes as f64 * charge.free_kwh_per_day();
                self.lp.at_most(exported.chain([(beyond, -1.0)]), free);
            }
        }
    }

    /// A variable ≥ 0 that costs `price` per unit.
    fn charge(&mut self, price: f64) -> usize {
        let variable = self.lp.amount(price, f64::INFINITY);
        self.money.push((variable, price));
        variable
    }

    fn finish(self, units: Vec<Variables>) -> Option<Draft> {
        let Self { horizon, lp, money, excess, virtual_money } = self;
        let solution = lp.solve()?;
        let x = &solution.x;
        let sum = |terms: &[(usize, f64)]| terms.iter().map(|&(i, a)| a * x[i]).sum::<f64>();
        let value = |home| horizon.community.end_value(home) * horizon.battery(home).soc_min;
        let start: f64 = units.iter().map(|unit| value(unit.home)).sum();
        let excess_kw: f64 = excess.iter().map(|&i| x[i]).sum();
        Some(Draft {
            cost: sum(&money) + start,
            bound: solution.bound + start - sum(&virtual_money),
            excess_kwh: excess_kw * horizon.community.dt,
            exact: solution.exact,
            units: units
                .into_iter()
                .map(|unit| Unit {
                    home: unit.home,
                    power_kw: unit.power.iter().map(|&i| x[i]).collect(),
                    soc_kwh: unit.soc.iter().map(|&i| x[i]).collect(),
                })
                .collect(),
        })
    }
}
