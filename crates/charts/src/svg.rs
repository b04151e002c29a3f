//! Charts as SVG text.

use std::fmt::Write as _;

use plotters::backend::SVGBackend;
use plotters::drawing::IntoDrawingArea;

use crate::chart::Chart;
use crate::look::{Look, Surface, estimate_width};
use crate::{ChartError, stack};

/// plotters writes whole numbers only; the drawing is made ten times as large, and its
/// `viewBox` brings it back.
const GRAIN: u32 = 10;
/// The largest side, px.
const MOST: u32 = 20_000;

/// One chart as an SVG document of `width` by `height` px.
///
/// # Errors
/// As [`crate::draw`]; [`ChartError::TooLarge`] beyond 20 000 px.
pub fn to_svg(chart: &Chart, width: u32, height: u32, look: &Look) -> Result<String, ChartError> {
    stack_to_svg(std::slice::from_ref(chart), width, height, look)
}

/// Charts above one another as an SVG document of `width` by `height` px.
///
/// # Errors
/// As [`to_svg`]; [`ChartError::NoCharts`] without a chart.
pub fn stack_to_svg(
    charts: &[Chart],
    width: u32,
    height: u32,
    look: &Look,
) -> Result<String, ChartError> {
    if width.max(height) > MOST {
        return Err(ChartError::TooLarge { width, height, most: MOST });
    }
    // plotters' SVG backend divides font sizes by 1.24 and centres text on half an ex.
    let surface = Surface {
        family: "system-ui, sans-serif",
        em: 1.24,
        drop: 0.09,
        grain: GRAIN,
        measure: &estimate_width,
    };
    let mut body = String::new();
    {
        let area =
            SVGBackend::with_string(&mut body, (width * GRAIN, height * GRAIN)).into_drawing_area();
        stack(&area, charts, look, &surface)?;
        area.present().map_err(|e| ChartError::Surface(e.to_string()))?;
    }
    let drawn = body.split_once('\n').map_or("", |(_root, rest)| rest);
    Ok(root(charts, width, height) + drawn)
}

/// The opening tag, with the true size, round joins, and the titles for those who
/// listen to the page.
fn root(charts: &[Chart], width: u32, height: u32) -> String {
    let (w, h) = (width * GRAIN, height * GRAIN);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {w} {h}\" \
         role=\"img\" stroke-linejoin=\"round\" stroke-linecap=\"butt\">\n"
    );
    let titles: Vec<&str> = charts.iter().filter_map(|c| c.title.as_deref()).collect();
    if !titles.is_empty() {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "<title>{}</title>", escaped(&titles.join("; ")));
    }
    text
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
