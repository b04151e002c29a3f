//! Meter readings from the fields of a record.

use crate::DataError;
use crate::records::Record;

/// Larger readings are no home's: 10 000 kWh in a step, or 10 000 kW.
const LARGEST: f64 = 10_000.0;

/// The reading in field `index`, in the column's unit (kWh or kW).
///
/// # Errors
/// [`DataError::Value`] where it is missing, not a number, not finite, negative or
/// beyond 10 000.
pub(crate) fn reading(
    file: &str,
    record: &Record,
    index: usize,
    column: &str,
) -> Result<f64, DataError> {
    match number(record.get(index)) {
        // Adding 0 turns a negative zero into a plain one.
        Some(value) if (0.0..=LARGEST).contains(&value) => Ok(value + 0.0),
        Some(value) if value > LARGEST && value.is_finite() => {
            Err(record.unexpected(file, column, index, "a home's reading, at most 10000"))
        }
        _ => Err(record.unexpected(file, column, index, "a number of 0 or more")),
    }
}

/// A field as a number; `None` where it is none.
pub(crate) fn number(field: Option<&[u8]>) -> Option<f64> {
    std::str::from_utf8(field?).ok()?.parse().ok()
}
