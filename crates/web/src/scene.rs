//! One held-out day of a policy in full.

use peergrid_lab::{LabError, Scene};
use wasm_bindgen::prelude::*;

use crate::{
    engine::{Engine, to_js},
    evaluation::Actor,
    session::Session,
};

impl Session {
    /// A held-out episode of a policy, played anew.
    pub(crate) fn scene(&self, actor: Actor, index: usize) -> Result<Scene, LabError> {
        let day = self.held_out_day(index)?;
        Scene::play(self.policy(actor, index)?.as_mut(), &self.setting, day)
    }
}

#[wasm_bindgen]
impl Engine {
    /// One held-out day of a policy with every home, line and trade in every step: see
    /// [`peergrid_lab::Scene`]. `index` counts the held-out days.
    ///
    /// # Errors
    /// As [`Engine::evaluate`]; a day that does not exist.
    pub fn scene(&self, policy: &str, index: usize) -> Result<JsValue, JsError> {
        to_js(&self.session.scene(Actor::by_id(policy)?, index)?)
    }
}
