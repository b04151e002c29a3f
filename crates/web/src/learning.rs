//! The agent: training, and agents that were trained.

use peergrid_lab::{Explainer, Explanation, Iteration, LabError, Model, Setting, Training, Trial};
use peergrid_ppo::Compute;
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::{
    engine::{Engine, to_js},
    plan::Plan,
    session::Session,
};

/// The agent of a setting: under training, loaded, or none yet.
#[derive(Default)]
pub struct Agent {
    compute: Compute,
    training: Option<Box<Training>>,
    /// A loaded agent; training goes on from it.
    loaded: Option<Model>,
    /// The best agent so far, once somebody has asked it why.
    explainer: Option<Explainer>,
}

/// How long a minibatch takes.
#[derive(Debug, Serialize)]
struct Timing {
    /// On average over a few of them, s.
    seconds: f64,
    /// Home-steps in it.
    rows: usize,
}

impl Agent {
    /// The next training starts from fresh weights.
    pub fn forget(&mut self) {
        (self.training, self.loaded, self.explainer) = (None, None, None);
    }

    fn start(&self, setting: &Setting) -> Result<Training, LabError> {
        let mut training = Training::new(setting.clone(), self.compute.clone())?;
        if let Some(model) = &self.loaded {
            training.resume(model)?;
        }
        Ok(training)
    }

    /// The best agent so far.
    fn model(&self) -> Result<Model, LabError> {
        let model = self.training.as_deref().map(Training::best).or_else(|| self.loaded.clone());
        model.ok_or_else(|| LabError::Missing("nothing has been trained or loaded yet".to_owned()))
    }
}

impl Session {
    /// Completes the file that is being read, for a specification that names it.
    fn keep_data(&mut self) -> Result<(), LabError> {
        self.file = Some(self.take_file()?);
        Ok(())
    }

    /// One iteration of training.
    async fn iterate(&mut self) -> Result<Iteration, LabError> {
        let mut training = match self.agent.training.take() {
            Some(training) => training,
            None => Box::new(self.agent.start(&self.setting)?),
        };
        let iteration = training.iterate().await;
        self.agent.explainer = None;
        self.agent.training = Some(training);
        iteration
    }

    /// What the best agent so far does on the held-out days.
    fn actions(&self) -> Result<Plan, LabError> {
        self.plan_of(&self.agent.model()?)
    }

    /// What a saved agent does there.
    fn actions_of(&self, bytes: &[u8]) -> Result<Plan, LabError> {
        self.plan_of(&Model::from_bytes(bytes)?)
    }

    fn plan_of(&self, model: &Model) -> Result<Plan, LabError> {
        Plan::of(&mut model.policy(&self.setting), &self.setting)
    }

    /// A training that begins with a saved agent's weights, in the present setting.
    fn load_weights(&mut self, bytes: &[u8]) -> Result<(), LabError> {
        let model = Model::from_bytes(bytes)?;
        let mut training = Training::new(self.setting.clone(), self.agent.compute.clone())?;
        training.resume(&model)?;
        self.agent.forget();
        self.agent.training = Some(Box::new(training));
        Ok(())
    }

    /// Why the best agent so far acts as it does.
    fn explain(
        &mut self,
        index: usize,
        step: usize,
        home: usize,
    ) -> Result<Option<Explanation>, LabError> {
        let day = self.held_out_day(index)?;
        let explainer = match self.agent.explainer.take() {
            Some(explainer) => explainer,
            None => Explainer::new(self.agent.model()?, &self.setting)?,
        };
        self.agent.explainer.insert(explainer).explain(&self.setting, day, step, home)
    }

    /// Times a minibatch by a clock in seconds: the second time, when all is in place.
    async fn trial(&self, clock: impl Fn() -> f64) -> Result<Timing, LabError> {
        let mut trial = Trial::new(&self.setting, &self.agent.compute)?;
        trial.update().await?;
        let begin = clock();
        let minibatches = trial.update().await?;
        let seconds = (clock() - begin) / minibatches as f64;
        Ok(Timing { seconds, rows: self.setting.spec.ppo.batch_size })
    }

    /// Adopts a saved agent and its specification.
    fn load_model(&mut self, bytes: &[u8]) -> Result<(), LabError> {
        let model = Model::from_bytes(bytes)?;
        let data = self.data_for(&model.spec)?;
        self.adopt(Setting::new(model.spec.clone(), data)?);
        self.agent.loaded = Some(model);
        Ok(())
    }
}

#[wasm_bindgen]
impl Engine {
    /// The next training computes on a GPU.
    ///
    /// # Errors
    /// A browser without WebGPU or without an adapter for it.
    #[cfg(feature = "webgpu")]
    #[wasm_bindgen(js_name = useWebgpu)]
    pub async fn use_webgpu(&mut self) -> Result<(), JsError> {
        self.session.agent.compute = peergrid_ppo::webgpu().await?;
        Ok(())
    }

    /// Completes the data file that is being read; a specification that names it is what uses it.
    ///
    /// # Errors
    /// A file without whole days; the file before is kept then.
    #[wasm_bindgen(js_name = keepData)]
    pub fn keep_data(&mut self) -> Result<(), JsError> {
        Ok(self.session.keep_data()?)
    }

    /// One iteration of training and the validation after it.
    ///
    /// # Errors
    /// What stopped the learner, in a sentence.
    pub async fn iterate(&mut self) -> Result<JsValue, JsError> {
        to_js(&self.session.iterate().await?)
    }

    /// A fresh agent in the same setting.
    pub fn reset(&mut self) {
        self.session.agent.forget();
    }

    /// What the best agent so far proposes on the held-out days, for the engine that shows the
    /// street.
    ///
    /// # Errors
    /// When nothing has been trained or loaded yet; a feeder that cannot carry the load.
    pub fn actions(&self) -> Result<Plan, JsError> {
        Ok(self.session.actions()?)
    }

    /// What a saved agent proposes on the held-out days of this setting, as [`Engine::actions`]; it
    /// is not adopted. It sees and acts as it was trained to; where that is not what this setting
    /// says, or where it may know the held-out days, the note says so.
    ///
    /// # Errors
    /// A file that is no model; a feeder that cannot carry the load.
    #[wasm_bindgen(js_name = actionsOf)]
    pub fn actions_of(&self, bytes: &[u8]) -> Result<Plan, JsError> {
        Ok(self.session.actions_of(bytes)?)
    }

    /// What the best agent so far says of a home in one step of a held-out day, and what would
    /// change its mind: a [`peergrid_lab::Explanation`], or null for a home without a battery.
    /// `index` counts the held-out days, `home` the homes of the data.
    ///
    /// # Errors
    /// When nothing has been trained or loaded yet; a day, a step or a home that is not there.
    pub fn explain(&mut self, index: usize, step: usize, home: usize) -> Result<JsValue, JsError> {
        to_js(&self.session.explain(index, step, home)?)
    }

    /// How long the learner takes for a minibatch of the present settings: `{ seconds, rows }`.
    /// The training is not touched.
    ///
    /// # Errors
    /// Settings that cannot be trained with; a device that failed.
    pub async fn trial(&self) -> Result<JsValue, JsError> {
        to_js(&self.session.trial(now).await?)
    }

    /// The best agent so far as a safetensors file with the specification inside.
    ///
    /// # Errors
    /// When nothing has been trained or loaded yet.
    #[wasm_bindgen(js_name = saveModel)]
    pub fn save_model(&self) -> Result<Vec<u8>, JsError> {
        Ok(self.session.agent.model()?.to_bytes()?)
    }

    /// Adopts a saved agent with its specification, which is returned.
    ///
    /// # Errors
    /// A file that is no model; a model trained on a file that is not loaded. The old agent stays.
    #[wasm_bindgen(js_name = loadModel)]
    pub fn load_model(&mut self, bytes: &[u8]) -> Result<JsValue, JsError> {
        self.session.load_model(bytes)?;
        to_js(&self.session.setting.spec)
    }

    /// Begins a training with a saved agent's weights, under the present specification: the next
    /// iteration goes on from them.
    ///
    /// # Errors
    /// A file that is no model, or whose observations, actions or networks are others than the
    /// specification's. The old agent stays.
    #[wasm_bindgen(js_name = loadWeights)]
    pub fn load_weights(&mut self, bytes: &[u8]) -> Result<(), JsError> {
        Ok(self.session.load_weights(bytes)?)
    }
}

/// The browser's clock, s, from some beginning. Its resolution is far below a minibatch's time.
fn now() -> f64 {
    let performance = js_sys::Reflect::get(&js_sys::global(), &"performance".into());
    let now = performance.as_ref().ok().and_then(|performance| {
        let now = js_sys::Reflect::get(performance, &"now".into()).ok()?;
        now.dyn_ref::<js_sys::Function>()?.call0(performance).ok()?.as_f64()
    });
    now.unwrap_or_else(js_sys::Date::now) / 1000.0
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use peergrid_lab::Spec;

    use super::*;

    fn session(changes: &str) -> Session {
        let spec = format!(
            r#"{{
                "data": {{"source": "synthetic", "homes": 3, "days": 60}},
                "training": {{"microgrids": 2}},
                "ppo": {{"n_steps": 24, "batch_size": 48, "n_epochs": 1, "net_arch": [16]}}{changes}
            }}"#
        );
        let mut session = Session::new().unwrap();
        session.configure(Spec::from_json(&spec).unwrap()).unwrap();
        session
    }

    fn trained() -> (Session, Vec<u8>) {
        let mut session = session("");
        pollster::block_on(session.iterate()).unwrap();
        let bytes = session.agent.model().unwrap().to_bytes().unwrap();
        (session, bytes)
    }

    #[test]
    fn a_saved_agent_acts_in_another_setting_without_being_adopted() {
        let (own, bytes) = trained();
        let profit = session(r#", "reward": {"weights": {"profit": 1, "grid": 0}}"#);
        assert_eq!(profit.actions_of(&bytes).unwrap(), own.actions().unwrap());
        assert!(profit.actions().is_err(), "nothing was adopted");
        assert!(profit.actions_of(&bytes[1..]).is_err());
    }

    #[test]
    fn what_is_to_know_of_a_saved_agent_comes_with_its_actions() {
        let (own, bytes) = trained();
        assert_eq!(own.actions().unwrap().note, None);
        for (changes, words) in [
            (r#", "observation": {"profile": "mission"}"#, "trained to see"),
            (r#", "split": {"held_out": {"from": "2026-02-01", "days": 4}}"#, "another split"),
        ] {
            let note = session(changes).actions_of(&bytes).unwrap().note.unwrap_or_default();
            assert!(note.contains(words) && !note.ends_with('.'), "{note}");
        }
    }

    #[test]
    fn a_training_goes_on_from_weights_under_its_own_specification() {
        let (own, bytes) = trained();
        let mut other = session(r#", "reward": {"weights": {"profit": 1, "grid": 0}}"#);
        other.load_weights(&bytes).unwrap();
        assert_eq!(other.actions().unwrap(), own.actions().unwrap());
        assert_eq!(other.agent.model().unwrap().spec, other.setting.spec);
        let iteration = pollster::block_on(other.iterate()).unwrap();
        assert_eq!(iteration.stats.iteration, 1, "the plan begins anew");
        let last = other.agent.training.as_ref().unwrap().last();
        assert_ne!(last.policy.log_std(), own.agent.model().unwrap().policy.log_std());

        for (changes, field) in [
            (r#", "observation": {"profile": "mission"}"#, "observation.profile"),
            (r#", "battery_mode": "power""#, "battery_mode"),
        ] {
            let mut other = session(changes);
            let refused = other.load_weights(&bytes).unwrap_err().to_string();
            assert!(refused.contains(field), "{refused}");
            assert!(other.agent.model().is_err(), "there was no agent, and there is none");
        }
        let mut wider = session("");
        let mut spec = wider.setting.spec.clone();
        spec.ppo.net_arch = vec![32];
        wider.configure(spec).unwrap();
        let refused = wider.load_weights(&bytes).unwrap_err().to_string();
        assert!(
            refused.contains("`ppo.net_arch` [16], but the specification says [32]"),
            "{refused}"
        );
    }

    #[test]
    fn what_is_explained_is_the_present_agent() {
        let (mut session, _) = trained();
        let mean = |session: &mut Session| {
            let explained = session.explain(0, 12, 0).unwrap().unwrap();
            explained.actions[0].mean
        };
        let before = mean(&mut session);
        assert_eq!(mean(&mut session), before);
        let fresh = self::session("").explain(0, 12, 0).unwrap_err().to_string();
        assert!(fresh.contains("nothing has been trained"), "{fresh}");
        session.agent.forget();
        assert!(session.explain(0, 12, 0).is_err(), "the agent is gone");
    }

    #[test]
    fn a_trial_leaves_the_training_as_it_was() {
        let (mut with, _) = trained();
        let (mut without, _) = trained();
        let start = Instant::now();
        let timing = pollster::block_on(with.trial(|| start.elapsed().as_secs_f64())).unwrap();
        assert_eq!(timing.rows, 48);
        assert!(timing.seconds > 0.0 && timing.seconds < start.elapsed().as_secs_f64());
        let next = |session: &mut Session| pollster::block_on(session.iterate()).unwrap().stats;
        assert_eq!(next(&mut with), next(&mut without));
    }
}
