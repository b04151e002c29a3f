//! Files that are either whole or not there, and progress on a terminal.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
};

use indicatif::{ProgressBar, ProgressStyle};

use crate::error::CliError;

/// A folder that results go into.
pub struct OutDir(PathBuf);

impl OutDir {
    /// Opens the folder, making it where it is not there.
    pub fn new(path: &Path) -> Result<Self, CliError> {
        fs::create_dir_all(path).map_err(|e| CliError::io(path, e))?;
        Ok(Self(path.to_owned()))
    }

    /// Writes a whole file.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> Result<PathBuf, CliError> {
        let path = self.0.join(name);
        write_whole(&path, content)?;
        Ok(path)
    }

    /// Starts a file that grows line by line.
    pub fn lines(&self, name: &str) -> Result<Lines, CliError> {
        let path = self.0.join(name);
        let file = File::create(&path).map_err(|e| CliError::io(&path, e))?;
        Ok(Lines { path, file })
    }
}

/// Writes a file under another name first, so that a reader never sees half of it.
pub fn write_whole(path: &Path, content: impl AsRef<[u8]>) -> Result<(), CliError> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    fs::write(&partial, content).map_err(|e| CliError::io(&partial, e))?;
    fs::rename(&partial, path).map_err(|e| CliError::io(path, e))
}

/// A file of which every line is whole as soon as it is there.
pub struct Lines {
    /// Where it is.
    pub path: PathBuf,
    file: File,
}

impl Lines {
    /// Adds a line.
    pub fn push(&mut self, line: &str) -> Result<(), CliError> {
        self.file.write_all(format!("{line}\n").as_bytes()).map_err(|e| CliError::io(&self.path, e))
    }
}

/// Prints a text and a line end. A reader that has seen enough and closed the pipe is no error.
pub fn print(text: &str) -> Result<(), CliError> {
    match writeln!(std::io::stdout().lock(), "{}", text.trim_end()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(CliError::io(Path::new("standard output"), e))
        }
        _ => Ok(()),
    }
}

/// A bar on a terminal; nothing where standard error is no terminal.
pub fn progress_bar(length: u64) -> ProgressBar {
    let style = ProgressStyle::with_template(
        "{bar:30} {human_pos}/{human_len} home-steps  {per_sec}  {eta} left  {msg}",
    );
    let bar = ProgressBar::new(length);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
