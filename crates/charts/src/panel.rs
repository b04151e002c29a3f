//! One chart inside its frame: bands, grid, series, reference lines.

use plotters::backend::DrawingBackend;

use crate::ChartError;
use crate::chart::{Axis, AxisKind, Band, Chart, Dimension, Line, Series, Style};
use crate::palette::Ink;
use crate::pen::{Align, Pen};
use crate::range::{points, slot};
use crate::ticks::{Tick, ticks};
use crate::trace::{Frame, Plane, Point, area, clipped, dashed, runs, within, within_reach};

/// How much of an area's colour its fill takes.
pub(crate) const AREA_ALPHA: f64 = 0.2;
/// How much of a bar's colour its fill takes.
pub(crate) const BAR_ALPHA: f64 = 0.85;
/// The radius of a dot of [`Style::Points`], CSS px.
pub(crate) const DOT: f64 = 3.4;
/// How much of the background parts such a dot from what lies below it, CSS px.
const HALO: f64 = 1.4;
/// The least height of a range of y, CSS px.
const THINNEST: f64 = 3.0;
/// Room for the name of a category before it is shortened, em.
const NAME_ROOM: f64 = 4.0;
/// The dash of [`Style::Dashed`] where the role has none, CSS px.
const DASH: &[f64] = &[5.0, 3.5];
/// The dash of reference lines, CSS px.
const REFERENCE: &[f64] = &[4.0, 3.0];

/// The dash with which a role is drawn in a style.
pub(crate) fn dash_of(ink: Ink, style: Style) -> &'static [f64] {
    if style == Style::Dashed && ink.dash.is_empty() { DASH } else { ink.dash }
}

/// One chart, ready to be drawn.
pub(crate) struct Panel<'a, DB: DrawingBackend> {
    pub pen: &'a Pen<'a, DB>,
    pub chart: &'a Chart,
    pub plane: Plane,
    pub y_ticks: Vec<Tick>,
    /// The height above the frame into which bands reach.
    pub band_head: f64,
    /// Whether that height holds their labels.
    pub band_labels: bool,
}

impl<DB: DrawingBackend> Panel<'_, DB> {
    /// Draws everything inside the frame, and the labels at its left.
    pub fn draw(&self) -> Result<(), ChartError> {
        self.draw_bands()?;
        self.draw_grid()?;
        let (mut lines, mut dots) = (Vec::new(), Vec::new());
        for series in &self.chart.series {
            match series.style {
                Style::Area | Style::Bars => self.draw_filled(series)?,
                Style::Shape => self.draw_shape(series)?,
                Style::Line | Style::Dashed | Style::Steps => lines.push(series),
                Style::Points => dots.push(series),
            }
        }
        self.draw_base()?;
        for line in &self.chart.lines {
            self.draw_reference(line)?;
        }
        for series in lines {
            self.draw_line(series)?;
        }
        for series in dots {
            self.draw_dots(series)?;
        }
        self.draw_tags()?;
        self.draw_emptiness()
    }

    fn draw_bands(&self) -> Result<(), ChartError> {
        for band in &self.chart.bands {
            let Some(place) = self.band_frame(band) else { continue };
            self.pen.rect(place, self.pen.palette().band, 1.0)?;
            if self.band_labels && band.axis == Dimension::X {
                self.draw_band_label(band, place)?;
            }
        }
        Ok(())
    }

    /// The part of a band that can be seen; nothing where it lies outside.
    pub fn band_frame(&self, band: &Band) -> Option<Frame> {
        let (frame, plane) = (self.plane.frame, self.plane);
        let (lo, hi) = (band.from.min(band.to), band.from.max(band.to));
        let place = match band.axis {
            Dimension::X => Frame {
                left: plane.at_x(lo).max(frame.left),
                right: plane.at_x(hi).min(frame.right),
                top: frame.top - self.band_head,
                ..frame
            },
            Dimension::Y if plane.y.hi < lo || hi < plane.y.lo => return None,
            Dimension::Y => {
                // An interval may be a single value; it is still to be seen.
                let spare = (THINNEST - (plane.at_y(lo) - plane.at_y(hi))).max(0.0) / 2.0;
                Frame {
                    top: (plane.at_y(hi) - spare).max(frame.top),
                    bottom: (plane.at_y(lo) + spare).min(frame.bottom),
                    ..frame
                }
            }
        };
        (place.left < place.right && place.top < place.bottom).then_some(place)
    }

    /// The label of a range of x, above it.
    fn draw_band_label(&self, band: &Band, place: Frame) -> Result<(), ChartError> {
        let (pen, frame) = (self.pen, self.plane.frame);
        let text = pen.fit(&band.label, pen.small(), frame.width());
        let half = pen.width(&text, pen.small()) / 2.0;
        let middle = f64::midpoint(place.left, place.right);
        let x = middle.min(frame.right - half).max(frame.left + half);
        let at = (x, place.top + self.band_head / 2.0);
        pen.text(&text, pen.small(), pen.palette().band_text, Align::Centre, at)
    }

    fn draw_grid(&self) -> Result<(), ChartError> {
        let (pen, frame) = (self.pen, self.plane.frame);
        for tick in &self.y_ticks {
            let y = self.plane.at_y(tick.value);
            pen.hairline(frame.left, frame.right, y, pen.palette().grid)?;
            let at = (frame.left - 8.0, y);
            pen.text(&tick.label, pen.small(), pen.palette().quiet, Align::Right, at)?;
        }
        Ok(())
    }

    /// The line at zero where the range has it, else the lower edge.
    fn draw_base(&self) -> Result<(), ChartError> {
        let (pen, frame) = (self.pen, self.plane.frame);
        let y = if self.plane.y.contains(0.0) { self.plane.zero() } else { frame.bottom };
        pen.hairline(frame.left, frame.right, y, pen.palette().axis)
    }

    fn draw_filled(&self, series: &Series) -> Result<(), ChartError> {
        let category = self.chart.x.ticks == AxisKind::Category;
        let slot = if category { 1.0 } else { slot(series) };
        let width = within_reach(slot / self.plane.x.span() * self.plane.frame.width());
        // Bars too thin to be seen apart are drawn as one area.
        if series.style == Style::Bars && width >= 1.5 {
            return self.draw_bars(series, width);
        }
        let ink = self.pen.ink(series.role);
        let zero = self.plane.zero();
        for run in runs(series, &self.plane) {
            let polygon = area(&run, zero, self.plane.frame);
            self.pen.polygon(&polygon, ink.color, AREA_ALPHA)?;
            // Where there is nothing to fill, such as PV at night, no line is drawn.
            for rise in run.chunk_by(|a, b| a.1 != zero || b.1 != zero) {
                self.draw_run(rise, ink, ink.dash)?;
            }
        }
        Ok(())
    }

    /// The shape that the points go around, as far as it lies inside the frame.
    fn draw_shape(&self, series: &Series) -> Result<(), ChartError> {
        let color = self.pen.ink(series.role).color;
        runs(series, &self.plane)
            .iter()
            .try_for_each(|run| self.pen.polygon(&within(run, self.plane.frame), color, AREA_ALPHA))
    }

    /// Bars of a slot `width` px wide, beside those of the other bar series.
    fn draw_bars(&self, series: &Series, width: f64) -> Result<(), ChartError> {
        let bars = || self.chart.series.iter().filter(|s| s.style == Style::Bars);
        let (count, index) =
            (bars().count() as f64, bars().take_while(|s| !std::ptr::eq(*s, series)).count());
        // A fifth of the slot stays free, so that neighbours do not touch.
        let each = width * 0.8 / count;
        let hours = self.chart.x.ticks == AxisKind::HourOfDay;
        let shift = width * if hours { 0.1 } else { -0.4 } + each * index as f64;
        let (zero, frame, ink) = (self.plane.zero(), self.plane.frame, self.pen.ink(series.role));
        for (x, y) in points(series) {
            let left = self.plane.at_x(x) + shift;
            let top = self.plane.at_y(y).clamp(frame.top, frame.bottom);
            let bar = Frame {
                left: left.max(frame.left),
                right: (left + each).min(frame.right),
                top: top.min(zero),
                bottom: top.max(zero),
            };
            if bar.left < bar.right {
                self.pen.rect(bar, ink.color, BAR_ALPHA)?;
            }
        }
        Ok(())
    }

    fn draw_line(&self, series: &Series) -> Result<(), ChartError> {
        let ink = self.pen.ink(series.role);
        let dash = dash_of(ink, series.style);
        for run in runs(series, &self.plane) {
            if let [only] = run[..] {
                self.draw_lone_point(only, ink)?;
            }
            self.draw_run(&run, ink, dash)?;
        }
        Ok(())
    }

    fn draw_run(&self, run: &[Point], ink: Ink, dash: &[f64]) -> Result<(), ChartError> {
        for part in clipped(run, self.plane.frame) {
            for piece in dashed(&part, dash) {
                self.pen.path(&piece, ink.width, ink.color)?;
            }
        }
        Ok(())
    }

    /// A point without neighbours would have no line; it becomes a dot.
    fn draw_lone_point(&self, at: (f64, f64), ink: Ink) -> Result<(), ChartError> {
        if self.plane.frame.contains(at) {
            self.pen.dot(at, ink.width * 1.4, ink.color)
        } else {
            Ok(())
        }
    }

    fn draw_dots(&self, series: &Series) -> Result<(), ChartError> {
        let (behind, color) = (self.pen.palette().background, self.pen.ink(series.role).color);
        let place = |(x, y)| (self.plane.at_x(x), self.plane.at_y(y));
        for at in points(series).map(place).filter(|at| self.plane.frame.contains(*at)) {
            self.pen.dot(at, DOT + HALO, behind)?;
            self.pen.dot(at, DOT, color)?;
        }
        Ok(())
    }

    fn draw_reference(&self, line: &Line) -> Result<(), ChartError> {
        if !self.plane.y.contains(line.y) {
            return Ok(());
        }
        let (frame, y) = (self.plane.frame, self.plane.at_y(line.y));
        let color = self.pen.ink(line.role).color;
        dashed(&[(frame.left, y), (frame.right, y)], REFERENCE)
            .iter()
            .try_for_each(|piece| self.pen.path(piece, 1.2, color))
    }

    fn draw_emptiness(&self) -> Result<(), ChartError> {
        // Reference lines say something by themselves, where nothing else is announced.
        let lines_alone = self.chart.series.is_empty() && !self.chart.lines.is_empty();
        if lines_alone || !self.chart.is_empty() {
            return Ok(());
        }
        let frame = self.plane.frame;
        let centre =
            (f64::midpoint(frame.left, frame.right), f64::midpoint(frame.top, frame.bottom));
        self.pen.text(
            "no data yet",
            self.pen.body(),
            self.pen.palette().quiet,
            Align::Centre,
            centre,
        )
    }
}

/// The ticks of the shared x axis: as many as fit without touching.
pub(crate) fn x_ticks<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    plane: &Plane,
    axis: &Axis,
) -> Vec<Tick> {
    if axis.ticks == AxisKind::Category {
        return category_ticks(pen, plane, &axis.labels);
    }
    let clear = |found: &Vec<Tick>| {
        found.windows(2).all(|pair| {
            let room = plane.at_x(pair[1].value) - plane.at_x(pair[0].value);
            let half = |tick: &Tick| pen.width(&tick.label, pen.small()) / 2.0;
            half(&pair[0]) + half(&pair[1]) + pen.small().size <= room
        })
    };
    let most = (plane.frame.width() / (pen.small().size * 6.0)).clamp(1.0, 8.0) as usize;
    (1..=most).rev().map(|n| ticks(plane.x, n, axis.ticks)).find(clear).unwrap_or_default()
}

/// The width that the name of a category may ask for, CSS px: its own, but no more than
/// a few letters, after which it is shortened.
pub(crate) fn name_width<DB: DrawingBackend>(pen: &Pen<'_, DB>, labels: &[String]) -> f64 {
    let widest = labels.iter().map(|l| pen.width(l, pen.small())).fold(0.0, f64::max);
    widest.min(pen.small().size * NAME_ROOM)
}

/// The names of categories, each below its share of the width; only every second or
/// third where the share is too narrow.
fn category_ticks<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    plane: &Plane,
    labels: &[String],
) -> Vec<Tick> {
    let share = plane.frame.width() / plane.x.span();
    let (wanted, gap) = (name_width(pen, labels), pen.small().size * 0.4);
    let every = ((wanted + gap) / share).ceil().max(1.0) as usize;
    let room = wanted.max(share - gap);
    let named = labels.iter().enumerate().map(|(i, label)| (i as f64, label)).step_by(every);
    named
        .filter(|(at, _)| plane.x.contains(*at))
        .map(|(value, label)| Tick { value, label: pen.fit(label, pen.small(), room) })
        .collect()
}
