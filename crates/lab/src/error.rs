//! Everything that can go wrong in an experiment, in sentences.

use peergrid_data::DataError;
use peergrid_env::{EnvError, TariffError};
use peergrid_market::MarketError;
use peergrid_physics::FeederError;
use peergrid_ppo::PpoError;
use peergrid_reward::RewardError;
use thiserror::Error;

/// Why an experiment cannot be described, run or stored.
#[derive(Debug, Error)]
pub enum LabError {
    /// The specification is no valid document.
    #[error("specification, at `{path}`: {message}")]
    Spec {
        /// Where in the document.
        path: String,
        /// What is wrong and what would be right.
        message: String,
    },
    /// The data.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The community.
    #[error(transparent)]
    Env(#[from] EnvError),
    /// The feeder, while running.
    #[error(transparent)]
    Feeder(#[from] FeederError),
    /// The reward.
    #[error(transparent)]
    Reward(#[from] RewardError),
    /// The learner.
    #[error(transparent)]
    Ppo(#[from] PpoError),
    /// A model that does not fit.
    #[error("the model cannot be used: {0}")]
    Model(String),
    /// A policy that does not exist.
    #[error("there is no policy `{name}`; there are {known}")]
    Policy {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// A call that needs something that is not there yet.
    #[error("{0}")]
    Missing(String),
    /// One of several jobs.
    #[error("{job}: {source}")]
    Job {
        /// Which.
        job: String,
        /// What went wrong.
        source: Box<LabError>,
    },
    /// A result that could not be written.
    #[error("the results cannot be written: {0}")]
    Results(String),
}

impl From<MarketError> for LabError {
    /// The market is a part of the community.
    fn from(error: MarketError) -> Self {
        Self::Env(error.into())
    }
}

impl LabError {
    /// The field of the specification that is at fault, such as `homes.battery.soc_min` or
    /// `tariff.windows[0].price`; `None` where it is none, or not known.
    pub fn field(&self) -> Option<String> {
        let within = |part: &str, field: &str| Some(format!("{part}.{field}"));
        match self {
            Self::Spec { path, .. } => Some(path.clone()),
            Self::Data(e) => within("data", e.field()?),
            Self::Reward(e) => within("reward", e.field),
            Self::Ppo(PpoError::Setting { field, .. }) => within("ppo", field),
            Self::Env(e) => match e {
                EnvError::Range { field, .. } => Some(field.clone()),
                EnvError::Date { field, .. } => Some((*field).to_owned()),
                EnvError::Tariff(TariffError::Field { field, .. }) => within("tariff", field),
                EnvError::Market(e) => within("market", &e.field()),
                EnvError::Feeder(e) => within("feeder", &e.path()?),
                _ => None,
            },
            _ => None,
        }
    }

    /// An error in the specification's field `path`.
    pub(crate) fn spec(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Spec { path: path.into(), message: message.into() }
    }
}
