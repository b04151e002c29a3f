//! Layout: one chart, or several above one another over the same x.

use plotters::backend::DrawingBackend;
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;

use crate::ChartError;
use crate::chart::{AxisKind, Chart, Dimension};
use crate::header::Header;
use crate::look::{Look, Surface};
use crate::panel::{Panel, name_width, x_ticks};
use crate::pen::{Align, Pen};
use crate::range::{Range, shared_x, y_range};
use crate::ticks::{Tick, ticks};
use crate::trace::{Frame, Plane};

/// The least width and height of a plot that can be read, CSS px.
const LEAST: (f64, f64) = (60.0, 16.0);

/// Draws one chart over the whole area.
///
/// # Errors
/// [`ChartError`] where the chart or the look is not in order, the area is too small,
/// or the backend fails.
pub fn draw<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    chart: &Chart,
    look: &Look,
    surface: &Surface<'_>,
) -> Result<(), ChartError> {
    stack(area, std::slice::from_ref(chart), look, surface)
}

/// Draws charts one above another over one x axis, whose kind, label and limits are
/// the first ones found. All plots have the same height; the labels of bands stand
/// above the first.
///
/// # Errors
/// As [`draw`]; [`ChartError::NoCharts`] without a chart.
pub fn stack<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    charts: &[Chart],
    look: &Look,
    surface: &Surface<'_>,
) -> Result<(), ChartError> {
    look.check()?;
    charts.iter().try_for_each(Chart::check)?;
    if charts.is_empty() {
        return Err(ChartError::NoCharts);
    }
    let pen = Pen::new(area, look, surface);
    let layout = Layout::new(&pen, charts)?;
    pen.clear()?;
    layout.draw(&pen, charts)
}

/// What one chart of a stack needs.
struct Row {
    header: Header,
    /// Upper edge of the head, CSS px.
    top: f64,
    /// Upper edge of the plot.
    plot: f64,
    /// The height between the head and the plot, into which bands reach.
    band_head: f64,
    band_labels: bool,
    y: Range,
    y_ticks: Vec<Tick>,
}

/// Where everything goes.
struct Layout {
    rows: Vec<Row>,
    margin: f64,
    left: f64,
    right: f64,
    plot_height: f64,
    x: Range,
    /// The label of the x axis; none where empty.
    x_label: String,
}

impl Layout {
    fn new<DB: DrawingBackend>(pen: &Pen<'_, DB>, charts: &[Chart]) -> Result<Self, ChartError> {
        let (width, height) = pen.size();
        let margin = if pen.look().transparent { 1.0 } else { (width * 0.03).clamp(8.0, 18.0) };
        let x = shared_x(charts);
        let headers: Vec<Header> =
            charts.iter().map(|c| Header::new(pen, c, width - 2.0 * margin)).collect();
        // Labels stand above the first chart only; the others show the bands themselves.
        let above =
            |c: &Chart| c.bands.iter().any(|b| b.axis == Dimension::X && !b.label.is_empty());
        let labelled = charts.iter().enumerate().map(|(i, c)| i == 0 && above(c));
        let bands: Vec<(f64, bool)> =
            labelled.map(|l| (pen.small().size * if l { 1.6 } else { 0.45 }, l)).collect();
        let x_label =
            charts.iter().map(|c| &c.x.label).find(|l| !l.is_empty()).cloned().unwrap_or_default();

        let gap = pen.small().size * 1.1;
        let heads: f64 = headers.iter().map(Header::height).sum::<f64>()
            + bands.iter().map(|b| b.0).sum::<f64>();
        let used = heads + gap * (charts.len() - 1) as f64 + foot(pen, &x_label) + 2.0 * margin;
        let plot_height = (height - used) / charts.len() as f64;
        let intervals = (plot_height / (pen.small().size * 2.6)).clamp(1.0, 5.0) as usize;

        let mut rows = Vec::with_capacity(charts.len());
        let mut top = margin;
        for ((chart, header), (band_head, band_labels)) in charts.iter().zip(headers).zip(bands) {
            let plot = top + header.height() + band_head;
            let y = y_range(chart, x, intervals);
            let y_ticks = y_ticks(pen, chart, y, intervals, plot_height);
            rows.push(Row { header, top, plot, band_head, band_labels, y, y_ticks });
            top = plot + plot_height + gap;
        }
        let (left, right) = sides(pen, &rows, charts, x, margin);
        let layout = Self { rows, margin, left, right, plot_height, x, x_label };
        layout.check(width, height, used)
    }

    /// Refuses an area in which the plots could not be read.
    fn check(self, width: f64, height: f64, used: f64) -> Result<Self, ChartError> {
        let plot_width = self.right - self.left;
        if plot_width >= LEAST.0 && self.plot_height >= LEAST.1 {
            return Ok(self);
        }
        let least_width = width - plot_width + LEAST.0;
        let least_height = used + LEAST.1 * self.rows.len() as f64;
        Err(ChartError::TooSmall { width, height, least_width, least_height })
    }

    fn draw<DB: DrawingBackend>(
        self,
        pen: &Pen<'_, DB>,
        charts: &[Chart],
    ) -> Result<(), ChartError> {
        let mut last = None;
        for (row, chart) in self.rows.into_iter().zip(charts) {
            let frame = Frame {
                left: self.left,
                right: self.right,
                top: row.plot,
                bottom: row.plot + self.plot_height,
            };
            let plane = Plane { frame, x: self.x, y: row.y };
            row.header.draw(pen, self.margin, row.top)?;
            let Row { y_ticks, band_head, band_labels, .. } = row;
            Panel { pen, chart, plane, y_ticks, band_head, band_labels }.draw()?;
            last = Some(plane);
        }
        match (last, charts.first()) {
            (Some(plane), Some(first)) => {
                // Without data or limits ticks would be invented; a day has its hours, and
                // categories have their names.
                let known = matches!(first.x.ticks, AxisKind::HourOfDay | AxisKind::Category)
                    || first.x.min.is_some()
                    || first.x.max.is_some();
                let any = known || charts.iter().any(|c| !c.is_empty());
                let ticks = if any { x_ticks(pen, &plane, &first.x) } else { Vec::new() };
                draw_foot(pen, &plane, &ticks, &self.x_label)
            }
            _ => Ok(()),
        }
    }
}

/// The ticks of a y axis: a second one shows the scale, so in a low plot more are tried
/// than the height would ask for. Without data or limits they would be invented.
fn y_ticks<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    chart: &Chart,
    y: Range,
    intervals: usize,
    height: f64,
) -> Vec<Tick> {
    let known = chart.y.min.is_some() || chart.y.max.is_some() || !chart.lines.is_empty();
    if chart.is_empty() && !known {
        return Vec::new();
    }
    let clear = |found: &Vec<Tick>| {
        let space = |pair: &[Tick]| (pair[1].value - pair[0].value) / y.span() * height;
        found.len() > 1 && found.windows(2).all(|pair| space(pair) >= pen.small().size * 1.2)
    };
    let found = (intervals..=intervals + 2).map(|n| ticks(y, n, chart.y.ticks)).find(clear);
    found.unwrap_or_else(|| ticks(y, intervals, chart.y.ticks))
}

/// The height below the last plot: tick labels, and the axis label where there is one.
fn foot<DB: DrawingBackend>(pen: &Pen<'_, DB>, x_label: &str) -> f64 {
    let rows = if x_label.is_empty() { 1.0 } else { 2.0 };
    pen.small().size * (0.5 + 1.4 * rows)
}

/// The left and right edge of the plots: beside the widest tick label, and so that the
/// last hour is not cut off.
fn sides<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    rows: &[Row],
    charts: &[Chart],
    x: Range,
    margin: f64,
) -> (f64, f64) {
    let width_of = |tick: &Tick| pen.width(&tick.label, pen.small());
    let widest = rows.iter().flat_map(|r| &r.y_ticks).map(width_of).fold(0.0, f64::max);
    let width = pen.size().0 - 2.0 * margin;
    let ends = match charts.first().map(|c| &c.x) {
        // The first and the last name reach past their share of the width.
        Some(axis) if axis.ticks == AxisKind::Category => {
            ((name_width(pen, &axis.labels) - width / x.span()) / 2.0).max(0.0)
        }
        axis => {
            let kind = axis.map(|a| a.ticks).unwrap_or_default();
            ticks(x, 4, kind).iter().map(width_of).fold(0.0, f64::max) / 2.0
        }
    };
    (margin + (widest + 8.0).max(ends), margin + width - ends.max(4.0))
}

fn draw_foot<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    plane: &Plane,
    x_ticks: &[Tick],
    x_label: &str,
) -> Result<(), ChartError> {
    let (frame, kind, quiet) = (plane.frame, pen.small(), pen.palette().quiet);
    let y = frame.bottom + kind.size * 1.2;
    for tick in x_ticks {
        pen.text(&tick.label, kind, quiet, Align::Centre, (plane.at_x(tick.value), y))?;
    }
    let label = pen.fit(x_label, kind, frame.width());
    let middle = f64::midpoint(frame.left, frame.right);
    pen.text(&label, kind, quiet, Align::Centre, (middle, y + kind.size * 1.4))
}
