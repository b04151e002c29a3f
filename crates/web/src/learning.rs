//! The agent: training, and agents that were trained.

use peergrid_lab::{Iteration, LabError, Model, Setting, Training, record};
use peergrid_ppo::Compute;
use wasm_bindgen::prelude::*;

use crate::{
    engine::{Engine, to_js},
    session::Session,
};

/// The agent of a setting: under training, loaded, or none yet.
#[derive(Default)]
pub struct Agent {
    compute: Compute,
    training: Option<Box<Training>>,
    /// A loaded agent; training goes on from it.
    loaded: Option<Model>,
}

impl Agent {
    /// The next training starts from fresh weights.
    pub fn forget(&mut self) {
        self.training = None;
        self.loaded = None;
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
        self.agent.training = Some(training);
        iteration
    }

    /// What the best agent so far does on the held-out days.
    fn actions(&self) -> Result<Vec<f64>, LabError> {
        let mut policy = self.agent.model()?.policy(&self.setting);
        record(&mut policy, &self.setting, &self.setting.held_out)
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
    /// street: see [`peergrid_lab::record`].
    ///
    /// # Errors
    /// When nothing has been trained or loaded yet; a feeder that cannot carry the load.
    pub fn actions(&self) -> Result<Vec<f64>, JsError> {
        Ok(self.session.actions()?)
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
}
