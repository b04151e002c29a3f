//! `wasm-pack.toml`: tools, profiles, bundles, budgets, and what a site consists of.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::{Error, Result};

/// The file's name in the repository's root.
pub const FILE: &str = "wasm-pack.toml";

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Versions of the commands that are installed by cargo.
    pub tools: Tools,
    /// The wasm target from Debian's packages.
    pub debian: Debian,
    /// Flags for wasm-opt that hold for every profile.
    #[serde(rename = "wasm-opt")]
    pub wasm_opt: WasmOpt,
    /// Ways to compile a bundle, by name.
    pub profiles: BTreeMap<String, Profile>,
    /// The bundles, in the order in which they are built.
    #[serde(rename = "bundle")]
    pub bundles: Vec<Bundle>,
    /// The kernels that are measured in a browser.
    pub bench: Bundle,
    /// What is served next to the bundles.
    pub site: Site,
}

/// Exact versions, such as `0.2.130`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Tools {
    /// `wasm-bindgen-cli`.
    pub wasm_bindgen: String,
    /// `wasm-pack`.
    pub wasm_pack: String,
}

/// Debian's compiler for the web.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Debian {
    /// Packages to install by apt-get.
    pub packages: Vec<String>,
    /// The linker they bring.
    pub linker: String,
}

/// Flags for wasm-opt.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WasmOpt {
    /// The wasm features that browsers have.
    pub features: Vec<String>,
}

/// A way to compile a bundle.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The cargo profile.
    pub cargo: String,
    /// wasm-opt's level and passes; empty: the module is not shrunk.
    #[serde(rename = "wasm-opt")]
    pub wasm_opt: Vec<String>,
    /// Whether a bundle over its budget is an error.
    pub budget: bool,
}

/// One wasm module with its JavaScript.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// The name in `bundles.json` and of the files.
    pub name: String,
    /// The crate's folder, from the repository's root.
    #[serde(rename = "crate")]
    pub krate: PathBuf,
    /// Cargo features to turn on.
    pub features: Vec<String>,
    /// Whether the crate's default features are on as well.
    #[serde(default = "on", rename = "default-features")]
    pub default_features: bool,
    /// Where the page finds it, from the repository's root.
    pub out: PathBuf,
    /// The profile for `serve` and `test`.
    pub everyday: String,
    /// The largest allowed size after gzip, kB of 1,000 bytes.
    pub budget_gzip_kb: u64,
    /// Whether the page opens before this bundle is built.
    #[serde(default)]
    pub background: bool,
}

fn on() -> bool {
    true
}

/// What is served next to the bundles.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// Files and folders, from the repository's root.
    pub include: Vec<PathBuf>,
    /// Files and folders among these that stay out.
    pub exclude: Vec<PathBuf>,
}

/// Which profile a bundle is compiled with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quality {
    /// Everything quickly.
    Fast,
    /// Each bundle's `everyday` profile.
    Everyday,
    /// Everything as it ships.
    Full,
}

impl Config {
    /// Reads and checks the file in `root`.
    ///
    /// # Errors
    /// If it cannot be read, is not valid, or names a profile that it does not define.
    pub fn read(root: &Path) -> Result<Self> {
        let path = root.join(FILE);
        let text = std::fs::read_to_string(&path).map_err(crate::error::at(&path))?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> Result<Self> {
        let config: Self = toml::from_str(text).map_err(|e| bad(e.to_string()))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<()> {
        for needed in self
            .bundles
            .iter()
            .chain([&self.bench])
            .map(|b| b.everyday.as_str())
            .chain(["full", "fast"])
        {
            if !self.profiles.contains_key(needed) {
                return Err(bad(format!("there is no [profiles.{needed}], which is used")));
            }
        }
        for (i, bundle) in self.bundles.iter().enumerate() {
            if self.bundles[..i].iter().any(|b| b.name == bundle.name || b.out == bundle.out) {
                return Err(bad(format!(
                    "bundle `{}` has the name or the `out` of another",
                    bundle.name
                )));
            }
            if bundle.out.parent() != Some(Path::new(PKG)) {
                return Err(bad(format!(
                    "bundle `{}`: `out` must be a folder directly in {PKG}",
                    bundle.name
                )));
            }
        }
        if self.wasm_opt.features.iter().any(|f| f == "--all-features") {
            return Err(bad("wasm-opt.features: name the features; browsers refuse some of what \
                            --all-features lets through"
                .to_owned()));
        }
        Ok(())
    }

    /// The profile that `bundle` is compiled with, and its name.
    pub fn profile<'a>(&'a self, bundle: &'a Bundle, quality: Quality) -> (&'a str, &'a Profile) {
        let name = match quality {
            Quality::Fast => "fast",
            Quality::Everyday => &bundle.everyday,
            Quality::Full => "full",
        };
        (name, &self.profiles[name])
    }
}

/// The folder of all bundles, from the repository's root.
pub const PKG: &str = "www/pkg";

fn bad(problem: String) -> Error {
    Error::Config { file: FILE.to_owned(), problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
    }

    fn text() -> String {
        std::fs::read_to_string(root().join(FILE)).unwrap_or_default()
    }

    #[test]
    fn the_project_s_own_file_is_valid_and_has_its_bundles() {
        let config = Config::read(&root()).expect("wasm-pack.toml");
        let named: Vec<_> =
            config.bundles.iter().map(|b| (b.name.as_str(), b.budget_gzip_kb)).collect();
        assert_eq!(
            named,
            [("street", 650), ("charts", 500), ("engine", 1000), ("engine-webgpu", 5000)]
        );
        for bundle in config.bundles.iter().chain([&config.bench]) {
            assert!(root().join(&bundle.krate).join("Cargo.toml").is_file(), "{}", bundle.name);
        }
    }

    #[test]
    fn the_bindgen_command_is_of_the_locked_crate_s_version() {
        #[derive(Deserialize)]
        struct Lock {
            package: Vec<Package>,
        }
        #[derive(Deserialize)]
        struct Package {
            name: String,
            version: String,
        }
        let lock = std::fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock");
        let lock: Lock = toml::from_str(&lock).expect("Cargo.lock");
        let locked = lock.package.iter().find(|p| p.name == "wasm-bindgen").expect("wasm-bindgen");
        let config = Config::read(&root()).expect("wasm-pack.toml");
        assert_eq!(config.tools.wasm_bindgen, locked.version);
    }

    #[test]
    fn full_means_what_ships_and_everyday_is_the_bundle_s_choice() {
        let config = Config::parse(&text()).expect("valid");
        let gpu = config.bundles.iter().find(|b| b.name == "engine-webgpu").expect("a bundle");
        assert_eq!(config.profile(gpu, Quality::Everyday).0, "fast");
        let (name, profile) = config.profile(gpu, Quality::Full);
        assert_eq!((name, profile.budget), ("full", true));
    }

    #[test]
    fn mistakes_are_named() {
        let problem = |from: &str, to: &str| {
            let changed = text().replacen(from, to, 1);
            assert_ne!(changed, text(), "`{from}` is not in the file");
            Config::parse(&changed).expect_err("a mistake").to_string()
        };
        assert!(problem("everyday = \"full\"", "everyday = \"slow\"").contains("[profiles.slow]"));
        assert!(problem("budget_gzip_kb", "budget_kb").contains("unknown field `budget_kb`"));
        let misspelt = problem("default-features", "default_features");
        assert!(misspelt.contains("unknown field `default_features`"), "{misspelt}");
        assert!(problem("name = \"charts\"", "name = \"engine\"").contains("`engine`"));
        assert!(problem("www/pkg/charts", "elsewhere/charts").contains("directly in www/pkg"));
        assert!(problem("--enable-simd", "--all-features").contains("--all-features"));
    }
}
