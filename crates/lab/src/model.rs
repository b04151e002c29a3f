//! A trained agent as a file: weights, normalisers and the specification it was trained with.

use std::collections::BTreeMap;

use peergrid_env::{ACTION_SIZE, Community, ObservationSettings, observation_size};
use peergrid_ppo::Policy;

use crate::{LabError, learned::Learned, setting::Setting, spec::Spec};

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
        let spec = Spec::from_json(spec)?;
        let (shape, profile) = (policy.shape(), spec.observation.profile);
        let shown = observation_size(profile);
        if (shape.observation_size, shape.action_size) != (shown, ACTION_SIZE) {
            return Err(LabError::Model(format!(
                "it sees {} numbers and answers with {}, but this version's `{}` observation has \
                 {shown} and it expects {ACTION_SIZE}; train it again",
                shape.observation_size,
                shape.action_size,
                profile.id()
            )));
        }
        Ok(Self { policy, spec })
    }

    /// The model as a policy for `setting`'s homes. It sees and acts as it was trained to,
    /// whatever the setting's specification says; where that differs in what it sees, or in the days
    /// it was trained on, results say so.
    pub fn policy(&self, setting: &Setting) -> Learned {
        self.policy_for(&setting.community).noting(self.note(&setting.spec))
    }

    /// What to know of the model where it is judged under another specification than its own.
    fn note(&self, judged: &Spec) -> Option<String> {
        let trained = &self.spec;
        let (own, asked) = (trained.observation, judged.observation);
        let sees = (own != asked).then(|| {
            format!(
                "acts on what it was trained to see ({}), not on what this specification's \
                 `observation` shows ({})",
                described(own),
                described(asked)
            )
        });
        let split =
            trained.split != judged.split || trained.episode.length != judged.episode.length;
        let days = split.then(|| {
            "was trained with another split: it may have seen some of these held-out days"
                .to_owned()
        });
        let notes: Vec<_> = sees.into_iter().chain(days).collect();
        (!notes.is_empty()).then(|| notes.join("; "))
    }

    /// The model as a policy for a community's homes.
    pub fn policy_for(&self, community: &Community) -> Learned {
        Learned::new(self.policy.clone(), &self.spec, community)
    }
}

/// What is seen, in words.
fn described(settings: ObservationSettings) -> String {
    format!("profile `{}`, street of `{}`", settings.profile.id(), settings.street.id())
}
