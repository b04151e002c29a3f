//! The specification, the data and the models that experiments start from.

use std::{
    fs::{self, File},
    io::BufReader,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use peergrid_data::{Neighbourhood, read};
use peergrid_env::Community;
use peergrid_lab::{DataSpec, FileSpec, LabError, Model, Setting, Spec};

use crate::{document::Document, error::CliError};

/// Where an experiment is described.
#[derive(Args)]
pub struct Input {
    /// The specification, a JSON file; `-` reads standard input.
    pub spec: PathBuf,
    /// Data file to use instead of the specification's.
    #[arg(long, value_name = "FILE")]
    pub data: Option<PathBuf>,
    /// Seed to use instead of the specification's.
    #[arg(long)]
    pub seed: Option<u64>,
}

/// Remarks on a data file that are shown before the rest is only counted.
const REMARKS: usize = 5;

impl Input {
    /// Reads specification and data and brings them together.
    pub fn setting(&self) -> Result<Setting, CliError> {
        self.setting_with(|_| {})
    }

    /// As [`Self::setting`], after a change to the specification.
    pub fn setting_with(&self, change: impl FnOnce(&mut Spec)) -> Result<Setting, CliError> {
        let (document, mut spec, data) = self.read()?;
        change(&mut spec);
        Setting::new(spec, data).map_err(|e| in_spec(&document, e))
    }

    /// The community alone, whatever the number of days.
    pub fn community(&self) -> Result<Arc<Community>, CliError> {
        let (document, spec, mut data) = self.read()?;
        let community = spec.community(&mut data).map_err(|e| in_spec(&document, e))?;
        Ok(Arc::new(community))
    }

    fn read(&self) -> Result<(Document, Spec, Neighbourhood), CliError> {
        let document = Document::open(&self.spec)?;
        let mut spec = Spec::from_json(document.text()).map_err(|e| in_spec(&document, e))?;
        if let Some(seed) = self.seed {
            spec.seed = seed;
        }
        if let Some(path) = &self.data {
            use_file(&mut spec, path);
        }
        let data = read_data(&document, &spec.data)?;
        Ok((document, spec, data))
    }
}

/// Makes a file the data of a specification.
pub fn use_file(spec: &mut Spec, path: &Path) {
    let format = match &spec.data {
        DataSpec::File(file) => file.format,
        DataSpec::Synthetic(_) => peergrid_data::Format::Auto,
    };
    spec.data = DataSpec::File(FileSpec { path: path.display().to_string(), format });
}

/// An error in the specification, with its file, and its line where the field is known.
pub fn in_spec(document: &Document, error: LabError) -> CliError {
    match error {
        LabError::Spec { path, message } => {
            let known = path != "." && path != "the document";
            document.error(known.then_some(path), message)
        }
        error => document.error(error.field(), error.to_string()),
    }
}

/// Refuses seeds that a specification could not hold, and those that are given twice.
pub fn check_seeds(seeds: &[u64]) -> Result<(), CliError> {
    let again = |(i, seed): (usize, &u64)| seeds[..i].contains(seed) || *seed >= 1 << 53;
    if !seeds.iter().enumerate().any(again) {
        return Ok(());
    }
    let given: Vec<_> = seeds.iter().map(u64::to_string).collect();
    Err(CliError::argument("--seeds", &given.join(","), "numbers below 2^53, each once"))
}

/// Reads a model file.
pub fn read_model(path: &Path) -> Result<Model, CliError> {
    let bytes = fs::read(path).map_err(|e| CliError::io(path, e))?;
    let file = path.display().to_string();
    Model::from_bytes(&bytes).map_err(|source| CliError::Spec { file, source })
}

fn read_data(document: &Document, spec: &DataSpec) -> Result<Neighbourhood, CliError> {
    match spec {
        DataSpec::Synthetic(_) => spec.without_file().map_err(|e| in_spec(document, e)),
        DataSpec::File(file) => read_file(file),
    }
}

/// Reads a data file and says what a reader should know of it.
pub fn read_file(file: &FileSpec) -> Result<Neighbourhood, CliError> {
    let path = Path::new(&file.path);
    let input = File::open(path).map_err(|e| CliError::io(path, e))?;
    let (data, report) = read(&file.path, file.format, BufReader::new(input))?;
    remark(&file.path, &report.notes);
    Ok(data)
}

/// Says on standard error what a reader should know of a data file.
fn remark(file: &str, notes: &[String]) {
    for note in notes.iter().take(REMARKS) {
        eprintln!("peergrid: note: {file}: {note}");
    }
    if let Some(more @ 1..) = notes.len().checked_sub(REMARKS) {
        eprintln!("peergrid: note: {file}: {more} more remarks; `peergrid data {file}` shows them");
    }
}
