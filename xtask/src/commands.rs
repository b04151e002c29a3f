//! The commands `build`, `serve` and `results`; `test` and `bench` have files of their own.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::bundle::Builder;
use crate::config::{Bundle, Config, Quality};
use crate::dirs::Dirs;
use crate::error::{Error, Result};
use crate::report::{heading, note, seconds, step};
use crate::run::Run;
use crate::server::{self, Served};
use crate::status::{Board, Built, State};
use crate::{data, inputs, setup, site};

/// How often `serve` looks whether sources have changed.
const LOOK: Duration = Duration::from_secs(2);

/// Builds and publishes one bundle under a heading of its own.
///
/// # Errors
/// If it cannot be built, or is over its budget.
pub fn bundle(builder: &Builder, bundle: &Bundle) -> Result<Built> {
    let (profile, _) = builder.config.profile(bundle, builder.quality);
    let what = format!("Build the bundle `{}` (profile {profile})", bundle.name);
    let features = if bundle.features.is_empty() {
        String::new()
    } else {
        format!(" with {}", bundle.features.join(", "))
    };
    let why = format!("{}{features} for the page.", bundle.krate.display());
    step(&what, &why, || {
        let built = builder.build(bundle)?;
        builder.publish(bundle)?;
        Ok(built)
    })
}

/// Builds everything and writes `dist/`.
///
/// # Errors
/// If a step fails or a bundle is over its budget.
pub fn build(dirs: &Dirs, config: &Config, quality: Quality) -> Result<()> {
    let start = Instant::now();
    let tools = setup::web(dirs, config)?;
    inputs::mistrust_times(dirs)?;
    let builder = Builder { dirs, config, tools: &tools, quality };
    let board = Board::new(&dirs.root, config, &State::building())?;
    let mut states = BTreeMap::new();
    for one in &config.bundles {
        let built = bundle(&builder, one).inspect_err(|e| {
            // The build's own error is what matters, not that the note could not be written.
            let _ = board.set(&one.name, State::absent(reason(e)));
        })?;
        board.set(&one.name, State::ready(built.clone()))?;
        states.insert(one.name.clone(), State::ready(built));
    }
    let dist = dirs.root.join("dist");
    step("Write dist/", "A folder that any web server can host, under any path.", || {
        site::assemble(&builder, &states, &dist)
    })?;
    if quality == Quality::Fast {
        note("These bundles are the fast ones: for trying out, not for readers.");
    }
    if tools.node.is_none() {
        note("Without Node the bundles are not shrunk.");
    }
    println!("\nBuilt {} in {}.", dist.display(), seconds(start.elapsed()));
    Ok(())
}

/// What `serve` was asked for.
#[derive(Debug, Clone, Copy)]
pub struct ServeOptions {
    /// The address to listen on.
    pub host: IpAddr,
    /// The port, or the next free one after it.
    pub port: u16,
    /// Which profiles to use.
    pub quality: Quality,
}

/// Builds, serves, and builds again whenever sources change. Ends only by an error or Ctrl-C.
///
/// # Errors
/// If the set-up or the first build of what the page cannot do without fails.
pub fn serve(dirs: &Dirs, config: &Config, options: ServeOptions) -> Result<()> {
    let start = Instant::now();
    let tools = setup::web(dirs, config)?;
    let builder = Builder { dirs, config, tools: &tools, quality: options.quality };
    data::ensure(&dirs.root.join(data::SETS))?;
    let board = Arc::new(Board::new(&dirs.root, config, &State::building())?);
    let mut seen = inputs::hash(&dirs.root)?;
    for one in config.bundles.iter().filter(|b| !b.background) {
        let built = bundle(&builder, one)?;
        board.set(&one.name, State::ready(built))?;
    }
    let served = Served {
        dir: dirs.root.clone(),
        base: "/".to_owned(),
        limits: Some((config.site.clone(), Arc::clone(&board))),
    };
    let url = server::start(served, options.host, options.port)?;
    let open = || println!("\nPeergrid is at {url} (Ctrl-C ends it).");
    println!("\nReady after {}.", seconds(start.elapsed()));
    open();
    if config.bundles.iter().any(|b| b.background) {
        rebuild(&builder, &board, |b| b.background)?;
        open();
    }
    loop {
        std::thread::sleep(LOOK);
        let now = settled(dirs, &seen)?;
        if now == seen {
            continue;
        }
        seen = now;
        heading("Sources have changed", "What was built from the old ones is withheld.");
        for one in &config.bundles {
            board.set(&one.name, State::building())?;
        }
        rebuild(&builder, &board, |_| true)?;
        open();
    }
}

/// The hash of the sources once they stay the same for a moment: an editor or a checkout
/// writes many files.
fn settled(dirs: &Dirs, seen: &str) -> Result<String> {
    let mut now = inputs::hash(&dirs.root)?;
    while now != seen {
        std::thread::sleep(Duration::from_millis(500));
        let next = inputs::hash(&dirs.root)?;
        if next == now {
            break;
        }
        now = next;
    }
    Ok(now)
}

/// Builds some bundles; one that fails is reported on the terminal and to the page.
fn rebuild(builder: &Builder, board: &Board, which: impl Fn(&Bundle) -> bool) -> Result<()> {
    for one in builder.config.bundles.iter().filter(|b| which(b)) {
        let state = match bundle(builder, one) {
            Ok(built) => State::ready(built),
            Err(error) => {
                note(&format!("FAILED: {error}"));
                State::absent(reason(&error))
            }
        };
        board.set(&one.name, state)?;
    }
    Ok(())
}

/// Builds the native command as it ships and lets it write the results page.
///
/// # Errors
/// If it cannot be built, or what it runs fails.
pub fn results(dirs: &Dirs, args: &[String]) -> Result<()> {
    step("Results", "Every policy on every setting, on days that no agent was trained on.", || {
        Run::new("cargo")
            .args(["run", "--quiet", "--release", "--package", "peergrid", "--", "results"])
            .args(args)
            .env("CARGO_TARGET_DIR", &dirs.target)
            .dir(&dirs.root)
            .run()
    })
}

/// One sentence for the person at the page.
pub fn reason(error: &Error) -> String {
    match error {
        Error::OverBudget { .. } => error.to_string(),
        _ => "The build failed; the terminal in which it runs says why.".to_owned(),
    }
}
