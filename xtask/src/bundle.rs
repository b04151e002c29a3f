//! Building one bundle: cargo, wasm-pack, wasm-opt, the budget.
//!
//! Cargo decides each time whether there is anything to compile. What follows depends on the
//! compiled module, the tools and their flags alone, so it is skipped if a hash of these is
//! that of the bundle which is there.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use flate2::{Compression, write::GzEncoder};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::config::{Bundle, Config, PKG, Profile, Quality};
use crate::dirs::Dirs;
use crate::error::{Error, Result, at};
use crate::inputs;
use crate::report::{note, seconds, size};
use crate::setup::WebTools;
use crate::status::Built;

/// What is written beside a finished bundle.
const STAMP: &str = ".built.json";

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Stamp {
    key: String,
    built: Built,
}

/// Everything a build needs to know.
#[derive(Debug, Clone, Copy)]
pub struct Builder<'a> {
    /// Folders.
    pub dirs: &'a Dirs,
    /// `wasm-pack.toml`.
    pub config: &'a Config,
    /// Compiler and commands.
    pub tools: &'a WebTools,
    /// Which profile to use.
    pub quality: Quality,
}

impl Builder<'_> {
    /// Where the finished bundle lies until it is published.
    pub fn store(&self, bundle: &Bundle) -> PathBuf {
        let (profile, _) = self.config.profile(bundle, self.quality);
        self.dirs.bundles().join(format!("{}-{profile}", bundle.name))
    }

    /// Builds a bundle, or finds that the one in store is what would be built.
    ///
    /// # Errors
    /// If a tool fails, or the bundle is over its budget where its profile has one.
    pub fn build(&self, bundle: &Bundle) -> Result<Built> {
        let (profile_name, profile) = self.config.profile(bundle, self.quality);
        let inputs = inputs::hash(&self.dirs.root)?;
        let start = Instant::now();
        let module = self.compile(bundle, profile)?;
        note(&format!("compiled in {}", seconds(start.elapsed())));
        let key = self.key(&module, profile)?;
        let store = self.store(bundle);
        let mut built = match in_store(&store, &key) {
            Some(built) => {
                note("nothing changed since it was built");
                built
            }
            None => self.finish(bundle, profile_name, profile, &key, &store)?,
        };
        // The module is what these sources compile to, whatever they were when it was built.
        built.inputs = inputs;
        write_stamp(&store, &Stamp { key, built: built.clone() })?;
        note(&format!(
            "{}: {}, {} after gzip, of {} allowed{}",
            bundle.name,
            size(built.bytes),
            size(built.gzip_bytes),
            size(bundle.budget_gzip_kb * 1000),
            if profile.budget { "" } else { " when it ships" }
        ));
        if profile.budget {
            within_budget(bundle, built.gzip_bytes)?;
        }
        Ok(built)
    }

    /// Puts the bundle in store where the page looks for it.
    ///
    /// # Errors
    /// If files cannot be copied.
    pub fn publish(&self, bundle: &Bundle) -> Result<()> {
        let out = self.dirs.root.join(&bundle.out);
        let fresh = self.dirs.root.join(PKG).join(format!(".{}", bundle.name));
        remove(&fresh)?;
        copy_dir(&self.store(bundle), &fresh)?;
        remove(&out)?;
        std::fs::rename(&fresh, &out).map_err(at(&out))
    }

    /// Compiles the crate and returns the path of the module.
    fn compile(&self, bundle: &Bundle, profile: &Profile) -> Result<PathBuf> {
        #[derive(Deserialize)]
        struct Message {
            #[serde(default)]
            filenames: Vec<PathBuf>,
        }
        let cargo = self
            .tools
            .command("cargo")
            .args(["build", "--lib", "--profile", &profile.cargo])
            .args(cargo_options(bundle))
            .args(["--target", "wasm32-unknown-unknown"])
            .arg("--message-format=json-render-diagnostics")
            .env("CARGO_TARGET_DIR", &self.dirs.target)
            .dir(&self.dirs.root.join(&bundle.krate));
        let mut module = None;
        cargo.lines(|line| {
            let Ok(message) = serde_json::from_str::<Message>(line) else { return };
            let wasm = |f: &PathBuf| f.extension().is_some_and(|e| e == "wasm");
            module = message.filenames.into_iter().find(wasm).or(module.take());
        })?;
        module.ok_or_else(|| Error::Config {
            file: format!("{}/Cargo.toml", bundle.krate.display()),
            problem: "crate-type must contain \"cdylib\", or there is no wasm module".to_owned(),
        })
    }

    /// A hash of all that decides what the bundle will be.
    fn key(&self, module: &Path, profile: &Profile) -> Result<String> {
        let mut hasher = Sha256::new();
        hasher.update(std::fs::read(module).map_err(at(module))?);
        let shrink = self.shrink_flags(profile);
        let package = self.dirs.root.join("package.json");
        // wasm-opt's version is pinned there.
        let package = if shrink.is_empty() {
            String::new()
        } else {
            std::fs::read_to_string(&package).map_err(at(&package))?
        };
        let tools = &self.config.tools;
        hasher.update(format!(
            "\0{}\0{}\0{}\0{package}",
            tools.wasm_pack,
            tools.wasm_bindgen,
            shrink.join(" ")
        ));
        Ok(inputs::short(hasher))
    }

    /// wasm-opt's flags; none where it is not run.
    fn shrink_flags(&self, profile: &Profile) -> Vec<String> {
        if self.tools.node.is_none() || profile.wasm_opt.is_empty() {
            return Vec::new();
        }
        profile.wasm_opt.iter().chain(&self.config.wasm_opt.features).cloned().collect()
    }

    fn finish(
        &self,
        bundle: &Bundle,
        profile_name: &str,
        profile: &Profile,
        key: &str,
        store: &Path,
    ) -> Result<Built> {
        let fresh = store.with_extension("new");
        remove(&fresh)?;
        std::fs::create_dir_all(&fresh).map_err(at(&fresh))?;
        let start = Instant::now();
        self.bind(bundle, profile, &fresh)?;
        note(&format!("bound to JavaScript in {}", seconds(start.elapsed())));
        let (js, wasm) = (format!("{}.js", bundle.name), format!("{}_bg.wasm", bundle.name));
        let shrunk = self.shrink(profile, &fresh.join(&wasm))?;
        let (bytes, gzip_bytes) = measure(&[fresh.join(&js), fresh.join(&wasm)])?;
        let built = Built {
            hash: key.to_owned(),
            inputs: String::new(),
            profile: profile_name.to_owned(),
            shrunk,
            js: format!("{}/{js}", bundle.name),
            wasm: format!("{}/{wasm}", bundle.name),
            bytes,
            gzip_bytes,
        };
        remove(store)?;
        std::fs::rename(&fresh, store).map_err(at(store))?;
        Ok(built)
    }

    /// wasm-pack: cargo has nothing left to do, wasm-bindgen writes the JavaScript.
    fn bind(&self, bundle: &Bundle, profile: &Profile, out: &Path) -> Result<()> {
        self.tools
            .command("wasm-pack")
            .args(["--quiet", "build"])
            .arg(self.dirs.root.join(&bundle.krate))
            .args(["--target", "web", "--mode", "no-install", "--no-opt", "--no-pack"])
            .args(["--no-gitignore", "--profile", &profile.cargo])
            .args(["--out-name", &bundle.name, "--out-dir"])
            .arg(out)
            .args(cargo_options(bundle))
            .env("CARGO_TARGET_DIR", &self.dirs.target)
            .run()
    }

    /// Runs wasm-opt over a module, where the profile asks for it and Node is there.
    fn shrink(&self, profile: &Profile, module: &Path) -> Result<bool> {
        let flags = self.shrink_flags(profile);
        let Some(node) = self.tools.node.as_ref().filter(|_| !flags.is_empty()) else {
            return Ok(false);
        };
        let before = std::fs::metadata(module).map_err(at(module))?.len();
        let start = Instant::now();
        node.script("wasm-opt").arg(module).arg("-o").arg(module).args(flags).run()?;
        let after = std::fs::metadata(module).map_err(at(module))?.len();
        note(&format!(
            "shrunk by wasm-opt from {} to {} in {}",
            size(before),
            size(after),
            seconds(start.elapsed())
        ));
        Ok(true)
    }
}

fn cargo_options(bundle: &Bundle) -> Vec<String> {
    let mut options = Vec::new();
    if !bundle.default_features {
        options.push("--no-default-features".to_owned());
    }
    if !bundle.features.is_empty() {
        options.extend(["--features".to_owned(), bundle.features.join(",")]);
    }
    options
}

fn in_store(store: &Path, key: &str) -> Option<Built> {
    let text = std::fs::read_to_string(store.join(STAMP)).ok()?;
    let stamp: Stamp = serde_json::from_str(&text).ok()?;
    (stamp.key == key).then_some(stamp.built)
}

fn write_stamp(store: &Path, stamp: &Stamp) -> Result<()> {
    let path = store.join(STAMP);
    let text = serde_json::to_string(stamp)
        .map_err(|e| Error::Io { path: path.clone(), source: e.into() })?;
    std::fs::write(&path, text).map_err(at(&path))
}

/// Total size of files, bytes: as they are, and each after gzip as a web server does it.
fn measure(files: &[PathBuf]) -> Result<(u64, u64)> {
    let (mut raw, mut packed) = (0, 0);
    for file in files {
        let bytes = std::fs::read(file).map_err(at(file))?;
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&bytes).map_err(at(file))?;
        raw += bytes.len() as u64;
        packed += encoder.finish().map_err(at(file))?.len() as u64;
    }
    Ok((raw, packed))
}

fn within_budget(bundle: &Bundle, gzip_bytes: u64) -> Result<()> {
    let budget_bytes = bundle.budget_gzip_kb * 1000;
    match gzip_bytes.checked_sub(budget_bytes) {
        None | Some(0) => Ok(()),
        Some(over_bytes) => Err(Error::OverBudget {
            bundle: bundle.name.clone(),
            gzip_bytes,
            budget_bytes,
            over_bytes,
        }),
    }
}

/// Removes a folder if it is there.
///
/// # Errors
/// If it is there and cannot be removed.
pub fn remove(dir: &Path) -> Result<()> {
    if dir.exists() { std::fs::remove_dir_all(dir).map_err(at(dir)) } else { Ok(()) }
}

/// Copies a finished bundle's files, without the stamp.
///
/// # Errors
/// If a file cannot be copied.
pub fn copy_dir(from: &Path, to: &Path) -> Result<()> {
    for entry in walkdir::WalkDir::new(from).min_depth(0) {
        let entry = entry.map_err(|e| Error::Io { path: from.to_path_buf(), source: e.into() })?;
        let path = to.join(entry.path().strip_prefix(from).unwrap_or(entry.path()));
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(&path).map_err(at(&path))?;
        } else if entry.file_name() != STAMP {
            std::fs::copy(entry.path(), &path).map_err(at(&path))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle(budget_gzip_kb: u64) -> Bundle {
        Bundle {
            name: "engine".to_owned(),
            krate: "crates/web".into(),
            features: Vec::new(),
            default_features: true,
            out: "www/pkg/engine".into(),
            everyday: "full".to_owned(),
            budget_gzip_kb,
            background: false,
        }
    }

    #[test]
    fn a_bundle_may_use_its_budget_to_the_last_byte() {
        assert!(within_budget(&bundle(1000), 1_000_000).is_ok());
        let error = within_budget(&bundle(1000), 1_000_001).expect_err("over").to_string();
        assert!(error.contains("bundle `engine` is 1000001 bytes after gzip, 1 bytes over"));
    }

    #[test]
    fn features_reach_cargo_with_and_without_the_defaults() {
        let mut bundle = bundle(1000);
        assert_eq!(cargo_options(&bundle), Vec::<String>::new());
        bundle.features = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(cargo_options(&bundle), ["--features", "a,b"]);
        bundle.default_features = false;
        assert_eq!(cargo_options(&bundle), ["--no-default-features", "--features", "a,b"]);
    }

    #[test]
    fn sizes_add_up_over_files_and_gzip_packs() {
        let dir = tempfile::tempdir().expect("a folder");
        let (a, b) = (dir.path().join("a"), dir.path().join("b"));
        std::fs::write(&a, vec![7; 10_000]).expect("a file");
        std::fs::write(&b, vec![8; 5_000]).expect("a file");
        let (raw, packed) = measure(&[a.clone(), b.clone()]).expect("sizes");
        assert_eq!(raw, 15_000);
        assert!(packed < 200, "{packed}");
        let apart = measure(&[a]).expect("size").1 + measure(&[b]).expect("size").1;
        assert_eq!(packed, apart);
    }

    #[test]
    fn only_a_bundle_of_the_same_key_is_taken_from_the_store() {
        let dir = tempfile::tempdir().expect("a folder");
        let built = Built {
            hash: "k1".to_owned(),
            inputs: "i".to_owned(),
            profile: "full".to_owned(),
            shrunk: false,
            js: "engine/engine.js".to_owned(),
            wasm: "engine/engine_bg.wasm".to_owned(),
            bytes: 2,
            gzip_bytes: 1,
        };
        assert_eq!(in_store(dir.path(), "k1"), None);
        let stamp = Stamp { key: "k1".to_owned(), built: built.clone() };
        write_stamp(dir.path(), &stamp).expect("written");
        assert_eq!(in_store(dir.path(), "k1"), Some(built));
        assert_eq!(in_store(dir.path(), "k2"), None);
    }

    #[test]
    fn a_copy_leaves_the_stamp_behind() {
        let dir = tempfile::tempdir().expect("a folder");
        let (from, to) = (dir.path().join("from"), dir.path().join("to"));
        std::fs::create_dir_all(from.join("snippets")).expect("a folder");
        std::fs::write(from.join("snippets/x.js"), "x").expect("a file");
        std::fs::write(from.join(STAMP), "{}").expect("a file");
        copy_dir(&from, &to).expect("copied");
        assert!(to.join("snippets/x.js").is_file());
        assert!(!to.join(STAMP).exists());
    }
}
