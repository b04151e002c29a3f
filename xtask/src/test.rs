//! The command `test`: every check, each with its reason; one that fails stops no other.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use crate::bundle::Builder;
use crate::commands::reason;
use crate::config::{Config, Quality};
use crate::dirs::Dirs;
use crate::error::{Error, Result, at};
use crate::inputs;
use crate::report::{Checks, Tests};
use crate::run::Run;
use crate::server::{self, Served};
use crate::setup;
use crate::site;
use crate::status::State;

/// Where the page's tests are, from the repository's root.
const PAGE_TESTS: &str = "www/tests";

/// Runs all checks; `quick` compiles everything fast and leaves out bundles that are built
/// in the background, and the training on control problems.
///
/// # Errors
/// If the set-up fails, or a check does.
pub fn test(dirs: &Dirs, config: &Config, quick: bool) -> Result<()> {
    let tools = setup::web(dirs, config)?;
    let node = setup::needed(tools.node.as_ref())?;
    let chromium = setup::browser()?;
    inputs::mistrust_times(dirs)?;
    let mut checks = Checks::default();
    native(dirs, quick, &mut checks);

    let quality = if quick { Quality::Fast } else { Quality::Everyday };
    let builder = Builder { dirs, config, tools: &tools, quality };
    let states = bundles(&builder, quick, &mut checks);

    checks.check("Types of the page", "tsc reads the JSDoc comments as types.", |_| {
        node.script("tsc").args(["--project", "www/tsconfig.json"]).dir(&dirs.root).run()
    });
    page(&builder, &chromium, &states, &mut checks);
    checks.summary()
}

fn native(dirs: &Dirs, quick: bool, checks: &mut Checks) {
    let cargo = || Run::new("cargo").env("CARGO_TARGET_DIR", &dirs.target).dir(&dirs.root);
    checks.check("Format", "Laid out alike, a change shows only what it changes.", |_| {
        cargo().args(["fmt", "--all", "--check"]).run()
    });
    checks.check("Clippy", "Known mistakes, missing documentation.", |_| {
        cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]).run()
    });
    let why = "Unit and property tests, reference cases, examples in the documentation.";
    checks.check("Tests of the crates", why, |tests| {
        cargo().args(["test", "--workspace", "--no-fail-fast"]).lines(|line| shown(tests, line))
    });
    let control = "Known control problems";
    if quick {
        checks.leave_out(control, "--quick");
        return;
    }
    checks.check(control, "The learner scores what others score on them.", |tests| {
        // With all packages, as above, so that nothing is compiled anew. One problem at a time:
        // each uses all cores.
        cargo()
            .args(["test", "--workspace", "--test", "control", "--", "--ignored"])
            .args(["--nocapture", "--test-threads", "1"])
            .lines(|line| shown(tests, line))
    });
}

fn shown(tests: &mut Tests, line: &str) {
    tests.read(line);
    println!("{line}");
}

fn bundles(builder: &Builder, quick: bool, checks: &mut Checks) -> BTreeMap<String, State> {
    let mut states = BTreeMap::new();
    for bundle in &builder.config.bundles {
        let (profile, settings) = builder.config.profile(bundle, builder.quality);
        let what = format!("Bundle `{}` (profile {profile})", bundle.name);
        let state = if quick && bundle.background {
            checks.leave_out(&what, "--quick");
            State::absent("It was left out of this build.")
        } else {
            let budget = if settings.budget { ", within its size budget" } else { "" };
            let why = format!("It compiles for the web{budget}.");
            let mut failure = "The build failed.".to_owned();
            let built = checks.check(&what, &why, |_| {
                let built = builder.build(bundle).inspect_err(|e| failure = reason(e))?;
                builder.publish(bundle)?;
                Ok(built)
            });
            built.map_or_else(|| State::absent(failure), State::ready)
        };
        states.insert(bundle.name.clone(), state);
    }
    states
}

fn page(builder: &Builder, chromium: &Path, states: &BTreeMap<String, State>, checks: &mut Checks) {
    const WHAT: &str = "The page in Chromium";
    let needed = builder.config.bundles.iter().filter(|b| !b.background);
    for bundle in needed {
        if !matches!(states.get(&bundle.name), Some(State::Ready { .. })) {
            checks.leave_out(WHAT, &format!("the bundle `{}` could not be built", bundle.name));
            return;
        }
    }
    let why = "Loaded from a site under a sub-path, as any static host could serve it.";
    checks.check(WHAT, why, |tests| {
        let files = page_tests(&builder.dirs.root)?;
        let url = serve_site(builder, states)?;
        node_command(builder.dirs, chromium, &url)
            .args(["--test", "--test-reporter=spec", "--test-concurrency=1"])
            .args(files)
            .lines(|line| shown(tests, line))
    });
}

/// Node in the repository's root, with what the page's tests and benchmarks need to know.
pub fn node_command(dirs: &Dirs, chromium: &Path, url: &str) -> Run {
    Run::new("node")
        .env("PEERGRID_URL", url)
        .env("PEERGRID_CHROMIUM", chromium)
        // Node's own test runner must not take this for one of its child processes.
        .without("NODE_TEST_CONTEXT")
        .dir(&dirs.root)
}

/// Assembles a site, as `build` does but not in `dist/`, and serves it under a sub-path.
///
/// # Errors
/// If a part of the site is missing, or there is no free port.
pub fn serve_site(builder: &Builder, states: &BTreeMap<String, State>) -> Result<String> {
    let dir = builder.dirs.target.join("xtask/site");
    site::assemble(builder, states, &dir)?;
    let served = Served { dir, base: "/some/where/".to_owned(), limits: None };
    server::start(served, Ipv4Addr::LOCALHOST.into(), 0)
}

fn page_tests(root: &Path) -> Result<Vec<PathBuf>> {
    let dir = root.join(PAGE_TESTS);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&dir).map_err(at(&dir))? {
        let name = entry.map_err(at(&dir))?.file_name();
        if name.to_string_lossy().ends_with(".test.mjs") {
            files.push(Path::new(PAGE_TESTS).join(name));
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(Error::Config {
            file: PAGE_TESTS.to_owned(),
            problem: "there is no test of the page (*.test.mjs)".to_owned(),
        });
    }
    Ok(files)
}
