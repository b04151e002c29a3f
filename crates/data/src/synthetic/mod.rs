//! A random neighbourhood with the statistics of measured ones.
//!
//! Calibrated to numbers measured on Ausgrid's homes and a few of the "Smart Grid,
//! Smart City" trial; the tables and where each number comes from are in
//! `data/calibration`. General consumption only: no controlled load.
//!
//! **Load** of a home (see `load`): its mean power, log-normal between homes, times the
//! mean profile of the season and day type (half hours of the local clock), times the
//! month's level, times the exponential of a random walk around 0: a weekly and a
//! half-hourly first-order autoregression. A small part of the latter is common to all.
//!
//! **PV** of a home (see `sun`): its size times the month's clear-sky envelope, times
//! the day's clearness, drawn from the measured distribution, spread over the day by
//! passing clouds. Days and clouds are partly common to all homes; how far a roof looks
//! east or west, and what it yields, differ.
//!
//! Seasons are the southern hemisphere's. The clock is Sydney's civil time with the same
//! number of steps every day: the envelope, measured in standard time (AEST), comes an
//! hour later by the clock from the first Sunday of October to the first Sunday of
//! April. Steps of an hour are the means of the half hours that the same seed gives;
//! a home stays the same when the number of homes or days changes.

mod calibration;
mod load;
mod random;
mod sun;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use crate::daylight::is_daylight_saving;
use crate::{DataError, Home, Neighbourhood, Provenance, ProvenanceKind};
use calibration::Calibration;

/// Half hours in a day.
pub(crate) const SLOTS: usize = 48;
/// Values of the largest neighbourhood: 64 MiB for load and PV together.
const MOST_VALUES: usize = 1 << 24;

/// The settings of a synthetic neighbourhood.
///
/// Load and PV together may hold at most 2²⁴ values: 478 homes for a year of half
/// hours, 957 for a year of hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Synthetic {
    /// Number of homes, 1 to 1000; default 10.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 1000)))]
    pub homes: usize,
    /// Seed of all randomness; default 1.
    pub seed: u64,
    /// Length of a step in minutes, 30 or 60; default 60.
    #[cfg_attr(feature = "schema", schemars(range(min = 30, max = 60), extend("enum" = [30, 60])))]
    pub step_minutes: u32,
    /// Year of the first day, which is 1 January, 2008 to 2100; default 2026.
    #[cfg_attr(feature = "schema", schemars(range(min = 2008, max = 2100)))]
    pub year: i16,
    /// Number of days, 1 to 3653; default 365.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 3653)))]
    pub days: usize,
}

impl Default for Synthetic {
    fn default() -> Self {
        Self { homes: 10, seed: 1, step_minutes: 60, year: 2026, days: 365 }
    }
}

/// What the models need to know of a day.
#[derive(Debug, Clone, Copy)]
struct Day {
    /// Month, counted from 0.
    month: usize,
    /// Row of the load profile: season · 2, plus 1 on weekends.
    profile: usize,
    /// The clock is an hour ahead of AEST.
    daylight_saving: bool,
}

impl Synthetic {
    /// Draws the neighbourhood: homes `s1`, `s2`, … with PV sizes as measured in 2010 to
    /// 2013 (median 1.5 kWp; see [`Neighbourhood::scale_pv`] for today's sizes).
    ///
    /// The same settings give the same numbers on every platform.
    ///
    /// # Errors
    /// [`DataError::Setting`] for a setting outside its range.
    pub fn generate(&self) -> Result<Neighbourhood, DataError> {
        self.check()?;
        let calibration = Calibration::load()?;
        let dates = self.dates()?;
        let days: Vec<Day> = dates.iter().map(|&date| Day::of(date)).collect();
        let loads = load::Loads::new(&calibration, self.seed, days.len());
        let sun = sun::Sun::new(&calibration, self.seed, days.len());
        let per_step = (self.step_minutes / 30) as usize;
        let homes = (0..self.homes).map(|index| {
            let pv = sun.home(index, &days, per_step);
            Home {
                id: name(index),
                pv_kwp: Some(pv.kwp),
                postcode: None,
                load_kw: loads.home(index, &days, per_step),
                pv_kw: pv.kw,
            }
        });
        Ok(Neighbourhood {
            name: format!("synthetic neighbourhood, seed {}", self.seed),
            provenance: Provenance {
                kind: ProvenanceKind::Synthetic,
                source: "Drawn at random; calibrated to statistics of Ausgrid's Solar Home \
                         Electricity Data (2010–2013)"
                    .to_owned(),
                licence: "MIT OR Apache-2.0".to_owned(),
            },
            step_minutes: self.step_minutes,
            homes: homes.collect(),
            dates,
        })
    }

    /// The homes' names: `s1`, `s2`, …
    pub fn names(&self) -> Vec<String> {
        (0..self.homes).map(name).collect()
    }

    fn check(&self) -> Result<(), DataError> {
        let wrong =
            |field, value: String, expected| Err(DataError::Setting { field, value, expected });
        if !(1..=1000).contains(&self.homes) {
            return wrong("homes", self.homes.to_string(), "1 to 1000 homes");
        }
        if self.step_minutes != 30 && self.step_minutes != 60 {
            return wrong("step_minutes", self.step_minutes.to_string(), "30 or 60 minutes");
        }
        if !(2008..=2100).contains(&self.year) {
            return wrong("year", self.year.to_string(), "a year from 2008 to 2100");
        }
        if !(1..=3653).contains(&self.days) {
            return wrong("days", self.days.to_string(), "1 to 3653 days");
        }
        let per_day = (24 * 60 / self.step_minutes) as usize;
        let values = 2 * self.homes * self.days * per_day;
        if values > MOST_VALUES {
            let expected = "fewer: at most 16777216 values of load and PV in all homes";
            return wrong("homes", self.homes.to_string(), expected);
        }
        Ok(())
    }

    fn dates(&self) -> Result<Vec<Date>, DataError> {
        let year = || DataError::Setting {
            field: "year",
            value: self.year.to_string(),
            expected: "a year of the calendar",
        };
        let first = Date::new(self.year, 1, 1).map_err(|_| year())?;
        let following = std::iter::successors(Some(first), |date| date.tomorrow().ok());
        Ok(following.take(self.days).collect())
    }
}

/// The name of a home, counted from 0.
fn name(index: usize) -> String {
    format!("s{}", index + 1)
}

impl Day {
    fn of(date: Date) -> Self {
        let month = (date.month() - 1) as usize;
        // Summer is December to February.
        let season = (month + 1) % 12 / 3;
        let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        let profile = 2 * season + usize::from(weekend);
        Self { month, profile, daylight_saving: is_daylight_saving(date) }
    }
}

/// Appends a day of half hours to a series, as means of `per_step` (1 or 2) of them.
fn append(series: &mut Vec<f32>, day: &[f64; SLOTS], per_step: usize) {
    let share = 1.0 / per_step as f64;
    series.extend(day.chunks_exact(per_step).map(|step| (step.iter().sum::<f64>() * share) as f32));
}
