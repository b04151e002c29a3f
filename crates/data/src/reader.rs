//! Bytes in, in chunks of any size; a neighbourhood and its quality report out.

use serde::{Deserialize, Serialize};

use crate::{DataError, Neighbourhood, QualityReport};

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Told by the header.
    #[default]
    Auto,
    /// Ausgrid "Solar home electricity data", a row per home, category and day.
    Ausgrid,
    /// `hour,agent_0_pv_kw,agent_0_demand_kw,…`, a row per hour.
    WideKw,
    /// `hour_start_local,c5_gc_kwh,c5_gg_kwh,…`, a row per hour.
    WideHourly,
}

/// Reads a file chunk by chunk.
pub struct Reader {
    file: String,
    rows: usize,
}

impl Reader {
    /// A reader of the file `name` (used in messages) in this format.
    pub fn new(name: &str, _format: Format) -> Self {
        Self { file: name.to_owned(), rows: 0 }
    }

    /// Takes the next bytes of the file.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn push(&mut self, _chunk: &[u8]) -> Result<(), DataError> {
        Ok(())
    }

    /// Data rows read so far.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Ends the file.
    ///
    /// # Errors
    /// What is wrong with the file as a whole.
    pub fn finish(self) -> Result<(Neighbourhood, QualityReport), DataError> {
        Err(DataError::Empty { file: self.file })
    }
}

/// Reads a whole file.
///
/// # Errors
/// As [`Reader::push`] and [`Reader::finish`]; [`DataError::Io`].
pub fn read(
    name: &str,
    format: Format,
    mut input: impl std::io::Read,
) -> Result<(Neighbourhood, QualityReport), DataError> {
    let mut reader = Reader::new(name, format);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = input
            .read(&mut buffer)
            .map_err(|error| DataError::Io { file: name.to_owned(), message: error.to_string() })?;
        if count == 0 {
            return reader.finish();
        }
        reader.push(&buffer[..count])?;
    }
}
