//! Policies on the held-out days.

use std::collections::BTreeMap;

use peergrid_lab::{
    LabError, Policy, PolicyKind, Replay, Run, evaluate,
    presets::agent_label,
    results::{PolicyResult, Summary, to_csv},
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
    /// What the agent does on the held-out days, as [`peergrid_lab::record`] writes it.
    agent: Option<Vec<f64>>,
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

    fn set_agent(&mut self, actions: Vec<f64>) -> Result<(), LabError> {
        Replay::new(&actions, &self.setting, self.setting.held_out.len(), 0)?;
        self.evaluation.runs.remove(PolicyKind::Agent.id());
        self.evaluation.agent = Some(actions);
        Ok(())
    }

    /// The policy, for the held-out episodes from number `first` on.
    pub(crate) fn policy(
        &self,
        kind: PolicyKind,
        first: usize,
    ) -> Result<Box<dyn Policy + '_>, LabError> {
        if let Some(fixed) = kind.for_setting(&self.setting) {
            return Ok(fixed);
        }
        let actions = self.evaluation.agent.as_ref().ok_or_else(|| {
            LabError::Missing("the agent has not been run on the held-out days yet".to_owned())
        })?;
        let episodes = self.setting.held_out.len();
        Ok(Box::new(Replay::new(actions, &self.setting, episodes, first)?))
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
    /// Takes over what the agent does on the held-out days, from the engine that learns.
    ///
    /// # Errors
    /// Actions of another setting.
    #[wasm_bindgen(js_name = setAgent)]
    pub fn set_agent(&mut self, actions: Vec<f64>) -> Result<(), JsError> {
        Ok(self.session.set_agent(actions)?)
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
