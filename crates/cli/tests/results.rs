//! `peergrid results --short`: the results page from end to end, in a folder of its own.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

fn results(out: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_peergrid"))
        .args(["results", "--short", "--out"])
        .arg(out)
        .args(args)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_page_has_its_figures_and_is_not_lost_by_a_smaller_run() {
    let dir = tempfile::tempdir().unwrap();
    let output = results(dir.path(), &[]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let path = dir.path().join("RESULTS.md");
    assert_eq!(text(&output.stdout).trim(), path.display().to_string());
    let page = fs::read_to_string(&path).unwrap();
    for said in ["cargo xtask results --short`", "A trial", "S, S-wear, S-year", "| Commit |"] {
        assert!(page.contains(said), "{said} is missing in\n{page}");
    }
    let folder = dir.path().display().to_string();
    assert!(!page.contains(&folder), "where it was written is nobody's business");
    let figures: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("![")?.split_once("](")?.1.strip_suffix(')'))
        .collect();
    // A year has no learning curve of its own.
    assert_eq!(figures.len(), 3 * 3 - 1, "{figures:?}");
    for figure in figures {
        let svg = fs::read_to_string(dir.path().join(figure)).unwrap();
        assert!(svg.starts_with("<svg") && svg.len() > 1000, "{figure}");
    }

    let output = results(dir.path(), &["--only", "S"]);
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.contains("S-wear, S-year") && message.contains("--replace"), "{message}");
    assert_eq!(fs::read_to_string(&path).unwrap(), page);
    let output = results(dir.path(), &["--only", "S", "--replace", "--threads", "1"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let page = fs::read_to_string(&path).unwrap();
    assert!(page.contains("<!-- holds S -->") && page.contains("Not asked for"), "{page}");
}

#[test]
fn bad_input_gets_a_sentence() {
    let dir = tempfile::tempdir().unwrap();
    for (args, hint) in [
        (&["--only", "Z"][..], "no section `Z`; there are S, S-wear, S-year"),
        (&["--seeds", "1,2"], "cannot be used with"),
        (&["--share", "0"], "--share is 0"),
        (&["--data", "homes.csv"], "--data"),
    ] {
        let output = results(dir.path(), args);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {message}");
        assert!(message.contains(hint), "{args:?}: {message}");
    }
    assert!(!dir.path().join("RESULTS.md").exists());
}
