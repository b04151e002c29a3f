//! What the person at the terminal sees: each step with its reason and duration, a summary.

use std::io::Write as _;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

/// Announces a step: what is done, and why.
pub fn heading(what: &str, why: &str) {
    println!("\n== {what}\n   {why}");
    flush();
}

/// Says something about the step under way.
pub fn note(text: &str) {
    println!("   {text}");
    flush();
}

/// Announces a step, does it and says how long it took.
///
/// # Errors
/// Those of `work`.
pub fn step<T>(what: &str, why: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    heading(what, why);
    let start = Instant::now();
    let result = work()?;
    note(&format!("done in {}", seconds(start.elapsed())));
    Ok(result)
}

/// `12.3 s` or `4 min 05 s`.
pub fn seconds(duration: Duration) -> String {
    let s = duration.as_secs_f64();
    if s < 60.0 {
        format!("{s:.1} s")
    } else {
        let whole = duration.as_secs();
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}

/// Bytes as `1.23 MB` or `12.3 kB`, of 1,000.
pub fn size(bytes: u64) -> String {
    if bytes >= 1_000_000 {
        format!("{:.2} MB", bytes as f64 / 1e6)
    } else {
        format!("{:.1} kB", bytes as f64 / 1e3)
    }
}

// A pipe buffers; what a step says must come before what its command writes.
fn flush() {
    // A reader that has gone away shows in the next write; nothing is lost here.
    let _ = std::io::stdout().flush();
}

/// How many tests passed, failed and were left out.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tests {
    /// Passed.
    pub passed: u64,
    /// Failed.
    pub failed: u64,
    /// Ignored or skipped.
    pub ignored: u64,
}

impl Tests {
    /// Counts what a line of output reports, as `cargo test` and `node --test` write it.
    pub fn read(&mut self, line: &str) {
        if let Some(rest) = line.strip_prefix("test result: ") {
            for part in rest.split([';', '.']) {
                let mut words = part.split_whitespace();
                let Some(n) = words.next().and_then(|w| w.parse().ok()) else { continue };
                self.add(words.next().unwrap_or_default(), n);
            }
        } else if let Some(rest) = line.strip_prefix("ℹ ").or_else(|| line.strip_prefix("# ")) {
            let mut words = rest.split_whitespace();
            let word = words.next().unwrap_or_default();
            if let (Some(Ok(n)), None) = (words.next().map(str::parse), words.next()) {
                self.add(word, n);
            }
        }
    }

    fn add(&mut self, word: &str, n: u64) {
        match word {
            "passed" | "pass" => self.passed += n,
            "failed" | "fail" | "cancelled" => self.failed += n,
            "ignored" | "skipped" | "todo" => self.ignored += n,
            _ => {}
        }
    }
}

/// The checks of one run, each of which goes on if another fails.
#[derive(Debug, Default)]
pub struct Checks {
    done: Vec<(String, Duration, Outcome)>,
    /// Tests counted in all of them.
    pub tests: Tests,
}

#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed,
    LeftOut(String),
}

impl Checks {
    /// Does a check, reports a failure at once, and returns the result if there is one.
    pub fn check<T>(
        &mut self,
        what: &str,
        why: &str,
        work: impl FnOnce(&mut Tests) -> Result<T>,
    ) -> Option<T> {
        heading(what, why);
        let start = Instant::now();
        let result = work(&mut self.tests);
        let took = start.elapsed();
        match result {
            Ok(value) => {
                note(&format!("passed in {}", seconds(took)));
                self.done.push((what.to_owned(), took, Outcome::Passed));
                Some(value)
            }
            Err(error) => {
                note(&format!("FAILED after {}: {error}", seconds(took)));
                self.done.push((what.to_owned(), took, Outcome::Failed));
                None
            }
        }
    }

    /// Notes a check that is not done, and why.
    pub fn leave_out(&mut self, what: &str, reason: &str) {
        heading(what, &format!("left out: {reason}"));
        self.done.push((what.to_owned(), Duration::ZERO, Outcome::LeftOut(reason.to_owned())));
    }

    /// Prints the table of all checks and the count of tests.
    ///
    /// # Errors
    /// If a check failed.
    pub fn summary(self) -> Result<()> {
        println!("\n== Summary");
        for (what, took, outcome) in &self.done {
            match outcome {
                Outcome::Passed => println!("   passed    {:>12}  {what}", seconds(*took)),
                Outcome::Failed => println!("   FAILED    {:>12}  {what}", seconds(*took)),
                Outcome::LeftOut(why) => println!("   left out  {:>12}  {what}: {why}", ""),
            }
        }
        let failed: Vec<_> = self
            .done
            .iter()
            .filter(|(_, _, o)| *o == Outcome::Failed)
            .map(|d| d.0.as_str())
            .collect();
        let total = self.done.iter().map(|d| d.1).sum();
        let Tests { passed, failed: broken, ignored } = self.tests;
        let word = if failed.is_empty() && broken == 0 { "ok" } else { "FAILED" };
        println!(
            "\ntest result: {word}. {passed} passed; {broken} failed; {ignored} ignored; {} of {} \
             checks failed; finished in {}",
            failed.len(),
            self.done.len(),
            seconds(total)
        );
        if failed.is_empty() {
            return Ok(());
        }
        Err(Error::Checks { failed: failed.len(), run: self.done.len(), names: failed.join(", ") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_from_cargo_and_from_node() {
        let mut tests = Tests::default();
        for line in [
            "running 12 tests",
            "test result: ok. 10 passed; 1 failed; 1 ignored; 0 measured; 3 filtered out; \
             finished in 0.10s",
            "ℹ tests 5",
            "ℹ pass 4",
            "ℹ fail 0",
            "ℹ cancelled 1",
            "# skipped 2",
            "# pass the salt 3",
            "ℹ duration_ms 1234.5",
        ] {
            tests.read(line);
        }
        assert_eq!(tests, Tests { passed: 14, failed: 2, ignored: 3 });
    }

    #[test]
    fn one_failed_check_fails_the_run_and_the_others_still_run() {
        let mut checks = Checks::default();
        let failed: Option<()> = checks.check("first", "to fail", |_| {
            Err(Error::Config { file: "f".to_owned(), problem: "p".to_owned() })
        });
        assert_eq!(failed, None);
        assert_eq!(checks.check("second", "to pass", |_| Ok(7)), Some(7));
        checks.leave_out("third", "no need");
        let error = checks.summary().expect_err("one failed").to_string();
        assert_eq!(error, "1 of 3 checks failed: first");
    }

    #[test]
    fn durations_and_sizes_read_well() {
        assert_eq!(seconds(Duration::from_millis(1234)), "1.2 s");
        assert_eq!(seconds(Duration::from_secs(245)), "4 min 05 s");
        assert_eq!(size(999), "1.0 kB");
        assert_eq!(size(3_600_000), "3.60 MB");
    }
}
