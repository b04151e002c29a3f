//! What can go wrong, each in one sentence with the command or the place that puts it right.

use std::path::{Path, PathBuf};

/// Any failure of a step.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be read, written or moved.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// `wasm-pack.toml` or another file of the project is not as it should be.
    #[error("{file}: {problem}")]
    Config {
        /// The file's name.
        file: String,
        /// What is wrong, where in the file, and what would be right.
        problem: String,
    },
    /// A command failed, could not be started or took too long.
    #[error("{problem}\n  The command, to run by hand:\n    {command}")]
    Command {
        /// What happened.
        problem: String,
        /// A line for a shell, started in the repository's root.
        command: String,
    },
    /// Something is missing that a person has to install.
    #[error("{missing}\n  To put it right:\n    {}", commands.join("\n    "))]
    Missing {
        /// What is missing and what it is for.
        missing: String,
        /// Lines for a shell.
        commands: Vec<String>,
    },
    /// A bundle is larger than `wasm-pack.toml` allows.
    #[error(
        "bundle `{bundle}` is {gzip_bytes} bytes after gzip, {over_bytes} bytes over its budget of \
         {budget_bytes} (`budget_gzip_kb` in wasm-pack.toml)"
    )]
    OverBudget {
        /// The bundle's name.
        bundle: String,
        /// The measured size, bytes.
        gzip_bytes: u64,
        /// What is allowed, bytes.
        budget_bytes: u64,
        /// The difference, bytes.
        over_bytes: u64,
    },
    /// Several checks ran; some failed, each of which has been reported.
    #[error("{failed} of {run} checks failed: {names}")]
    Checks {
        /// How many failed.
        failed: usize,
        /// How many were run.
        run: usize,
        /// Their names.
        names: String,
    },
}

/// The result of a step.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Names the file in an input or output error: `read(p).map_err(at(p))`.
pub fn at(path: &Path) -> impl FnOnce(std::io::Error) -> Error + use<> {
    let path = path.to_path_buf();
    move |source| Error::Io { path, source }
}
