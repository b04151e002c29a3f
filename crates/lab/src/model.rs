//! A trained agent as a file: weights, normalisers and the specification it was trained with.

use std::collections::BTreeMap;

use peergrid_env::{ACTION_SIZE, Community, OBSERVATION_SIZE};
use peergrid_ppo::Policy;

use crate::{
    LabError,
    learned::Learned,
    setting::{Setting, agents},
    spec::Spec,
};

/// The metadata key of the specification.
const SPEC: &str = "peergrid.spec";

/// A trained agent and the specification behind it.
#[derive(Clone)]
pub struct Model {
    /// The networks and normalisers.
    pub policy: Policy,
    /// What it was trained with.
    pub spec: Spec,
}

impl Model {
    /// The model as a safetensors file with the specification inside.
    ///
    /// # Errors
    /// A specification that cannot be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>, LabError> {
        let metadata = BTreeMap::from([(SPEC.to_owned(), self.spec.to_json()?)]);
        Ok(self.policy.to_bytes(&metadata)?)
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// A file that is no model, or one of other observations or actions than this build's.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LabError> {
        let (policy, metadata) = Policy::from_bytes(bytes)?;
        let spec = metadata.get(SPEC).ok_or_else(|| {
            LabError::Model(format!("its metadata lacks `{SPEC}`, the specification"))
        })?;
        let shape = policy.shape();
        if (shape.observation_size, shape.action_size) != (OBSERVATION_SIZE, ACTION_SIZE) {
            return Err(LabError::Model(format!(
                "it sees {} numbers and answers with {}, but this version shows {OBSERVATION_SIZE} \
                 and expects {ACTION_SIZE}",
                shape.observation_size, shape.action_size
            )));
        }
        Ok(Self { spec: Spec::from_json(spec)?, policy })
    }

    /// The model as a policy for `setting`'s homes.
    pub fn policy(&self, setting: &Setting) -> Learned {
        self.policy_for(&setting.community)
    }

    /// The model as a policy for a community's homes.
    pub fn policy_for(&self, community: &Community) -> Learned {
        let (mode, homes) = (self.spec.battery_mode, community.homes());
        Learned::new(self.policy.clone(), mode, agents(community), homes)
    }
}
