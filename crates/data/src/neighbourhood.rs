//! Homes with their load and PV, one value per step.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::DataError;

/// Where the numbers of a neighbourhood come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProvenanceKind {
    /// Read from a file of meter readings.
    Measured,
    /// Drawn at random by [`crate::Synthetic`].
    Synthetic,
}

/// The origin of a neighbourhood, to be shown with every result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// Measured or synthetic.
    pub kind: ProvenanceKind,
    /// Who published the data, or how they were made, in words.
    pub source: String,
    /// The licence of the data, in words; `not stated` where the file does not say.
    pub licence: String,
}

/// A home and its series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Home {
    /// Unique in its neighbourhood; the customer number of an Ausgrid home.
    pub id: String,
    /// Size of the PV system in kWp; `None` where the file does not say.
    pub pv_kwp: Option<f64>,
    /// Postcode; `None` where the file does not say.
    pub postcode: Option<u32>,
    /// Load in kW, ≥ 0, the mean of each step; index = day · `steps_per_day` + step.
    /// `f32`, since meters resolve 1 Wh.
    pub load_kw: Vec<f32>,
    /// PV generation in kW, ≥ 0, indexed like the load.
    pub pv_kw: Vec<f32>,
}

/// Homes over the same days, in steps of equal length.
///
/// Every day has the same number of steps: on the two daylight-saving days, too (see
/// [`crate::daylight`] for how their clocks are evened out).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Neighbourhood {
    /// The file's name, or a name for the synthetic neighbourhood.
    pub name: String,
    /// Where the numbers come from.
    pub provenance: Provenance,
    /// Length of a step in minutes: 30 or 60.
    pub step_minutes: u32,
    /// One date per day, ascending; a day starts at midnight of the local clock.
    pub dates: Vec<Date>,
    /// The homes, in the order of the file.
    pub homes: Vec<Home>,
}

impl Neighbourhood {
    /// Steps in a day: 48 or 24.
    pub fn steps_per_day(&self) -> usize {
        (24 * 60 / self.step_minutes.max(1)) as usize
    }

    /// Number of days.
    pub fn days(&self) -> usize {
        self.dates.len()
    }

    /// Number of steps of every series: days · steps per day.
    pub fn steps(&self) -> usize {
        self.days() * self.steps_per_day()
    }

    /// Length of a step in hours: 0.5 or 1.
    pub fn step_hours(&self) -> f64 {
        f64::from(self.step_minutes) / 60.0
    }

    /// The home of this id.
    pub fn home(&self, id: &str) -> Option<&Home> {
        self.homes.iter().find(|home| home.id == id)
    }

    /// The place of the home of this id in [`Self::homes`].
    ///
    /// # Errors
    /// [`DataError::UnknownHome`].
    pub fn index_of(&self, id: &str) -> Result<usize, DataError> {
        self.homes.iter().position(|home| home.id == id).ok_or_else(|| self.unknown_home(id))
    }

    /// Keeps the homes of these ids, in this order.
    ///
    /// # Errors
    /// [`DataError::UnknownHome`] for an id that is not there,
    /// [`DataError::Setting`] for one named twice or for no id at all; the
    /// neighbourhood is then unchanged.
    pub fn select(&mut self, ids: &[String]) -> Result<(), DataError> {
        let setting = |value: String| DataError::Setting {
            field: "homes",
            value,
            expected: "at least one home, each named once",
        };
        if ids.is_empty() {
            return Err(setting("empty".to_owned()));
        }
        let mut order = Vec::with_capacity(ids.len());
        for id in ids {
            let index = self.index_of(id)?;
            if order.contains(&index) {
                return Err(setting(format!("a list that names `{id}` twice")));
            }
            order.push(index);
        }
        let mut homes: Vec<Option<Home>> = self.homes.drain(..).map(Some).collect();
        self.homes = order.iter().filter_map(|&i| homes[i].take()).collect();
        Ok(())
    }

    /// States the PV size of a home, in kWp, where the file does not.
    ///
    /// # Errors
    /// [`DataError::Setting`] unless the size is positive and finite and the home exists.
    pub fn set_pv_kwp(&mut self, home: usize, kwp: f64) -> Result<(), DataError> {
        if !(kwp.is_finite() && kwp > 0.0) {
            return Err(DataError::Setting {
                field: "pv_kwp",
                value: kwp.to_string(),
                expected: "a positive size in kWp",
            });
        }
        self.home_mut(home)?.pv_kwp = Some(kwp);
        Ok(())
    }

    /// Scales a home's PV series from its size to `target_kwp`, which becomes its size.
    ///
    /// The yield per kWp stays: the same roof and weather with more or fewer panels.
    /// 0 takes the PV away.
    ///
    /// # Errors
    /// [`DataError::UnknownPvSize`] where the size is not known (see
    /// [`Self::set_pv_kwp`]); [`DataError::Setting`] unless the target is finite and
    /// ≥ 0 and the home exists.
    pub fn scale_pv(&mut self, home: usize, target_kwp: f64) -> Result<(), DataError> {
        let entry = self.home_mut(home)?;
        let id = &entry.id;
        let now = entry
            .pv_kwp
            .filter(|&kwp| kwp > 0.0)
            .ok_or_else(|| DataError::UnknownPvSize { id: id.clone() })?;
        self.multiply_pv(home, target_kwp / now)?;
        self.home_mut(home)?.pv_kwp = Some(target_kwp);
        Ok(())
    }

    /// Multiplies a home's PV series, and its size where known, by `factor` (≥ 0).
    ///
    /// # Errors
    /// [`DataError::Setting`] unless the factor is finite and ≥ 0 and the home exists.
    pub fn multiply_pv(&mut self, home: usize, factor: f64) -> Result<(), DataError> {
        if !(factor.is_finite() && factor >= 0.0) {
            return Err(DataError::Setting {
                field: "pv_scale",
                value: factor.to_string(),
                expected: "a finite factor of 0 or more",
            });
        }
        let home = self.home_mut(home)?;
        for kw in &mut home.pv_kw {
            *kw = (f64::from(*kw) * factor) as f32;
        }
        home.pv_kwp = home.pv_kwp.map(|kwp| kwp * factor);
        Ok(())
    }

    /// Brings the series to steps of `step_minutes`; two half hours become their mean.
    ///
    /// # Errors
    /// [`DataError::Setting`] for anything but the present step or 60: half hours
    /// cannot be made from hours without inventing them.
    pub fn resample(&mut self, step_minutes: u32) -> Result<(), DataError> {
        if step_minutes == self.step_minutes {
            return Ok(());
        }
        if step_minutes != 60 || self.step_minutes != 30 {
            return Err(DataError::Setting {
                field: "step_minutes",
                value: step_minutes.to_string(),
                expected: "60, or the step of the data",
            });
        }
        for home in &mut self.homes {
            home.load_kw = mean_of_pairs(&home.load_kw);
            home.pv_kw = mean_of_pairs(&home.pv_kw);
        }
        self.step_minutes = 60;
        Ok(())
    }

    /// Checks what every user of the data relies on: 30- or 60-minute steps, ascending
    /// dates, unique ids, series as long as the days, values finite and ≥ 0.
    ///
    /// # Errors
    /// [`DataError::Series`] with the first thing that is wrong.
    pub fn validate(&self) -> Result<(), DataError> {
        let wrong = |what: String, problem: String| Err(DataError::Series { what, problem });
        if self.step_minutes != 30 && self.step_minutes != 60 {
            let problem = format!("{} minutes, expected 30 or 60", self.step_minutes);
            return wrong("the step".to_owned(), problem);
        }
        if self.homes.is_empty() || self.dates.is_empty() {
            return wrong("the neighbourhood".to_owned(), "it is empty".to_owned());
        }
        if let Some([before, after]) = self.dates.windows(2).find(|pair| pair[0] >= pair[1]) {
            return wrong("the dates".to_owned(), format!("{after} follows {before}"));
        }
        for (index, home) in self.homes.iter().enumerate() {
            if home.id.is_empty() || self.homes[..index].iter().any(|other| other.id == home.id) {
                let problem = "the id is empty or not unique".to_owned();
                return wrong(format!("home `{}`", home.id), problem);
            }
            home.check(self.steps())?;
        }
        Ok(())
    }

    fn home_mut(&mut self, home: usize) -> Result<&mut Home, DataError> {
        self.homes.get_mut(home).ok_or(DataError::Setting {
            field: "home",
            value: home.to_string(),
            expected: "the place of a home in the list, counted from 0",
        })
    }

    fn unknown_home(&self, id: &str) -> DataError {
        const SHOWN: usize = 12;
        let ids = self.homes.iter().map(|home| home.id.as_str());
        let mut known = ids.take(SHOWN).collect::<Vec<_>>().join(", ");
        if self.homes.len() > SHOWN {
            known.push_str(", …");
        }
        DataError::UnknownHome { id: id.to_owned(), known }
    }
}

impl Home {
    fn check(&self, steps: usize) -> Result<(), DataError> {
        for (name, series) in [("load", &self.load_kw), ("PV", &self.pv_kw)] {
            let wrong = |problem: String| {
                let what = format!("the {name} of home `{}`", self.id);
                Err(DataError::Series { what, problem })
            };
            if series.len() != steps {
                return wrong(format!("{} steps, expected {steps}", series.len()));
            }
            if let Some(step) = series.iter().position(|kw| !(kw.is_finite() && *kw >= 0.0)) {
                let kw = series[step];
                return wrong(format!("{kw} kW at step {step}, expected 0 or more"));
            }
        }
        Ok(())
    }
}

/// Means of neighbouring pairs, in f64 so that the energy stays to the last digit of f32.
fn mean_of_pairs(series: &[f32]) -> Vec<f32> {
    series
        .chunks_exact(2)
        .map(|pair| (0.5 * (f64::from(pair[0]) + f64::from(pair[1]))) as f32)
        .collect()
}
