//! What can go wrong, and the exit code it deserves.

use std::path::{Path, PathBuf};

use peergrid_charts::ChartError;
use peergrid_data::DataError;
use peergrid_lab::{LabError, sweep::SweepError};
use thiserror::Error;

/// Why the command failed.
#[derive(Debug, Error)]
pub enum CliError {
    /// The experiment.
    #[error("{0}")]
    Lab(#[from] LabError),
    /// A specification file.
    #[error("{file}: {source}")]
    Spec {
        /// The file, or `-` for standard input.
        file: String,
        /// What is wrong with it.
        source: LabError,
    },
    /// A value on the command line.
    #[error("{argument} is {value}; it must be {expected}")]
    Argument {
        /// The option.
        argument: &'static str,
        /// What was given.
        value: String,
        /// What would be right.
        expected: String,
    },
    /// A document other than a specification.
    #[error("{place}: {message}")]
    Document {
        /// The file, and the line and field where they are known.
        place: String,
        /// What is wrong and what would be right.
        message: String,
    },
    /// A data file.
    #[error("{0}")]
    Data(#[from] DataError),
    /// A file that could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A results file that is not one of ours.
    #[error("{path}, line {line}: {message}")]
    Results {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: u64,
        /// What is wrong and what would be right.
        message: String,
    },
    /// Two models whose results would overwrite each other.
    #[error(
        "{a} and {b} would both be written to {name}.csv; evaluate them into different folders"
    )]
    SameName {
        /// The first model.
        a: PathBuf,
        /// The second model.
        b: PathBuf,
        /// The name they share.
        name: String,
    },
    /// A policy to measure against that does not run.
    #[error("--baseline: there is no policy `{id}`; those that run are {known}")]
    Baseline {
        /// What was asked for.
        id: String,
        /// The short names there are.
        known: String,
    },
    /// A results page that holds more than the run that would replace it.
    #[error(
        "{path} holds the sections {sections}, which this run leaves out; name their data with \
         --data, write elsewhere with --out, or let them go with --replace"
    )]
    HoldsMore {
        /// The page.
        path: PathBuf,
        /// Short names of what would be lost.
        sections: String,
    },
    /// A sweep that cannot be.
    #[error("{0}")]
    Sweep(#[from] SweepError),
    /// A folder that holds another sweep.
    #[error("{path} holds a sweep with other {differs}; write this one elsewhere with --out")]
    OtherSweep {
        /// The folder.
        path: PathBuf,
        /// What is different.
        differs: &'static str,
    },
    /// A folder that another command is writing to.
    #[error("{0} is in use by another `peergrid sweep`; let it end, or write elsewhere with --out")]
    InUse(PathBuf),
    /// Runs of a sweep that came to nothing.
    #[error("{failed} of {runs} runs failed; --retry repeats them")]
    RunsFailed {
        /// How many.
        failed: usize,
        /// Of how many.
        runs: usize,
    },
    /// A folder without results.
    #[error("{0} holds no results_*.csv; `peergrid evaluate SPEC --out {0}` writes them")]
    NoResults(PathBuf),
    /// A chart that could not be drawn.
    #[error("{0}")]
    Chart(#[from] ChartError),
    /// A value that could not be written as JSON.
    #[error("the result cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl CliError {
    /// An input or output error on `path`.
    pub fn io(path: &Path, source: std::io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }

    /// A value on the command line that cannot be.
    pub fn argument(
        argument: &'static str,
        value: &dyn ToString,
        expected: impl Into<String>,
    ) -> Self {
        Self::Argument { argument, value: value.to_string(), expected: expected.into() }
    }

    /// 2 where the input is at fault, else 1.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Chart(_)
            | Self::Json(_)
            | Self::RunsFailed { .. }
            | Self::Lab(LabError::Feeder(_) | LabError::Results(_) | LabError::Job { .. }) => 1,
            _ => 2,
        }
    }
}
