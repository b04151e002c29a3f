//! Charts as PNG bytes.
//!
//! plotters' bitmap backend draws without smoothing along edges, so the drawing is made
//! three times as large and each pixel is the mean of nine.

use std::sync::Once;

use plotters::backend::{BitMapBackend, DrawingBackend};
use plotters::drawing::IntoDrawingArea;
use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingErrorKind,
};

use crate::chart::Chart;
use crate::look::{Look, Surface};
use crate::{ChartError, stack};

/// Samples per pixel along each side.
const GRAIN: u32 = 3;
/// The largest side, px: at this size the samples take 432 MB.
const MOST: u32 = 4_000;
/// The name under which the bundled font is registered.
const FAMILY: &str = "peergrid sans";
/// plotters sizes a font by its line height; in Noto Sans that is 1.362 em.
const LINE_HEIGHT: f64 = 1.362;
/// Centred text stands this much too high, em.
const DROP: f64 = 0.22;

/// One chart as a PNG of `width` by `height` output px.
///
/// # Errors
/// As [`crate::draw`]; [`ChartError::TooLarge`] beyond 4 000 px.
pub fn to_png(chart: &Chart, width: u32, height: u32, look: &Look) -> Result<Vec<u8>, ChartError> {
    stack_to_png(std::slice::from_ref(chart), width, height, look)
}

/// Charts above one another as a PNG of `width` by `height` output px. The picture has
/// no transparency: `look.transparent` only takes the margin away.
///
/// # Errors
/// As [`to_png`]; [`ChartError::NoCharts`] without a chart.
pub fn stack_to_png(
    charts: &[Chart],
    width: u32,
    height: u32,
    look: &Look,
) -> Result<Vec<u8>, ChartError> {
    if width.max(height) > MOST {
        return Err(ChartError::TooLarge { width, height, most: MOST });
    }
    register_fonts();
    let surface =
        Surface { family: FAMILY, em: LINE_HEIGHT, drop: DROP, grain: GRAIN, measure: &measure };
    let background = look.theme.palette().background;
    let fine = (width * GRAIN, height * GRAIN);
    let mut samples = [background.0, background.1, background.2].repeat((fine.0 * fine.1) as usize);
    {
        let area = Raster(BitMapBackend::with_buffer(&mut samples, fine)).into_drawing_area();
        stack(&area, charts, look, &surface)?;
        area.present().map_err(|e| ChartError::Surface(e.to_string()))?;
    }
    encode(&averaged(&samples, width, height), width, height)
}

/// Makes the bundled font known to plotters, once.
fn register_fonts() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // A font that failed to parse would surface as an error when text is drawn.
        let _ = register_font(FAMILY, FontStyle::Normal, notosans::REGULAR_TTF);
        let _ = register_font(FAMILY, FontStyle::Bold, notosans::BOLD_TTF);
    });
}

fn measure(text: &str, em: f64, bold: bool) -> f64 {
    let style = if bold { FontStyle::Bold } else { FontStyle::Normal };
    let font = FontDesc::new(FontFamily::Name(FAMILY), em * LINE_HEIGHT, style);
    font.box_size(text).map_or(0.0, |(width, _)| f64::from(width))
}

/// The mean of each square of samples.
fn averaged(samples: &[u8], width: u32, height: u32) -> Vec<u8> {
    let (width, grain) = (width as usize, GRAIN as usize);
    let stride = width * grain * 3;
    let mut pixels = Vec::with_capacity(width * height as usize * 3);
    for rows in samples.chunks_exact(stride * grain) {
        for at in 0..width * 3 {
            let (column, channel) = (at / 3, at % 3);
            let start = column * grain * 3 + channel;
            let square =
                (0..grain).flat_map(|r| (0..grain).map(move |c| r * stride + start + c * 3));
            let sum: u32 = square.map(|i| u32::from(rows[i])).sum();
            pixels.push(((sum + GRAIN * GRAIN / 2) / (GRAIN * GRAIN)) as u8);
        }
    }
    pixels
}

fn encode(pixels: &[u8], width: u32, height: u32) -> Result<Vec<u8>, ChartError> {
    let failed = |e: png::EncodingError| ChartError::Surface(e.to_string());
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(pixels).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(bytes)
}

type Drawn<DB> = Result<(), DrawingErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// plotters' bitmap backend with strokes and rectangles of its own: the original turns a
/// thick path into one polygon, which leaves holes where the path crosses itself, and
/// rectangles into one sample too many on the right and below.
struct Raster<'a>(BitMapBackend<'a>);

impl<'a> DrawingBackend for Raster<'a> {
    type ErrorType = <BitMapBackend<'a> as DrawingBackend>::ErrorType;

    fn get_size(&self) -> (u32, u32) {
        self.0.get_size()
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
        if to.0 <= from.0 || to.1 <= from.1 {
            return Ok(());
        }
        self.0.draw_rect(from, (to.0 - 1, to.1 - 1), style, fill)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn<Self> {
        let points: Vec<BackendCoord> = path.into_iter().collect();
        points.windows(2).try_for_each(|pair| self.draw_stroke(pair[0], pair[1], style))
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

impl Raster<'_> {
    /// All samples within half the stroke width of a segment: round ends join segments.
    fn draw_stroke<S: BackendStyle>(
        &mut self,
        a: BackendCoord,
        b: BackendCoord,
        style: &S,
    ) -> Drawn<Self> {
        let radius = f64::from(style.stroke_width()) / 2.0;
        let reach = radius.ceil() as i32;
        let (ax, ay) = (f64::from(a.0), f64::from(a.1));
        let (dx, dy) = (f64::from(b.0 - a.0), f64::from(b.1 - a.1));
        let length = (dx * dx + dy * dy).max(1.0);
        let within = |x: i32, y: i32| {
            let (px, py) = (f64::from(x) - ax, f64::from(y) - ay);
            let t = ((px * dx + py * dy) / length).clamp(0.0, 1.0);
            (px - t * dx).hypot(py - t * dy) <= radius
        };
        for x in a.0.min(b.0) - reach..=a.0.max(b.0) + reach {
            for y in a.1.min(b.1) - reach..=a.1.max(b.1) + reach {
                if within(x, y) {
                    self.0.draw_pixel((x, y), style.color())?;
                }
            }
        }
        Ok(())
    }
}
