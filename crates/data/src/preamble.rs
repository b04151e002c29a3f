//! What a file says of itself in lines before its header: who made it, under which licence, how
//! large the PV systems are, which homes were left out and why.
//!
//! Such a line is a record whose first field is a word behind `#`:
//!
//! ```text
//! # name,Our street
//! # source,"Meters of Our Street, 2024"
//! # licence,CC BY 4.0
//! # pv_kwp,agent_0,4.5
//! # left_out,agent_7,its meter stood still
//! # note,The clock knows no daylight saving.
//! hour,agent_0_pv_kw,agent_0_demand_kw
//! ```
//!
//! `license` is `licence`; what other words say is kept as a note that nobody here knows it.

use crate::numbers::number;
use crate::records::Record;
use crate::{DataError, LeftOut, Neighbourhood, QualityReport};

/// The largest PV system that a line may state, kWp.
const LARGEST_KWP: f64 = 10_000.0;

/// The lines of one file.
#[derive(Debug, Default)]
pub(crate) struct Preamble {
    name: Option<String>,
    source: Option<String>,
    licence: Option<String>,
    sizes: Vec<Size>,
    left_out: Vec<LeftOut>,
    notes: Vec<String>,
}

/// The size of a home's PV system, and where it stands.
#[derive(Debug)]
struct Size {
    line: u64,
    home: String,
    kwp: f64,
}

impl Preamble {
    /// Takes a line if it is one of these; anything else is the reader's business.
    ///
    /// # Errors
    /// [`DataError::Value`] for a line that lacks what its word announces.
    pub fn take(&mut self, file: &str, record: &Record) -> Result<bool, DataError> {
        let Some(word) = record.get(0).and_then(|field| field.strip_prefix(b"#")) else {
            return Ok(false);
        };
        let text = |index, expected| text_of(file, record, index, expected);
        match word.trim_ascii() {
            b"name" => self.name = Some(text(1, "a name")?),
            b"source" => self.source = Some(text(1, "who made the data, in words")?),
            b"licence" | b"license" => self.licence = Some(text(1, "a licence")?),
            b"note" => self.notes.push(text(1, "a sentence")?),
            b"left_out" => {
                let (id, reason) = (text(1, "the name of a home")?, text(2, "a reason")?);
                self.left_out.push(LeftOut { id, reason });
            }
            b"pv_kwp" => {
                let home = text(1, "the name of a home")?;
                let kwp = number(record.get(2)).filter(|kwp| *kwp > 0.0 && *kwp <= LARGEST_KWP);
                let wrong = || {
                    record.unexpected(file, &column(record), 2, "a size above 0, at most 10000 kWp")
                };
                let kwp = kwp.ok_or_else(wrong)?;
                self.sizes.push(Size { line: record.line, home, kwp });
            }
            b"" => return Ok(false),
            // A word that says something, to others.
            _ if record.len() > 1 => {
                let line =
                    record.fields().map(String::from_utf8_lossy).collect::<Vec<_>>().join(",");
                self.notes.push(format!("`{line}` says nothing that is known here."));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Adds what the lines say to what was read.
    ///
    /// # Errors
    /// [`DataError::Value`] for the size of a home that is neither there nor left out.
    pub fn apply(
        self,
        file: &str,
        data: &mut Neighbourhood,
        report: &mut QualityReport,
    ) -> Result<(), DataError> {
        report.left_out.extend(self.left_out);
        for Size { line, home, kwp } in self.sizes {
            if report.left_out.iter().any(|known| known.id == home) {
                continue;
            }
            let place = data.homes.iter().position(|known| known.id == home);
            let index = place.ok_or_else(|| DataError::Value {
                file: file.to_owned(),
                line,
                column: "# pv_kwp".to_owned(),
                found: format!("`{home}`"),
                expected: "a home that has a column in the header",
            })?;
            data.set_pv_kwp(index, kwp)?;
            report.homes.iter_mut().filter(|known| known.id == home).for_each(|known| {
                known.pv_kwp = Some(kwp);
            });
        }
        let provenance = &mut data.provenance;
        for (place, said) in [
            (&mut data.name, self.name),
            (&mut provenance.source, self.source),
            (&mut provenance.licence, self.licence),
        ] {
            if let Some(said) = said {
                *place = said;
            }
        }
        report.notes.extend(self.notes);
        Ok(())
    }
}

/// The name of the line, as errors call it.
fn column(record: &Record) -> String {
    String::from_utf8_lossy(record.get(0).unwrap_or_default()).into_owned()
}

/// The text in field `index`, which must not be empty.
fn text_of(
    file: &str,
    record: &Record,
    index: usize,
    expected: &'static str,
) -> Result<String, DataError> {
    let text = String::from_utf8_lossy(record.get(index).unwrap_or_default()).into_owned();
    if text.is_empty() {
        return Err(record.unexpected(file, &column(record), index, expected));
    }
    Ok(text)
}
