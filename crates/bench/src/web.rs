//! The kernels for JavaScript, which has the clock.

use wasm_bindgen::prelude::*;

use crate::KERNELS;

/// How many kernels there are.
#[wasm_bindgen(js_name = kernels)]
pub fn count() -> usize {
    KERNELS.len()
}

/// A kernel, set up.
#[wasm_bindgen]
pub struct Kernel(crate::Kernel);

#[wasm_bindgen]
impl Kernel {
    /// Sets up one of the kernels.
    #[wasm_bindgen(constructor)]
    pub fn new(index: usize) -> Self {
        Self(KERNELS[index]())
    }

    /// Its name.
    #[wasm_bindgen(getter)]
    pub fn name(&self) -> String {
        self.0.name.to_owned()
    }

    /// Runs it once.
    pub fn run(&mut self) {
        self.0.run();
    }
}
