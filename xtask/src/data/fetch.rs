//! Packages from the Python package index, and the files in them.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::dirs::Dirs;
use crate::error::{Error, Result, at};
use crate::report::note;
use crate::run::Run;

/// A wheel, pinned.
#[derive(Debug)]
pub struct Wheel {
    /// As pip names it: `citylearn==2.1.2`.
    pub requirement: &'static str,
    /// The file's name.
    pub file: &'static str,
    /// Where it lies where there is no pip.
    pub url: &'static str,
    /// SHA-256 in hexadecimal digits.
    pub sha256: &'static str,
}

/// The wheel in the cache, fetched unless it is there.
///
/// # Errors
/// If neither pip nor curl brings it, or what they bring is another file.
pub fn wheel(dirs: &Dirs, wheel: &Wheel) -> Result<PathBuf> {
    let folder = dirs.cache.join("downloads");
    let path = folder.join(wheel.file);
    if path.is_file() && checked(&path, wheel).is_ok() {
        note("It is in the cache.");
        return Ok(path);
    }
    std::fs::create_dir_all(&folder).map_err(at(&folder))?;
    // pip knows of mirrors and proxies; without Python any machine has curl.
    let pip = Run::new("python3")
        .args(["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest"])
        .arg(&folder)
        .arg(wheel.requirement);
    if pip.run().is_err() {
        note("Going on with curl.");
        let curl =
            Run::new("curl").args(["--fail", "--location", "--silent", "--show-error", "--output"]);
        curl.arg(&path).arg(wheel.url).run().map_err(|_| by_hand(wheel))?;
    }
    checked(&path, wheel)?;
    Ok(path)
}

fn by_hand(wheel: &Wheel) -> Error {
    Error::Missing {
        missing: format!(
            "Neither pip nor curl could fetch {}; fetch it where there is a network.",
            wheel.file
        ),
        commands: vec![
            format!("curl -LO {}", wheel.url),
            format!("cargo xtask data citylearn --wheel {}", wheel.file),
        ],
    }
}

/// Checks that a file is the wheel.
///
/// # Errors
/// If it cannot be read or its hash is another.
pub fn checked(path: &Path, wheel: &Wheel) -> Result<()> {
    use std::fmt::Write as _;
    let bytes = std::fs::read(path).map_err(at(path))?;
    let digits = Sha256::digest(&bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    if digits == wheel.sha256 {
        return Ok(());
    }
    Err(Error::Config {
        file: path.display().to_string(),
        problem: format!(
            "its SHA-256 is {digits}, that of {} is {}; delete the file and fetch it anew",
            wheel.file, wheel.sha256
        ),
    })
}

/// The files of a wheel, which is a zip archive: text by path, `None` where there is no such file.
///
/// # Errors
/// If it cannot be opened or is no archive.
pub fn files(path: &Path) -> Result<impl FnMut(&str) -> Result<Option<String>> + use<>> {
    let file = File::open(path).map_err(at(path))?;
    let broken = {
        let file = path.display().to_string();
        move |e: &dyn std::fmt::Display| Error::Config {
            file: file.clone(),
            problem: e.to_string(),
        }
    };
    let mut archive = zip::ZipArchive::new(file).map_err(|e| broken(&e))?;
    Ok(move |name: &str| {
        let mut text = String::new();
        match archive.by_name(name) {
            Ok(mut entry) => entry.read_to_string(&mut text).map_err(|e| broken(&e))?,
            Err(zip::result::ZipError::FileNotFound) => return Ok(None),
            Err(e) => return Err(broken(&e)),
        };
        Ok(Some(text))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TINY: Wheel = Wheel {
        requirement: "tiny==1",
        file: "tiny.whl",
        url: "",
        sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    };

    #[test]
    fn another_file_is_refused() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("tiny.whl");
        std::fs::write(&path, "abc").expect("a file");
        checked(&path, &TINY).expect("the right one");
        std::fs::write(&path, "abcd").expect("a file");
        let error = checked(&path, &TINY).expect_err("another");
        assert!(
            error
                .to_string()
                .contains("88d4266fd4e6338d13b845fcf289579d209c897823b9217da3e161936f031589"),
            "{error}"
        );
    }

    #[test]
    fn files_of_an_archive_are_read_by_name() {
        use std::io::Write as _;
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("tiny.whl");
        let mut writer = zip::ZipWriter::new(File::create(&path).expect("a file"));
        writer.start_file("a/b.txt", zip::write::FileOptions::default()).expect("an entry");
        writer.write_all("ä".as_bytes()).expect("written");
        writer.finish().expect("finished");
        let mut read = files(&path).expect("an archive");
        assert_eq!(read("a/b.txt").expect("read"), Some("ä".to_owned()));
        assert_eq!(read("a/c.txt").expect("read"), None);
        std::fs::write(&path, "no archive").expect("a file");
        assert!(files(&path).is_err());
    }
}
