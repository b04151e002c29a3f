//! A neighbourhood and a scenario, checked and laid out for simulation.

use jiff::civil::Date;
use peergrid_data::Neighbourhood;
use peergrid_market::UniformAuction;
use peergrid_physics::{Battery, BatteryError, BatteryStep, Feeder, FeederError, FeederSpec};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    hindsight::Hindsight,
    tariff::{Tariff, TariffError},
};

/// What a scenario adds to a home's data.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HomeSetup {
    /// The battery; none when absent.
    pub battery: Option<Battery>,
    /// Largest net power either way, kW, > 0; unlimited when absent.
    pub connection_kw: Option<f64>,
}

/// Everything about a community that is not data.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// One per home, in the neighbourhood's order.
    pub homes: Vec<HomeSetup>,
    /// Prices.
    pub tariff: Tariff,
    /// How local orders are cleared.
    pub market: UniformAuction,
    /// The street's cable; losses are neither computed nor billed when absent.
    pub feeder: Option<FeederSpec>,
    /// Largest net power of the street either way, kW, > 0; unlimited when absent.
    pub transformer_kw: Option<f64>,
}

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
    /// A limit that is no limit.
    #[error("`{field}` is {value}; it must be a power above 0 kW, or absent for no limit")]
    Limit {
        /// Where it stands.
        field: String,
        /// What it holds.
        value: f64,
    },
    /// The market's price rule.
    #[error("`market.k` is {0}; it must be from 0 (buyers' price) to 1 (sellers' price)")]
    MarketK(f64),
    /// The tariff.
    #[error(transparent)]
    Tariff(#[from] TariffError),
    /// The feeder.
    #[error(transparent)]
    Feeder(#[from] FeederError),
    /// An episode outside the data.
    #[error(
        "an episode of {length} days cannot start on day {day}: the data holds {days} days and the day before the episode must be known"
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
    pub(crate) transformer_kw: f64,
    pub(crate) market: UniformAuction,
    pub(crate) feeder: Option<Feeder>,
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
    retail: Vec<f64>,
    peak: Vec<bool>,
    pub(crate) hindsight: Hindsight,
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
        let k = scenario.market.k;
        if !(0.0..=1.0).contains(&k) {
            return Err(EnvError::MarketK(k));
        }
        scenario.tariff.validate()?;
        let dt = data.step_hours();
        let mut battery_steps = Vec::with_capacity(homes);
        let mut connection_kw = Vec::with_capacity(homes);
        for (setup, home) in scenario.homes.iter().zip(&data.homes) {
            if let Some(battery) = &setup.battery {
                battery
                    .validate()
                    .map_err(|source| EnvError::Battery { home: home.id.clone(), source })?;
            }
            battery_steps.push(setup.battery.as_ref().map_or(BatteryStep::NONE, |b| b.at_step(dt)));
            connection_kw
                .push(limit(setup.connection_kw, &format!("homes.{}.connection_kw", home.id))?);
        }
        let feeder =
            scenario.feeder.as_ref().map(|spec| Feeder::street(spec, homes)).transpose()?;
        let steps_per_day = data.steps_per_day();
        let (retail, peak) = price_tables(&scenario.tariff, &data.dates, steps_per_day);
        let load_kw = time_major(data, |home| &home.load_kw);
        let pv_kw = time_major(data, |home| &home.pv_kw);
        let hindsight = Hindsight::new(&load_kw, &pv_kw, &peak, homes, steps_per_day, dt);
        Ok(Self {
            ids: data.homes.iter().map(|h| h.id.clone()).collect(),
            batteries: scenario.homes.iter().map(|h| h.battery.clone()).collect(),
            battery_steps,
            connection_kw,
            transformer_kw: limit(scenario.transformer_kw, "transformer_kw")?,
            market: scenario.market,
            feeder,
            tariff: scenario.tariff.clone(),
            dates: data.dates.clone(),
            dt,
            steps_per_day,
            load_kw,
            pv_kw,
            retail,
            peak,
            hindsight,
        })
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
        self.retail[t]
    }

    /// Feed-in tariff, $/kWh.
    pub fn feed_in(&self) -> f64 {
        self.tariff.feed_in
    }

    /// Whether step `t` lies in the tariff's peak window.
    pub fn is_peak(&self, t: usize) -> bool {
        self.peak[t]
    }

    /// Value of a kWh left in home `h`'s battery at the end of an episode, $: sold at the
    /// feed-in tariff after the discharge loss, the same for every policy.
    pub fn end_value(&self, home: usize) -> f64 {
        self.tariff.feed_in * self.battery_steps[home].efficiency
    }

    /// The battery of home `h` at this step length.
    pub fn battery_step(&self, home: usize) -> &BatteryStep {
        &self.battery_steps[home]
    }
}

fn limit(power: Option<f64>, field: &str) -> Result<f64, EnvError> {
    match power {
        None => Ok(f64::INFINITY),
        Some(kw) if kw > 0.0 => Ok(kw),
        Some(value) => Err(EnvError::Limit { field: field.to_owned(), value }),
    }
}

/// Retail price and peak flag of every step; a step's middle decides its window.
fn price_tables(tariff: &Tariff, dates: &[Date], steps_per_day: usize) -> (Vec<f64>, Vec<bool>) {
    let middle = |s: usize| (s as f64 + 0.5) * 24.0 / steps_per_day as f64;
    dates
        .iter()
        .flat_map(|&date| (0..steps_per_day).map(move |s| (date, middle(s))))
        .map(|(date, hour)| (tariff.retail(date, hour), tariff.is_peak(date, hour)))
        .unzip()
}

/// Series per home, laid out step by step.
fn time_major(
    data: &Neighbourhood,
    series: impl Fn(&peergrid_data::Home) -> &Vec<f32>,
) -> Vec<f32> {
    let homes: Vec<_> = data.homes.iter().map(series).collect();
    (0..data.steps()).flat_map(|t| homes.iter().map(move |home| home[t])).collect()
}
