//! What fixed policies achieve on the validation days: the lines that a training is seen against.

use peergrid_lab::{LabError, PolicyKind, evaluate, kpi};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::{
    engine::{Engine, to_js},
    session::Session,
};

/// Means per validation day, as the learner reports them of the agent.
#[derive(Debug, PartialEq, Serialize)]
struct Reference {
    /// Cost, $.
    cost: Option<f64>,
    /// Import inside the peak window, kWh.
    peak_import_kwh: Option<f64>,
}

impl Session {
    fn reference(&self, kind: PolicyKind) -> Result<Reference, LabError> {
        let setting = &self.setting;
        let mut policy = kind.for_setting(setting).ok_or_else(|| {
            LabError::Missing("an agent is validated while it is trained".to_owned())
        })?;
        let run = evaluate(policy.as_mut(), setting, &setting.validation)?;
        let measure = |id| kpi::by_id(id).and_then(|kpi| kpi.of(&run));
        Ok(Reference { cost: measure("cost"), peak_import_kwh: measure("peak_import") })
    }
}

#[wasm_bindgen]
impl Engine {
    /// What a policy that needs no training achieves on the validation days: `{ cost,
    /// peak_import_kwh }`, in $ and kWh per day.
    ///
    /// # Errors
    /// The agent, or a policy that does not exist; a feeder that cannot carry the load.
    pub fn reference(&self, policy: &str) -> Result<JsValue, JsError> {
        to_js(&self.session.reference(PolicyKind::by_id(policy)?)?)
    }
}

#[cfg(test)]
mod tests {
    use peergrid_lab::Spec;

    use super::*;

    #[test]
    fn the_optimum_costs_least_on_validation_days_and_an_agent_has_to_be_trained() {
        let mut session = Session::new().unwrap();
        let spec = r#"{"data": {"source": "synthetic", "homes": 3, "days": 60}}"#;
        session.configure(Spec::from_json(spec).unwrap()).unwrap();
        let cost = |kind| session.reference(kind).unwrap().cost;
        let optimum = cost(PolicyKind::Optimum);
        for kind in [PolicyKind::NoBattery, PolicyKind::RuleBased, PolicyKind::StreetGreedy] {
            assert!(optimum < cost(kind), "{}", kind.id());
        }
        assert!(session.reference(PolicyKind::Agent).is_err());
    }
}
