//! The sets on this machine: each a table, what there is to say of it, and its licence; and the
//! list of them that the page reads.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, at};

/// The list's name in the sets' folder.
const INDEX: &str = "index.json";

/// A set that was made.
#[derive(Debug)]
pub struct Set {
    /// What there is to say of it.
    pub about: About,
    /// The table, in the wide form of `peergrid-data`.
    pub csv: String,
    /// The text of the licence.
    pub licence: String,
}

/// What there is to say of a set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// The name of its files, without their endings.
    pub id: String,
    /// The table's file.
    pub file: String,
    /// What a person calls it.
    pub name: String,
    /// Where it comes from.
    pub source: String,
    /// Its licence, in words.
    pub licence: String,
    /// Number of homes.
    pub homes: usize,
    /// Number of days.
    pub days: usize,
    /// First date, ISO 8601.
    pub first_date: String,
    /// Last date, ISO 8601.
    pub last_date: String,
    /// Length of a step, minutes.
    pub step_minutes: u32,
    /// Size of the table, bytes.
    pub bytes: usize,
    /// The homes that are not in it.
    pub left_out: Vec<LeftOut>,
}

/// A home that is not in a set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Its name.
    pub home: String,
    /// Why, in words that continue "left out because …".
    pub reason: String,
}

/// Writes a set into `folder` and lists all that lie there.
///
/// # Errors
/// If files cannot be written, or another set's description cannot be read.
pub fn write(folder: &Path, set: &Set) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(at(folder))?;
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(at(&path))
    };
    let id = &set.about.id;
    write(&set.about.file, &set.csv)?;
    write(&format!("{id}.LICENSE.txt"), &set.licence)?;
    write(&format!("{id}.json"), &json(&set.about)?)?;
    write(INDEX, &json(&all(folder)?)?)
}

/// Makes sure that there is a list, if only an empty one: a browser reports every file that a page
/// asks for in vain.
///
/// # Errors
/// If the list cannot be written.
pub fn ensure(folder: &Path) -> Result<()> {
    let path = folder.join(INDEX);
    if path.exists() {
        return Ok(());
    }
    std::fs::create_dir_all(folder).map_err(at(folder))?;
    std::fs::write(&path, "[]\n").map_err(at(&path))
}

/// The descriptions in a folder, in the order of their names.
fn all(folder: &Path) -> Result<Vec<About>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(at(folder))? {
        let path = entry.map_err(at(folder))?.path();
        let described = path.extension().is_some_and(|e| e == "json")
            && path.file_name().is_some_and(|name| name != INDEX);
        if described {
            let text = std::fs::read_to_string(&path).map_err(at(&path))?;
            let about: About = serde_json::from_str(&text).map_err(|e| bad(&path, &e))?;
            found.push(about);
        }
    }
    found.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(found)
}

fn json<T: Serialize>(value: &T) -> Result<String> {
    let text = serde_json::to_string_pretty(value).map_err(|e| bad(Path::new(INDEX), &e))?;
    Ok(text + "\n")
}

fn bad(path: &Path, error: &serde_json::Error) -> Error {
    Error::Config { file: path.display().to_string(), problem: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(id: &str) -> Set {
        let about = About {
            id: id.to_owned(),
            file: format!("{id}.csv"),
            name: "A street".to_owned(),
            source: "Its meters".to_owned(),
            licence: "MIT".to_owned(),
            homes: 2,
            days: 1,
            first_date: "2016-08-01".to_owned(),
            last_date: "2016-08-01".to_owned(),
            step_minutes: 60,
            bytes: 4,
            left_out: vec![LeftOut { home: "b3".to_owned(), reason: "it is dark".to_owned() }],
        };
        Set { about, csv: "hour".to_owned(), licence: "text".to_owned() }
    }

    #[test]
    fn the_list_holds_every_set_once() {
        let dir = tempfile::tempdir().expect("a folder");
        let folder = dir.path().join("sets");
        ensure(&folder).expect("written");
        assert_eq!(std::fs::read_to_string(folder.join(INDEX)).expect("the list"), "[]\n");
        for id in ["b", "a", "b"] {
            write(&folder, &set(id)).expect("written");
        }
        ensure(&folder).expect("nothing to do");
        let text = std::fs::read_to_string(folder.join(INDEX)).expect("the list");
        let listed: Vec<About> = serde_json::from_str(&text).expect("descriptions");
        assert_eq!(listed, [set("a").about, set("b").about]);
        assert_eq!(std::fs::read_to_string(folder.join("a.csv")).expect("the table"), "hour");
        assert_eq!(
            std::fs::read_to_string(folder.join("a.LICENSE.txt")).expect("the licence"),
            "text"
        );
    }
}
