//! The local market of one step, cleared by every mechanism.

use peergrid_lab::{LabError, Run, clearing::Comparison, evaluate, placed};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::{
    engine::{Engine, to_js},
    evaluation::Actor,
    session::Session,
};

/// What the homes really ordered in one step, and what every mechanism makes of it.
#[derive(Serialize)]
struct MarketStep {
    /// Counted from the episode's start.
    step: usize,
    /// Steps of the episode.
    steps: usize,
    /// When the step begins, hours after the episode's first midnight.
    hour: f64,
    step_hours: f64,
    /// Whether the grid is down: then there is no market, and there are no orders.
    outage: bool,
    #[serde(flatten)]
    comparison: Comparison,
}

impl Session {
    /// The orders of a step of a held-out episode; without `step`, of the one in which most is
    /// traded.
    fn market(
        &self,
        actor: Actor,
        index: usize,
        step: Option<usize>,
    ) -> Result<MarketStep, LabError> {
        let (setting, day) = (&self.setting, self.held_out_day(index)?);
        let step = if let Some(step) = step {
            step
        } else {
            busiest(&evaluate(self.policy(actor, index)?.as_mut(), setting, &[day])?)
        };
        let orders = placed(self.policy(actor, index)?.as_mut(), setting, day, step)?;
        let (dt, per_day) = (setting.community.dt, setting.community.steps_per_day);
        Ok(MarketStep {
            step,
            steps: per_day * setting.spec.episode.length.days(),
            hour: step as f64 * dt,
            step_hours: dt,
            outage: setting.community.is_outage(day * per_day + step),
            comparison: orders.compare()?,
        })
    }
}

/// The step of a run in which most is traded; the first of equals.
fn busiest(run: &Run) -> usize {
    let traded = &run.trace.p2p_kwh;
    let more = |best: usize, step: usize| if traded[step] > traded[best] { step } else { best };
    (0..traded.len()).fold(0, more)
}

#[wasm_bindgen]
impl Engine {
    /// The orders of one step of a held-out day of a policy, cleared by every mechanism. `index`
    /// counts the held-out days, `step` the day's steps; without it the step in which most is
    /// traded is chosen.
    ///
    /// # Errors
    /// As [`Engine::evaluate`]; a day or a step that does not exist.
    pub fn market(
        &self,
        policy: &str,
        index: usize,
        step: Option<usize>,
    ) -> Result<JsValue, JsError> {
        to_js(&self.session.market(Actor::by_id(policy)?, index, step)?)
    }
}
