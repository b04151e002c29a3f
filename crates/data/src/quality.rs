//! What a file holds, what was left out and what was repaired.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::daylight::changeover;
use crate::{Changeover, Format, Home, Neighbourhood};

/// First and last hour of the night window of [`HomeQuality::night_pv_kwh`]: dark in
/// Sydney all year, on both clocks.
const NIGHT: (usize, usize) = (22, 4);

/// The quality report of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QualityReport {
    /// The file's form, as found.
    pub format: Format,
    /// Data rows read.
    pub rows: usize,
    /// The homes that were read, in the order of the file.
    pub homes: Vec<HomeQuality>,
    /// The homes that were not, and why.
    pub left_out: Vec<LeftOut>,
    /// First date of the file.
    pub first_date: Date,
    /// Last date of the file.
    pub last_date: Date,
    /// Days of every home that was read.
    pub days: usize,
    /// Days of a category that should be there and are not, summed over the homes
    /// left out.
    pub missing_days: usize,
    /// The daylight-saving days that were evened out.
    pub daylight_saving: Vec<DaylightRepair>,
    /// Anything else a reader of the results should know, in sentences.
    pub notes: Vec<String>,
}

/// A home in numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HomeQuality {
    /// The home's id.
    pub id: String,
    /// Size of the PV system in kWp, where the file says.
    pub pv_kwp: Option<f64>,
    /// Postcode, where the file says.
    pub postcode: Option<u32>,
    /// Mean daily load in kWh, controlled load included.
    pub mean_daily_load_kwh: f64,
    /// Mean daily PV generation in kWh.
    pub mean_daily_pv_kwh: f64,
    /// Largest load of a step in kW.
    pub max_load_kw: f64,
    /// Largest PV generation of a step in kW.
    pub max_pv_kw: f64,
    /// The file has controlled load for this home; the load includes it.
    pub has_controlled_load: bool,
    /// Days on which the file calls some reading estimated.
    pub estimated_days: usize,
    /// Mean PV reading per night, 22:00 to 4:00, in kWh: noise of the meter, normally a
    /// few Wh; more hints at swapped or faulty channels.
    pub night_pv_kwh: f64,
}

/// A home that is in the file and not in the neighbourhood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The home's id.
    pub id: String,
    /// Why, in words that continue "left out because …".
    pub reason: String,
}

/// A daylight-saving day that was evened out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DaylightRepair {
    /// The day.
    pub date: Date,
    /// Which way the clocks went.
    pub changeover: Changeover,
    /// What was done, in a sentence.
    pub what: String,
}

/// Note on a file whose clock stays.
pub(crate) const NO_DAYLIGHT_SAVING: &str = "The hour from 2:00 is not empty on the first Sunday \
     of October: the file's clock seems to know no daylight saving, and nothing was evened out.";

/// Note on a home that has readings in the hour that does not exist.
pub(crate) fn odd_spring(id: &str, date: Date) -> String {
    format!(
        "Home {id}: the hour from 2:00 does not exist on {date} but holds energy; that day is \
         left as it is."
    )
}

/// The changeover days among `dates`, as evened out by [`crate::daylight::even_out`];
/// none where the file's clock stays.
pub(crate) fn repairs(dates: &[Date], changes_clock: bool) -> Vec<DaylightRepair> {
    let changeovers = dates.iter().filter_map(|&date| Some((date, changeover(date)?)));
    let repair = |(date, changeover)| {
        let what = match changeover {
            Changeover::Spring => {
                "The hour from 2:00 does not exist; its slots were filled from their neighbours \
                 and the hours from 0:00 to 5:00 scaled to the energy metered in them."
            }
            Changeover::Autumn => {
                "The hour from 2:00 came twice and held both passes' sum; it was halved and the \
                 hours from 0:00 to 5:00 scaled to the energy metered in them."
            }
        };
        DaylightRepair { date, changeover, what: what.to_owned() }
    };
    changeovers.filter(|_| changes_clock).map(repair).collect()
}

impl HomeQuality {
    /// Measures a home of a neighbourhood. `has_controlled_load` and `estimated_days`
    /// are known to the reader alone.
    pub(crate) fn measure(
        home: &Home,
        of: &Neighbourhood,
        has_controlled_load: bool,
        estimated_days: usize,
    ) -> Self {
        let daily = of.step_hours() / of.days().max(1) as f64;
        let steps_per_day = of.steps_per_day();
        let (from, to) = (NIGHT.0 * steps_per_day / 24, NIGHT.1 * steps_per_day / 24);
        let night = home.pv_kw.iter().enumerate().filter(|(index, _)| {
            let step = index % steps_per_day;
            step >= from || step < to
        });
        Self {
            id: home.id.clone(),
            pv_kwp: home.pv_kwp,
            postcode: home.postcode,
            mean_daily_load_kwh: sum(&home.load_kw) * daily,
            mean_daily_pv_kwh: sum(&home.pv_kw) * daily,
            max_load_kw: largest(&home.load_kw),
            max_pv_kw: largest(&home.pv_kw),
            has_controlled_load,
            estimated_days,
            night_pv_kwh: night.map(|(_, kw)| f64::from(*kw)).sum::<f64>() * daily,
        }
    }
}

fn sum(series: &[f32]) -> f64 {
    series.iter().map(|kw| f64::from(*kw)).sum()
}

fn largest(series: &[f32]) -> f64 {
    series.iter().map(|kw| f64::from(*kw)).fold(0.0, f64::max)
}
