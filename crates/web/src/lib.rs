//! The engine for a web worker: data, training and evaluation behind one class.
//!
//! This crate only translates between JavaScript and `peergrid-lab`: values cross as plain objects
//! (serde), errors as `Error` objects whose message is a sentence for the user. Built without
//! features it computes on the CPU; with `webgpu` it can put the learner on a GPU as well.

mod engine;
mod market;
mod menus;
mod session;
mod trace;

use peergrid_lab::presets::PRESETS;
use serde::Serialize;
use wasm_bindgen::prelude::*;

pub use engine::Engine;

/// Makes a panic readable in the console before the worker dies of it.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}

/// The specifications that run without a file: `{id, title, description, spec}[]`.
///
/// # Errors
/// None for the presets that ship.
#[wasm_bindgen]
pub fn presets() -> Result<JsValue, JsError> {
    #[derive(Serialize)]
    struct Listed {
        id: &'static str,
        title: String,
        description: String,
        spec: peergrid_lab::Spec,
    }
    let listed: Vec<Listed> = PRESETS
        .iter()
        .map(|preset| {
            let spec = preset.spec()?;
            let (title, description) = (spec.name.clone(), spec.description.clone());
            Ok(Listed { id: preset.id, title, description, spec })
        })
        .collect::<Result<_, peergrid_lab::LabError>>()?;
    engine::to_js(&listed)
}
