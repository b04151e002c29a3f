//! The folder of a sweep: its plan, and the rows that are finished, so that it can go on.

use std::{
    collections::BTreeMap,
    fs::{File, TryLockError},
    io::{ErrorKind, Read, Write},
    path::{Path, PathBuf},
};

use peergrid_lab::sweep::{Row, SweepPlan, SweepRun};

use crate::{
    document::Document,
    error::CliError,
    output::{OutDir, write_whole},
};

const PLAN: &str = "plan.json";
const ROWS: &str = "rows.jsonl";

/// An open folder; nobody else writes to it.
pub struct Folder {
    path: PathBuf,
    /// Of which every line is a row; of several for one run, the last counts.
    file: File,
    /// How many bytes its whole lines are.
    whole: u64,
    rows: BTreeMap<usize, Row>,
    /// How many runs there are in all.
    runs: usize,
}

impl Folder {
    /// The folder of `plan` as it was left; `None` where no sweep is.
    ///
    /// # Errors
    /// Another sweep's folder; one in use; rows that are not of this sweep.
    pub fn open(
        path: &Path,
        plan: &SweepPlan,
        runs: &[SweepRun],
    ) -> Result<Option<Self>, CliError> {
        let stored = path.join(PLAN);
        match stored.try_exists() {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(e) => return Err(CliError::io(&stored, e)),
        }
        let document = Document::open(&stored)?;
        let stored = SweepPlan::from_json(document.text())
            .map_err(|e| document.error(e.path().map(str::to_owned), e.to_string()))?;
        // Both as they are read back, since reading may round a number's last digit.
        let asked = SweepPlan::from_json(&plan.to_json()?)?;
        if let Some(differs) = difference(&stored, &asked)
            && stored != *plan
        {
            return Err(CliError::OtherSweep { path: path.to_owned(), differs });
        }
        let mut folder = Self::locked(path, runs.len())?;
        folder.read(&[runs, &asked.runs()?])?;
        Ok(Some(folder))
    }

    /// A folder in which nothing is finished.
    ///
    /// # Errors
    /// A folder in use, or with rows but without the plan that they belong to.
    pub fn create(path: &Path, plan: &SweepPlan, runs: usize) -> Result<Self, CliError> {
        OutDir::new(path)?;
        let folder = Self::locked(path, runs)?;
        let rows = path.join(ROWS);
        if folder.file.metadata().map_err(|e| CliError::io(&rows, e))?.len() > 0 {
            let message = format!("{PLAN}, which says what these rows are of, is not beside it");
            return Err(CliError::Results { path: rows, line: 1, message });
        }
        folder.write(PLAN, &plan.to_json()?)?;
        Ok(folder)
    }

    fn locked(path: &Path, runs: usize) -> Result<Self, CliError> {
        let rows = path.join(ROWS);
        let failed = |e| CliError::io(&rows, e);
        let mut options = File::options();
        let file = options.create(true).read(true).append(true).open(&rows).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(CliError::InUse(path.to_owned())),
            // Where files cannot be locked, one has to take care oneself.
            Err(TryLockError::Error(e)) if e.kind() == ErrorKind::Unsupported => {}
            Err(TryLockError::Error(e)) => return Err(failed(e)),
        }
        Ok(Self { path: path.to_owned(), file, whole: 0, rows: BTreeMap::new(), runs })
    }

    /// Reads the rows, each of which is of one of `forms` of the plan's runs. A line that was being
    /// written when the sweep was stopped is taken off.
    fn read(&mut self, forms: &[&[SweepRun]]) -> Result<(), CliError> {
        let path = self.path.join(ROWS);
        let mut bytes = Vec::new();
        self.file.read_to_end(&mut bytes).map_err(|e| CliError::io(&path, e))?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        bytes.truncate(whole);
        self.whole = whole as u64;
        self.take_off_rest().map_err(|e| CliError::io(&path, e))?;
        for (index, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
            let wrong = |message: String| {
                let (path, line) = (path.clone(), index as u64 + 1);
                CliError::Results { path, line, message }
            };
            let row: Row = serde_json::from_slice(line).map_err(|e| wrong(e.to_string()))?;
            let place = row.run.checked_sub(1);
            let of =
                |runs: &&[SweepRun]| place.and_then(|i| runs.get(i)).is_some_and(|r| row.is_of(r));
            if !forms.iter().any(of) {
                return Err(wrong(format!("run {} has other values in {PLAN}", row.run)));
            }
            self.rows.insert(row.run, row);
        }
        Ok(())
    }

    /// Takes off what stands behind the last whole line.
    fn take_off_rest(&self) -> std::io::Result<()> {
        if self.file.metadata()?.len() > self.whole {
            self.file.set_len(self.whole)
        } else {
            Ok(())
        }
    }

    /// Whether a run is still to be done: for the first time, or with `retry` after it has failed.
    pub fn is_left(&self, run: &SweepRun, retry: bool) -> bool {
        self.rows.get(&run.run).is_none_or(|row| retry && row.error.is_some())
    }

    /// Keeps a row, as it will be read back: reading may round a number's last digit, and a sweep
    /// that was stopped shall end with the very numbers of one that was not.
    pub fn push(&mut self, row: &Row) -> Result<(), CliError> {
        let line = format!("{}\n", serde_json::to_string(row)?);
        // The row before may have been written in part only, on a disk that was full.
        let written = self.take_off_rest().and_then(|()| self.file.write_all(line.as_bytes()));
        written.map_err(|e| CliError::io(&self.path.join(ROWS), e))?;
        self.whole += line.len() as u64;
        self.rows.insert(row.run, serde_json::from_str(&line)?);
        Ok(())
    }

    /// All rows by run.
    pub fn rows(&self) -> Vec<Row> {
        self.rows.values().cloned().collect()
    }

    /// How far the sweep is, in words.
    pub fn progress(&self) -> String {
        let failed = self.rows.values().filter(|row| row.error.is_some()).count();
        let failed = if failed > 0 { format!(", {failed} failed") } else { String::new() };
        format!("{} of {} runs{failed}", self.rows.len(), self.runs)
    }

    /// Writes a whole file beside the rows.
    pub fn write(&self, name: &str, content: &str) -> Result<(), CliError> {
        write_whole(&self.path.join(name), content)
    }
}

/// In which part two plans differ.
fn difference(a: &SweepPlan, b: &SweepPlan) -> Option<&'static str> {
    if a.spec != b.spec {
        Some("settings in its specification")
    } else if a.fields != b.fields {
        Some("fields or values")
    } else if a.seeds != b.seeds {
        Some("seeds")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_in_part_spoils_no_other_row() {
        let plan = r#"{"fields": [{"name": "market.k", "values": [0, 1]}], "seeds": [1]}"#;
        let plan = SweepPlan::from_json(plan).unwrap();
        let row = |run: usize| Row {
            run,
            values: BTreeMap::from([("market.k".to_owned(), (run - 1).into())]),
            seed: 1,
            kpis: BTreeMap::new(),
            reference: BTreeMap::new(),
            seconds: 1.0,
            error: Some("the power failed".to_owned()),
        };
        let dir = tempfile::tempdir().unwrap();
        let mut folder = Folder::create(dir.path(), &plan, 2).unwrap();
        folder.push(&row(1)).unwrap();
        folder.file.write_all(br#"{"run": 2, "val"#).unwrap();
        folder.push(&row(2)).unwrap();
        // Stopped within a letter.
        folder.file.write_all(b"{\"error\": \"\xe2\x80").unwrap();
        drop(folder);
        let folder = Folder::open(dir.path(), &plan, &plan.runs().unwrap()).unwrap().unwrap();
        assert_eq!(folder.rows(), [row(1), row(2)]);
    }
}
