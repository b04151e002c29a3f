//! A canvas as a surface for charts.

use peergrid_charts::{Chart, ChartError, Look, Surface, stack};
use plotters::drawing::IntoDrawingArea;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};
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
    let backend = CanvasBackend::with_canvas_object(canvas).ok_or_else(no_context)?;
    let area = Fine(backend).into_drawing_area();
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

type Drawn<DB> = Result<(), DrawingErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// plotters' canvas backend with units finer than a pixel; the context scales them back.
struct Fine(CanvasBackend);

impl DrawingBackend for Fine {
    type ErrorType = <CanvasBackend as DrawingBackend>::ErrorType;

    fn get_size(&self) -> (u32, u32) {
        let (width, height) = self.0.get_size();
        (width * GRAIN, height * GRAIN)
    }

    fn ensure_prepared(&mut self) -> Drawn<Self> {
        self.0.ensure_prepared()
    }

    fn present(&mut self) -> Drawn<Self> {
        self.0.present()
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Drawn<Self> {
        self.0.draw_pixel(point, color)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn<Self> {
        self.0.draw_rect(from, to, style, fill)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn<Self> {
        self.0.draw_path(path, style)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn<Self> {
        self.0.fill_polygon(path, style)
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        at: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn<Self> {
        self.0.draw_circle(at, radius, style, fill)
    }

    fn draw_text<T: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &T,
        at: BackendCoord,
    ) -> Drawn<Self> {
        self.0.draw_text(text, style, at)
    }
}
