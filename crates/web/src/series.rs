//! The data behind a setting, as the page draws it: load and PV step by step, what each day is
//! used for, and which homes there are to choose from.

use js_sys::Float32Array;
use peergrid_lab::{DataSpec, LabError, Setting};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::{engine::Engine, session::Session};

/// A day of the data and what it is used for.
#[derive(Debug, PartialEq, Serialize)]
pub struct CalendarDay {
    date: String,
    /// Absent for days that belong to no part: the first, whose day before is not known, and those
    /// behind the last whole week of week-long episodes.
    part: Option<Part>,
}

/// What a day is used for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Part {
    Train,
    Validation,
    HeldOut,
}

/// All days of a setting, in order; every day of an episode has the episode's part.
pub fn calendar(setting: &Setting) -> Vec<CalendarDay> {
    let dates = &setting.community.dates;
    let mut parts = vec![None; dates.len()];
    let length = setting.spec.episode.length.days();
    for (part, days) in [
        (Part::Train, &setting.train),
        (Part::Validation, &setting.validation),
        (Part::HeldOut, &setting.held_out),
    ] {
        for &first in days {
            parts[first..first + length].fill(Some(part));
        }
    }
    let days = dates.iter().zip(parts);
    days.map(|(date, part)| CalendarDay { date: date.to_string(), part }).collect()
}

/// Load and PV of one home or of all, one value per step of the data.
#[wasm_bindgen]
pub struct Series {
    load_kw: Vec<f32>,
    pv_kw: Vec<f32>,
}

#[wasm_bindgen]
impl Series {
    /// Load of each step, kW.
    #[wasm_bindgen(getter, js_name = loadKw)]
    pub fn load_kw(&self) -> Float32Array {
        self.load_kw.as_slice().into()
    }

    /// PV of each step, kW, after scaling and clouds.
    #[wasm_bindgen(getter, js_name = pvKw)]
    pub fn pv_kw(&self) -> Float32Array {
        self.pv_kw.as_slice().into()
    }
}

impl Session {
    /// The names of all homes of the data, of which the setting may have chosen some.
    pub(crate) fn all_homes(&self) -> Vec<String> {
        match (&self.setting.spec.data, &self.file) {
            (DataSpec::Synthetic(synthetic), _) => synthetic.names(),
            (DataSpec::File(_), Some(file)) => {
                file.data.homes.iter().map(|home| home.id.clone()).collect()
            }
            (DataSpec::File(_), None) => self.setting.community.ids.clone(),
        }
    }

    /// Load and PV of the home of this name, or the sums over all homes.
    fn series(&self, home: Option<&str>) -> Result<Series, LabError> {
        let community = &self.setting.community;
        let homes = match home {
            None => 0..community.homes(),
            Some(id) => {
                let known = community.ids.iter().position(|known| known == id);
                let index = known
                    .ok_or_else(|| LabError::Missing(format!("there is no home `{id}` in use")))?;
                index..index + 1
            }
        };
        let sum = |kw: &[f32]| kw[homes.clone()].iter().sum();
        let steps = 0..community.days() * community.steps_per_day;
        Ok(Series {
            load_kw: steps.clone().map(|t| sum(community.loads(t))).collect(),
            pv_kw: steps.map(|t| sum(community.pvs(t))).collect(),
        })
    }
}

#[wasm_bindgen]
impl Engine {
    /// Load and PV of a home of the setting, by name, or of all its homes together.
    ///
    /// # Errors
    /// A name that no home in use has.
    #[allow(clippy::needless_pass_by_value)] // what wasm-bindgen hands over
    pub fn series(&self, home: Option<String>) -> Result<Series, JsError> {
        Ok(self.session.series(home.as_deref())?)
    }
}

#[cfg(test)]
mod tests {
    use peergrid_lab::Spec;

    use super::*;

    fn session(spec: &str) -> Session {
        let mut session = Session::new().unwrap();
        session.configure(Spec::from_json(spec).unwrap()).unwrap();
        session
    }

    #[test]
    fn the_calendar_counts_what_the_setting_counts() {
        for (length, days) in [("day", 1), ("week", 7)] {
            let spec = format!(
                r#"{{"data": {{"source": "synthetic", "homes": 2, "days": 100}},
                     "episode": {{"length": "{length}"}}, "ppo": {{"n_steps": {}}}}}"#,
                24 * days
            );
            let setting = session(&spec).setting;
            let calendar = calendar(&setting);
            assert_eq!(calendar.len(), 100);
            let count = |part| calendar.iter().filter(|day| day.part == part).count();
            assert_eq!(count(Some(Part::Train)), setting.train.len() * days);
            assert_eq!(count(Some(Part::Validation)), setting.validation.len() * days);
            assert_eq!(count(Some(Part::HeldOut)), setting.held_out.len() * days);
            assert_eq!(calendar[0].part, None);
            let first = &calendar[setting.held_out[0]];
            assert_eq!(first.date, setting.held_out_dates()[0]);
        }
    }

    #[test]
    fn homes_add_up_to_the_street() {
        let session = session(
            r#"{"data": {"source": "synthetic", "homes": 3, "days": 30},
                "homes": {"include": ["s3", "s1"]}}"#,
        );
        assert_eq!(session.all_homes(), ["s1", "s2", "s3"]);
        let street = session.series(None).unwrap();
        let (a, b) = (session.series(Some("s1")).unwrap(), session.series(Some("s3")).unwrap());
        assert_eq!(street.load_kw.len(), 30 * 24);
        assert!(street.pv_kw.iter().any(|kw| *kw > 0.0));
        for t in 0..street.load_kw.len() {
            assert!((street.load_kw[t] - a.load_kw[t] - b.load_kw[t]).abs() < 1e-5);
            assert!((street.pv_kw[t] - a.pv_kw[t] - b.pv_kw[t]).abs() < 1e-5);
        }
        assert!(session.series(Some("s2")).is_err());
    }
}
