//! The page's charts, on canvas. Small, on the main thread.
//!
//! The page builds a chart as a plain object in the form of `peergrid_charts::Chart`,
//! sets the canvas's `width` and `height` to its CSS size times `devicePixelRatio`, and
//! calls [`draw`] with `look.scale` set to that ratio. Colours come from `look.theme`.
//!
//! Every error is a JavaScript `Error` whose message is one sentence that names the
//! field: `charts[0].series[1].y[3]: invalid type: …`.

mod canvas;
mod read;

use js_sys::Error;
use peergrid_charts::{Chart, Look};
use wasm_bindgen::prelude::*;
use web_sys::HtmlCanvasElement;

/// Makes a panic readable in the console.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}

/// Draws one chart over the whole canvas. `chart` has the form of `Chart`, `look` of
/// `Look`; what is absent has its default. A canvas without width or height, as in a
/// hidden part of the page, is left alone.
///
/// # Errors
/// An `Error` that says what is wrong with the chart, the look or the canvas.
#[wasm_bindgen]
#[allow(clippy::needless_pass_by_value)] // what wasm-bindgen hands over
pub fn draw(canvas: HtmlCanvasElement, chart: JsValue, look: JsValue) -> Result<(), JsValue> {
    let chart: Chart = read::chart(chart, "chart").map_err(thrown)?;
    let look: Look = read::look(look).map_err(thrown)?;
    canvas::draw(canvas, &[chart], &look).map_err(thrown)
}

/// Draws several charts above one another over one x axis; `charts` is an array.
///
/// # Errors
/// As [`draw`].
#[wasm_bindgen]
#[allow(clippy::needless_pass_by_value)] // what wasm-bindgen hands over
pub fn draw_stack(
    canvas: HtmlCanvasElement,
    charts: JsValue,
    look: JsValue,
) -> Result<(), JsValue> {
    let charts = read::charts(charts).map_err(thrown)?;
    let look: Look = read::look(look).map_err(thrown)?;
    canvas::draw(canvas, &charts, &look).map_err(thrown)
}

/// An error as JavaScript throws it.
fn thrown(error: impl std::fmt::Display) -> JsValue {
    Error::new(&error.to_string()).into()
}
