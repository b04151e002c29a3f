//! Policies on the held-out days.

use std::{cell::OnceCell, collections::BTreeMap};

use peergrid_env::Microgrids;
use peergrid_guard::Action;
use peergrid_lab::{
    LabError, Policy, PolicyKind, Replay, Run, TimeOfUse, evaluate,
    kpi::Episodes,
    presets::agent_label,
    results::{PolicyResult, Summary, to_csv},
    time_of_use,
};
use wasm_bindgen::prelude::*;

use crate::{
    engine::{Engine, to_js},
    plan::Plan,
    session::Session,
    trace::DayTrace,
};

/// What is known about the policies.
#[derive(Default)]
pub struct Evaluation {
    /// By id: the policy's run on the held-out days.
    runs: BTreeMap<String, Run>,
    /// By id: what the runs of several seeds of an agent add up to.
    seeds: BTreeMap<String, Vec<Episodes>>,
    /// By id: what another engine found the policy to do on the held-out days.
    plans: BTreeMap<String, Plan>,
    /// By id: names of the kept agents among them.
    names: BTreeMap<String, String>,
    /// The time-of-use rule, which is tuned once.
    tuned: OnceCell<TimeOfUse>,
}

/// Who acts. Agents that were kept act beside the one in use, each under an id of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Actor<'a> {
    pub(crate) id: &'a str,
    pub(crate) kind: PolicyKind,
}

impl<'a> Actor<'a> {
    /// Who has this id: a policy's, or `agent:` and a key for a kept agent.
    pub(crate) fn by_id(id: &'a str) -> Result<Self, LabError> {
        let kept = id.strip_prefix("agent:").is_some_and(|key| !key.is_empty());
        let kind = if kept { PolicyKind::Agent } else { PolicyKind::by_id(id)? };
        Ok(Self { id, kind })
    }

    /// Whether it is an agent beside the one in use.
    fn is_kept(self) -> bool {
        self.kind == PolicyKind::Agent && self.id != PolicyKind::Agent.id()
    }
}

impl From<PolicyKind> for Actor<'static> {
    fn from(kind: PolicyKind) -> Self {
        Self { id: kind.id(), kind }
    }
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
            PolicyKind::Agent => agent_label(&self.setting.spec.reward),
            fixed => fixed.label(),
        }
    }

    /// What a policy that needs no training does on the held-out days.
    fn plan(&self, kind: PolicyKind) -> Result<Plan, LabError> {
        Plan::of(self.policy(kind.into(), 0)?.as_mut(), &self.setting)
    }

    /// Takes over what an actor does; `name` is a kept agent's.
    fn set_plan(&mut self, actor: Actor, plan: Plan, name: Option<String>) -> Result<(), LabError> {
        Replay::new(&plan.actions, &self.setting, self.setting.held_out.len(), 0)?;
        self.remove_plan(actor);
        self.evaluation.plans.insert(actor.id.to_owned(), plan);
        if actor.is_kept() {
            let name = name.unwrap_or_else(|| actor.id.to_owned());
            self.evaluation.names.insert(actor.id.to_owned(), name);
        }
        Ok(())
    }

    /// Forgets what an actor does, and its results.
    fn remove_plan(&mut self, actor: Actor) {
        self.evaluation.runs.remove(actor.id);
        self.evaluation.seeds.remove(actor.id);
        self.evaluation.plans.remove(actor.id);
        self.evaluation.names.remove(actor.id);
    }

    /// Runs another seed of an agent on the held-out days; it acts nowhere else.
    fn add_seed(&mut self, actor: Actor, actions: &[f64]) -> Result<(), LabError> {
        let held_out = &self.setting.held_out;
        let mut replay = Replay::new(actions, &self.setting, held_out.len(), 0)?;
        let episodes = Episodes::new(&evaluate(&mut replay, &self.setting, held_out)?);
        self.evaluation.seeds.entry(actor.id.to_owned()).or_default().push(episodes);
        Ok(())
    }

    /// The policy, for the held-out episodes from number `first` on.
    pub(crate) fn policy(
        &self,
        actor: Actor,
        first: usize,
    ) -> Result<Box<dyn Policy + '_>, LabError> {
        if let Some(Plan { actions, note }) = self.evaluation.plans.get(actor.id) {
            let episodes = self.setting.held_out.len();
            let replay = Replay::new(actions, &self.setting, episodes, first)?;
            return Ok(Box::new(Again { replay, note: note.clone() }));
        }
        if actor.kind == PolicyKind::TimeOfUse {
            // Without wear, as every policy of the results.
            let tuned = self.evaluation.tuned.get_or_init(|| time_of_use(&self.setting, 0.0));
            return Ok(Box::new(tuned.clone()));
        }
        let fixed = actor.kind.for_setting(&self.setting);
        fixed.map(|fixed| fixed as Box<dyn Policy>).ok_or_else(|| {
            LabError::Missing("the agent has not been run on the held-out days yet".to_owned())
        })
    }

    /// The run of a policy on the held-out days, computed once.
    fn run(&mut self, actor: Actor) -> Result<&Run, LabError> {
        if !self.evaluation.runs.contains_key(actor.id) {
            let mut policy = self.policy(actor, 0)?;
            let run = evaluate(policy.as_mut(), &self.setting, &self.setting.held_out)?;
            drop(policy);
            self.evaluation.runs.insert(actor.id.to_owned(), run);
        }
        Ok(&self.evaluation.runs[actor.id])
    }

    /// The measures of all policies that have been run, each compared with the others and measured
    /// against `baseline`: those of every setting in the order of tables, then kept agents.
    fn summary(&self, baseline: &str) -> Summary {
        let Evaluation { runs, seeds, names, .. } = &self.evaluation;
        let result = |id: &str, label: &str| {
            let result = PolicyResult::new(id, label, runs.get(id)?);
            Some(result.with_seeds(seeds.get(id).cloned().unwrap_or_default()))
        };
        let known = Self::kinds().filter_map(|kind| result(kind.id(), self.label(kind)));
        let kept = names.iter().filter_map(|(id, name)| result(id, name));
        Summary::new(&self.setting, known.chain(kept).collect(), baseline)
    }

    /// One held-out episode of a policy: of its run if there is one, else computed alone.
    fn day(&self, actor: Actor, index: usize) -> Result<DayTrace, LabError> {
        let day = self.held_out_day(index)?;
        if let Some(run) = self.evaluation.runs.get(actor.id) {
            return Ok(DayTrace::new(&self.setting, run, index));
        }
        let run = evaluate(self.policy(actor, index)?.as_mut(), &self.setting, &[day])?;
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
    /// one that plans. Besides the agent in use, `agent`, any number of kept agents can act:
    /// `agent:` and a key of the caller's, with the name that results call it by (its id without
    /// one).
    ///
    /// # Errors
    /// A policy that does not exist; actions of another setting.
    #[wasm_bindgen(js_name = setActions)]
    pub fn set_actions(
        &mut self,
        policy: &str,
        actions: Vec<f64>,
        note: Option<String>,
        name: Option<String>,
    ) -> Result<(), JsError> {
        let actor = Actor::by_id(policy)?;
        Ok(self.session.set_plan(actor, Plan { actions, note }, name)?)
    }

    /// Forgets what was taken over of a policy, and its results.
    ///
    /// # Errors
    /// A policy that does not exist.
    #[wasm_bindgen(js_name = removeActions)]
    pub fn remove_actions(&mut self, policy: &str) -> Result<(), JsError> {
        self.session.remove_plan(Actor::by_id(policy)?);
        Ok(())
    }

    /// Runs a policy on the held-out days, for [`Engine::summary`] and [`Engine::csv`].
    ///
    /// # Errors
    /// A policy that does not exist; a feeder that cannot carry the load.
    pub fn evaluate(&mut self, policy: &str) -> Result<(), JsError> {
        self.session.run(Actor::by_id(policy)?)?;
        Ok(())
    }

    /// Runs what another seed of an agent does on the held-out days, for the means over its seeds in
    /// [`Engine::summary`]. The next [`Engine::set_actions`] of the agent forgets its seeds.
    ///
    /// # Errors
    /// A policy that does not exist; actions of another setting.
    #[wasm_bindgen(js_name = addSeed)]
    pub fn add_seed(&mut self, policy: &str, actions: &[f64]) -> Result<(), JsError> {
        Ok(self.session.add_seed(Actor::by_id(policy)?, actions)?)
    }

    /// The specification, the data, and the measures of all policies that have been run, with what
    /// they differ by from `baseline` where that is one of them.
    ///
    /// # Errors
    /// A value JavaScript cannot hold.
    pub fn summary(&self, baseline: &str) -> Result<JsValue, JsError> {
        to_js(&self.session.summary(baseline))
    }

    /// One held-out day of a policy, step by step. `index` counts the held-out days.
    ///
    /// # Errors
    /// As [`Engine::evaluate`]; a day that does not exist.
    pub fn day(&self, policy: &str, index: usize) -> Result<JsValue, JsError> {
        to_js(&self.session.day(Actor::by_id(policy)?, index)?)
    }

    /// Every held-out step of a policy as CSV.
    ///
    /// # Errors
    /// As [`Engine::evaluate`].
    pub fn csv(&mut self, policy: &str) -> Result<String, JsError> {
        self.session.run(Actor::by_id(policy)?)?;
        Ok(to_csv(&self.session.setting, &self.session.evaluation.runs[policy])?)
    }
}

#[cfg(test)]
mod tests {
    use peergrid_lab::Spec;

    use super::*;

    fn session() -> Session {
        let spec = r#"{"data": {"source": "synthetic", "homes": 3, "days": 60}}"#;
        let mut session = Session::new().unwrap();
        session.configure(Spec::from_json(spec).unwrap()).unwrap();
        session
    }

    #[test]
    fn a_plan_made_elsewhere_comes_out_as_if_made_here() {
        let (elsewhere, mut here, mut alone) = (session(), session(), session());
        let optimum = Actor::from(PolicyKind::Optimum);
        let mut plan = elsewhere.plan(PolicyKind::Optimum).unwrap();
        plan.note = Some("made elsewhere".to_owned());
        here.set_plan(optimum, plan, None).unwrap();
        let run = here.run(optimum).unwrap();
        assert_eq!(run.note.as_deref(), Some("made elsewhere"));
        assert_eq!(run.trace.bill, alone.run(optimum).unwrap().trace.bill);

        let wrong = Plan { actions: vec![0.0; 7], note: None };
        assert!(here.set_plan(optimum, wrong, None).is_err());
        assert!(here.policy(PolicyKind::Agent.into(), 0).is_err(), "there is no agent yet");
    }

    #[test]
    fn the_seeds_of_an_agent_are_judged_together_until_it_acts_otherwise() {
        let mut session = session();
        let agent = Actor::by_id("agent").unwrap();
        let act = |session: &mut Session| {
            let plan = session.plan(PolicyKind::StreetGreedy).unwrap();
            session.set_plan(agent, plan, None).unwrap();
            session.run(agent).unwrap();
        };
        act(&mut session);
        session.run(PolicyKind::RuleBased.into()).unwrap();
        for kind in [PolicyKind::StreetGreedy, PolicyKind::NoBattery] {
            let actions = session.plan(kind).unwrap().actions;
            session.add_seed(agent, &actions).unwrap();
        }
        let of_agent = |session: &Session| {
            let policies = session.summary("rule_based").policies.into_iter();
            policies.last().filter(|policy| policy.id == "agent").unwrap()
        };
        let judged = of_agent(&session);
        let over = judged.over_seeds.unwrap();
        assert_eq!((over.seeds, over.kpis[0]["cost"]), (2, judged.kpis["cost"]));
        assert!(over.kpis[0]["cost"] != over.kpis[1]["cost"]);
        assert!(over.intervals.differences["cost"].is_some());
        assert!(session.add_seed(agent, &[0.0; 7]).is_err());
        act(&mut session);
        assert!(of_agent(&session).over_seeds.is_none());
    }

    #[test]
    fn kept_agents_stand_beside_the_agent_and_can_be_taken_away() {
        let mut session = session();
        let act = |session: &mut Session, id, as_kind, name: Option<&str>| {
            let plan = session.plan(as_kind).unwrap();
            let actor = Actor::by_id(id).unwrap();
            session.set_plan(actor, plan, name.map(str::to_owned)).unwrap();
            session.run(actor).unwrap();
        };
        act(&mut session, "agent", PolicyKind::StreetGreedy, None);
        act(&mut session, "agent:b", PolicyKind::NoBattery, Some("Second"));
        act(&mut session, "agent:a", PolicyKind::RuleBased, Some("First"));
        let shown = |session: &Session| -> Vec<_> {
            let policies = session.summary("rule_based").policies.into_iter();
            policies.map(|p| (p.id, p.label, p.kpis["cost"])).collect()
        };
        let (agent, kept) = (shown(&session)[0].clone(), shown(&session)[1..].to_vec());
        assert_eq!((agent.0.as_str(), agent.1.as_str()), ("agent", "Grid-aware (Phase 3)"));
        let names: Vec<_> = kept.iter().map(|p| (p.0.as_str(), p.1.as_str())).collect();
        assert_eq!(names, [("agent:a", "First"), ("agent:b", "Second")]);
        assert!(kept[0].2 != kept[1].2 && agent.2 != kept[0].2, "each acts as it was told");

        // Each has its own day and scene.
        let bills = |id| {
            let scene = session.scene(Actor::by_id(id).unwrap(), 2).unwrap();
            scene.bill.iter().sum::<f64>()
        };
        assert!(bills("agent:a") != bills("agent:b"));
        let rule = session.scene(PolicyKind::RuleBased.into(), 2).unwrap();
        assert_eq!(session.scene(Actor::by_id("agent:a").unwrap(), 2).unwrap(), rule);

        let gone = Actor::by_id("agent:a").unwrap();
        session.remove_plan(gone);
        assert_eq!(shown(&session).len(), 2);
        assert!(session.run(gone).is_err());
        assert!(Actor::by_id("agent:").is_err() && Actor::by_id("nobody").is_err());
    }
}
