//! Where things lie: the repository, the cache outside it, and what cargo builds.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Folders, all absolute.
#[derive(Debug, Clone)]
pub struct Dirs {
    /// The repository's root.
    pub root: PathBuf,
    /// What may be kept for other clones: tools, and in CI compiled dependencies.
    pub cache: PathBuf,
    /// Cargo's target folder for everything that is built from here.
    pub target: PathBuf,
    /// Whether `target` may have been filled by another clone.
    pub shared: bool,
}

impl Dirs {
    /// Finds the folders from the environment.
    ///
    /// # Errors
    /// If there is no home folder to keep a cache in.
    pub fn find(share_target: bool) -> Result<Self> {
        let var = |key: &str| std::env::var_os(key).filter(|v| !v.is_empty()).map(PathBuf::from);
        // Cargo sets this for `cargo xtask`, so that a moved clone is found where it is now.
        let manifest =
            var("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = manifest.parent().map(Path::to_path_buf).unwrap_or_default();
        let home = var("HOME").or_else(|| var("USERPROFILE"));
        let cache = var("PEERGRID_CACHE")
            .or_else(|| Some(var("XDG_CACHE_HOME")?.join("peergrid")))
            .or_else(|| Some(home?.join(".cache/peergrid")))
            .ok_or_else(|| Error::Missing {
                missing: "There is no home folder to keep the build's tools in.".to_owned(),
                commands: vec!["export PEERGRID_CACHE=/some/folder".to_owned()],
            })?;
        let given = var("CARGO_TARGET_DIR");
        let ci = std::env::var("CI").is_ok_and(|v| v == "true" || v == "1");
        let shared = share_target || ci || given.is_some();
        let target = match given {
            Some(dir) => root.join(dir),
            None if shared => cache.join("target"),
            None => root.join("target"),
        };
        Ok(Self { cache: root.join(cache), root, target, shared })
    }

    /// Where cargo installs the build's own commands (below: `bin/`).
    pub fn tools(&self) -> PathBuf {
        self.cache.join("tools")
    }

    /// Finished bundles, by name and profile.
    pub fn bundles(&self) -> PathBuf {
        self.target.join("xtask/bundles")
    }
}
