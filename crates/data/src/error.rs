//! What can be wrong with data, each as one sentence that says where and what would be right.

/// An error in a file, a setting or a series.
///
/// Lines are counted from 1 as a text editor counts them; columns are named as in
/// the file's header.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// The bytes could not be read.
    #[error("{file} could not be read: {message}.")]
    Io {
        /// Name of the file.
        file: String,
        /// What the system said.
        message: String,
    },
    /// A header but no data, or nothing at all.
    #[error("{file} holds no data rows; expected a header line and at least one row.")]
    Empty {
        /// Name of the file.
        file: String,
    },
    /// None of the first lines is a known header.
    #[error(
        "{file}, line {line}: no known header; expected a line that starts with {expected} \
         among the first lines."
    )]
    UnknownFormat {
        /// Name of the file.
        file: String,
        /// The last line looked at.
        line: u64,
        /// First fields of the headers that would have been understood.
        expected: &'static str,
    },
    /// The header lacks a column.
    #[error("{file}, line {line}: the header has no column `{column}`.")]
    MissingColumn {
        /// Name of the file.
        file: String,
        /// Line of the header.
        line: u64,
        /// The column that is needed.
        column: String,
    },
    /// The header names a column twice.
    #[error("{file}, line {line}: the header has the column `{column}` more than once.")]
    RepeatedColumn {
        /// Name of the file.
        file: String,
        /// Line of the header.
        line: u64,
        /// The repeated column.
        column: String,
    },
    /// A field does not hold what its column asks for.
    #[error("{file}, line {line}, column `{column}`: found {found}; expected {expected}.")]
    Value {
        /// Name of the file.
        file: String,
        /// Line of the row.
        line: u64,
        /// Name of the column.
        column: String,
        /// What is there, quoted and shortened, or `nothing`.
        found: String,
        /// What would be right.
        expected: &'static str,
    },
    /// A row is longer than the header.
    #[error("{file}, line {line}: the row has {found} fields; the header has {expected}.")]
    LongRow {
        /// Name of the file.
        file: String,
        /// Line of the row.
        line: u64,
        /// Fields in the row.
        found: usize,
        /// Fields in the header.
        expected: usize,
    },
    /// A row does not end within a sensible length.
    #[error("{file}, line {line}: the row that starts here does not end; is a quote left open?")]
    EndlessRow {
        /// Name of the file.
        file: String,
        /// Line on which the row starts.
        line: u64,
    },
    /// Two ways of writing dates in one file.
    #[error(
        "{file}, line {line}, column `date`: found {found}, but since line {first_line} \
         the dates are written like {form}; expected one form per file."
    )]
    MixedDates {
        /// Name of the file.
        file: String,
        /// Line of the row.
        line: u64,
        /// The odd date, quoted.
        found: String,
        /// Line of the first date.
        first_line: u64,
        /// An example of the form in use.
        form: &'static str,
    },
    /// The same readings twice.
    #[error("{file}, line {line}: {what} stood already on line {first_line}.")]
    RepeatedRow {
        /// Name of the file.
        file: String,
        /// Line of the repetition.
        line: u64,
        /// Line of the first.
        first_line: u64,
        /// Home, category and date, in words.
        what: String,
    },
    /// The hours of a wide file do not follow each other.
    #[error("{file}, line {line}, column `{column}`: found {found}; expected {expected}.")]
    HourOrder {
        /// Name of the file.
        file: String,
        /// Line of the row.
        line: u64,
        /// Name of the time column.
        column: String,
        /// The hour that is there.
        found: String,
        /// The hour that should follow.
        expected: String,
    },
    /// No home of the file has all its days.
    #[error(
        "{file}: none of the {left_out} homes is complete; the first, home {id}, is left out \
         because {reason}."
    )]
    NoHomes {
        /// Name of the file.
        file: String,
        /// How many homes were left out.
        left_out: usize,
        /// The first of them.
        id: String,
        /// Why the first of them was left out.
        reason: String,
    },
    /// A home that is asked for is not there.
    #[error("there is no home `{id}`; the homes are {known}.")]
    UnknownHome {
        /// The id asked for.
        id: String,
        /// The ids there are, shortened.
        known: String,
    },
    /// The PV size of a home is needed and not known.
    #[error("the PV size of home `{id}` is not known; set it in kWp before scaling to a size.")]
    UnknownPvSize {
        /// The home.
        id: String,
    },
    /// A neighbourhood that contradicts itself.
    #[error("{what}: {problem}.")]
    Series {
        /// The part that is wrong.
        what: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A setting outside its range.
    #[error("`{field}` is {value}; expected {expected}.")]
    Setting {
        /// Name of the setting.
        field: &'static str,
        /// Its value.
        value: String,
        /// Its range, with the unit.
        expected: &'static str,
    },
    /// Too few days to split into training, validation and held-out ones.
    #[error("there are {days} days; a split by {unit} needs at least {needed} days.")]
    TooFewDays {
        /// Days there are.
        days: usize,
        /// `day` or `week`.
        unit: &'static str,
        /// Days needed.
        needed: usize,
    },
}

impl DataError {
    /// The line the error points at, counted from 1, where there is one.
    pub fn line(&self) -> Option<u64> {
        match self {
            Self::UnknownFormat { line, .. }
            | Self::MissingColumn { line, .. }
            | Self::RepeatedColumn { line, .. }
            | Self::Value { line, .. }
            | Self::LongRow { line, .. }
            | Self::EndlessRow { line, .. }
            | Self::MixedDates { line, .. }
            | Self::RepeatedRow { line, .. }
            | Self::HourOrder { line, .. } => Some(*line),
            _ => None,
        }
    }

    /// The column or setting the error points at, where there is one.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::MissingColumn { column, .. }
            | Self::RepeatedColumn { column, .. }
            | Self::Value { column, .. }
            | Self::HourOrder { column, .. } => Some(column),
            Self::MixedDates { .. } => Some("date"),
            Self::Setting { field, .. } => Some(field),
            _ => None,
        }
    }
}

/// Bytes of a field as a message shows them: quoted, at most 40 characters.
pub(crate) fn quoted(field: &[u8]) -> String {
    const LONGEST: usize = 40;
    // Four bytes hold any character, so the rest cannot matter.
    let head = &field[..field.len().min(4 * LONGEST + 4)];
    let text = String::from_utf8_lossy(head);
    let text = text.trim();
    if text.is_empty() {
        return "nothing".to_owned();
    }
    let short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() { format!("`{short}…`") } else { format!("`{short}`") }
}
