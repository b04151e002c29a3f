//! A canvas as a surface for charts.

use peergrid_charts::{Chart, ChartError, Look, Surface, stack};
use plotters::drawing::IntoDrawingArea;
use plotters_canvas::CanvasBackend;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// The page's own font, as CSS names it.
const FAMILY: &str = "system-ui, -apple-system, \"Segoe UI\", sans-serif";
/// Backend units per canvas pixel: plotters rounds to whole units, and a curve needs
/// places between the pixels to be smooth.
const GRAIN: u32 = 8;
/// CSS sizes fonts by the em. `middle` is the middle of the em, a little above the
/// middle of the capitals.
const DROP: f64 = 0.05;

/// Draws charts above one another over the whole canvas, or nothing where it has no
/// size.
pub fn draw(canvas: HtmlCanvasElement, charts: &[Chart], look: &Look) -> Result<(), ChartError> {
    if canvas.width() == 0 || canvas.height() == 0 {
        return Ok(());
    }
    let context = context_of(&canvas)?;
    let (width, height) = (f64::from(canvas.width()), f64::from(canvas.height()));
    let lost = |_| ChartError::Surface("the canvas took no transform".into());
    context.reset_transform().map_err(lost)?;
    context.clear_rect(0.0, 0.0, width, height);
    let fine = 1.0 / f64::from(GRAIN);
    context.scale(fine, fine).map_err(lost)?;
    context.set_line_join("round");

    let measure = |text: &str, em: f64, bold: bool| width_of(&context, text, em, bold);
    let surface = Surface { family: FAMILY, em: 1.0, drop: DROP, grain: GRAIN, measure: &measure };
    let drawn = on_backend(canvas, charts, look, &surface);
    context.reset_transform().map_err(lost)?;
    drawn
}

fn on_backend(
    canvas: HtmlCanvasElement,
    charts: &[Chart],
    look: &Look,
    surface: &Surface<'_>,
) -> Result<(), ChartError> {
    // The backend takes a unit for a pixel, of which the context makes GRAIN units; a
    // negative margin at the right and below adds those it does not know of.
    let more = |pixels: u32| i32::try_from(pixels.saturating_mul(GRAIN - 1)).unwrap_or(i32::MAX);
    let (right, bottom) = (-more(canvas.width()), -more(canvas.height()));
    let backend = CanvasBackend::with_canvas_object(canvas).ok_or_else(no_context)?;
    let area = backend.into_drawing_area().margin(0, bottom, 0, right);
    stack(&area, charts, look, surface)?;
    area.present().map_err(|e| ChartError::Surface(e.to_string()))
}

fn context_of(canvas: &HtmlCanvasElement) -> Result<CanvasRenderingContext2d, ChartError> {
    let context = canvas.get_context("2d").ok().flatten().ok_or_else(no_context)?;
    context.dyn_into().map_err(|_| no_context())
}

fn no_context() -> ChartError {
    ChartError::Surface(
        "the canvas gives no 2d context; it may be in use for WebGL or WebGPU".into(),
    )
}

/// The width of a text in the units of `em`, which the grain keeps large: the browser
/// rounds small sizes more.
fn width_of(context: &CanvasRenderingContext2d, text: &str, em: f64, bold: bool) -> f64 {
    let weight = if bold { "bold" } else { "normal" };
    context.set_font(&format!("{weight} {em}px {FAMILY}"));
    context.measure_text(text).map_or(0.0, |m| m.width())
}
