//! What can be wrong with a sweep's plan, in sentences.

use thiserror::Error;

use crate::LabError;

/// Why a sweep is not begun.
#[derive(Debug, Error)]
pub enum SweepError {
    /// The plan is no valid document.
    #[error("{message}")]
    Plan {
        /// Where in the document, such as `fields[0].values`; `None` where it is not known.
        path: Option<String>,
        /// What is wrong and what would be right.
        message: String,
    },
    /// A name that leads to no field.
    #[error("`{name}` = {value}: {message}")]
    Value {
        /// Where the value stands in the document.
        path: String,
        /// The field.
        name: String,
        /// The value, as JSON.
        value: String,
        /// What is wrong and what would be right.
        message: String,
    },
    /// A combination of values that cannot be.
    #[error("{combination}: {source}")]
    Combination {
        /// Where the value at fault stands in the document; `None` where it is not one alone.
        path: Option<String>,
        /// The fields and their values.
        combination: String,
        /// What is wrong with them.
        source: Box<LabError>,
    },
}

impl SweepError {
    /// An error at `path` of the plan.
    pub(super) fn plan(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Plan { path: Some(path.into()), message: message.into() }
    }

    /// An error in what all runs have in common.
    pub(super) fn of_spec(error: &LabError) -> Self {
        let path = error.field().map(|field| format!("spec.{field}"));
        Self::Plan { path, message: error.to_string() }
    }

    /// The same error in a document that holds the plan under `prefix`, such as `plan.`.
    pub(super) fn within(mut self, prefix: &str) -> Self {
        match &mut self {
            Self::Plan { path: Some(path), .. }
            | Self::Value { path, .. }
            | Self::Combination { path: Some(path), .. } => path.insert_str(0, prefix),
            Self::Plan { path: None, .. } | Self::Combination { path: None, .. } => {}
        }
        self
    }

    /// Where in the plan's document it is, such as `fields[0].values[2]`, where that is known.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Plan { path, .. } | Self::Combination { path, .. } => path.as_deref(),
            Self::Value { path, .. } => Some(path),
        }
    }
}
