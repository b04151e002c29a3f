//! The wasm target: from rustup, else from Debian's packages.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use super::debian;
use crate::config::Config;
use crate::dirs::Dirs;
use crate::error::{Result, at};
use crate::report::{note, step};
use crate::run::Run;

/// The target's name.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Long enough for a 30 MB download, short enough to wait for where there is no network.
const RUSTUP_LIMIT: Duration = Duration::from_secs(90);

/// Makes sure that there is a compiler for the web, and returns the environment selecting it.
///
/// # Errors
/// If neither rustup nor Debian's packages give one.
pub fn ensure(dirs: &Dirs, config: &Config) -> Result<Vec<(String, OsString)>> {
    if compiles(dirs, "rustc", None)? {
        return Ok(Vec::new());
    }
    if let Some(env) = debian::ready(dirs, config)? {
        return Ok(env);
    }
    if which::which("rustup").is_ok() {
        let why = "The page's engine is Rust compiled to WebAssembly.";
        let added = step("Add rustup's wasm target", why, || {
            let add = Run::new("rustup").args(["target", "add", TARGET]);
            // Without a network this fails, which is no reason for pages of backtrace.
            add.env("RUST_BACKTRACE", "0").run_for(RUSTUP_LIMIT)
        });
        match added {
            Ok(()) if compiles(dirs, "rustc", None)? => return Ok(Vec::new()),
            Ok(()) => note("It was added, and yet nothing compiles; trying Debian's packages."),
            Err(error) => note(&format!("{error}\n   Trying Debian's packages instead.")),
        }
    }
    debian::install(dirs, config)
}

/// Whether a compiler turns a small library into wasm: the only proof that its standard
/// library is complete and of its own version, and that the linker is there.
///
/// # Errors
/// If the probe cannot be written.
pub fn compiles(dirs: &Dirs, rustc: &str, linker: Option<&str>) -> Result<bool> {
    let dir = dirs.cache.join("probe");
    std::fs::create_dir_all(&dir).map_err(at(&dir))?;
    let source = dir.join("probe.rs");
    std::fs::write(&source, PROBE).map_err(at(&source))?;
    Ok(probe(&source, rustc, linker).run().is_ok())
}

const PROBE: &str = "#[unsafe(no_mangle)]
pub extern \"C\" fn probe(n: usize) -> usize {
    vec![n; n].iter().map(|n| format!(\"{n}\").len()).sum()
}
";

fn probe(source: &Path, rustc: &str, linker: Option<&str>) -> Run {
    let mut run = Run::new(rustc)
        .args(["--edition", "2024", "--crate-type", "cdylib", "--target", TARGET, "-o"])
        .arg(source.with_extension("wasm"))
        .arg(source)
        .without("RUSTFLAGS")
        .quiet();
    if let Some(linker) = linker {
        run = debian::system(run.arg("-C").arg(format!("linker={linker}")));
    }
    run
}
