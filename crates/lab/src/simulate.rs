//! One run, step by step, in numbers from which anyone can work out every bill by hand.
//!
//! A step leaves one [`Row`] per home and one for the street, in this order. For a home,
//!
//! ```text
//! load − unserved/h − (pv − curtailed) + battery = net,    net · h = p2p + import − export
//! bill = import · retail − export · feed-in + p2p_cost + loss_cost + charges
//! ```
//!
//! with `h` the step's length in hours. The row of the street holds the sums of the homes' rows,
//! except where a column says otherwise.

use std::sync::Arc;

use jiff::civil::Date;
use peergrid_agents::Policy;
use peergrid_env::{Checked, Community, Microgrids, Settled};
use peergrid_guard::{Changes, Feasible};
use peergrid_physics::PowerFlow;
use serde::Serialize;

use crate::{LabError, episodes::play};

/// What the row of the street is called; no home may bear this name.
pub const STREET: &str = "street";

/// A side of the local market.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The home wants to buy.
    Bid,
    /// The home wants to sell.
    Ask,
}

impl Side {
    const fn id(self) -> &'static str {
        match self {
            Self::Bid => "bid",
            Self::Ask => "ask",
        }
    }
}

/// A home, or the street, in one step. Powers are means of the step, kW; energies kWh; prices
/// $/kWh; money $, positive = to pay.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Date.
    pub date: Date,
    /// Hour of the clock at which the step begins, from 0 to below 24.
    pub hour: f64,
    /// The home's name, or [`STREET`].
    pub home: String,
    /// The grid's retail price.
    pub retail_price: f64,
    /// The grid's feed-in price.
    pub feed_in_price: f64,
    /// Load, kW.
    pub load_kw: f64,
    /// PV power that was there, kW.
    pub pv_kw: f64,
    /// The part of it that was held back, kW.
    pub curtailed_kw: f64,
    /// Battery power on the AC side, kW, positive = charging.
    pub battery_kw: f64,
    /// Stored energy at the step's end, kWh.
    pub soc_kwh: f64,
    /// Net power, kW, positive = drawing.
    pub net_kw: f64,
    /// Side of the market on which the home put an order; none without one, and for the street.
    pub order_side: Option<Side>,
    /// The order's size, kWh.
    pub order_kwh: Option<f64>,
    /// The order's limit price.
    pub order_price: Option<f64>,
    /// Traded with neighbours, kWh, positive = bought; for the street all that was bought.
    pub p2p_kwh: f64,
    /// What sellers got on average; none where nothing was traded.
    pub local_price: Option<f64>,
    /// Paid for what was bought from neighbours, the local network's fee included, $; negative =
    /// received. For the street what is left of it: fees, and what the market's operator keeps.
    pub p2p_cost: f64,
    /// Bought from the grid, kWh.
    pub grid_import_kwh: f64,
    /// Sold to the grid, kWh.
    pub grid_export_kwh: f64,
    /// Load that could not be served, kWh.
    pub unserved_kwh: f64,
    /// Share of the feeder's losses, kWh.
    pub loss_kwh: f64,
    /// What the share costs, $: losses are bought at retail as far as the street imports, and at
    /// the feed-in price as far as they only lower its export.
    pub loss_cost: f64,
    /// The network's charges for exports and demand, $.
    pub charges: f64,
    /// Bill of the step, $.
    pub bill: f64,
    /// Energy through the transformer, kWh, positive = imported: import, less export, plus losses.
    /// Of the street only.
    pub feeder_kwh: Option<f64>,
    /// Voltage at the home's bus, per unit; for the street the lowest on its feeder. None without a
    /// feeder or while the grid is down.
    pub voltage_pu: Option<f64>,
    /// Why the guard changed what the policy proposed, joined by `;`; empty where it did not.
    pub guard: String,
}

/// The columns of a table of rows, in order: the names of [`Row`]'s fields.
pub const COLUMNS: [&str; 27] = [
    "date",
    "hour",
    "home",
    "retail_price",
    "feed_in_price",
    "load_kw",
    "pv_kw",
    "curtailed_kw",
    "battery_kw",
    "soc_kwh",
    "net_kw",
    "order_side",
    "order_kwh",
    "order_price",
    "p2p_kwh",
    "local_price",
    "p2p_cost",
    "grid_import_kwh",
    "grid_export_kwh",
    "unserved_kwh",
    "loss_kwh",
    "loss_cost",
    "charges",
    "bill",
    "feeder_kwh",
    "voltage_pu",
    "guard",
];

impl Row {
    /// The row as text, in the order of [`COLUMNS`]: numbers to a millionth, nothing where there is
    /// no value.
    pub fn cells(&self) -> [String; COLUMNS.len()] {
        let optional = |value: Option<f64>| value.map(number).unwrap_or_default();
        [
            self.date.to_string(),
            number(self.hour),
            self.home.clone(),
            number(self.retail_price),
            number(self.feed_in_price),
            number(self.load_kw),
            number(self.pv_kw),
            number(self.curtailed_kw),
            number(self.battery_kw),
            number(self.soc_kwh),
            number(self.net_kw),
            self.order_side.map(Side::id).unwrap_or_default().to_owned(),
            optional(self.order_kwh),
            optional(self.order_price),
            number(self.p2p_kwh),
            optional(self.local_price),
            number(self.p2p_cost),
            number(self.grid_import_kwh),
            number(self.grid_export_kwh),
            number(self.unserved_kwh),
            number(self.loss_kwh),
            number(self.loss_cost),
            number(self.charges),
            number(self.bill),
            optional(self.feeder_kwh),
            optional(self.voltage_pu),
            self.guard.clone(),
        ]
    }
}

/// A number to a millionth, without a sign on zero.
fn number(value: f64) -> String {
    // Adding 0 turns a negative zero into a plain one.
    ((value * 1e6).round() / 1e6 + 0.0).to_string()
}

/// Rows as CSV with a header line: the columns at these places of [`COLUMNS`], in this order.
///
/// # Errors
/// A row that cannot be written.
///
/// # Panics
/// If a place is not below the number of columns.
pub fn to_csv(rows: &[Row], columns: &[usize]) -> Result<String, LabError> {
    let failed = |e: &dyn std::fmt::Display| LabError::Results(e.to_string());
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns.iter().map(|&i| COLUMNS[i])).map_err(|e| failed(&e))?;
    for row in rows {
        let cells = row.cells();
        let picked = columns.iter().map(|&i| cells[i].as_str());
        writer.write_record(picked).map_err(|e| failed(&e))?;
    }
    let bytes = writer.into_inner().map_err(|e| failed(&e))?;
    String::from_utf8(bytes).map_err(|e| failed(&e))
}

/// Lets `policy` run the homes for `days` days from day `first_day` of the data on, counted from
/// 0, as one episode: every battery starts at its lowest charge and keeps its state over midnight.
///
/// # Errors
/// Days outside the data; a home called [`STREET`]; a feeder that cannot carry the load.
pub fn simulate(
    policy: &mut dyn Policy,
    community: &Arc<Community>,
    first_day: usize,
    days: usize,
) -> Result<Vec<Row>, LabError> {
    if community.ids.iter().any(|id| id == STREET) {
        let message = format!("a home is called `{STREET}`, as the rows of totals are; rename it");
        return Err(LabError::Missing(message));
    }
    let mut microgrids = Microgrids::new(community.clone(), days);
    microgrids.reset(&[first_day])?;
    let mut flow = PowerFlow::default();
    let mut rows = Vec::with_capacity(microgrids.episode_steps() * (community.homes() + 1));
    play(policy, &mut microgrids, |_, checked, settled| {
        Step::new(community, settled, &mut flow)?.rows(checked, &mut rows);
        Ok(())
    })?;
    Ok(rows)
}

/// A settled step of one microgrid.
struct Step<'a> {
    community: &'a Community,
    settled: &'a Settled,
    /// Voltages of the feeder; none without one or while the grid is down.
    flow: Option<&'a PowerFlow>,
    /// What a kWh of loss costs, $.
    loss_price: f64,
    t: usize,
}

impl<'a> Step<'a> {
    fn new(
        community: &'a Community,
        settled: &'a Settled,
        flow: &'a mut PowerFlow,
    ) -> Result<Self, LabError> {
        let t = settled.t[0];
        let feeder = community.feeder().filter(|_| !community.is_outage(t));
        if let Some(feeder) = feeder {
            feeder.solve(&settled.net_kw, flow)?;
        }
        let (loss, at_retail) = (settled.street_loss_kwh[0], settled.loss_import_kwh[0]);
        let cost = at_retail * community.retail(t) + (loss - at_retail) * community.feed_in(t);
        let loss_price = if loss > 0.0 { cost / loss } else { 0.0 };
        Ok(Self { community, settled, flow: feeder.map(|_| &*flow), loss_price, t })
    }

    fn rows(&self, checked: &Checked, rows: &mut Vec<Row>) {
        let first = rows.len();
        for (h, (action, changes)) in checked.feasible().iter().zip(checked.changes()).enumerate() {
            rows.push(self.home(h, action, changes));
        }
        rows.push(self.street(&rows[first..]));
    }

    fn home(&self, h: usize, action: &Feasible, changes: &Changes) -> Row {
        let (c, s) = (self.community, self.settled);
        let order = self.order(action);
        let bus = self.flow.zip(c.feeder()).map(|(flow, feeder)| (flow, feeder.home_bus(h)));
        let reasons: Vec<_> = changes.iter().map(|(reason, _)| reason.label()).collect();
        Row {
            home: c.ids[h].clone(),
            load_kw: s.load_kw[h],
            pv_kw: s.pv_kw[h],
            curtailed_kw: s.curtailed_kw[h],
            battery_kw: s.battery_kw[h],
            soc_kwh: s.soc_kwh[h],
            net_kw: s.net_kw[h],
            order_side: order.map(|(side, ..)| side),
            order_kwh: order.map(|(_, kwh, _)| kwh),
            order_price: order.map(|(.., price)| price),
            p2p_kwh: s.p2p_kwh[h],
            p2p_cost: s.p2p_cost[h],
            grid_import_kwh: s.import_kwh[h],
            grid_export_kwh: s.export_kwh[h],
            unserved_kwh: s.unserved_kwh[h],
            loss_kwh: s.loss_kwh[h],
            loss_cost: s.loss_kwh[h] * self.loss_price,
            charges: s.charges[h],
            bill: s.bill[h],
            voltage_pu: bus.map(|(flow, bus)| flow.voltage_pu[bus]),
            guard: reasons.join(";"),
            ..self.blank()
        }
    }

    /// What the home put into the market: side, kWh and limit price. While the grid is down there
    /// is no market.
    fn order(&self, action: &Feasible) -> Option<(Side, f64, f64)> {
        let kwh = (action.net_kw() - action.action().grid_request_kw) * self.community.dt;
        let side = if kwh > 0.0 { Side::Bid } else { Side::Ask };
        let ordered = kwh != 0.0 && !self.community.is_outage(self.t);
        ordered.then_some((side, kwh.abs(), action.action().price_bid))
    }

    fn street(&self, homes: &[Row]) -> Row {
        let s = self.settled;
        let sum = |column: fn(&Row) -> f64| homes.iter().map(column).sum::<f64>();
        Row {
            home: STREET.to_owned(),
            load_kw: sum(|row| row.load_kw),
            pv_kw: sum(|row| row.pv_kw),
            curtailed_kw: sum(|row| row.curtailed_kw),
            battery_kw: sum(|row| row.battery_kw),
            soc_kwh: sum(|row| row.soc_kwh),
            net_kw: sum(|row| row.net_kw),
            p2p_kwh: s.volume_kwh[0],
            p2p_cost: sum(|row| row.p2p_cost),
            grid_import_kwh: sum(|row| row.grid_import_kwh),
            grid_export_kwh: sum(|row| row.grid_export_kwh),
            unserved_kwh: sum(|row| row.unserved_kwh),
            loss_kwh: sum(|row| row.loss_kwh),
            loss_cost: sum(|row| row.loss_cost),
            charges: sum(|row| row.charges),
            bill: sum(|row| row.bill),
            feeder_kwh: Some(s.feeder_kwh[0]),
            voltage_pu: self.flow.map(|_| s.voltage_min[0]),
            ..self.blank()
        }
    }

    /// What all rows of the step have in common.
    fn blank(&self) -> Row {
        let (c, day) = (self.community, self.t / self.community.steps_per_day);
        Row {
            date: c.dates[day],
            hour: (self.t % c.steps_per_day) as f64 * c.dt,
            home: String::new(),
            retail_price: c.retail(self.t),
            feed_in_price: c.feed_in(self.t),
            load_kw: 0.0,
            pv_kw: 0.0,
            curtailed_kw: 0.0,
            battery_kw: 0.0,
            soc_kwh: 0.0,
            net_kw: 0.0,
            order_side: None,
            order_kwh: None,
            order_price: None,
            p2p_kwh: 0.0,
            local_price: Some(self.settled.price[0]).filter(|price| price.is_finite()),
            p2p_cost: 0.0,
            grid_import_kwh: 0.0,
            grid_export_kwh: 0.0,
            unserved_kwh: 0.0,
            loss_kwh: 0.0,
            loss_cost: 0.0,
            charges: 0.0,
            bill: 0.0,
            feeder_kwh: None,
            voltage_pu: None,
            guard: String::new(),
        }
    }
}
