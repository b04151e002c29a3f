//! What lets a site work without a network: a version, and a worker that knows every file by its
//! contents. How the worker uses that is told in `www/offline/worker.js`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest as _, Sha256};
use walkdir::WalkDir;

use crate::error::{Error, Result, at};
use crate::inputs::short;

/// The worker's script, beside the page: it may serve what lies in its folder and below.
const WORKER: &str = "sw.js";
/// What is put before it to make it.
const SOURCE: &str = "www/offline/worker.js";
const PAGE: &str = "index.html";
/// What the page says of itself as long as it is in no site.
const UNSEALED: &str = r#"<meta name="version" content="development" />"#;

/// What the worker is told of its site.
#[derive(Debug, Serialize)]
struct Manifest {
    version: String,
    /// Hashes by path, with slashes, from the site's root.
    files: BTreeMap<String, String>,
    later: Vec<String>,
}

/// Gives a finished site its version, which is the hash of all its files, and its worker.
///
/// `later` are folders, from the site's root, that are kept offline only once they were used.
///
/// # Errors
/// If files cannot be read or written, or the page has no place for a version.
pub fn seal(site: &Path, later: &[PathBuf]) -> Result<()> {
    let mut files = hashes(site)?;
    let version = version(&files);

    let path = site.join(PAGE);
    let page = std::fs::read_to_string(&path).map_err(at(&path))?;
    if !page.contains(UNSEALED) {
        return Err(Error::Config {
            file: PAGE.to_owned(),
            problem: format!("there is no {UNSEALED} to write the site's version into"),
        });
    }
    let sealed = page.replace(UNSEALED, &UNSEALED.replace("development", &version));
    std::fs::write(&path, &sealed).map_err(at(&path))?;
    files.insert(PAGE.to_owned(), hash(sealed.as_bytes()));

    let late = |path: &&String| later.iter().any(|folder| Path::new(path).starts_with(folder));
    let later = files.keys().filter(late).cloned().collect();
    let source = site.join(SOURCE);
    let script = std::fs::read_to_string(&source).map_err(at(&source))?;
    let path = site.join(WORKER);
    let manifest = serde_json::to_string(&Manifest { version, files, later })
        .map_err(|e| Error::Io { path: path.clone(), source: e.into() })?;
    std::fs::write(&path, format!("self.SITE = {manifest};\n{script}")).map_err(at(&path))
}

/// The hashes of all files that the page can ask for.
fn hashes(site: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for entry in WalkDir::new(site) {
        let entry = entry.map_err(|e| Error::Io { path: site.to_path_buf(), source: e.into() })?;
        let inside = entry.path().strip_prefix(site).unwrap_or(entry.path());
        let name = inside.to_string_lossy().replace('\\', "/");
        if !entry.file_type().is_file()
            || name == SOURCE
            || name == WORKER
            || name.ends_with(".d.ts")
        {
            continue;
        }
        let bytes = std::fs::read(entry.path()).map_err(at(entry.path()))?;
        files.insert(name, hash(&bytes));
    }
    Ok(files)
}

fn hash(bytes: &[u8]) -> String {
    short(Sha256::new_with_prefix(bytes))
}

fn version(files: &BTreeMap<String, String>) -> String {
    let mut hasher = Sha256::new();
    for (name, hash) in files {
        // No name has a line break, no hash a space.
        hasher.update(format!("{hash} {name}\n"));
    }
    short(hasher)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("a folder");
        for (name, text) in [
            (PAGE, UNSEALED),
            (SOURCE, "run(self.SITE);\n"),
            ("www/a.js", "a"),
            ("www/types.d.ts", "t"),
            ("www/pkg/large/large.wasm", "w"),
        ] {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
        dir
    }

    fn sealed(dir: &Path) -> (serde_json::Value, String) {
        seal(dir, &["www/pkg/large".into()]).expect("sealed");
        let script = std::fs::read_to_string(dir.join(WORKER)).expect("the worker");
        let (head, rest) = script.split_once(";\n").expect("a manifest");
        let json = head.strip_prefix("self.SITE = ").expect("a manifest");
        (serde_json::from_str(json).expect("JSON"), rest.to_owned())
    }

    #[test]
    fn the_worker_knows_every_file_that_the_page_asks_for_as_it_is_served() {
        let dir = site();
        let (manifest, script) = sealed(dir.path());
        assert_eq!(script, "run(self.SITE);\n");
        let files = manifest["files"].as_object().expect("files");
        let names: Vec<_> = files.keys().map(String::as_str).collect();
        assert_eq!(names, [PAGE, "www/a.js", "www/pkg/large/large.wasm"]);
        assert_eq!(manifest["later"], serde_json::json!(["www/pkg/large/large.wasm"]));
        for (name, known) in files {
            let bytes = std::fs::read(dir.path().join(name)).expect("the file");
            assert_eq!(known, &hash(&bytes), "{name}");
        }
        let page = std::fs::read_to_string(dir.path().join(PAGE)).expect("the page");
        let version = manifest["version"].as_str().expect("a version");
        assert_eq!(page, format!(r#"<meta name="version" content="{version}" />"#));
    }

    #[test]
    fn another_content_of_any_file_is_another_version() {
        let (first, _) = sealed(site().path());
        let (same, _) = sealed(site().path());
        assert_eq!(first, same);
        let changed = site();
        std::fs::write(changed.path().join("www/a.js"), "b").expect("a file");
        let (other, _) = sealed(changed.path());
        assert_ne!(first["version"], other["version"]);
        assert_ne!(first["files"][PAGE], other["files"][PAGE]);
    }

    #[test]
    fn a_page_without_a_place_for_its_version_is_refused() {
        let dir = site();
        std::fs::write(dir.path().join(PAGE), "<p>").expect("a file");
        let error = seal(dir.path(), &[]).expect_err("no place");
        assert!(error.to_string().contains("index.html"), "{error}");
    }
}
