//! Set-up: each step finds out whether it is needed, says what it does and why, and is
//! skipped when done.

mod chromium;
mod debian;
mod node;
mod tools;
mod wasm_target;

use std::ffi::OsString;
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;

use crate::config::Config;
use crate::dirs::Dirs;
use crate::error::{Error, Result};
use crate::report::note;
use crate::run::Run;

pub use node::Node;

/// What the web builds need.
#[derive(Debug, Clone)]
pub struct WebTools {
    /// Environment that selects a compiler with the wasm target.
    pub env: Vec<(String, OsString)>,
    /// Where wasm-pack and wasm-bindgen are.
    pub bin: PathBuf,
    /// Node with wasm-opt, where there is Node.
    pub node: Option<Node>,
}

impl WebTools {
    /// A command that compiles for the web.
    pub fn command(&self, program: &str) -> Run {
        Run::new(program)
            .envs(&self.env)
            .path_first(&self.bin)
            // These would replace the flags in .cargo/config.toml and with them SIMD.
            .without("RUSTFLAGS")
            .without("CARGO_ENCODED_RUSTFLAGS")
    }
}

/// Sets up what the web builds need; without Node they go on, and say what is left out.
///
/// # Errors
/// If the wasm target, wasm-pack or wasm-bindgen cannot be had.
pub fn web(dirs: &Dirs, config: &Config) -> Result<WebTools> {
    let env = wasm_target::ensure(dirs, config)?;
    let bin = tools::ensure(dirs, config)?;
    let node = match node::ensure(dirs) {
        Ok(node) => Some(node),
        Err(error) => {
            note(&format!("Going on without Node: {error}"));
            note("Left out: shrinking the wasm by wasm-opt (bundles are about a tenth larger).");
            None
        }
    };
    Ok(WebTools { env, bin, node })
}

/// Sets up a browser for tests and returns its path.
///
/// # Errors
/// If there is none and none can be installed.
pub fn browser() -> Result<PathBuf> {
    chromium::ensure()
}

/// Node as the tests need it.
///
/// # Errors
/// If the set-up went on without it.
pub fn needed(node: Option<&Node>) -> Result<&Node> {
    node.ok_or_else(|| Error::Missing {
        missing: "The tests of the page need Node 20.11 or newer and the packages in package.json."
            .to_owned(),
        commands: vec![node::INSTALL.to_owned(), "npm ci".to_owned()],
    })
}

/// Installs Debian packages: asks first on a terminal, not elsewhere.
fn apt_install(packages: &[String], why: &str) -> Result<()> {
    let install = Run::new("apt-get")
        .args(["install", "-y", "--no-install-recommends"])
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive");
    let by_hand = |missing: String| Error::Missing {
        missing,
        commands: vec![
            "sudo apt-get update".to_owned(),
            format!("sudo apt-get install -y --no-install-recommends {}", packages.join(" ")),
        ],
    };
    if which::which("apt-get").is_err() {
        return Err(by_hand(format!("{why} There is no apt-get on this machine.")));
    }
    let user = Run::new("id").arg("-u").output()?;
    if user.trim() != "0" {
        return Err(by_hand(format!("{why} Only root can install packages.")));
    }
    if !agreed(&format!("Run `{}`?", install.shown())) {
        return Err(by_hand(format!("{why} It was not installed.")));
    }
    // Lists may be missing or old; they are fetched only if need be.
    if install.run().is_ok() {
        return Ok(());
    }
    Run::new("apt-get").arg("update").run()?;
    install.run()
}

/// On a terminal: what the person answers. Elsewhere: yes.
fn agreed(question: &str) -> bool {
    if !std::io::stdin().is_terminal() {
        return true;
    }
    print!("   {question} [y/N] ");
    let _ = std::io::stdout().flush();
    let mut answer = String::new();
    let read = std::io::stdin().read_line(&mut answer);
    read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}
