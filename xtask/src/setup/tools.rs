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
    let build = dirs.cache.join("tools-build");
    for (tool, version) in
        [(&BINDGEN, &config.tools.wasm_bindgen), (&PACK, &config.tools.wasm_pack)]
    {
        if has(&bin, tool, version) {
            continue;
        }
        step(&format!("Install {} {version}", tool.package), tool.why, || {
            install(dirs, &build, tool, version)?;
            if has(&bin, tool, version) {
                return Ok(());
            }
            Err(Error::Command {
                problem: format!("`{} --version` does not say {version}.", tool.command),
                command: Run::new(bin.join(tool.command)).arg("--version").shown(),
            })
        })?;
    }
    // Half a gigabyte that is needed once; an interrupted installation goes on from it.
    if build.exists() {
        std::fs::remove_dir_all(&build).map_err(at(&build))?;
    }
    Ok(bin)
}

/// A command that cargo installs.
struct Tool {
    package: &'static str,
    command: &'static str,
    options: &'static [&'static str],
    why: &'static str,
}

const BINDGEN: Tool = Tool {
    package: "wasm-bindgen-cli",
    command: "wasm-bindgen",
    // Its test runner and what that needs for TLS would double the time.
    options: &["--bin", "wasm-bindgen", "--no-default-features"],
    why: "It writes the JavaScript around the wasm; its version must be the crate's. \
          A minute or two.",
};

const PACK: Tool = Tool {
    package: "wasm-pack",
    command: "wasm-pack",
    options: &[],
    why: "It compiles a crate and calls wasm-bindgen on it. A minute or two.",
};

fn has(bin: &Path, tool: &Tool, version: &str) -> bool {
    let said = Run::new(bin.join(tool.command)).arg("--version").quiet().output();
    said.is_ok_and(|said| said.split_whitespace().nth(1) == Some(version))
}

fn install(dirs: &Dirs, build: &Path, tool: &Tool, version: &str) -> Result<()> {
    let run = Run::new("cargo")
        // Unoptimised, a tool takes seconds on a bundle; what is saved here is minutes.
        .args(["install", tool.package, "--version", version, "--debug", "--force"])
        .args(tool.options)
        .arg("--root")
        .arg(dirs.tools())
        .env("CARGO_TARGET_DIR", build)
        .env("CARGO_PROFILE_DEV_DEBUG", "false")
        // cargo's hint to add the folder to PATH: it is added where it is used.
        .path_first(&dirs.tools().join("bin"))
        .dir(&dirs.cache)
        .without("RUSTFLAGS");
    if run.clone().arg("--locked").run().is_ok() {
        return Ok(());
    }
    note("The versions that the tool was released with cannot all be had; taking newer ones.");
    run.run()
}
