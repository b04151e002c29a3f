//! The wasm target from Debian's packages, for machines where rustup cannot fetch it.
//!
//! Debian has a recent compiler for building browsers. It comes with the sources of its
//! standard library but not with the library compiled for bare wasm, so that is done here.
//! rustup then knows it as the toolchain `debian`; the toolchain in use stays as it is.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::wasm_target::{TARGET, compiles};
use crate::config::Config;
use crate::dirs::Dirs;
use crate::error::{Error, Result, at};
use crate::report::{note, step};
use crate::run::Run;

const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";
const TOOLCHAIN: &str = "debian";

/// The environment that selects Debian's compiler, if everything is in place.
///
/// # Errors
/// If the check itself cannot be done.
pub fn ready(dirs: &Dirs, config: &Config) -> Result<Option<Vec<(String, OsString)>>> {
    let ready = Path::new(RUSTC).exists()
        && Path::new(CARGO).exists()
        && compiles(dirs, RUSTC, Some(&config.debian.linker))?
        && linked();
    Ok(ready.then(|| environment(config)))
}

/// Does what is missing and returns the environment that selects Debian's compiler.
///
/// # Errors
/// If a step fails; the error has the command to run by hand.
pub fn install(dirs: &Dirs, config: &Config) -> Result<Vec<(String, OsString)>> {
    if !installed(&config.debian.packages) {
        let why = "The page's engine needs a Rust compiler with the wasm target.";
        step("Install Debian's Rust for the web", why, || {
            super::apt_install(&config.debian.packages, why)
        })?;
    }
    if !compiles(dirs, RUSTC, Some(&config.debian.linker))? {
        let why = "Debian ships it as source only; about a minute.";
        step("Compile the standard library for wasm", why, || build_std(dirs, config))?;
    }
    if !linked() {
        let why = "So that cargo can be told to use it for the web builds alone.";
        step("Make Debian's Rust known to rustup", why, || {
            Run::new("rustup").args(["toolchain", "link", TOOLCHAIN, "/usr"]).run()
        })?;
    }
    Ok(environment(config))
}

/// Runs a command on the system's compiler even where rustup's variables are set.
pub fn system(run: Run) -> Run {
    run.without("LD_LIBRARY_PATH").without("RUSTUP_TOOLCHAIN").without("RUSTC")
}

fn environment(config: &Config) -> Vec<(String, OsString)> {
    let linker = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER".to_owned();
    let mut env = vec![(linker, config.debian.linker.clone().into())];
    if which::which("rustup").is_ok() {
        env.push(("RUSTUP_TOOLCHAIN".to_owned(), TOOLCHAIN.into()));
    }
    env
}

fn installed(packages: &[String]) -> bool {
    let query = Run::new("dpkg-query").args(["-W", "-f", "${db:Status-Status}\n"]).args(packages);
    let status = query.quiet().output().unwrap_or_default();
    status.lines().filter(|l| *l == "installed").count() == packages.len()
}

/// Whether rustup's `debian` is this compiler; without rustup there is nothing to link.
fn linked() -> bool {
    if which::which("rustup").is_err() {
        return true;
    }
    let through = Run::new("rustup").args(["run", TOOLCHAIN, "rustc", "-vV"]).quiet().output();
    let direct = system(Run::new(RUSTC)).arg("-vV").output();
    matches!((through, direct), (Ok(a), Ok(b)) if a == b)
}

fn build_std(dirs: &Dirs, config: &Config) -> Result<()> {
    let dir = dirs.cache.join("wasm-std");
    let source = dir.join("src");
    std::fs::create_dir_all(&source).map_err(at(&source))?;
    let manifest = dir.join("Cargo.toml");
    // The empty [workspace] keeps cargo from looking for one further up.
    let text = "[package]\nname = \"wasm-std\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
                [lib]\ncrate-type = [\"rlib\"]\n\n[workspace]\n";
    std::fs::write(&manifest, text).map_err(at(&manifest))?;
    std::fs::write(source.join("lib.rs"), "").map_err(at(&source))?;
    // What an older compiler left would stand next to the new files under other names.
    let target = dir.join("target");
    if target.exists() {
        std::fs::remove_dir_all(&target).map_err(at(&target))?;
    }
    let build = system(Run::new(CARGO))
        .args(["build", "--release", "-Zbuild-std=std,panic_abort", "--target", TARGET])
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTC", RUSTC)
        .env("CARGO_TARGET_DIR", &target)
        .dir(&dir)
        .without("RUSTFLAGS");
    build.run()?;
    let built = rlibs(&target.join(TARGET).join("release/deps"))?;
    copy_std(&built, config)
}

fn rlibs(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(at(dir))? {
        let path = entry.map_err(at(dir))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.extension().is_some_and(|e| e == "rlib") && !name.starts_with("libwasm_std") {
            found.push(path);
        }
    }
    Ok(found)
}

fn copy_std(built: &[PathBuf], config: &Config) -> Result<()> {
    let libdir = system(Run::new(RUSTC)).args(["--print", "target-libdir", "--target", TARGET]);
    let libdir = PathBuf::from(libdir.output()?.trim());
    let by_hand = |e: std::io::Error| Error::Missing {
        missing: format!("The standard library could not be put into {}: {e}.", libdir.display()),
        commands: vec!["sudo -E cargo xtask setup".to_owned()],
    };
    std::fs::create_dir_all(&libdir).map_err(by_hand)?;
    // What is there does not work, or we would not be here; two versions would clash.
    for old in rlibs(&libdir)? {
        std::fs::remove_file(&old).map_err(by_hand)?;
    }
    for rlib in built {
        let name = rlib.file_name().unwrap_or_default();
        std::fs::copy(rlib, libdir.join(name)).map_err(by_hand)?;
    }
    note(&format!("{} libraries in {}", built.len(), libdir.display()));
    if which::which(&config.debian.linker).is_err() {
        return Err(Error::Missing {
            missing: format!("The linker {} is missing.", config.debian.linker),
            commands: vec![format!("sudo apt-get install {}", config.debian.packages.join(" "))],
        });
    }
    Ok(())
}
