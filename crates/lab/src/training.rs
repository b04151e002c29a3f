//! Training: iterations of the learner, validation after each, the best model kept.

use std::collections::BTreeMap;

use peergrid_ppo::{Compute, IterationStats, Trainer};
use serde::Serialize;

use crate::{
    LabError,
    evaluate::evaluate,
    health::{Collapse, collapses},
    kpi,
    model::Model,
    policy::PolicyKind,
    run::Run,
    setting::Setting,
    spec::Spec,
    streams::Streams,
};

/// A training run that goes on iteration by iteration.
pub struct Training {
    setting: Setting,
    trainer: Trainer,
    streams: Streams,
    fixed: BTreeMap<&'static str, ValidationKpis>,
    best: Option<(f64, Model)>,
}

/// What validation shows of a policy, per day.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ValidationKpis {
    /// Cost, $.
    pub cost: f64,
    /// Import inside the peak window, kWh.
    pub peak_import_kwh: f64,
    /// Import, kWh.
    pub grid_import_kwh: f64,
    /// Traded among neighbours, kWh.
    pub traded_kwh: f64,
    /// The homes' rewards per episode.
    pub reward: f64,
}

/// One iteration: what the learner measured, and how the policies stand on validation days.
#[derive(Debug, Clone, Serialize)]
pub struct Iteration {
    /// The learner's measures.
    pub stats: IterationStats,
    /// Home-steps planned in all.
    pub planned_steps: u64,
    /// By policy: those that do not learn, and the agent after this iteration.
    pub validation: BTreeMap<&'static str, ValidationKpis>,
    /// Whether this is the best agent so far on validation days.
    pub best: bool,
    /// Ways in which the agent has stopped to learn; none as a rule.
    pub collapse: Vec<Collapse>,
    /// Whether the planned steps are done.
    pub done: bool,
}

impl ValidationKpis {
    /// Computed here and not by [`kpi::by_id`], which would draw the whole table of measures into
    /// the page's learner.
    fn of(run: &Run) -> Self {
        let days = run.total_days();
        Self {
            cost: run.total_cost() / days,
            peak_import_kwh: kpi::peak_import(&run.trace) / days,
            grid_import_kwh: run.trace.import_kwh.iter().sum::<f64>() / days,
            traded_kwh: run.trace.p2p_kwh.iter().sum::<f64>() / days,
            reward: run.mean_reward(),
        }
    }
}

/// The streams of experience on `setting`, and who learns from them.
fn learner(setting: &Setting, compute: Compute) -> Result<(Streams, Trainer), LabError> {
    let streams = Streams::new(setting)?;
    let spec = &setting.spec;
    let trainer = Trainer::new(spec.ppo.clone(), &streams, compute, spec.seed)?;
    Ok((streams, trainer))
}

/// Whether an agent can be trained on `setting`; quicker than to begin with it.
///
/// # Errors
/// As [`Training::new`].
pub(crate) fn check(setting: &Setting) -> Result<(), LabError> {
    learner(setting, Compute::Cpu).map(|_| ())
}

impl Training {
    /// A fresh agent on `setting`.
    ///
    /// # Errors
    /// Settings out of range; a community without a battery.
    pub fn new(setting: Setting, compute: Compute) -> Result<Self, LabError> {
        let (streams, trainer) = learner(&setting, compute)?;
        let mut fixed = BTreeMap::new();
        for kind in PolicyKind::RULES {
            if let Some(mut policy) = kind.for_setting(&setting) {
                let run = evaluate(policy.as_mut(), &setting, &setting.validation)?;
                fixed.insert(kind.id(), ValidationKpis::of(&run));
            }
        }
        Ok(Self { setting, trainer, streams, fixed, best: None })
    }

    /// Goes on from `model`'s weights under this setting's specification: what it is rewarded for,
    /// how it learns, and the street may be others.
    ///
    /// # Errors
    /// A model that sees something else, whose actions mean something else, or with other networks
    /// or normalisers.
    pub fn resume(&mut self, model: &Model) -> Result<(), LabError> {
        self.check_fit(model)?;
        self.trainer.set_policy(model.policy.clone())?;
        self.best = None;
        self.validate()?;
        Ok(())
    }

    /// Whether the specification asks for what the model is.
    fn check_fit(&self, model: &Model) -> Result<(), LabError> {
        let (own, asked) = (&model.spec, &self.setting.spec);
        let profile = |spec: &Spec| spec.observation.profile.id().to_owned();
        let street = |spec: &Spec| spec.observation.street.id().to_owned();
        let mode = |spec: &Spec| spec.battery_mode.id().to_owned();
        let networks = |spec: &Spec| format!("{:?}", spec.ppo.net_arch);
        let activation = |spec: &Spec| format!("{:?}", spec.ppo.activation_fn).to_lowercase();
        for (field, own, asked) in [
            ("observation.profile", profile(own), profile(asked)),
            ("observation.street", street(own), street(asked)),
            ("battery_mode", mode(own), mode(asked)),
            ("ppo.net_arch", networks(own), networks(asked)),
            ("ppo.activation_fn", activation(own), activation(asked)),
        ] {
            if own != asked {
                return Err(LabError::Model(format!(
                    "it was trained with `{field}` {own}, but the specification says {asked}; \
                     training can only go on with the same"
                )));
            }
        }
        Ok(())
    }

    /// The setting that is trained on.
    pub fn setting(&self) -> &Setting {
        &self.setting
    }

    /// Collects experience, learns from it, and validates.
    ///
    /// # Errors
    /// A feeder that cannot carry the load; a learner that diverged; a device that failed.
    pub async fn iterate(&mut self) -> Result<Iteration, LabError> {
        let stats = self.trainer.iterate(&mut self.streams).await;
        let fault = self.streams.take_fault();
        if stats.is_err() {
            // The episodes stopped halfway through a step; new ones can be gone on from.
            self.streams.restart()?;
        }
        if let Some(fault) = fault {
            return Err(fault);
        }
        let stats = stats?;
        let (agent, best) = self.validate()?;
        let mode = self.setting.spec.battery_mode;
        let collapse = collapses(&stats, mode, &agent, self.fixed.values());
        let mut validation = self.fixed.clone();
        validation.insert(PolicyKind::Agent.id(), agent);
        Ok(Iteration {
            stats,
            planned_steps: self.setting.spec.ppo.total_timesteps,
            validation,
            best,
            collapse,
            done: self.trainer.is_done(),
        })
    }

    /// Runs the agent on the validation days and keeps it if it is the best so far.
    fn validate(&mut self) -> Result<(ValidationKpis, bool), LabError> {
        let model = self.last();
        let run =
            evaluate(&mut model.policy(&self.setting), &self.setting, &self.setting.validation)?;
        let kpis = ValidationKpis::of(&run);
        let best = self.best.as_ref().is_none_or(|(reward, _)| kpis.reward > *reward);
        if best {
            self.best = Some((kpis.reward, model));
        }
        Ok((kpis, best))
    }

    /// The agent as it is now.
    pub fn last(&self) -> Model {
        Model { policy: self.trainer.policy().clone(), spec: self.setting.spec.clone() }
    }

    /// The best agent so far on validation days; the untrained one before the first iteration.
    pub fn best(&self) -> Model {
        self.best.as_ref().map_or_else(|| self.last(), |(_, model)| model.clone())
    }
}

#[cfg(test)]
mod tests {
    use peergrid_agents::RuleBased;

    use super::*;
    use crate::Spec;

    #[test]
    fn validation_shows_the_measures_of_the_table() {
        let spec = Spec::default();
        let data = spec.data.without_file().unwrap();
        let setting = Setting::new(spec, data).unwrap();
        let run = evaluate(&mut RuleBased, &setting, &setting.validation[..2]).unwrap();
        let shown = ValidationKpis::of(&run);
        for (id, value) in [
            ("cost", shown.cost),
            ("peak_import", shown.peak_import_kwh),
            ("grid_import", shown.grid_import_kwh),
            ("p2p", shown.traded_kwh),
        ] {
            // The table adds up day by day.
            let of_table = kpi::by_id(id).and_then(|kpi| kpi.of(&run)).unwrap();
            assert!(
                (value - of_table).abs() <= 1e-9,
                "{id}: {value} shown, {of_table} in the table"
            );
        }
    }
}
