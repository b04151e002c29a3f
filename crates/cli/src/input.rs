//! The specification and the data that every experiment starts from.

use std::{
    fs::File,
    io::{BufReader, Read},
    path::{Path, PathBuf},
};

use clap::Args;
use peergrid_data::{Neighbourhood, read};
use peergrid_lab::{DataSpec, FileSpec, Setting, Spec};

use crate::error::CliError;

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

impl Input {
    /// Reads specification and data and brings them together.
    pub fn setting(&self) -> Result<Setting, CliError> {
        let mut spec = read_spec(&self.spec)?;
        if let Some(seed) = self.seed {
            spec.seed = seed;
        }
        if let Some(path) = &self.data {
            let format = match &spec.data {
                DataSpec::File(file) => file.format,
                DataSpec::Synthetic(_) => peergrid_data::Format::Auto,
            };
            spec.data = DataSpec::File(FileSpec { path: path.display().to_string(), format });
        }
        let data = read_data(&spec.data)?;
        Ok(Setting::new(spec, data)?)
    }
}

fn read_spec(path: &Path) -> Result<Spec, CliError> {
    let mut text = String::new();
    let read = if path == Path::new("-") {
        std::io::stdin().read_to_string(&mut text)
    } else {
        File::open(path).and_then(|mut file| file.read_to_string(&mut text))
    };
    read.map_err(|e| CliError::io(path, e))?;
    let file = path.display().to_string();
    Spec::from_json(&text).map_err(|source| CliError::Spec { file, source })
}

fn read_data(spec: &DataSpec) -> Result<Neighbourhood, CliError> {
    match spec {
        DataSpec::Synthetic(_) => Ok(spec.without_file()?),
        DataSpec::File(file) => {
            let path = Path::new(&file.path);
            let input = File::open(path).map_err(|e| CliError::io(path, e))?;
            Ok(read(&file.path, file.format, BufReader::new(input))?.0)
        }
    }
}
