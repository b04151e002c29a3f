//! JavaScript objects to charts, strictly: a misspelt field is an error, not ignored.

use js_sys::{Array, Object};
use peergrid_charts::{Axis, Band, Chart, Line, Look, Series};
use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor, value::Error as Found};
use serde_wasm_bindgen::Deserializer as FromJs;
use wasm_bindgen::{JsCast, JsValue};

/// What is wrong with an object from the page.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// A field that does not exist.
    #[error("{path} has a field \"{field}\", which does not exist; the fields are {known}")]
    Unknown {
        /// Where the field is.
        path: String,
        /// Its name.
        field: String,
        /// The names that exist.
        known: String,
    },
    /// A field with a value of the wrong kind, or none.
    #[error("{path}: {what}")]
    Value {
        /// Where the value is.
        path: String,
        /// What is wrong with it.
        what: String,
    },
}

/// Reads one chart; `path` is how errors call it.
pub fn chart(from: JsValue, path: &str) -> Result<Chart, ReadError> {
    known::<Chart>(&from, path)?;
    known::<Axis>(&field(&from, "x"), &format!("{path}.x"))?;
    known::<Axis>(&field(&from, "y"), &format!("{path}.y"))?;
    known_each::<Series>(&field(&from, "series"), &format!("{path}.series"))?;
    known_each::<Band>(&field(&from, "bands"), &format!("{path}.bands"))?;
    known_each::<Line>(&field(&from, "lines"), &format!("{path}.lines"))?;
    value(from, path)
}

/// Reads an array of charts.
pub fn charts(from: JsValue) -> Result<Vec<Chart>, ReadError> {
    let Ok(array) = from.dyn_into::<Array>() else {
        return Err(ReadError::Value {
            path: "charts".into(),
            what: "it must be an array of charts".into(),
        });
    };
    array.iter().enumerate().map(|(i, one)| chart(one, &format!("charts[{i}]"))).collect()
}

/// Reads a look; nothing at all means the default.
pub fn look(from: JsValue) -> Result<Look, ReadError> {
    if from.is_undefined() || from.is_null() {
        return Ok(Look::default());
    }
    known::<Look>(&from, "look")?;
    value(from, "look")
}

fn value<T: DeserializeOwned>(from: JsValue, path: &str) -> Result<T, ReadError> {
    serde_path_to_error::deserialize(FromJs::from(from)).map_err(|e| {
        let inner = e.path().to_string();
        // serde_path_to_error writes a lone dot for the object itself.
        let path = if inner == "." { path.to_owned() } else { format!("{path}.{inner}") };
        let what = e.into_inner().to_string();
        // A JavaScript error writes its own kind first.
        ReadError::Value { path, what: what.trim_start_matches("Error: ").to_owned() }
    })
}

/// A field of an object; undefined where there is none.
fn field(of: &JsValue, name: &str) -> JsValue {
    js_sys::Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

fn known_each<T: DeserializeOwned>(values: &JsValue, path: &str) -> Result<(), ReadError> {
    if values.is_undefined() {
        return Ok(());
    }
    let Some(array) = values.dyn_ref::<Array>() else {
        return Err(ReadError::Value { path: path.to_owned(), what: "it must be an array".into() });
    };
    array.iter().enumerate().try_for_each(|(i, one)| known::<T>(&one, &format!("{path}[{i}]")))
}

/// Refuses a field that `T` does not have. serde-wasm-bindgen asks an object only for
/// the fields that it expects, so serde's own check never sees any others.
fn known<T: DeserializeOwned>(from: &JsValue, path: &str) -> Result<(), ReadError> {
    let Some(object) = from.dyn_ref::<Object>() else { return Ok(()) };
    let fields = fields_of::<T>();
    let names = Object::keys(object).into_iter().filter_map(|k| k.as_string());
    match names.into_iter().find(|name| !fields.contains(&name.as_str())) {
        None => Ok(()),
        Some(field) => {
            Err(ReadError::Unknown { path: path.to_owned(), field, known: fields.join(", ") })
        }
    }
}

/// The names of the fields of a struct, as serde knows them.
fn fields_of<T: DeserializeOwned>() -> &'static [&'static str] {
    let mut fields: &'static [&'static str] = &[];
    // The probe stops at the name of the struct, always with an error.
    let _ = T::deserialize(Probe(&mut fields));
    fields
}

/// A deserializer that learns which fields are asked for and then gives up.
struct Probe<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = Found;

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Found> {
        Err(Found::custom("not a struct"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Found> {
        *self.0 = fields;
        Err(Found::custom("only the fields were wanted"))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_are_those_that_serde_knows() {
        assert_eq!(fields_of::<Chart>(), ["title", "x", "y", "series", "bands", "lines"]);
        assert_eq!(fields_of::<Axis>(), ["label", "min", "max", "ticks", "labels"]);
        assert_eq!(fields_of::<Band>(), ["from", "to", "label", "axis"]);
        assert_eq!(fields_of::<Series>(), ["label", "role", "x", "y", "style"]);
        assert_eq!(fields_of::<Look>(), ["theme", "scale", "font_size", "transparent"]);
        assert!(fields_of::<Vec<f64>>().is_empty());
    }

    #[test]
    fn errors_say_what_would_be_right() {
        let error = ReadError::Unknown {
            path: "chart.series[1]".into(),
            field: "styel".into(),
            known: fields_of::<Series>().join(", "),
        };
        assert_eq!(
            error.to_string(),
            "chart.series[1] has a field \"styel\", which does not exist; the fields are label, role, x, y, style"
        );
    }
}
