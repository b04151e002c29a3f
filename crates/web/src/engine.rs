//! The class that a worker talks to: what every engine can do.

use peergrid_lab::{LabError, Spec};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::session::Session;

/// An engine with one setting.
#[wasm_bindgen]
pub struct Engine {
    pub(crate) session: Session,
}

/// A value as a plain JavaScript object; absent values become null.
pub(crate) fn to_js<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, JsError> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    Ok(value.serialize(&serializer)?)
}

/// What is wrong with a specification, and in which of its fields, where that is known.
fn in_words(error: &LabError) -> String {
    let message = error.to_string();
    match error.field().filter(|field| !message.contains(field.as_str())) {
        Some(field) => format!("specification, at `{field}`: {message}"),
        None => message,
    }
}

#[wasm_bindgen]
impl Engine {
    /// An engine with the default specification as its setting.
    ///
    /// # Errors
    /// None for the defaults.
    pub fn create() -> Result<Engine, JsError> {
        Ok(Self { session: Session::new()? })
    }

    /// Makes `spec` the setting and drops the agent; on error the old setting stays.
    ///
    /// # Errors
    /// A sentence that names the field.
    pub fn configure(&mut self, spec: &JsValue) -> Result<(), JsError> {
        let text = js_sys::JSON::stringify(spec).ok().and_then(|text| text.as_string());
        let text = text.ok_or_else(|| JsError::new("the specification is not a plain object"))?;
        let configured = Spec::from_json(&text).and_then(|spec| self.session.configure(spec));
        configured.map_err(|error| JsError::new(&in_words(&error)))
    }

    /// Starts reading a data file; what was read before stays in use until it is complete.
    #[wasm_bindgen(js_name = openData)]
    pub fn open_data(&mut self, name: &str) {
        self.session.open_data(name);
    }

    /// Reads the next bytes of the file; returns the rows read so far.
    ///
    /// # Errors
    /// A sentence with the line; the file is closed then.
    #[wasm_bindgen(js_name = pushData)]
    pub fn push_data(&mut self, chunk: &[u8]) -> Result<usize, JsError> {
        Ok(self.session.push_data(chunk)?)
    }

    /// Forgets the file that is being read.
    #[wasm_bindgen(js_name = cancelData)]
    pub fn cancel_data(&mut self) {
        self.session.cancel_data();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_field_once() {
        for (text, field) in [
            (r#"{"market": {"k": 2}}"#, "market.k"),
            (r#"{"tariff": {"name": "own", "base": 0.3, "feed_in": -1}}"#, "tariff.feed_in"),
            (r#"{"limits": {"transformer_kw": -4}}"#, "limits.transformer_kw"),
            (r#"{"stress": {"outage": {"to_hour": 3}}}"#, "stress.outage.to_hour"),
        ] {
            let message = in_words(&Spec::from_json(text).unwrap_err());
            assert_eq!(message.matches(field).count(), 1, "{message}");
        }
    }
}
