//! Running commands: what is run is shown in a form that a person can repeat.

use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

/// A command to run.
#[derive(Debug, Clone)]
pub struct Run {
    program: OsString,
    args: Vec<OsString>,
    env: Vec<(String, OsString)>,
    without: Vec<String>,
    path_first: Vec<PathBuf>,
    dir: Option<PathBuf>,
    quiet: bool,
}

impl Run {
    /// A command; `program` is looked for on PATH.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        Self {
            program: program.as_ref().to_owned(),
            args: Vec::new(),
            env: Vec::new(),
            without: Vec::new(),
            path_first: Vec::new(),
            dir: None,
            quiet: false,
        }
    }

    /// Adds an argument.
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    /// Adds arguments.
    pub fn args<I: IntoIterator<Item: AsRef<OsStr>>>(mut self, args: I) -> Self {
        self.args.extend(args.into_iter().map(|a| a.as_ref().to_owned()));
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, key: &str, value: impl AsRef<OsStr>) -> Self {
        self.env.push((key.to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Sets environment variables.
    pub fn envs(mut self, env: &[(String, OsString)]) -> Self {
        self.env.extend_from_slice(env);
        self
    }

    /// Keeps an environment variable from the command.
    pub fn without(mut self, key: &str) -> Self {
        self.without.push(key.to_owned());
        self
    }

    /// Puts a folder in front of PATH.
    pub fn path_first(mut self, dir: &Path) -> Self {
        self.path_first.push(dir.to_path_buf());
        self
    }

    /// The folder to run in.
    pub fn dir(mut self, dir: &Path) -> Self {
        self.dir = Some(dir.to_path_buf());
        self
    }

    /// Hides what the command writes to the error stream.
    pub fn quiet(mut self) -> Self {
        self.quiet = true;
        self
    }

    /// Runs it with this process's streams.
    ///
    /// # Errors
    /// If it cannot be started or its exit status is not 0.
    pub fn run(&self) -> Result<()> {
        let status = self.command().status().map_err(|e| self.not_started(&e))?;
        self.check(status)
    }

    /// Runs it like [`Run::run`], but ends it after `limit`.
    ///
    /// # Errors
    /// If it cannot be started, takes longer, or its exit status is not 0.
    pub fn run_for(&self, limit: Duration) -> Result<()> {
        let mut child = self.command().spawn().map_err(|e| self.not_started(&e))?;
        let start = Instant::now();
        loop {
            match child.try_wait().map_err(|e| self.not_started(&e))? {
                Some(status) => return self.check(status),
                None if start.elapsed() > limit => {
                    // It may have ended in between; either way it is gone afterwards.
                    let _ = child.kill();
                    let _ = child.wait();
                    return Err(self.error(format!("gave up after {} s", limit.as_secs())));
                }
                None => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }

    /// Runs it and returns what it wrote to the standard output.
    ///
    /// # Errors
    /// If it cannot be started or its exit status is not 0.
    pub fn output(&self) -> Result<String> {
        let mut text = String::new();
        self.lines(|line| {
            text.push_str(line);
            text.push('\n');
        })?;
        Ok(text)
    }

    /// Runs it and hands over each line of its standard output as it comes.
    ///
    /// # Errors
    /// If it cannot be started or its exit status is not 0.
    pub fn lines(&self, mut each: impl FnMut(&str)) -> Result<()> {
        let mut child =
            self.command().stdout(Stdio::piped()).spawn().map_err(|e| self.not_started(&e))?;
        if let Some(out) = child.stdout.take() {
            for line in BufReader::new(out).split(b'\n').map_while(std::io::Result::ok) {
                each(String::from_utf8_lossy(&line).trim_end_matches('\r'));
            }
        }
        let status = child.wait().map_err(|e| self.not_started(&e))?;
        self.check(status)
    }

    /// The command as a line for a shell in the repository's root.
    pub fn shown(&self) -> String {
        let mut line = String::new();
        if let Some(dir) = &self.dir {
            let _ = write!(line, "cd {} && ", quoted(dir.as_os_str()));
        }
        if !self.path_first.is_empty() {
            line.push_str("PATH=");
            for dir in &self.path_first {
                let _ = write!(line, "{}:", quoted(dir.as_os_str()));
            }
            line.push_str("$PATH ");
        }
        for (key, value) in &self.env {
            let _ = write!(line, "{key}={} ", quoted(value));
        }
        line.push_str(&quoted(&self.program));
        for arg in &self.args {
            let _ = write!(line, " {}", quoted(arg));
        }
        line
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.args).stdin(Stdio::null());
        for key in &self.without {
            command.env_remove(key);
        }
        command.envs(self.env.iter().map(|(k, v)| (k, v)));
        if !self.path_first.is_empty() {
            let old = std::env::var_os("PATH").unwrap_or_default();
            let all = self.path_first.iter().cloned().chain(std::env::split_paths(&old));
            // Only a folder with the separator in its name cannot be joined; PATH then stays.
            if let Ok(path) = std::env::join_paths(all) {
                command.env("PATH", path);
            }
        }
        if let Some(dir) = &self.dir {
            command.current_dir(dir);
        }
        if self.quiet {
            command.stderr(Stdio::null());
        }
        command
    }

    fn check(&self, status: ExitStatus) -> Result<()> {
        if status.success() { Ok(()) } else { Err(self.error(format!("It ended with {status}."))) }
    }

    fn not_started(&self, error: &std::io::Error) -> Error {
        self.error(format!("`{}` could not be run: {error}.", self.program.to_string_lossy()))
    }

    fn error(&self, problem: String) -> Error {
        Error::Command { problem, command: self.shown() }
    }
}

/// A word for a shell, in quotes where it needs them.
fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.into_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_can_be_pasted_into_a_shell() {
        let run = Run::new("cargo")
            .args(["test", "--", "it's here"])
            .env("A", "b c")
            .path_first(Path::new("/x/bin"))
            .dir(Path::new("crates/web"));
        assert_eq!(
            run.shown(),
            r"cd crates/web && PATH=/x/bin:$PATH A='b c' cargo test -- 'it'\''s here'"
        );
    }

    #[test]
    fn a_failure_says_how_to_repeat_it() {
        let error = Run::new("cargo").arg("no-such-command").quiet().run().expect_err("fails");
        assert!(error.to_string().ends_with("cargo no-such-command"), "{error}");
        let error = Run::new("no-such-program-here").run().expect_err("fails");
        assert!(error.to_string().starts_with("`no-such-program-here` could not be run"));
    }

    #[cfg(unix)]
    #[test]
    fn a_command_over_its_time_is_ended() {
        let error = Run::new("sleep").arg("20").run_for(Duration::from_millis(80));
        assert!(error.expect_err("too long").to_string().contains("gave up after 0 s"));
    }
}
