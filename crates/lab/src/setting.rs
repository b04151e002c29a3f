//! A specification brought together with its data: what every run starts from.

use std::sync::Arc;

use jiff::civil::Date;
use peergrid_data::{Neighbourhood, Provenance, ProvenanceKind, Split, SplitUnit};
use peergrid_env::{Community, Scenario};
use serde::Serialize;

use crate::{
    LabError,
    spec::{DataSpec, EpisodeEnd, EpisodeLength, HeldOut, Spec},
};

/// A community, the days it is trained and judged on, and the specification behind both.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The specification.
    pub spec: Spec,
    /// The community.
    pub community: Arc<Community>,
    /// First days of the training episodes.
    pub train: Vec<usize>,
    /// First days of the validation episodes.
    pub validation: Vec<usize>,
    /// First days of the held-out episodes.
    pub held_out: Vec<usize>,
    /// What the data is.
    pub data: DataSummary,
}

/// What the data of a setting is, for people.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DataSummary {
    /// Its name.
    pub name: String,
    /// Measured or synthetic.
    pub kind: ProvenanceKind,
    /// Where it comes from.
    pub source: String,
    /// Under which licence.
    pub licence: String,
    /// Step length, minutes.
    pub step_minutes: u32,
    /// Number of days.
    pub days: usize,
    /// First date, ISO 8601.
    pub first_date: String,
    /// Last date, ISO 8601.
    pub last_date: String,
    /// The homes, after selection and scaling.
    pub homes: Vec<HomeSummary>,
}

/// A home in a setting.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HomeSummary {
    /// Its name.
    pub id: String,
    /// PV size, kWp; null where unknown.
    pub pv_kwp: Option<f64>,
    /// Battery capacity, kWh; 0 without one.
    pub battery_kwh: f64,
    /// Battery power, kW; 0 without one.
    pub battery_kw: f64,
    /// Mean load, kWh a day.
    pub mean_load_kwh_day: f64,
    /// Mean PV generation, kWh a day.
    pub mean_pv_kwh_day: f64,
}

impl DataSpec {
    /// The neighbourhood that this describes, if it needs no file.
    ///
    /// # Errors
    /// A synthetic neighbourhood out of range; a file, which only the caller can open.
    pub fn without_file(&self) -> Result<Neighbourhood, LabError> {
        match self {
            Self::Synthetic(synthetic) => Ok(synthetic.generate()?),
            Self::File(file) => Err(LabError::spec(
                "data.path",
                format!("the file `{}` must be given as well", file.path),
            )),
        }
    }
}

impl Spec {
    /// The community that this describes on `data`, of which homes are selected and scaled.
    ///
    /// # Errors
    /// Whatever does not fit: names, sizes, ranges.
    pub fn community(&self, data: &mut Neighbourhood) -> Result<Community, LabError> {
        self.validate()?;
        data.validate()?;
        let homes = self.homes.apply(data)?;
        // Scaled PV must be numbers still.
        data.validate()?;
        let scenario = Scenario {
            homes,
            tariff: self.tariff.clone(),
            market: self.market,
            feeder: self.feeder.clone(),
            loss_sharing: self.loss_sharing,
            limits: self.limits.clone(),
            stress: self.stress.clone(),
        };
        Ok(Community::new(data, &scenario)?)
    }
}

impl Setting {
    /// Brings `spec` and `data` together.
    ///
    /// # Errors
    /// Whatever does not fit: names, sizes, ranges, too few days.
    pub fn new(spec: Spec, mut data: Neighbourhood) -> Result<Self, LabError> {
        let community = spec.community(&mut data)?;
        let split = split(&spec, &community)?;
        let part = |days: Vec<usize>, name| usable(days, name);
        Ok(Self {
            train: part(split.train, "training")?,
            validation: part(split.validation, "validation")?,
            held_out: part(split.held_out, "held-out")?,
            data: summary(&data, &community),
            community: Arc::new(community),
            spec,
        })
    }

    /// ISO dates of the held-out episodes' first days.
    pub fn held_out_dates(&self) -> Vec<String> {
        self.held_out.iter().map(|&d| self.community.dates[d].to_string()).collect()
    }

    /// What is allowed but probably not meant, in words.
    pub fn warnings(&self) -> Vec<String> {
        let spec = &self.spec;
        let mut warnings = spec.ppo.warnings(self.agents().len() * spec.training.microgrids);
        let episode = self.community.steps_per_day * spec.episode.length.days();
        if spec.ppo.gamma == 1.0 && spec.episode.end == EpisodeEnd::Continues {
            warnings.push(
                "ppo.gamma 1 with episode.end `continues` adds up rewards without end: the critic \
                 has no finite value to learn."
                    .to_owned(),
            );
        }
        if !spec.ppo.n_steps.is_multiple_of(episode) {
            warnings.push(format!(
                "ppo.n_steps {} is no whole number of episodes of {episode} steps: an iteration \
                 sees only a part of the last one.",
                spec.ppo.n_steps
            ));
        }
        warnings
    }

    /// Homes with a battery: those that an agent can run. A home without one has nothing to
    /// decide that could gain it anything, and trades honestly.
    pub fn agents(&self) -> Vec<usize> {
        agents(&self.community)
    }
}

/// As [`Setting::agents`].
pub(crate) fn agents(community: &Community) -> Vec<usize> {
    let batteries = community.batteries.iter().enumerate();
    batteries.filter(|(_, battery)| battery.is_some()).map(|(home, _)| home).collect()
}

/// Leaves out an episode on the first day, whose day before is not known.
fn usable(mut days: Vec<usize>, part: &str) -> Result<Vec<usize>, LabError> {
    days.retain(|&day| day > 0);
    if days.is_empty() {
        let message = format!(
            "no {part} days are left: the data has too few days (day episodes need three weeks, week \
             episodes ten)"
        );
        return Err(LabError::spec("split", message));
    }
    Ok(days)
}

fn summary(data: &Neighbourhood, community: &Community) -> DataSummary {
    let Provenance { kind, source, licence } = data.provenance.clone();
    let date = |d: Option<&jiff::civil::Date>| d.map(ToString::to_string).unwrap_or_default();
    let per_day = |kw: &[f32]| {
        kw.iter().map(|&v| f64::from(v)).sum::<f64>() * data.step_hours() / data.days() as f64
    };
    let homes = data.homes.iter().zip(&community.batteries).map(|(home, battery)| HomeSummary {
        id: home.id.clone(),
        pv_kwp: home.pv_kwp,
        battery_kwh: battery.as_ref().map_or(0.0, |b| b.capacity_kwh),
        battery_kw: battery.as_ref().map_or(0.0, |b| b.power_kw),
        mean_load_kwh_day: per_day(&home.load_kw),
        mean_pv_kwh_day: per_day(&home.pv_kw),
    });
    DataSummary {
        name: data.name.clone(),
        kind,
        source,
        licence,
        step_minutes: data.step_minutes,
        days: data.days(),
        first_date: date(data.dates.first()),
        last_date: date(data.dates.last()),
        homes: homes.collect(),
    }
}

/// The days of training, validation and judgement.
fn split(spec: &Spec, community: &Community) -> Result<Split, LabError> {
    let unit = match spec.episode.length {
        EpisodeLength::Day => SplitUnit::Day,
        EpisodeLength::Week => SplitUnit::Week,
    };
    let mut split = Split::new(community.days(), unit, spec.split.seed)?;
    if let Some(chosen) = &spec.split.held_out {
        let length = spec.episode.length.days();
        let window = chosen_days(chosen, length, &community.dates)?;
        split.train.append(&mut split.held_out);
        let outside = |day: &usize| *day + length <= window.start || *day >= window.end;
        split.train.retain(outside);
        split.train.sort_unstable();
        split.validation.retain(outside);
        split.held_out = window.step_by(length).collect();
    }
    Ok(split)
}

/// The chosen days by index.
fn chosen_days(
    chosen: &HeldOut,
    length: usize,
    dates: &[Date],
) -> Result<std::ops::Range<usize>, LabError> {
    let first = dates.iter().position(|date| *date == chosen.from);
    let window = first.map(|first| first..first.saturating_add(chosen.days));
    if chosen.days == 0 || !chosen.days.is_multiple_of(length) {
        let message = format!("{} must be a multiple of {length}, 1 or more", chosen.days);
        return Err(LabError::spec("split.held_out.days", message));
    }
    window.filter(|window| window.start > 0 && window.end <= dates.len()).ok_or_else(|| {
        let date = |date: Option<&Date>| date.map_or_else(String::new, Date::to_string);
        let message = format!(
            "{} days from {} must lie in the data after its first day; it runs from {} to {}",
            chosen.days,
            chosen.from,
            date(dates.first()),
            date(dates.last())
        );
        LabError::spec("split.held_out", message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rewards_without_end_are_warned_of() {
        let warned = |spec: &str| {
            let spec = Spec::from_json(spec).unwrap();
            let data = spec.data.without_file().unwrap();
            let warnings = Setting::new(spec, data).unwrap().warnings();
            warnings.iter().any(|text| text.contains("gamma"))
        };
        assert!(warned(r#"{"ppo": {"gamma": 1}, "episode": {"end": "continues"}}"#));
        assert!(!warned(r#"{"ppo": {"gamma": 1}}"#));
        assert!(!warned(r#"{"ppo": {"gamma": 0.99}, "episode": {"end": "continues"}}"#));
    }
}
