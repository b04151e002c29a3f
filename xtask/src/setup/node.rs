//! Node and the packages of package.json.

use std::path::PathBuf;

use crate::dirs::Dirs;
use crate::error::{Error, Result, at};
use crate::report::step;
use crate::run::Run;

/// How to get Node where it is missing.
pub const INSTALL: &str = "see https://nodejs.org/en/download for Node 20.11 or newer";

/// The oldest Node that has everything the tests use.
const OLDEST: (u32, u32) = (20, 11);

/// Node with the packages installed.
#[derive(Debug, Clone)]
pub struct Node {
    modules: PathBuf,
}

impl Node {
    /// A script of a package, run by Node: `wasm-opt`, `tsc`.
    pub fn script(&self, name: &str) -> Run {
        // The entries of .bin are scripts for Node on every system but Windows.
        Run::new("node").arg(self.modules.join(".bin").join(name))
    }
}

/// Makes sure that Node and the packages are there.
///
/// # Errors
/// If Node is missing or too old, or npm fails.
pub fn ensure(dirs: &Dirs) -> Result<Node> {
    check_version()?;
    let node = Node { modules: dirs.root.join("node_modules") };
    let lock = dirs.root.join("package-lock.json");
    let wanted = std::fs::read_to_string(&lock).map_err(at(&lock))?;
    let stamp = node.modules.join(".installed-package-lock.json");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(node);
    }
    let why = "wasm-opt shrinks the wasm; playwright-core and tsc test the page.";
    step("Install the packages of package.json", why, || {
        let options = ["--ignore-scripts", "--no-audit", "--no-fund"];
        Run::new("npm").arg("ci").args(options).dir(&dirs.root).run()?;
        std::fs::write(&stamp, &wanted).map_err(at(&stamp))
    })?;
    Ok(node)
}

fn check_version() -> Result<()> {
    let missing = |missing: String| Error::Missing { missing, commands: vec![INSTALL.to_owned()] };
    let said = Run::new("node").arg("--version").quiet().output();
    let said = said.map_err(|_| missing("There is no `node` on PATH.".to_owned()))?;
    match version(&said) {
        Some(version) if version >= OLDEST => Ok(()),
        _ => Err(missing(format!("Node is {}, which is too old.", said.trim()))),
    }
}

/// Major and minor of `v20.11.1`.
fn version(said: &str) -> Option<(u32, u32)> {
    let mut parts = said.trim().strip_prefix('v')?.split('.').map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(version("v20.11.1\n"), Some((20, 11)));
        assert!(version("v22.2.0") > Some(OLDEST));
        assert!(version("v20.9.0") < Some(OLDEST));
        assert_eq!(version("node"), None);
    }
}
