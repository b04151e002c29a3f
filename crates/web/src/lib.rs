//! The engine for a web worker: data, training and evaluation behind one class.
//!
//! This crate only translates between JavaScript and `peergrid-lab`: values cross as plain objects
//! (serde), errors as `Error` objects whose message is a sentence for the user.
//!
//! The page loads it twice, as two modules of one class, [`Engine`], that are given the same
//! specification and data (`engine`, `session`). The small one (feature `street`) shows the setting
//! and runs every policy on the held-out days (`street`, `menus`, `evaluation`,
//! `market`, `trace`, `scene`, `reference`, `series`). The large one
//! (feature `learner`) trains the agent and says why it acts as it does (`learning`), and hands over
//! what that agent, or one that was kept, does on those days as plain numbers (`plan`), which the
//! small one carries out again. With `webgpu` the learner can
//! compute on a GPU as well.

mod engine;
#[cfg(feature = "street")]
mod evaluation;
#[cfg(feature = "learner")]
mod learning;
#[cfg(feature = "street")]
mod market;
#[cfg(feature = "street")]
mod menus;
mod plan;
#[cfg(feature = "street")]
mod reference;
#[cfg(feature = "street")]
mod scene;
#[cfg(feature = "street")]
mod series;
mod session;
#[cfg(feature = "street")]
mod street;
#[cfg(feature = "street")]
mod trace;

use wasm_bindgen::prelude::*;

pub use engine::Engine;
#[cfg(feature = "street")]
pub use street::presets;

/// Makes a panic readable in the console before the worker dies of it.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}
