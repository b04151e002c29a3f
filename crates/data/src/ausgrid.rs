//! Ausgrid "Solar home electricity data": a row per home, category and day.

use std::collections::HashMap;

use jiff::civil::Date;

use crate::DataError;
use crate::ausgrid_build;
use crate::dates::DateReader;
use crate::numbers::{number, reading};
use crate::records::Record;
use crate::{Neighbourhood, QualityReport};

/// Half hours in a day.
pub(crate) const SLOTS: usize = 48;

/// What a row counts. The order is the order of rows in a home's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Category {
    /// GC, everything but controlled load.
    General,
    /// CL, off-peak hot water and the like.
    Controlled,
    /// GG, gross PV generation.
    Generation,
}

impl Category {
    /// The category's name in words and as in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::General => "general consumption (GC)",
            Self::Controlled => "controlled load (CL)",
            Self::Generation => "gross generation (GG)",
        }
    }
}

/// What a row is about, beside its readings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowKey {
    pub category: Category,
    pub date: Date,
    pub line: u64,
    /// `Row Quality` is not blank: some reading is estimated.
    pub estimated: bool,
}

/// The rows of a home as they come.
#[derive(Debug)]
pub(crate) struct RawHome {
    pub id: u32,
    pub kwp: f64,
    pub postcode: u32,
    /// Size or postcode differ between rows.
    pub ambiguous: bool,
    pub keys: Vec<RowKey>,
    /// kWh per half hour, 48 per key. `f32` holds a meter's Wh and halves the memory.
    pub kwh: Vec<f32>,
}

/// Where the columns are.
struct Columns {
    customer: usize,
    capacity: usize,
    postcode: usize,
    category: usize,
    date: usize,
    quality: Option<usize>,
    slots: [usize; SLOTS],
    count: usize,
}

/// A file under way.
pub(crate) struct Ausgrid {
    columns: Columns,
    labels: [String; SLOTS],
    dates: DateReader,
    homes: Vec<RawHome>,
    index: HashMap<u32, usize>,
}

impl Ausgrid {
    /// Finds the columns by the names in the header.
    pub fn new(file: &str, header: &Record) -> Result<Self, DataError> {
        let labels: [String; SLOTS] = std::array::from_fn(slot_label);
        let mut slots = [0; SLOTS];
        for (slot, label) in slots.iter_mut().zip(&labels) {
            *slot = require(file, header, label)?;
        }
        let columns = Columns {
            customer: require(file, header, "Customer")?,
            capacity: require(file, header, "Generator Capacity")?,
            postcode: require(file, header, "Postcode")?,
            category: require(file, header, "Consumption Category")?,
            date: require(file, header, "date")?,
            quality: find(file, header, "Row Quality")?,
            slots,
            count: header.len(),
        };
        let (dates, homes, index) = (DateReader::default(), Vec::new(), HashMap::new());
        Ok(Self { columns, labels, dates, homes, index })
    }

    /// Takes a row.
    pub fn row(&mut self, file: &str, record: &Record) -> Result<(), DataError> {
        let columns = &self.columns;
        // Spreadsheets append empty fields; anything in them has no name.
        if record.fields().skip(columns.count).any(|field| !field.is_empty()) {
            return Err(DataError::LongRow {
                file: file.to_owned(),
                line: record.line,
                found: record.len(),
                expected: columns.count,
            });
        }
        let category = match record.get(columns.category) {
            Some(b"GC") => Category::General,
            Some(b"CL") => Category::Controlled,
            Some(b"GG") => Category::Generation,
            _ => {
                let (name, at) = ("Consumption Category", columns.category);
                return Err(record.unexpected(file, name, at, "GC, CL or GG"));
            }
        };
        let quality = columns.quality.and_then(|index| record.get(index)).unwrap_or_default();
        let key = RowKey {
            category,
            date: self.dates.read(file, record, columns.date)?,
            line: record.line,
            estimated: !quality.is_empty(),
        };
        let home = self.home(file, record)?;
        let (home, columns) = (&mut self.homes[home], &self.columns);
        for (slot, label) in columns.slots.iter().zip(&self.labels) {
            home.kwh.push(reading(file, record, *slot, label)? as f32);
        }
        home.keys.push(key);
        Ok(())
    }

    /// The home a row is about; a new one where it is not known yet.
    fn home(&mut self, file: &str, record: &Record) -> Result<usize, DataError> {
        let columns = &self.columns;
        let id = whole(record.get(columns.customer)).ok_or_else(|| {
            record.unexpected(file, "Customer", columns.customer, "a customer number")
        })?;
        let kwp = reading(file, record, columns.capacity, "Generator Capacity")?;
        let postcode = whole(record.get(columns.postcode))
            .ok_or_else(|| record.unexpected(file, "Postcode", columns.postcode, "a postcode"))?;
        let next = self.homes.len();
        let index = *self.index.entry(id).or_insert(next);
        if index == next {
            let (keys, kwh) = (Vec::new(), Vec::new());
            self.homes.push(RawHome { id, kwp, postcode, ambiguous: false, keys, kwh });
        }
        let home = &mut self.homes[index];
        home.ambiguous |= home.kwp != kwp || home.postcode != postcode;
        Ok(index)
    }

    /// Makes the neighbourhood.
    pub fn finish(
        self,
        file: String,
        rows: usize,
    ) -> Result<(Neighbourhood, QualityReport), DataError> {
        ausgrid_build::build(file, rows, self.homes)
    }
}

/// The name of a slot's column: the end of the half hour, `0:30` to `23:30`, then `0:00`.
fn slot_label(slot: usize) -> String {
    let end = (slot + 1) % SLOTS;
    format!("{}:{:02}", end / 2, end % 2 * 30)
}

/// A whole number of 0 or more, such as a customer's number.
fn whole(field: Option<&[u8]>) -> Option<u32> {
    let value = number(field)?;
    (value >= 0.0 && value <= f64::from(u32::MAX) && value.fract() == 0.0).then_some(value as u32)
}

fn require(file: &str, header: &Record, name: &str) -> Result<usize, DataError> {
    find(file, header, name)?.ok_or_else(|| DataError::MissingColumn {
        file: file.to_owned(),
        line: header.line,
        column: name.to_owned(),
    })
}

/// Where a column is; an hour may have a leading zero.
fn find(file: &str, header: &Record, name: &str) -> Result<Option<usize>, DataError> {
    let padded = format!("0{name}");
    let mut places = header.fields().enumerate().filter(|(_, field)| {
        field.eq_ignore_ascii_case(name.as_bytes()) || *field == padded.as_bytes()
    });
    let first = places.next().map(|(index, _)| index);
    if places.next().is_some() {
        let (file, column) = (file.to_owned(), name.to_owned());
        return Err(DataError::RepeatedColumn { file, line: header.line, column });
    }
    Ok(first)
}
