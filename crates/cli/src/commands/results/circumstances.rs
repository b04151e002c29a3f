//! When, where and from what a results page was made.

use std::process::Command;

use peergrid_lab::{parallel::cores, study::Circumstances};

use super::{Args, FIGURES, PAGE};

/// What is known of this run before it begins; it has taken no time yet.
pub fn now(args: &Args, threads: usize) -> Circumstances {
    let mut remarks = Vec::new();
    if args.short {
        remarks.push(
            "A trial on a few synthetic homes and days: it shows that everything works, and nothing \
             else."
                .to_owned(),
        );
    }
    if args.share != 1.0 {
        remarks.push(format!(
            "Agents were trained for {} of the usual steps (see each section).",
            args.share
        ));
    }
    Circumstances {
        date: jiff::Timestamp::now().to_string().chars().take(10).collect(),
        commit: commit(),
        machine: machine(),
        threads,
        seconds: 0.0,
        command: command(),
        remarks,
    }
}

/// The command line, without what only holds on this machine.
fn command() -> String {
    let mut words = vec!["cargo xtask results".to_owned()];
    let mut args = std::env::args().skip(2);
    while let Some(word) = args.next() {
        let own = ["--data", "--out"].iter().find(|&&option| word == option);
        match (own, word.split_once('=')) {
            (Some(_), _) => {
                args.next();
            }
            (None, Some(("--data" | "--out", _))) => {}
            (None, _) => words.push(word),
        }
    }
    words.join(" ")
}

/// The commit that is checked out, and whether anything but the page differs from it.
fn commit() -> String {
    let git = |args: &[&str]| {
        let output = Command::new("git").args(args).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| text.trim().to_owned())
    };
    let Some(id) = git(&["rev-parse", "--short=12", "HEAD"]) else {
        return "not known".to_owned();
    };
    let exclude = [PAGE, FIGURES].map(|path| format!(":(exclude,top){path}"));
    let changed = git(&[
        "status",
        "--porcelain",
        "--untracked-files=no",
        "--",
        ":(top)",
        &exclude[0],
        &exclude[1],
    ]);
    match changed.as_deref() {
        Some("") => id,
        _ => format!("{id}, with changes"),
    }
}

/// Processor, cores and system.
fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|l| l.strip_prefix("model name")?.split(": ").nth(1));
    format!(
        "{}, {} cores, {} {}",
        model.unwrap_or("unnamed processor"),
        cores(),
        std::env::consts::OS,
        std::env::consts::ARCH
    )
}
