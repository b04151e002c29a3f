//! Documents in JSON: an error says at which of their fields it is.

use serde::Deserialize;
use serde_json::{Deserializer, de::StrRead};

/// Why a value could not be read.
#[derive(Debug)]
pub struct ReadError {
    /// The field, dotted; `.` is the document itself, a `?` in it what has no path. Only `?` where
    /// the feature `field-paths` is off.
    pub path: String,
    /// What is wrong, with line and column.
    pub error: serde_json::Error,
}

/// Reads one value; what follows it is left.
///
/// Paths are worth it where a person wrote the document. They cost the code of every type twice, so
/// the page's learner, which gets what the rest of the page has read already, does without.
///
/// # Errors
/// A document that is no JSON, or of another form.
pub fn read<'de, T: Deserialize<'de>>(
    reader: &mut Deserializer<StrRead<'de>>,
) -> Result<T, ReadError> {
    #[cfg(feature = "field-paths")]
    let read = serde_path_to_error::deserialize(reader)
        .map_err(|e| ReadError { path: e.path().to_string(), error: e.into_inner() });
    #[cfg(not(feature = "field-paths"))]
    let read = T::deserialize(reader).map_err(|error| ReadError { path: "?".to_owned(), error });
    read
}
