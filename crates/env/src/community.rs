//! A neighbourhood and a scenario, checked and laid out for simulation.

use jiff::civil::Date;
use peergrid_data::Neighbourhood;
use peergrid_guard::StreetLimits;
use peergrid_market::{GridPrices, Market, MarketError, MarketSettings};
use peergrid_physics::{Battery, BatteryError, BatteryStep, Feeder, FeederError};
use thiserror::Error;

use crate::{
    known::Known,
    scenario::{HomeSetup, LimitMode, Limits, LossSharing, Scenario, days_from},
    tariff::{Tariff, TariffError},
};

/// A community that cannot be built or simulated.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum EnvError {
    /// Homes in data and scenario do not line up.
    #[error(
        "the scenario describes {scenario} homes, the data holds {data}; there must be one setup per home"
    )]
    Homes {
        /// Homes of the scenario.
        scenario: usize,
        /// Homes of the data.
        data: usize,
    },
    /// A battery out of range.
    #[error("home {home}: {source}")]
    Battery {
        /// The home's name.
        home: String,
        /// What is wrong.
        source: BatteryError,
    },
    /// A value out of range.
    #[error("`{field}` is {value}; it must be {expected}")]
    Range {
        /// Where it stands.
        field: String,
        /// What it holds.
        value: f64,
        /// What would be right.
        expected: &'static str,
    },
    /// A date outside the data.
    #[error("`{field}` is {date}; the data runs from {first} to {last}")]
    Date {
        /// Where it stands.
        field: &'static str,
        /// What it holds.
        date: Date,
        /// First date of the data.
        first: Date,
        /// Last date of the data.
        last: Date,
    },
    /// The market.
    #[error(transparent)]
    Market(#[from] MarketError),
    /// The tariff.
    #[error(transparent)]
    Tariff(#[from] TariffError),
    /// The feeder.
    #[error(transparent)]
    Feeder(#[from] FeederError),
    /// An episode outside the data.
    #[error(
        "an episode of {length} days cannot start on day {day}, counted from 0: the data holds {days} days"
    )]
    Episode {
        /// Asked first day, counted from 0.
        day: usize,
        /// Asked length in days.
        length: usize,
        /// Days of data.
        days: usize,
    },
}

/// A community, ready to be simulated. Per-step tables are indexed by `t`, counted from the
/// first midnight of the data; per-home tables by home; both by `t * homes + home`.
#[derive(Debug, Clone)]
pub struct Community {
    /// Names of the homes.
    pub ids: Vec<String>,
    /// The batteries as described.
    pub batteries: Vec<Option<Battery>>,
    /// The batteries at this step length.
    pub(crate) battery_steps: Vec<BatteryStep>,
    pub(crate) connection_kw: Vec<f64>,
    pub(crate) greedy: Vec<bool>,
    pub(crate) market: Market,
    pub(crate) feeder: Option<Feeder>,
    pub(crate) loss_sharing: LossSharing,
    /// Limits of the street as described.
    pub limits: Limits,
    transformer_kw: f64,
    /// What the guard holds, if anything.
    pub(crate) enforced: Option<StreetLimits>,
    /// Prices as described.
    pub tariff: Tariff,
    /// Dates of the data's days.
    pub dates: Vec<Date>,
    /// Step length, h.
    pub dt: f64,
    /// Steps in a day.
    pub steps_per_day: usize,
    load_kw: Vec<f32>,
    pv_kw: Vec<f32>,
    prices: PriceTables,
    outage: Vec<bool>,
    value_of_lost_load: f64,
    pub(crate) known: Known,
}

impl Community {
    /// Checks `scenario` and lays out `data` for it.
    ///
    /// # Errors
    /// Whatever is out of range, by name.
    pub fn new(data: &Neighbourhood, scenario: &Scenario) -> Result<Self, EnvError> {
        let homes = data.homes.len();
        if scenario.homes.len() != homes {
            return Err(EnvError::Homes { scenario: scenario.homes.len(), data: homes });
        }
        scenario.tariff.validate()?;
        scenario.limits.validate()?;
        scenario.stress.validate()?;
        let (dt, steps_per_day) = (data.step_hours(), data.steps_per_day());
        let setups = scenario.homes.iter().zip(&data.homes);
        let battery_steps = setups.clone().map(|(s, home)| battery_step(s, &home.id, dt));
        let connection_kw = setups.map(|(s, home)| connection(s, &home.id));
        let ids: Vec<String> = data.homes.iter().map(|h| h.id.clone()).collect();
        let feeder = scenario.feeder.as_ref().map(|spec| Feeder::build(spec, &ids)).transpose()?;
        let prices = PriceTables::new(&scenario.tariff, &data.dates, steps_per_day);
        let load_kw = time_major(data, |home| &home.load_kw);
        let mut pv_kw = time_major(data, |home| &home.pv_kw);
        cloud(&mut pv_kw, scenario, data)?;
        let rating = feeder.as_ref().and_then(Feeder::transformer_kva);
        let transformer_kw = scenario.limits.transformer_kw.or(rating).unwrap_or(f64::INFINITY);
        let mut community = Self {
            batteries: scenario.homes.iter().map(|h| h.battery.clone()).collect(),
            battery_steps: battery_steps.collect::<Result<_, _>>()?,
            connection_kw: connection_kw.collect::<Result<_, _>>()?,
            greedy: scenario.homes.iter().map(|h| h.greedy).collect(),
            market: Market::new(&scenario.market)?,
            feeder,
            loss_sharing: scenario.loss_sharing,
            limits: scenario.limits.clone(),
            transformer_kw,
            enforced: enforced(&scenario.limits, transformer_kw),
            tariff: scenario.tariff.clone(),
            outage: outage_table(scenario, data)?,
            value_of_lost_load: scenario
                .stress
                .outage
                .as_ref()
                .map_or(0.0, |o| o.value_of_lost_load),
            ids,
            dates: data.dates.clone(),
            dt,
            steps_per_day,
            load_kw,
            pv_kw,
            prices,
            known: Known::default(),
        };
        community.known = Known::new(&community, &data.homes);
        Ok(community)
    }

    /// Number of homes.
    pub fn homes(&self) -> usize {
        self.ids.len()
    }

    /// Number of days.
    pub fn days(&self) -> usize {
        self.dates.len()
    }

    /// Loads of all homes in step `t`, kW.
    pub fn loads(&self, t: usize) -> &[f32] {
        &self.load_kw[t * self.homes()..(t + 1) * self.homes()]
    }

    /// PV power of all homes in step `t`, kW.
    pub fn pvs(&self, t: usize) -> &[f32] {
        &self.pv_kw[t * self.homes()..(t + 1) * self.homes()]
    }

    /// Retail price in step `t`, $/kWh.
    pub fn retail(&self, t: usize) -> f64 {
        self.prices.retail[t]
    }

    /// Feed-in tariff in step `t`, $/kWh.
    pub fn feed_in(&self, t: usize) -> f64 {
        self.prices.feed_in[t]
    }

    /// Both prices of the grid in step `t`.
    pub fn grid_prices(&self, t: usize) -> GridPrices {
        GridPrices { retail: self.retail(t), feed_in: self.feed_in(t) }
    }

    /// Whether step `t` lies in the tariff's peak window.
    pub fn is_peak(&self, t: usize) -> bool {
        self.prices.peak[t]
    }

    /// Whether exports in step `t` count towards the tariff's export charge.
    pub fn in_export_window(&self, t: usize) -> bool {
        self.prices.export_window[t]
    }

    /// Whether imports in step `t` count towards the tariff's demand charge.
    pub fn in_demand_window(&self, t: usize) -> bool {
        self.prices.demand_window[t]
    }

    /// Whether the network may charge homes for more than energy in step `t`.
    pub(crate) fn has_charges(&self, t: usize) -> bool {
        self.in_export_window(t) || self.in_demand_window(t)
    }

    /// Whether the grid is down in step `t`: nothing can be imported or exported.
    pub fn is_outage(&self, t: usize) -> bool {
        self.outage[t]
    }

    /// What a kWh that is not served costs those who miss it, $.
    pub fn value_of_lost_load(&self) -> f64 {
        self.value_of_lost_load
    }

    /// Value of a kWh left in home `h`'s battery at the end of an episode, $: sold at the
    /// feed-in tariff (outside its windows) after the discharge loss, the same for every policy.
    pub fn end_value(&self, home: usize) -> f64 {
        self.tariff.feed_in * self.battery_steps[home].efficiency
    }

    /// The battery of home `h` at this step length.
    pub fn battery_step(&self, home: usize) -> &BatteryStep {
        &self.battery_steps[home]
    }

    /// Largest net power of home `h` either way, kW; infinite for no limit.
    pub fn connection_kw(&self, home: usize) -> f64 {
        self.connection_kw[home]
    }

    /// Whether home `h` is a greedy neighbour.
    pub fn is_greedy(&self, home: usize) -> bool {
        self.greedy[home]
    }

    /// How the local market clears.
    pub fn market_settings(&self) -> &MarketSettings {
        self.market.settings()
    }

    /// Largest power through the transformer either way, kW; infinite for no limit. What it means
    /// stands in [`Community::limits`].
    pub fn transformer_kw(&self) -> f64 {
        self.transformer_kw
    }

    /// The street's feeder, if any.
    pub fn feeder(&self) -> Option<&Feeder> {
        self.feeder.as_ref()
    }
}

/// The tariff, step by step.
#[derive(Debug, Clone)]
struct PriceTables {
    retail: Vec<f64>,
    feed_in: Vec<f64>,
    peak: Vec<bool>,
    export_window: Vec<bool>,
    demand_window: Vec<bool>,
}

impl PriceTables {
    /// A step's middle decides which windows it lies in.
    fn new(tariff: &Tariff, dates: &[Date], steps_per_day: usize) -> Self {
        let table = middles(dates, steps_per_day);
        Self {
            retail: table.clone().map(|(date, hour)| tariff.retail(date, hour)).collect(),
            feed_in: table.clone().map(|(date, hour)| tariff.feed_in_at(date, hour)).collect(),
            peak: table.clone().map(|(date, hour)| tariff.is_peak(date, hour)).collect(),
            export_window: table
                .clone()
                .map(|(d, hour)| tariff.in_export_window(d, hour))
                .collect(),
            demand_window: table.map(|(date, hour)| tariff.in_demand_window(date, hour)).collect(),
        }
    }
}

/// Date and middle hour of every step.
fn middles(dates: &[Date], steps_per_day: usize) -> impl Iterator<Item = (Date, f64)> + Clone {
    let middle = move |s: usize| (s as f64 + 0.5) * 24.0 / steps_per_day as f64;
    dates.iter().flat_map(move |&date| (0..steps_per_day).map(move |s| (date, middle(s))))
}

fn battery_step(setup: &HomeSetup, home: &str, dt: f64) -> Result<BatteryStep, EnvError> {
    let Some(battery) = &setup.battery else { return Ok(BatteryStep::NONE) };
    battery.validate().map_err(|source| EnvError::Battery { home: home.to_owned(), source })?;
    Ok(battery.at_step(dt))
}

fn connection(setup: &HomeSetup, home: &str) -> Result<f64, EnvError> {
    match setup.connection_kw {
        None => Ok(f64::INFINITY),
        Some(kw) if kw > 0.0 => Ok(kw),
        Some(value) => Err(EnvError::Range {
            field: format!("homes.{home}.connection_kw"),
            value,
            expected: "a power above 0 kW, or absent for no limit",
        }),
    }
}

fn enforced(limits: &Limits, transformer_kw: f64) -> Option<StreetLimits> {
    let transformer = limits.transformer == LimitMode::Enforced && transformer_kw.is_finite();
    let voltage = limits.voltage == LimitMode::Enforced;
    (transformer || voltage).then_some(StreetLimits {
        transformer_kw: if transformer { transformer_kw } else { f64::INFINITY },
        voltage_pu: voltage.then_some((limits.voltage_min, limits.voltage_max)),
    })
}

/// Takes the sun off the cloudy days.
fn cloud(pv_kw: &mut [f32], scenario: &Scenario, data: &Neighbourhood) -> Result<(), EnvError> {
    if let Some(cloudy) = &scenario.stress.cloudy {
        let days = days_from(cloudy.from, cloudy.days, &data.dates, "stress.cloudy.from")?;
        let rows = data.steps_per_day() * data.homes.len();
        for kw in &mut pv_kw[days.start * rows..days.end * rows] {
            *kw *= cloudy.pv_factor as f32;
        }
    }
    Ok(())
}

fn outage_table(scenario: &Scenario, data: &Neighbourhood) -> Result<Vec<bool>, EnvError> {
    let steps_per_day = data.steps_per_day();
    let Some(outage) = &scenario.stress.outage else { return Ok(vec![false; data.steps()]) };
    let days = days_from(outage.from, outage.days, &data.dates, "stress.outage.from")?;
    let hours = outage.from_hour..outage.to_hour;
    let steps = middles(&data.dates, steps_per_day).enumerate();
    Ok(steps
        .map(|(t, (_, hour))| days.contains(&(t / steps_per_day)) && hours.contains(&hour))
        .collect())
}

/// Series per home, laid out step by step.
fn time_major(
    data: &Neighbourhood,
    series: impl Fn(&peergrid_data::Home) -> &Vec<f32>,
) -> Vec<f32> {
    let homes: Vec<_> = data.homes.iter().map(series).collect();
    (0..data.steps()).flat_map(|t| homes.iter().map(move |home| home[t])).collect()
}
