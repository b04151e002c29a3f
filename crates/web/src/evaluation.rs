//! Policies on the held-out days.

use std::{cell::OnceCell, collections::BTreeMap};

use peergrid_env::Microgrids;
use peergrid_guard::Action;
use peergrid_lab::{
    LabError, Policy, PolicyKind, Replay, Run, TimeOfUse, evaluate,
    presets::agent_label,
    record,
    results::{PolicyResult, Summary, to_csv},
    time_of_use,
};
use wasm_bindgen::prelude::*;

use crate::{
    engine::{Engine, to_js},
    session::Session,
    trace::DayTrace,
};

/// What is known about the policies.
#[derive(Default)]
pub struct Evaluation {
    /// By policy: its run on the held-out days.
    runs: BTreeMap<&'static str, Run>,
    /// By policy: what another engine found it to do on the held-out days.
    plans: BTreeMap<&'static str, Plan>,
    /// The time-of-use rule, which is tuned once.
    tuned: OnceCell<TimeOfUse>,
}

/// What a policy does on the held-out days.
#[wasm_bindgen(getter_with_clone)]
#[derive(Clone)]
pub struct Plan {
    /// Its actions, as [`peergrid_lab::record`] writes them.
    pub actions: Vec<f64>,
    /// What it has to say of how they came about.
    pub note: Option<String>,
}

/// A policy that is carried out again.
struct Again<'a> {
    replay: Replay<'a>,
    note: Option<String>,
}

impl Policy for Again<'_> {
    fn propose(&mut self, microgrids: &Microgrids, proposed: &mut [Action]) {
        self.replay.propose(microgrids, proposed);
    }

    fn note(&self) -> Option<String> {
        self.note.clone()
    }
}

impl Evaluation {
    /// Another setting: nothing is known any more.
    pub fn forget(&mut self) {
        *self = Self::default();
    }
}

impl Session {
    /// Every kind of policy, in the order of tables.
    pub(crate) fn kinds() -> impl Iterator<Item = PolicyKind> {
        PolicyKind::FIXED.iter().copied().chain([PolicyKind::Agent])
    }

    pub(crate) fn label(&self, kind: PolicyKind) -> &'static str {
        match kind {
            PolicyKind::Agent => agent_label(&self.setting.spec.reward.weights),
            fixed => fixed.label(),
        }
    }

    /// What a policy that needs no training does on the held-out days.
    fn plan(&self, kind: PolicyKind) -> Result<Plan, LabError> {
        let mut policy = self.policy(kind, 0)?;
        let actions = record(policy.as_mut(), &self.setting, &self.setting.held_out)?;
        Ok(Plan { actions, note: policy.note() })
    }

    fn set_plan(&mut self, kind: PolicyKind, plan: Plan) -> Result<(), LabError> {
        Replay::new(&plan.actions, &self.setting, self.setting.held_out.len(), 0)?;
        self.evaluation.runs.remove(kind.id());
        self.evaluation.plans.insert(kind.id(), plan);
        Ok(())
    }

    /// The policy, for the held-out episodes from number `first` on.
    pub(crate) fn policy(
        &self,
        kind: PolicyKind,
        first: usize,
    ) -> Result<Box<dyn Policy + '_>, LabError> {
        if let Some(Plan { actions, note }) = self.evaluation.plans.get(kind.id()) {
            let episodes = self.setting.held_out.len();
            let replay = Replay::new(actions, &self.setting, episodes, first)?;
            return Ok(Box::new(Again { replay, note: note.clone() }));
        }
        if kind == PolicyKind::TimeOfUse {
            // Without wear, as every policy of the results.
            let tuned = self.evaluation.tuned.get_or_init(|| time_of_use(&self.setting, 0.0));
            return Ok(Box::new(tuned.clone()));
        }
        kind.for_setting(&self.setting).map(|fixed| fixed as Box<dyn Policy>).ok_or_else(|| {
            LabError::Missing("the agent has not been run on the held-out days yet".to_owned())
        })
    }

    /// The run of a policy on the held-out days, computed once.
    fn run(&mut self, kind: PolicyKind) -> Result<&Run, LabError> {
        if !self.evaluation.runs.contains_key(kind.id()) {
            let mut policy = self.policy(kind, 0)?;
            let run = evaluate(policy.as_mut(), &self.setting, &self.setting.held_out)?;
            drop(policy);
            self.evaluation.runs.insert(kind.id(), run);
        }
        Ok(&self.evaluation.runs[kind.id()])
    }

    /// The measures of all policies that have been run, each compared with the others.
    fn summary(&self) -> Summary {
        let results = Self::kinds().filter_map(|kind| {
            let run = self.evaluation.runs.get(kind.id())?;
            Some(PolicyResult::new(kind.id(), self.label(kind), run))
        });
        Summary::new(&self.setting, results.collect())
    }

    /// The first day of a held-out episode.
    pub(crate) fn held_out_day(&self, index: usize) -> Result<usize, LabError> {
        let held_out = &self.setting.held_out;
        held_out.get(index).copied().ok_or_else(|| {
            let message = format!("there is no held-out day {index}; there are {}", held_out.len());
            LabError::Missing(message)
        })
    }

    /// One held-out episode of a policy: of its run if there is one, else computed alone.
    fn day(&self, kind: PolicyKind, index: usize) -> Result<DayTrace, LabError> {
        let day = self.held_out_day(index)?;
        if let Some(run) = self.evaluation.runs.get(kind.id()) {
            return Ok(DayTrace::new(&self.setting, run, index));
        }
        let run = evaluate(self.policy(kind, index)?.as_mut(), &self.setting, &[day])?;
        Ok(DayTrace::new(&self.setting, &run, 0))
    }
}

#[wasm_bindgen]
impl Engine {
    /// What a policy does on the held-out days, for another engine to carry out.
    ///
    /// # Errors
    /// As [`Engine::evaluate`].
    pub fn plan(&self, policy: &str) -> Result<Plan, JsError> {
        Ok(self.session.plan(PolicyKind::by_id(policy)?)?)
    }

    /// Takes over what a policy does on the held-out days, from the engine that learns or from
    /// one that plans.
    ///
    /// # Errors
    /// A policy that does not exist; actions of another setting.
    #[wasm_bindgen(js_name = setActions)]
    pub fn set_actions(
        &mut self,
        policy: &str,
        actions: Vec<f64>,
        note: Option<String>,
    ) -> Result<(), JsError> {
        let kind = PolicyKind::by_id(policy)?;
        Ok(self.session.set_plan(kind, Plan { actions, note })?)
    }

    /// Runs a policy on the held-out days, for [`Engine::summary`] and [`Engine::csv`].
    ///
    /// # Errors
    /// A policy that does not exist; a feeder that cannot carry the load.
    pub fn evaluate(&mut self, policy: &str) -> Result<(), JsError> {
        self.session.run(PolicyKind::by_id(policy)?)?;
        Ok(())
    }

    /// The specification, the data, and the measures of all policies that have been run.
    ///
    /// # Errors
    /// A value JavaScript cannot hold.
    pub fn summary(&self) -> Result<JsValue, JsError> {
        to_js(&self.session.summary())
    }

    /// One held-out day of a policy, step by step. `index` counts the held-out days.
    ///
    /// # Errors
    /// As [`Engine::evaluate`]; a day that does not exist.
    pub fn day(&self, policy: &str, index: usize) -> Result<JsValue, JsError> {
        to_js(&self.session.day(PolicyKind::by_id(policy)?, index)?)
    }

    /// Every held-out step of a policy as CSV.
    ///
    /// # Errors
    /// As [`Engine::evaluate`].
    pub fn csv(&mut self, policy: &str) -> Result<String, JsError> {
        let kind = PolicyKind::by_id(policy)?;
        self.session.run(kind)?;
        Ok(to_csv(&self.session.setting, &self.session.evaluation.runs[kind.id()])?)
    }
}

#[cfg(test)]
mod tests {
    use peergrid_lab::Spec;

    use super::*;

    #[test]
    fn a_plan_made_elsewhere_comes_out_as_if_made_here() {
        let spec = r#"{"data": {"source": "synthetic", "homes": 3, "days": 60}}"#;
        let session = || {
            let mut session = Session::new().unwrap();
            session.configure(Spec::from_json(spec).unwrap()).unwrap();
            session
        };
        let (elsewhere, mut here, mut alone) = (session(), session(), session());
        let mut plan = elsewhere.plan(PolicyKind::Optimum).unwrap();
        plan.note = Some("made elsewhere".to_owned());
        here.set_plan(PolicyKind::Optimum, plan).unwrap();
        let run = here.run(PolicyKind::Optimum).unwrap();
        assert_eq!(run.note.as_deref(), Some("made elsewhere"));
        assert_eq!(run.trace.bill, alone.run(PolicyKind::Optimum).unwrap().trace.bill);

        let wrong = Plan { actions: vec![0.0; 7], note: None };
        assert!(here.set_plan(PolicyKind::Optimum, wrong).is_err());
        assert!(here.policy(PolicyKind::Agent, 0).is_err(), "there is no agent yet");
    }
}
