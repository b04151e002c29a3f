//! `www/pkg/bundles.json`: what the page may load.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::error::{Result, at};

/// The file's name in the folder of bundles.
pub const FILE: &str = "bundles.json";

/// A finished bundle, as the page and the next build read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Built {
    /// Changes whenever the files do; the page adds it to their addresses.
    pub hash: String,
    /// Content hash of the sources it was made from.
    pub inputs: String,
    /// The profile in `wasm-pack.toml`.
    pub profile: String,
    /// Whether wasm-opt has been over it.
    pub shrunk: bool,
    /// The module's JavaScript, from the folder of bundles.
    pub js: String,
    /// The wasm module, from the folder of bundles.
    pub wasm: String,
    /// Size of both, bytes.
    pub bytes: u64,
    /// Size of both after gzip, bytes.
    pub gzip_bytes: u64,
}

/// How a bundle stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum State {
    /// It can be loaded.
    Ready {
        /// Always true.
        ready: bool,
        /// What the page needs to know.
        #[serde(flatten)]
        built: Built,
    },
    /// It is being built; ask again.
    Building {
        /// Always false.
        ready: bool,
        /// Always true.
        building: bool,
    },
    /// It cannot be had.
    Absent {
        /// Always false.
        ready: bool,
        /// One sentence for the person at the page.
        reason: String,
    },
}

impl State {
    /// It can be loaded.
    pub fn ready(built: Built) -> Self {
        Self::Ready { ready: true, built }
    }

    /// It is being built.
    pub fn building() -> Self {
        Self::Building { ready: false, building: true }
    }

    /// It cannot be had, and why.
    pub fn absent(reason: impl Into<String>) -> Self {
        Self::Absent { ready: false, reason: reason.into() }
    }

    fn is_ready(&self) -> bool {
        matches!(self, Self::Ready { .. })
    }
}

/// All bundles' states; every change is written to the file at once.
#[derive(Debug)]
pub struct Board {
    file: PathBuf,
    states: Mutex<BTreeMap<String, State>>,
    folders: BTreeMap<PathBuf, String>,
}

impl Board {
    /// A board on which every bundle has `first` as its state.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn new(root: &Path, config: &Config, first: &State) -> Result<Self> {
        let board = Self {
            file: root.join(crate::config::PKG).join(FILE),
            states: Mutex::new(
                config.bundles.iter().map(|b| (b.name.clone(), first.clone())).collect(),
            ),
            folders: config.bundles.iter().map(|b| (b.out.clone(), b.name.clone())).collect(),
        };
        board.change(|_| {})?;
        Ok(board)
    }

    /// Sets a bundle's state.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn set(&self, bundle: &str, state: State) -> Result<()> {
        self.change(|states| {
            states.insert(bundle.to_owned(), state);
        })
    }

    /// Whether a file (from the repository's root) belongs to a bundle that is not ready.
    pub fn withheld(&self, path: &Path) -> bool {
        let Some((_, name)) = self.folders.iter().find(|(folder, _)| path.starts_with(folder))
        else {
            return false;
        };
        let states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        !states.get(name).is_some_and(State::is_ready)
    }

    fn change(&self, change: impl FnOnce(&mut BTreeMap<String, State>)) -> Result<()> {
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut states);
        write(&self.file, &states)
    }
}

/// Writes the states in one go, so that a reader never sees half of them.
///
/// # Errors
/// If the file cannot be written.
pub fn write(file: &Path, states: &BTreeMap<String, State>) -> Result<()> {
    let dir = file.parent().unwrap_or(file);
    std::fs::create_dir_all(dir).map_err(at(dir))?;
    let text = serde_json::to_string_pretty(states)
        .map_err(|e| crate::error::Error::Io { path: file.to_path_buf(), source: e.into() })?;
    let fresh = dir.join(".bundles.json");
    std::fs::write(&fresh, text + "\n").map_err(at(&fresh))?;
    std::fs::rename(&fresh, file).map_err(at(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built() -> Built {
        Built {
            hash: "0123456789abcdef".to_owned(),
            inputs: "fedcba9876543210".to_owned(),
            profile: "full".to_owned(),
            shrunk: true,
            js: "engine/engine.js".to_owned(),
            wasm: "engine/engine_bg.wasm".to_owned(),
            bytes: 3,
            gzip_bytes: 2,
        }
    }

    #[test]
    fn the_file_says_what_is_ready_and_why_something_is_not() {
        let dir = tempfile::tempdir().expect("a folder");
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("root");
        let config = Config::read(root).expect("wasm-pack.toml");
        let board = Board::new(dir.path(), &config, &State::building()).expect("board");
        let engine = Path::new("www/pkg/engine/engine.js");
        assert!(board.withheld(engine));
        assert!(!board.withheld(Path::new("www/pkg/bundles.json")));

        board.set("engine", State::ready(built())).expect("written");
        board.set("charts", State::absent("the build failed")).expect("written");
        assert!(!board.withheld(engine));
        assert!(board.withheld(Path::new("www/pkg/charts/charts_bg.wasm")));
        assert!(board.withheld(Path::new("www/pkg/engine-webgpu/engine-webgpu.js")));

        let text = std::fs::read_to_string(dir.path().join("www/pkg/bundles.json")).expect("read");
        let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(json["engine"]["ready"], true);
        assert_eq!(json["engine"]["gzip_bytes"], 2);
        assert_eq!(json["engine-webgpu"], serde_json::json!({"ready": false, "building": true}));
        assert_eq!(
            json["charts"],
            serde_json::json!({"ready": false, "reason": "the build failed"})
        );
    }
}
