//! A Chromium for the tests of the page.

use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::report::step;

/// Names of the command, and where macOS keeps it.
const NAMES: [&str; 5] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/// Finds a browser or installs Debian's.
///
/// # Errors
/// If there is none and it cannot be installed.
pub fn ensure() -> Result<PathBuf> {
    if let Some(path) = find()? {
        return Ok(path);
    }
    let why = "The page is tested in a real browser.";
    step("Install Chromium", why, || super::apt_install(&["chromium".to_owned()], why))?;
    find()?.ok_or_else(|| Error::Missing {
        missing: "Chromium was installed and is not on PATH.".to_owned(),
        commands: vec!["export PEERGRID_CHROMIUM=/path/to/chromium".to_owned()],
    })
}

fn find() -> Result<Option<PathBuf>> {
    let Some(given) = std::env::var_os("PEERGRID_CHROMIUM").filter(|v| !v.is_empty()) else {
        return Ok(NAMES.iter().find_map(|name| which::which(name).ok()));
    };
    let path = PathBuf::from(given);
    if path.is_file() {
        return Ok(Some(path));
    }
    Err(Error::Missing {
        missing: format!("PEERGRID_CHROMIUM is {}, which is no file.", path.display()),
        commands: vec!["unset PEERGRID_CHROMIUM".to_owned()],
    })
}
