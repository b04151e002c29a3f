//! The class that a worker talks to.

use peergrid_lab::Spec;
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::session::Session;

/// An engine: one setting, one agent under training, its evaluation.
#[wasm_bindgen]
pub struct Engine {
    session: Session,
}

/// A value as a plain JavaScript object; absent values become null.
pub(crate) fn to_js<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, JsError> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    Ok(value.serialize(&serializer)?)
}

#[wasm_bindgen]
impl Engine {
    /// An engine on `backend`, `"cpu"` or `"webgpu"`, with the first preset as its setting.
    ///
    /// # Errors
    /// A backend that this build or browser does not have.
    #[cfg_attr(
        not(feature = "webgpu"),
        allow(clippy::unused_async, reason = "the build with WebGPU waits for the device")
    )]
    pub async fn create(backend: String) -> Result<Engine, JsError> {
        let compute = match backend.as_str() {
            "cpu" => peergrid_ppo::Compute::Cpu,
            #[cfg(feature = "webgpu")]
            "webgpu" => peergrid_ppo::webgpu().await?,
            other => {
                let message = format!("this engine cannot compute on `{other}`");
                return Err(JsError::new(&message));
            }
        };
        Ok(Self { session: Session::new(compute)? })
    }

    /// Makes `spec` the setting and drops the agent; on error the old setting stays.
    ///
    /// # Errors
    /// A sentence that names the field.
    pub fn configure(&mut self, spec: &JsValue) -> Result<JsValue, JsError> {
        let text = js_sys::JSON::stringify(spec).ok().and_then(|text| text.as_string());
        let text = text.ok_or_else(|| JsError::new("the specification is not a plain object"))?;
        self.session.configure(Spec::from_json(&text)?)?;
        self.setting()
    }

    /// Starts reading a data file; what was read before stays in use until it is complete.
    #[wasm_bindgen(js_name = openData)]
    pub fn open_data(&mut self, name: &str) {
        self.session.open_data(name);
    }

    /// Reads the next bytes of the file; returns the rows read so far.
    ///
    /// # Errors
    /// A sentence with the line; the file is closed then.
    #[wasm_bindgen(js_name = pushData)]
    pub fn push_data(&mut self, chunk: &[u8]) -> Result<usize, JsError> {
        Ok(self.session.push_data(chunk)?)
    }

    /// Makes the file the data of the setting.
    ///
    /// # Errors
    /// A file without whole days, or too few of them; the old data stays in use then.
    #[wasm_bindgen(js_name = closeData)]
    pub fn close_data(&mut self) -> Result<JsValue, JsError> {
        self.session.close_data()?;
        self.setting()
    }

    /// Forgets the file that is being read.
    #[wasm_bindgen(js_name = cancelData)]
    pub fn cancel_data(&mut self) {
        self.session.cancel_data();
    }

    /// The setting: specification, data, days, policies, measures.
    ///
    /// # Errors
    /// A value JavaScript cannot hold.
    pub fn setting(&self) -> Result<JsValue, JsError> {
        to_js(&self.session.view())
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
        self.session.reset();
    }

    /// Runs a policy on the held-out days and returns its measures.
    ///
    /// # Errors
    /// A policy that does not exist; a feeder that cannot carry the load.
    pub fn evaluate(&mut self, policy: &str) -> Result<JsValue, JsError> {
        to_js(&self.session.evaluate(policy)?)
    }

    /// One held-out day of a policy, step by step. `index` counts the held-out days.
    ///
    /// # Errors
    /// As [`Engine::evaluate`]; a day that does not exist.
    pub fn day(&mut self, policy: &str, index: usize) -> Result<JsValue, JsError> {
        to_js(&self.session.day(policy, index)?)
    }

    /// Every held-out step of a policy as CSV.
    ///
    /// # Errors
    /// As [`Engine::evaluate`].
    pub fn csv(&mut self, policy: &str) -> Result<String, JsError> {
        Ok(self.session.csv(policy)?)
    }

    /// All evaluated policies' measures with the specification, as JSON.
    ///
    /// # Errors
    /// A value JSON cannot hold.
    #[wasm_bindgen(js_name = resultsJson)]
    pub fn results_json(&self) -> Result<String, JsError> {
        Ok(serde_json::to_string_pretty(&self.session.summary())?)
    }

    /// The best agent so far as a safetensors file with the specification inside.
    ///
    /// # Errors
    /// When nothing has been trained or loaded yet.
    #[wasm_bindgen(js_name = saveModel)]
    pub fn save_model(&self) -> Result<Vec<u8>, JsError> {
        Ok(self.session.save_model()?)
    }

    /// Adopts a saved agent and its specification.
    ///
    /// # Errors
    /// A file that is no model; a model trained on a file that is not loaded. The old agent stays.
    #[wasm_bindgen(js_name = loadModel)]
    pub fn load_model(&mut self, bytes: &[u8]) -> Result<JsValue, JsError> {
        self.session.load_model(bytes)?;
        self.setting()
    }
}
