//! A content hash of everything that a bundle is made from.

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use walkdir::WalkDir;

use crate::dirs::Dirs;
use crate::error::{Error, Result, at};

/// What bundles are made from, from the repository's root. `data` is compiled in where a
/// crate includes a table or a preset.
const SOURCES: [&str; 6] =
    ["Cargo.toml", "Cargo.lock", ".cargo/config.toml", crate::config::FILE, "crates", "data"];

/// The hash of all sources: paths and contents, in the order of the paths.
///
/// # Errors
/// If a file cannot be read.
pub fn hash(root: &Path) -> Result<String> {
    hash_of(root, &SOURCES)
}

fn hash_of(root: &Path, sources: &[&str]) -> Result<String> {
    let mut hasher = Sha256::new();
    for path in files(root, sources)? {
        let bytes = std::fs::read(&path).map_err(at(&path))?;
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        // Lengths keep apart what would otherwise read the same in one stream.
        hasher.update((name.len() as u64).to_le_bytes());
        hasher.update(name);
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    }
    Ok(short(hasher))
}

/// 16 hexadecimal digits of a hash: 64 bits tell apart all builds there will be.
pub fn short(hasher: Sha256) -> String {
    use std::fmt::Write as _;
    hasher.finalize().iter().take(8).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn files(root: &Path, sources: &[&str]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for source in sources {
        let source = root.join(source);
        if !source.exists() {
            continue;
        }
        // Fetched sets are read by the page as they are; nothing is compiled from them.
        let compiled = |entry: &walkdir::DirEntry| entry.path() != root.join(crate::data::SETS);
        for entry in WalkDir::new(&source).sort_by_file_name().into_iter().filter_entry(compiled) {
            let entry = entry.map_err(|e| Error::Io { path: source.clone(), source: e.into() })?;
            if entry.file_type().is_file() {
                found.push(entry.into_path());
            }
        }
    }
    Ok(found)
}

/// Makes cargo see sources that it could take for old ones.
///
/// Cargo compares times, not contents. A target folder that several clones share may hold
/// a build of this path's former contents that is newer than the files which replaced them
/// (a copy that keeps times does that). If the contents are not those of the last build
/// from this path, every source is given the present time. A target folder of the clone's
/// own needs none of that.
///
/// # Errors
/// If a file cannot be read, or the record not written.
pub fn mistrust_times(dirs: &Dirs) -> Result<()> {
    if dirs.shared { mistrust(&dirs.root, &dirs.target.join("xtask")) } else { Ok(()) }
}

fn mistrust(root: &Path, records: &Path) -> Result<()> {
    let sources: Vec<_> = SOURCES.into_iter().chain(["xtask"]).collect();
    let mut path_hash = Sha256::new();
    path_hash.update(root.to_string_lossy().as_bytes());
    let record = records.join(format!("inputs-{}", short(path_hash)));
    let now = hash_of(root, &sources)?;
    if std::fs::read_to_string(&record).is_ok_and(|last| last == now) {
        return Ok(());
    }
    let time = std::time::SystemTime::now();
    for path in files(root, &sources)? {
        let file = std::fs::File::options().append(true).open(&path).map_err(at(&path))?;
        file.set_modified(time).map_err(at(&path))?;
    }
    std::fs::create_dir_all(records).map_err(at(records))?;
    std::fs::write(&record, now).map_err(at(&record))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, SystemTime};

    fn clone() -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(dir.path().join("crates/a")).expect("a folder");
        std::fs::write(dir.path().join("crates/a/lib.rs"), "fn a() {}").expect("a file");
        std::fs::write(dir.path().join("Cargo.toml"), "[workspace]").expect("a file");
        dir
    }

    #[test]
    fn the_hash_changes_with_a_source_s_content_and_name_only() {
        let dir = clone();
        let root = dir.path();
        let before = hash(root).expect("hash");
        assert_eq!(before.len(), 16);
        std::fs::write(root.join("README.md"), "no source").expect("a file");
        let sets = root.join(crate::data::SETS);
        std::fs::create_dir_all(&sets).expect("a folder");
        std::fs::write(sets.join("street.csv"), "hour").expect("a file");
        assert_eq!(hash(root).expect("hash"), before);
        std::fs::write(root.join("crates/a/lib.rs"), "fn b() {}").expect("a file");
        let changed = hash(root).expect("hash");
        assert_ne!(changed, before);
        std::fs::rename(root.join("crates/a/lib.rs"), root.join("crates/a/main.rs"))
            .expect("moved");
        assert_ne!(hash(root).expect("hash"), changed);
    }

    #[test]
    fn sources_replaced_by_older_files_look_new_to_cargo_again() {
        let dir = clone();
        let (root, target) = (dir.path(), dir.path().join("target"));
        let source = root.join("crates/a/lib.rs");
        let long_ago = SystemTime::now() - Duration::from_hours(24);
        let age = || {
            let file = std::fs::File::options().append(true).open(&source).expect("open");
            file.set_modified(long_ago).expect("time");
        };
        let modified = || std::fs::metadata(&source).and_then(|m| m.modified()).expect("time");

        mistrust(root, &target).expect("first build");
        age();
        mistrust(root, &target).expect("nothing changed");
        assert!(modified() < SystemTime::now() - Duration::from_hours(1));

        std::fs::write(&source, "fn older() {}").expect("a file");
        age();
        mistrust(root, &target).expect("changed");
        assert!(modified() > SystemTime::now() - Duration::from_hours(1));
    }
}
