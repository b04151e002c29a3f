//! Older versions of the specification.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::spec::VERSION;

/// Enough of a document to tell its version.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

/// The document as one of the present version, if `text` is one of version 1.
///
/// Version 2 moved the transformer's limit, `transformer_kw`, among the other limits; in
/// version 1 it was always enforced.
pub(crate) fn to_present(text: &str) -> Option<String> {
    let Versioned { version: 1 } = serde_json::from_str(text).ok()? else { return None };
    let mut document: Value = serde_json::from_str(text).ok()?;
    let fields = document.as_object_mut()?;
    fields.insert("version".to_owned(), json!(VERSION));
    match fields.remove("transformer_kw") {
        None | Some(Value::Null) => {}
        Some(kw) => {
            let limits = json!({"transformer": "enforced", "transformer_kw": kw});
            fields.insert("limits".to_owned(), limits);
        }
    }
    Some(document.to_string())
}
