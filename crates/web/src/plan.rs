//! What a policy does on the held-out days, as one engine hands it to another.

use peergrid_lab::{LabError, Policy, Setting, record};
use wasm_bindgen::prelude::*;

/// What a policy does on the held-out days.
#[wasm_bindgen(getter_with_clone)]
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Its actions, as [`peergrid_lab::record`] writes them.
    pub actions: Vec<f64>,
    /// What it has to say of how they came about.
    pub note: Option<String>,
}

impl Plan {
    /// What `policy` does on the held-out days of `setting`.
    pub(crate) fn of(policy: &mut dyn Policy, setting: &Setting) -> Result<Self, LabError> {
        let actions = record(policy, setting, &setting.held_out)?;
        Ok(Self { actions, note: policy.note() })
    }
}
