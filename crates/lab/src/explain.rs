//! What a trained agent's network says of a home in one step, and which observations would change
//! its mind.

use peergrid_agents::Policy;
use peergrid_env::{ACTION_SIZE, BatteryMode, Microgrids};
use peergrid_guard::Action;
use serde::Serialize;

use crate::{LabError, Model, episodes::play, learned::Learned, setting::Setting};

/// Most rows of a home that the range of its observations is taken from.
const MOST_ROWS: usize = 2000;

/// What a network says of one home in one step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// What it answers.
    pub actions: Vec<ExplainedAction>,
    /// What it is asked.
    pub observations: Vec<ExplainedObservation>,
}

/// One of a network's answers: a raw number, before the guard.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainedAction {
    /// Short name.
    pub name: &'static str,
    /// What it means, in a few words.
    pub label: &'static str,
    /// The mean, by which the agent acts.
    pub mean: f32,
    /// Standard deviation of the noise with which it explores while it learns.
    pub sd: f32,
}

/// An observation and what hangs on it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainedObservation {
    /// Its name in [`Profile::features`](peergrid_env::Profile::features).
    pub name: &'static str,
    /// What a person calls it.
    pub label: &'static str,
    /// Its value now, in the unit below.
    pub value: f32,
    /// Unit of the value and the two below.
    pub unit: &'static str,
    /// The value below which one in twenty of this home's lies, over the held-out days.
    pub low: f32,
    /// The value above which one in twenty lies.
    pub high: f32,
    /// What the network would answer, if only this observation were another.
    pub effects: Effects,
}

/// Mean actions with one observation moved.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Effects {
    /// To its low value.
    pub at_low: Vec<f32>,
    /// To its high value.
    pub at_high: Vec<f32>,
}

/// A trained agent that can say why.
pub struct Explainer {
    model: Model,
    /// By agent, `[agents, observations]`: the low and the high value.
    ranges: Vec<(f32, f32)>,
}

impl Explainer {
    /// Lets the agent act on the held-out days of `setting` to see what its homes see there.
    ///
    /// # Errors
    /// A feeder that cannot carry the load.
    pub fn new(model: Model, setting: &Setting) -> Result<Self, LabError> {
        let rows = setting.held_out.len() * episode_steps(setting);
        let mut seen = Vec::new();
        let mut steps = 0;
        // Steps are left out evenly, and of each day others in turn.
        let stride = rows.div_ceil(MOST_ROWS);
        watch(&model, setting, &setting.held_out, |observations| {
            // None on a street without batteries.
            let of_day = (observations.len() / setting.held_out.len()).max(1);
            for (day, observations) in observations.chunks_exact(of_day).enumerate() {
                if (steps + day).is_multiple_of(stride) {
                    seen.extend_from_slice(observations);
                }
            }
            steps += 1;
        })?;
        let columns = setting.agents().len() * model.policy.shape().observation_size;
        Ok(Self { ranges: ranges(&seen, columns), model })
    }

    /// What the agent's network says of `home` in step `step` of the episode that starts on `day`;
    /// `None` for a home without a battery, which no agent runs.
    ///
    /// # Errors
    /// A home, a day or a step that is not there; a feeder that cannot carry the load.
    pub fn explain(
        &mut self,
        setting: &Setting,
        day: usize,
        step: usize,
        home: usize,
    ) -> Result<Option<Explanation>, LabError> {
        for (what, asked, count) in
            [("home", home, setting.community.homes()), ("step", step, episode_steps(setting))]
        {
            if asked >= count {
                let message = format!("there is no {what} {asked}; there are 0 to {}", count - 1);
                return Err(LabError::Missing(message));
            }
        }
        let Some(agent) = setting.agents().iter().position(|&of| of == home) else {
            return Ok(None);
        };
        let size = self.model.policy.shape().observation_size;
        let (mut seen, mut steps) = (Vec::new(), 0..);
        watch(&self.model, setting, &[day], |observations| {
            if steps.next() == Some(step) {
                seen.extend_from_slice(&observations[agent * size..(agent + 1) * size]);
            }
        })?;
        Ok(Some(self.explanation(&seen, agent)))
    }

    /// What the network says of one row of observations.
    fn explanation(&mut self, seen: &[f32], agent: usize) -> Explanation {
        let ranges = &self.ranges[agent * seen.len()..(agent + 1) * seen.len()];
        // As it is, then with each observation low and high in turn.
        let mut rows = seen.to_vec();
        for (at, &(low, high)) in ranges.iter().enumerate() {
            for value in [low, high] {
                let first = rows.len();
                rows.extend_from_slice(seen);
                rows[first + at] = value;
            }
        }
        let count = 1 + 2 * seen.len();
        let mut answers = vec![0.0; count * ACTION_SIZE];
        self.model.policy.act(&rows, count, &mut answers);
        let mut answers = answers.chunks_exact(ACTION_SIZE);
        let means = answers.next().unwrap_or_default();
        let names = action_names(self.model.spec.battery_mode);
        let noise = names.iter().zip(means).zip(self.model.policy.log_std());
        let actions = noise.map(|((&(name, label), &mean), log_std)| ExplainedAction {
            name,
            label,
            mean,
            sd: log_std.exp(),
        });
        let mut next = || answers.next().unwrap_or_default().to_vec();
        let features = self.model.spec.observation.profile.features();
        let observations = features.iter().zip(seen).zip(ranges).map(|((&name, &value), range)| {
            let Meaning { label, unit, scale } = meaning(name);
            let (low, high) = (scale * range.0, scale * range.1);
            let effects = Effects { at_low: next(), at_high: next() };
            ExplainedObservation { name, label, value: scale * value, unit, low, high, effects }
        });
        Explanation { observations: observations.collect(), actions: actions.collect() }
    }
}

fn episode_steps(setting: &Setting) -> usize {
    setting.community.steps_per_day * setting.spec.episode.length.days()
}

/// An agent whose observations are looked at.
struct Watched<F> {
    learned: Learned,
    look: F,
}

impl<F: FnMut(&[f32])> Policy for Watched<F> {
    fn propose(&mut self, microgrids: &Microgrids, proposed: &mut [Action]) {
        self.learned.propose(microgrids, proposed);
        (self.look)(self.learned.observations());
    }
}

/// Lets `model` act on the episodes that start on `days`; `look` is shown what its homes see in
/// every step, `[agents of all episodes, observations]`.
fn watch(
    model: &Model,
    setting: &Setting,
    days: &[usize],
    look: impl FnMut(&[f32]),
) -> Result<(), LabError> {
    let length = setting.spec.episode.length.days();
    let mut microgrids = Microgrids::new(setting.community.clone(), length);
    microgrids.reset(days)?;
    let mut watched = Watched { learned: model.policy(setting), look };
    play(&mut watched, &mut microgrids, |_, _, _| Ok(()))
}

/// Between which values nine tenths of each column of `rows` lie.
fn ranges(rows: &[f32], columns: usize) -> Vec<(f32, f32)> {
    let count = rows.len().checked_div(columns).unwrap_or(0);
    let quantile = |sorted: &[f32], share: f64| {
        let at = (share * count.saturating_sub(1) as f64).round() as usize;
        sorted.get(at).copied().unwrap_or(0.0)
    };
    let range = |column| {
        let mut values: Vec<f32> = rows.iter().skip(column).step_by(columns).copied().collect();
        values.sort_unstable_by(f32::total_cmp);
        (quantile(&values, 0.05), quantile(&values, 0.95))
    };
    (0..columns).map(range).collect()
}

/// Name and meaning of each raw action.
const fn action_names(mode: BatteryMode) -> [(&'static str, &'static str); ACTION_SIZE] {
    let battery = match mode {
        BatteryMode::Gate => "Battery (−1 hold, 0 follow the street, 1 charge)",
        BatteryMode::Power => "Battery (−1 discharge, 1 charge, at full power)",
    };
    [
        ("battery", battery),
        ("grid_request", "Past the neighbours, to the grid (0 nothing, 10 all)"),
        ("price", "Price given way (0 nothing, 10 all)"),
    ]
}

/// How an observation is told to a person.
struct Meaning {
    label: &'static str,
    unit: &'static str,
    /// From the number that the network sees to the unit.
    scale: f32,
}

/// The meaning of an observation by its name; its name alone where there is none.
fn meaning(name: &'static str) -> Meaning {
    let (label, unit, scale) = match name {
        "load" => ("Load now", "kW", 1.0),
        "pv" => ("Sun on the roof now", "kW", 1.0),
        "state of charge" => ("Charge of the battery", "%", 100.0),
        "import today / 24 kWh" => ("Bought from the grid today", "kWh", 24.0),
        "export today / 24 kWh" => ("Sold to the grid today", "kWh", 24.0),
        "battery capacity / 10 kWh" => ("Size of the battery", "kWh", 10.0),
        "battery power / 5 kW" => ("Power of the battery", "kW", 5.0),
        "pv size / 5 kWp" => ("Size of the PV", "kWp", 5.0),
        "own load of the next step yesterday" => ("Load a step from now, yesterday", "kW", 1.0),
        "own pv of the next step yesterday" => ("Sun a step from now, yesterday", "kW", 1.0),
        "own load yesterday to the next peak's end / 24 kWh" => {
            ("Load to the end of the peak, yesterday", "kWh", 24.0)
        }
        "own pv yesterday to the next peak's end / 24 kWh" => {
            ("Sun to the end of the peak, yesterday", "kWh", 24.0)
        }
        "own deficit yesterday in the peak to come / 24 kWh" => {
            ("Missing in the peak, yesterday", "kWh", 24.0)
        }
        "street: load less pv, per home" => ("Street: load less sun, per home", "kW", 1.0),
        "street: mean state of charge" => ("Street: charge of the batteries", "%", 100.0),
        "last local price" => ("Local price, last", "$/kWh", 1.0),
        "last local volume, per home" => ("Traded in the last step, per home", "kWh", 1.0),
        "retail price" => ("Price of the grid", "$/kWh", 1.0),
        "feed-in tariff" => ("Feed-in tariff", "$/kWh", 1.0),
        "retail price of the next step" => ("Price of the grid in the next step", "$/kWh", 1.0),
        "time to the next peak / 24 h" => ("Time to the next peak", "h", 24.0),
        "time left in the peak / 24 h" => ("Time left in the peak", "h", 24.0),
        "time to the next higher price / 24 h" => ("Time until the price rises", "h", 24.0),
        "time to the next lower price / 24 h" => ("Time until the price falls", "h", 24.0),
        "sine of the hour" => ("Time of day: 6 h (1) or 18 h (−1)", "", 1.0),
        "cosine of the hour" => ("Time of day: midnight (1) or noon (−1)", "", 1.0),
        "sine of the year" => ("Time of year: April (1) or October (−1)", "", 1.0),
        "cosine of the year" => ("Time of year: January (1) or July (−1)", "", 1.0),
        "weekend" => ("Weekend (1) or weekday (0)", "", 1.0),
        "street: pv today / 24 kWh, per home" => {
            ("Street: sun so far today, per home", "kWh", 24.0)
        }
        "street yesterday: pv by this hour / 24 kWh, per home" => {
            ("Street: sun by this hour yesterday, per home", "kWh", 24.0)
        }
        "street yesterday: load less pv of the next step, per home" => {
            ("Street: load less sun a step from now, yesterday, per home", "kW", 1.0)
        }
        "street yesterday: surplus to the next peak's end / 24 kWh, per home" => {
            ("Street: surplus to the end of the peak, yesterday, per home", "kWh", 24.0)
        }
        "street yesterday: deficit in the peak to come / 24 kWh, per home" => {
            ("Street: missing in the peak, yesterday, per home", "kWh", 24.0)
        }
        other => (other, "", 1.0),
    };
    Meaning { label, unit, scale }
}

#[cfg(test)]
mod tests {
    use peergrid_env::Profile;
    use peergrid_ppo::Compute;

    use super::*;
    use crate::{Scene, Spec, Training, Which, WhichRule};

    fn setting() -> Setting {
        let spec = r#"{
            "data": {"source": "synthetic", "homes": 4, "days": 60},
            "homes": {"battery_homes": ["s1", "s3"]}
        }"#;
        let spec = Spec::from_json(spec).unwrap();
        let data = spec.data.without_file().unwrap();
        Setting::new(spec, data).unwrap()
    }

    #[test]
    fn every_observation_has_a_meaning_and_a_scale_that_undoes_its_divisor() {
        for name in Profile::ALL.into_iter().flat_map(Profile::features) {
            let Meaning { label, unit, scale } = meaning(name);
            assert_ne!(label, *name, "{name} is told as it is named");
            if let Some((_, divisor)) = name.split_once(" / ") {
                let divisor = divisor.trim_end_matches(", per home");
                assert_eq!(divisor, format!("{scale} {unit}"), "{name}");
            }
        }
    }

    #[test]
    fn an_explanation_tells_what_the_home_sees_and_how_the_network_answers() {
        let setting = setting();
        let model = Training::new(setting.clone(), Compute::Cpu).unwrap().last();
        let mut explainer = Explainer::new(model.clone(), &setting).unwrap();
        let (day, step, home) = (setting.held_out[3], 13, 2);
        let found = explainer.explain(&setting, day, step, home).unwrap().unwrap();

        // The same day as the scene's: load, sun, and the charge at the end of the step before.
        let scene = Scene::play(&mut model.policy(&setting), &setting, day).unwrap();
        let at = |values: &[f64], step: usize| values[step * 4 + home] as f32;
        let value = |name: &str| found.observations.iter().find(|o| o.name == name).unwrap().value;
        assert_eq!(value("load"), at(&scene.load_kw, step));
        assert_eq!(value("pv"), at(&scene.pv_kw, step));
        let most = setting.community.battery_step(home).soc_max as f32;
        assert!(
            (value("state of charge") - 100.0 * at(&scene.soc_kwh, step - 1) / most).abs() < 1e-3
        );

        // Its answers are the network's to these observations, one moved at a time.
        let mut policy = model.policy.clone();
        let scales: Vec<f32> = found.observations.iter().map(|o| meaning(o.name).scale).collect();
        let mut row: Vec<f32> =
            found.observations.iter().zip(&scales).map(|(o, scale)| o.value / scale).collect();
        let mut answer = |row: &[f32]| {
            let mut actions = [0.0; ACTION_SIZE];
            policy.act(row, 1, &mut actions);
            actions
        };
        let means: Vec<f32> = found.actions.iter().map(|action| action.mean).collect();
        let close = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-5);
        assert!(close(&means, &answer(&row)));
        let mut moved = 0;
        for (at, observation) in found.observations.iter().enumerate() {
            assert!(observation.low <= observation.high, "{}", observation.name);
            let now = row[at];
            row[at] = observation.high / scales[at];
            assert!(close(&observation.effects.at_high, &answer(&row)), "{}", observation.name);
            row[at] = now;
            moved += usize::from(observation.effects.at_low != observation.effects.at_high);
        }
        assert!(moved > 15, "only {moved} observations matter to a fresh network");
        assert!(found.actions.iter().zip(model.policy.log_std()).all(|(a, s)| a.sd == s.exp()));

        // A home without a battery has nothing to explain; one that is not there is refused.
        assert_eq!(explainer.explain(&setting, day, step, 1).unwrap(), None);
        let refused = explainer.explain(&setting, day, 24, home).unwrap_err().to_string();
        assert_eq!(refused, "there is no step 24; there are 0 to 23");
        assert!(explainer.explain(&setting, day, step, 4).is_err());
        let mut bare = setting.spec.clone();
        bare.homes.battery_homes = Which::Rule(WhichRule::None);
        let bare = Setting::new(bare, setting.spec.data.without_file().unwrap()).unwrap();
        let mut explainer = Explainer::new(model, &bare).unwrap();
        assert_eq!(explainer.explain(&bare, day, step, home).unwrap(), None);
    }

    #[test]
    fn ranges_leave_a_twentieth_out_at_each_end() {
        let rows: Vec<f32> = (0..101).flat_map(|i| [i as f32, -7.0]).collect();
        assert_eq!(ranges(&rows, 2), [(5.0, 95.0), (-7.0, -7.0)]);
    }
}
