//! Bytes in, in chunks of any size; a neighbourhood and its quality report out.
//!
//! The reader holds no more of the text than the record under way: a file of 64 MB
//! (300 homes, a year of half hours) needs about as much memory for its numbers.

use serde::{Deserialize, Serialize};

use crate::ausgrid::Ausgrid;
use crate::error::DataError;
use crate::preamble::Preamble;
use crate::records::{Record, Records, Sink};
use crate::wide::Wide;
use crate::{Neighbourhood, QualityReport};

/// Lines in which a header is looked for; titles stand before it.
const HEADER_WITHIN: usize = 10;

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Told by the header.
    #[default]
    Auto,
    /// Ausgrid "Solar home electricity data": a row per home, category and day, kWh per
    /// half hour, named by the half hour's end (`Customer,Generator Capacity,…`).
    ///
    /// General consumption (GC) and controlled load (CL) make the load, gross
    /// generation (GG) the PV. All three years' forms are understood: with and without
    /// a title line and `Row Quality`, dates as `1-Jul-10`, `1/07/2012` or `01JUL2012`.
    Ausgrid,
    /// `hour,agent_0_pv_kw,agent_0_demand_kw,…`: a row per hour, mean kW.
    ///
    /// `hour` is a running number from a midnight on (a multiple of 24), the hour of
    /// the day (0 to 23, again and again), or a time like `2012-07-01 00:00:00`. Where
    /// it is a number, the first day is called 1 July 2013, a Monday.
    ///
    /// Lines before the header may say what the data is: `# name,…`, `# source,…`,
    /// `# licence,…`, `# note,…`, `# pv_kwp,agent_0,4.5` for a PV system's size in kWp, and
    /// `# left_out,agent_7,reason` for a home that is not in the file.
    WideKw,
    /// `hour_start_local,c5_gc_kwh,c5_gg_kwh,…`: a row per hour of the local clock,
    /// kWh; optionally `c5_cl_kwh` for controlled load.
    ///
    /// The hour that does not exist in spring may be a row of zeros or absent; the hour
    /// that comes twice in autumn may be one row with both passes' sum, or two rows.
    WideHourly,
}

impl Format {
    /// The format whose header starts with this field.
    fn of_header(field: &[u8]) -> Option<Self> {
        [
            (&b"customer"[..], Self::Ausgrid),
            (b"hour", Self::WideKw),
            (b"hour_start_local", Self::WideHourly),
        ]
        .into_iter()
        .find_map(|(name, format)| field.eq_ignore_ascii_case(name).then_some(format))
    }

    /// The first fields of the headers this choice accepts.
    fn expected(self) -> &'static str {
        match self {
            Self::Auto => "`Customer`, `hour` or `hour_start_local`",
            Self::Ausgrid => "`Customer`",
            Self::WideKw => "`hour`",
            Self::WideHourly => "`hour_start_local`",
        }
    }
}

enum Table {
    /// The header is still to come.
    Header {
        lines: usize,
        last: Option<u64>,
    },
    Ausgrid(Box<Ausgrid>),
    Wide(Box<Wide>),
}

/// Reads a file chunk by chunk.
///
/// Chunks may end anywhere, inside a quoted field or a character, too. Line ends may be
/// LF, CRLF or CR; a UTF-8 byte order mark is skipped. After an error the reader
/// repeats it.
pub struct Reader {
    file: String,
    format: Format,
    records: Records,
    preamble: Preamble,
    table: Table,
    rows: usize,
    failure: Option<DataError>,
}

impl Reader {
    /// A reader of the file `name` (for messages and the neighbourhood's name) in this
    /// format.
    pub fn new(name: &str, format: Format) -> Self {
        Self {
            file: name.to_owned(),
            format,
            records: Records::new(),
            preamble: Preamble::default(),
            table: Table::Header { lines: 0, last: None },
            rows: 0,
            failure: None,
        }
    }

    /// Takes the next bytes of the file.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line and column.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), DataError> {
        self.run(|records, file, sink| records.push(file, chunk, sink))
    }

    /// Data rows read so far.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Ends the file.
    ///
    /// # Errors
    /// What is wrong with the last row or with the file as a whole: no data, repeated
    /// rows, an incomplete last day, no complete home.
    pub fn finish(mut self) -> Result<(Neighbourhood, QualityReport), DataError> {
        self.run(Records::finish)?;
        let file = self.file;
        let (mut data, mut report) = match self.table {
            Table::Header { last: Some(line), .. } => {
                return Err(DataError::UnknownFormat {
                    file,
                    line,
                    expected: self.format.expected(),
                });
            }
            Table::Header { last: None, .. } => return Err(DataError::Empty { file }),
            Table::Ausgrid(table) => table.finish(file.clone(), self.rows)?,
            Table::Wide(table) => table.finish(file.clone(), self.rows)?,
        };
        self.preamble.apply(&file, &mut data, &mut report)?;
        Ok((data, report))
    }

    /// Lets `step` cut records and the table take them; remembers an error.
    fn run<F>(&mut self, step: F) -> Result<(), DataError>
    where
        F: FnOnce(&mut Records, &str, &mut Sink) -> Result<(), DataError>,
    {
        if let Some(error) = &self.failure {
            return Err(error.clone());
        }
        let Self { file, format, records, preamble, table, rows, .. } = self;
        let mut sink = |record: &Record| {
            let before = matches!(table, Table::Header { .. });
            if before && preamble.take(file, record)? {
                return Ok(());
            }
            take(file, *format, table, rows, record)
        };
        let result = step(records, file, &mut sink);
        self.failure = result.as_ref().err().cloned();
        result
    }
}

/// Gives a record to the table, or makes the table from it.
fn take(
    file: &str,
    format: Format,
    table: &mut Table,
    rows: &mut usize,
    record: &Record,
) -> Result<(), DataError> {
    match table {
        Table::Header { lines, last } => {
            let found = Format::of_header(record.get(0).unwrap_or_default());
            match found.filter(|found| format == Format::Auto || format == *found) {
                Some(Format::Ausgrid) => {
                    *table = Table::Ausgrid(Box::new(Ausgrid::new(file, record)?));
                }
                Some(found) => *table = Table::Wide(Box::new(Wide::new(file, found, record)?)),
                None => {
                    *lines += 1;
                    *last = Some(record.line);
                    if *lines >= HEADER_WITHIN {
                        return Err(DataError::UnknownFormat {
                            file: file.to_owned(),
                            line: record.line,
                            expected: format.expected(),
                        });
                    }
                }
            }
            return Ok(());
        }
        _ if record.is_blank() => return Ok(()),
        Table::Ausgrid(table) => table.row(file, record)?,
        Table::Wide(table) => table.row(file, record)?,
    }
    *rows += 1;
    Ok(())
}

/// Reads a whole file.
///
/// # Errors
/// As [`Reader::push`] and [`Reader::finish`]; [`DataError::Io`] where reading fails.
pub fn read(
    name: &str,
    format: Format,
    mut input: impl std::io::Read,
) -> Result<(Neighbourhood, QualityReport), DataError> {
    let mut reader = Reader::new(name, format);
    let mut buffer = vec![0; 1 << 16];
    loop {
        match input.read(&mut buffer) {
            Ok(0) => return reader.finish(),
            Ok(count) => reader.push(&buffer[..count])?,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => {
                let message = error.to_string();
                return Err(DataError::Io { file: name.to_owned(), message });
            }
        }
    }
}
