//! wasm-pack and wasm-bindgen, in exactly the versions of `wasm-pack.toml`.

use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::dirs::Dirs;
use crate::error::{Error, Result, at};
use crate::report::{note, step};
use crate::run::Run;

/// Makes sure that both commands are there and returns their folder.
///
/// # Errors
/// If one cannot be installed.
pub fn ensure(dirs: &Dirs, config: &Config) -> Result<PathBuf> {
    let bin = dirs.tools().join("bin");
    let wanted = [
        ("wasm-bindgen-cli", "wasm-bindgen", &config.tools.wasm_bindgen, BINDGEN_WHY),
        ("wasm-pack", "wasm-pack", &config.tools.wasm_pack, PACK_WHY),
    ];
    let build = dirs.cache.join("tools-build");
    for (package, command, version, why) in wanted {
        if has(&bin, command, version) {
            continue;
        }
        step(&format!("Install {package} {version}"), why, || {
            install(dirs, &build, package, version)?;
            if has(&bin, command, version) {
                return Ok(());
            }
            Err(Error::Command {
                problem: format!("`{command} --version` does not say {version}."),
                command: Run::new(bin.join(command)).arg("--version").shown(),
            })
        })?;
    }
    // Half a gigabyte that is needed once; an interrupted installation goes on from it.
    if build.exists() {
        std::fs::remove_dir_all(&build).map_err(at(&build))?;
    }
    Ok(bin)
}

const BINDGEN_WHY: &str =
    "It writes the JavaScript around the wasm; its version must be the crate's. A few minutes.";
const PACK_WHY: &str = "It compiles a crate and calls wasm-bindgen on it. A few minutes.";

fn has(bin: &Path, command: &str, version: &str) -> bool {
    let said = Run::new(bin.join(command)).arg("--version").quiet().output();
    said.is_ok_and(|said| said.split_whitespace().nth(1) == Some(version))
}

fn install(dirs: &Dirs, build: &Path, package: &str, version: &str) -> Result<()> {
    let run = Run::new("cargo")
        .args(["install", package, "--version", version, "--debug", "--force", "--root"])
        .arg(dirs.tools())
        .env("CARGO_TARGET_DIR", build)
        // The tools take seconds on a bundle; what is saved here is minutes.
        .env("CARGO_PROFILE_DEV_DEBUG", "false")
        .env("CARGO_PROFILE_DEV_OPT_LEVEL", "1")
        .dir(&dirs.cache)
        .without("RUSTFLAGS");
    if run.clone().arg("--locked").run().is_ok() {
        return Ok(());
    }
    note("The versions that the tool was released with cannot all be had; taking newer ones.");
    run.run()
}
