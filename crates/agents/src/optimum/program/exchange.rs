//! What the homes of a bill exchange, step by step: with each other, and with the grid.

use super::{Bill, LATE, LATE_UNSERVED, MARGIN, Program, SPREAD, Variables};

/// A meter's homes in one step: their net power is `base + terms`, kW.
struct Side {
    base: f64,
    terms: Vec<(usize, f64)>,
    /// Least and most that the net power can be, kW.
    low: f64,
    high: f64,
}

/// A meter's exchange with the grid in one step, kW; none of a side that it cannot be on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exchange {
    pub k: usize,
    pub import: Option<usize>,
    pub export: Option<usize>,
}

impl Program<'_> {
    /// The balances of a step, `Σ (base + p) + curtailed = import − export + bought − sold`, one
    /// per meter; one for all of them while the grid is down, when there is no exchange.
    pub(super) fn balances(
        &mut self,
        k: usize,
        bill: Bill,
        units: &[Variables],
    ) -> Option<Vec<Exchange>> {
        let meters = bill.meters.iter();
        let mut sides: Vec<_> = meters.map(|meter| self.side(k, &meter.homes, units)).collect();
        if self.horizon.is_outage(k) {
            self.island(k, bill, sides);
            return None;
        }
        let base: f64 = sides.iter().map(|side| side.base).sum();
        let [import_kw, export_kw] =
            [bill.import_kw[k], bill.export_kw].map(|kw| (kw - MARGIN).max(0.0));
        if base < -export_kw {
            self.curtail(k, -export_kw - base, &mut sides);
        }
        self.trade(k, bill, &mut sides);
        let exchanges: Vec<_> = sides.into_iter().map(|side| self.grid(k, side)).collect();
        let street = |sign: f64| {
            let terms = exchanges.iter().flat_map(move |exchange| {
                [exchange.import.map(|i| (i, sign)), exchange.export.map(|i| (i, -sign))]
            });
            terms.flatten()
        };
        if import_kw.is_finite() {
            let excess = (base > import_kw).then(|| (self.excess(k), -1.0));
            self.lp.at_most(street(1.0).chain(excess), import_kw);
        }
        if export_kw.is_finite() {
            self.lp.at_most(street(-1.0), export_kw);
        }
        Some(exchanges)
    }

    /// The net power of homes with one meter.
    fn side(&mut self, k: usize, homes: &[usize], units: &[Variables]) -> Side {
        let mut side = Side { base: 0.0, terms: Vec::new(), low: 0.0, high: 0.0 };
        for &home in homes {
            let own = self.horizon.base_kw(k, home);
            let connection = self.horizon.community.connection_kw(home);
            // PV beyond the connection is curtailed.
            let (mut base, mut reach) = (own.max(-connection), 0.0);
            if let Some(unit) = units.iter().find(|unit| unit.homes.contains(&home)) {
                (base, reach) = (own, self.horizon.battery(home).power);
                side.terms.push((unit.power[k], 1.0));
                side.terms.extend(self.connection(k, unit.power[k], own, connection));
            }
            side.base += base;
            side.low += base - reach;
            side.high += base + reach;
        }
        side
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

    /// At most `spare` kW of PV held back for the street's limit on exports.
    fn curtail(&mut self, k: usize, spare: f64, sides: &mut [Side]) {
        let mut all = Vec::new();
        for side in sides.iter_mut().filter(|side| side.base < 0.0) {
            let curtailed = self.curtailed(k, spare.min(-side.base));
            side.terms.push((curtailed, 1.0));
            all.push((curtailed, 1.0));
        }
        if all.len() > 1 {
            self.lp.at_most(all, spare);
        }
    }

    /// The street on its own: no more can be missing than is drawn.
    fn island(&mut self, k: usize, bill: Bill, sides: Vec<Side>) {
        let load: f64 = bill.homes().map(|home| self.horizon.load_kw(k, home)).sum();
        let unserved = self.unserved(k, load);
        let curtailed = self.curtailed(k, f64::INFINITY);
        let base: f64 = sides.iter().map(|side| side.base).sum();
        let terms = sides.into_iter().flat_map(|side| side.terms);
        self.lp.equal(terms.chain([(unserved, -1.0), (curtailed, 1.0)]), -base);
    }

    /// Load that is not served: late rather than early, as the guard does.
    fn unserved(&mut self, k: usize, load: f64) -> usize {
        let c = self.horizon.community;
        let cost = c.value_of_lost_load() * c.dt;
        let late = LATE_UNSERVED * cost * self.earliness(k);
        let variable = self.lp.amount(cost + late, load);
        self.money.push((variable, cost));
        self.virtual_money.push((variable, late));
        variable
    }

    /// What meters that trade buy from each other, for the fee. A home buys no more than it draws
    /// and sells no more than it feeds in; of that, which is not linear, the program knows the
    /// linear part: nothing at one end of its battery's reach, all at the other.
    fn trade(&mut self, k: usize, bill: Bill, sides: &mut [Side]) {
        let Some(fee) = self.horizon.fee(k) else { return };
        let meters = bill.meters.iter().zip(sides);
        let mut trading: Vec<_> =
            meters.filter_map(|(meter, side)| meter.trades.then_some(side)).collect();
        let both = trading.iter().any(|s| s.high > 0.0) && trading.iter().any(|s| s.low < 0.0);
        if trading.len() < 2 || !both {
            return;
        }
        let mut traded = Vec::new();
        for side in &mut trading {
            let (low, high) = (side.low.min(0.0), side.high.max(0.0));
            let net = side.terms.clone();
            let reach = high - low;
            if high > 0.0 {
                let bought = self.pay(fee, (SPREAD - fee).max(0.0));
                let share = high / reach;
                let row = net.iter().map(|&(i, a)| (i, -share * a)).chain([(bought, 1.0)]);
                self.lp.at_most(row, share * (side.base - low));
                side.terms.push((bought, -1.0));
                traded.push((bought, 1.0));
            }
            if low < 0.0 {
                let sold = self.lp.amount(0.0, f64::INFINITY);
                let share = -low / reach;
                let row = net.iter().map(|&(i, a)| (i, share * a)).chain([(sold, 1.0)]);
                self.lp.at_most(row, share * (high - side.base));
                side.terms.push((sold, 1.0));
                traded.push((sold, -1.0));
            }
        }
        self.lp.equal(traded, 0.0);
    }

    /// The rest is settled with the grid.
    fn grid(&mut self, k: usize, side: Side) -> Exchange {
        let (retail, feed_in) = (self.horizon.retail(k), self.horizon.feed_in(k));
        let spread = (feed_in + SPREAD - retail).max(0.0);
        let early = self.horizon.late * self.earliness(k);
        let import = (side.high >= 0.0).then(|| self.pay(retail, spread + early));
        let export = (side.low < 0.0).then(|| self.pay(-feed_in, early));
        let grid = [import.map(|i| (i, -1.0)), export.map(|i| (i, 1.0))];
        self.lp.equal(side.terms.into_iter().chain(grid.into_iter().flatten()), -side.base);
        Exchange { k, import, export }
    }

    /// The tariff's charges for one meter, day by day.
    pub(super) fn charges(&mut self, exchanges: &[Exchange], homes: usize) {
        let (c, first) = (self.horizon.community, self.horizon.first);
        let day = |exchange: &Exchange| (first + exchange.k) / c.steps_per_day;
        for exchanges in exchanges.chunk_by(|a, b| day(a) == day(b)) {
            if let Some(charge) = &c.tariff.demand_charge {
                let counted = exchanges.iter().filter(|e| c.in_demand_window(first + e.k));
                let highest = self.charge(charge.price_per_kw_day);
                for import in counted.filter_map(|exchange| exchange.import) {
                    self.lp.at_most([(import, 1.0), (highest, -1.0)], 0.0);
                }
            }
            if let Some(charge) = &c.tariff.export_charge {
                let counted = exchanges.iter().filter(|e| c.in_export_window(first + e.k));
                let beyond = self.charge(charge.price_per_kwh);
                let exported = counted.filter_map(|e| e.export).map(|export| (export, c.dt));
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
}
