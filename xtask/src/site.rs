//! A site: the page, its data and its bundles in one folder that any web server can host.

use std::collections::BTreeMap;
use std::path::Path;

use walkdir::WalkDir;

use crate::bundle::{Builder, copy_dir, remove};
use crate::config::{PKG, Site};
use crate::data;
use crate::error::{Error, Result, at};
use crate::offline;
use crate::status::{self, State};

/// Assembles a site in `to` from the bundles in store.
///
/// `states` says of each bundle whether it is part of the site; it becomes `bundles.json`.
///
/// # Errors
/// If something that `wasm-pack.toml` names is not there, or files cannot be copied.
pub fn assemble(builder: &Builder, states: &BTreeMap<String, State>, to: &Path) -> Result<()> {
    remove(to)?;
    let root = &builder.dirs.root;
    for include in &builder.config.site.include {
        copy_included(root, include, &builder.config.site, to)?;
    }
    data::ensure(&to.join(data::SETS))?;
    for bundle in &builder.config.bundles {
        if matches!(states.get(&bundle.name), Some(State::Ready { .. })) {
            copy_dir(&builder.store(bundle), &to.join(&bundle.out))?;
        }
    }
    status::write(&to.join(PKG).join(status::FILE), states)?;
    let background = builder.config.bundles.iter().filter(|bundle| bundle.background);
    offline::seal(to, &background.map(|bundle| bundle.out.clone()).collect::<Vec<_>>())
}

fn copy_included(root: &Path, include: &Path, site: &Site, to: &Path) -> Result<()> {
    let from = root.join(include);
    if !from.exists() {
        return Err(Error::Config {
            file: crate::config::FILE.to_owned(),
            problem: format!("[site] includes {}, which does not exist", include.display()),
        });
    }
    std::fs::create_dir_all(to).map_err(at(to))?;
    let inside = |path: &Path| path.strip_prefix(root).map(Path::to_path_buf).unwrap_or_default();
    for entry in WalkDir::new(&from).into_iter().filter_entry(|e| belongs(&inside(e.path()), site))
    {
        let entry = entry.map_err(|e| Error::Io { path: from.clone(), source: e.into() })?;
        let path = to.join(inside(entry.path()));
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(&path).map_err(at(&path))?;
        } else {
            std::fs::copy(entry.path(), &path).map_err(at(&path))?;
        }
    }
    Ok(())
}

/// Whether a path (from the repository's root) is part of the page or its data.
fn belongs(path: &Path, site: &Site) -> bool {
    let hidden = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'));
    let left_out = path.starts_with(PKG) || site.exclude.iter().any(|e| path.starts_with(e));
    !hidden && !left_out && site.include.iter().any(|i| path.starts_with(i))
}

/// Whether `serve` may send a path (from the repository's root): as in a site, with bundles.
pub fn served(path: &Path, site: &Site) -> bool {
    belongs(path, site) || path.starts_with(PKG)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Site {
        Site { include: vec!["index.html".into(), "www".into()], exclude: vec!["www/tests".into()] }
    }

    #[test]
    fn only_what_is_included_is_copied_and_served() {
        let cases = [
            ("index.html", true, true),
            ("www/views/live.js", true, true),
            ("www/tests/page.test.mjs", false, false),
            ("www/pkg/engine/engine.js", false, true),
            ("www/.hidden", false, false),
            ("Cargo.toml", false, false),
            ("www-other/x", false, false),
        ];
        for (path, copied, sent) in cases {
            let path = Path::new(path);
            assert_eq!(belongs(path, &site()), copied, "{}", path.display());
            assert_eq!(served(path, &site()), sent, "{}", path.display());
        }
    }

    #[test]
    fn what_is_named_must_exist() {
        let dir = tempfile::tempdir().expect("a folder");
        let to = dir.path().join("dist");
        let error = copy_included(dir.path(), Path::new("index.html"), &site(), &to);
        assert!(error.expect_err("absent").to_string().contains("includes index.html"));
        std::fs::create_dir_all(dir.path().join("www/tests")).expect("a folder");
        std::fs::write(dir.path().join("index.html"), "<p>").expect("a file");
        std::fs::write(dir.path().join("www/a.js"), "a").expect("a file");
        std::fs::write(dir.path().join("www/tests/t.mjs"), "t").expect("a file");
        for include in site().include {
            copy_included(dir.path(), &include, &site(), &to).expect("copied");
        }
        assert!(to.join("index.html").is_file());
        assert!(to.join("www/a.js").is_file());
        assert!(!to.join("www/tests").exists());
    }
}
