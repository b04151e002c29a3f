//! One chart inside its frame: bands, grid, series, reference lines.

use plotters::backend::DrawingBackend;

use crate::ChartError;
use crate::chart::{AxisKind, Chart, Line, Series, Style};
use crate::palette::Ink;
use crate::pen::{Align, Pen};
use crate::range::{points, slot};
use crate::ticks::{Tick, ticks};
use crate::trace::{Frame, Plane, Point, area, clipped, dashed, runs, within_reach};

/// How much of an area's colour its fill takes.
pub(crate) const AREA_ALPHA: f64 = 0.2;
/// How much of a bar's colour its fill takes.
pub(crate) const BAR_ALPHA: f64 = 0.85;
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
        let (filled, lines): (Vec<_>, Vec<_>) =
            self.chart.series.iter().partition(|s| matches!(s.style, Style::Area | Style::Bars));
        for series in filled {
            self.draw_filled(series)?;
        }
        self.draw_base()?;
        for line in &self.chart.lines {
            self.draw_reference(line)?;
        }
        for series in lines {
            self.draw_line(series)?;
        }
        self.draw_reference_labels()?;
        self.draw_emptiness()
    }

    fn draw_bands(&self) -> Result<(), ChartError> {
        let (pen, frame) = (self.pen, self.plane.frame);
        for band in &self.chart.bands {
            let left = self.plane.at_x(band.from.min(band.to)).max(frame.left);
            let right = self.plane.at_x(band.from.max(band.to)).min(frame.right);
            if left >= right {
                continue;
            }
            let top = frame.top - self.band_head;
            pen.rect(Frame { left, right, top, bottom: frame.bottom }, pen.palette().band, 1.0)?;
            if self.band_labels {
                let text = pen.fit(&band.label, pen.small(), frame.width());
                let half = pen.width(&text, pen.small()) / 2.0;
                let x = f64::midpoint(left, right).min(frame.right - half).max(frame.left + half);
                let at = (x, top + self.band_head / 2.0);
                pen.text(&text, pen.small(), pen.palette().band_text, Align::Centre, at)?;
            }
        }
        Ok(())
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
        let width = within_reach(slot(series) / self.plane.x.span() * self.plane.frame.width());
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
        let frame = self.plane.frame;
        let inside = (frame.left..=frame.right).contains(&at.0)
            && (frame.top..=frame.bottom).contains(&at.1);
        if inside { self.pen.dot(at, ink.width * 1.4, ink.color) } else { Ok(()) }
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

    /// Labels at the right end, on the side of their line where no curve and no other
    /// label is; above where both sides are alike.
    fn draw_reference_labels(&self) -> Result<(), ChartError> {
        let (pen, frame) = (self.pen, self.plane.frame);
        let height = pen.small().size * 1.25;
        let mut taken: Vec<Frame> = Vec::new();
        for line in
            self.chart.lines.iter().filter(|l| self.plane.y.contains(l.y) && !l.label.is_empty())
        {
            let text = pen.fit(&line.label, pen.small(), frame.width());
            let left = frame.right - pen.width(&text, pen.small()) - 6.0;
            let y = self.plane.at_y(line.y);
            let above = Frame { left, right: frame.right, top: y - height - 1.0, bottom: y - 1.0 };
            let below = Frame { top: y + 1.0, bottom: y + height + 1.0, ..above };
            let cost = |place: &Frame| self.obstacles(*place, &taken);
            let place = if cost(&below) < cost(&above) { below } else { above };
            if cost(&place) > 0 {
                // What passes behind the label does not make it unreadable.
                pen.rect(place, pen.palette().background, 0.75)?;
            }
            let at = (frame.right - 3.0, f64::midpoint(place.top, place.bottom));
            pen.text(&text, pen.small(), pen.ink(line.role).color, Align::Right, at)?;
            taken.push(place);
        }
        Ok(())
    }

    /// How bad a place for a label is: leaving the frame is worst, then other labels and
    /// lines, then curves.
    fn obstacles(&self, place: Frame, taken: &[Frame]) -> usize {
        let frame = self.plane.frame;
        let outside = place.top < frame.top - self.band_head || place.bottom > frame.bottom;
        let labels = taken.iter().filter(|t| t.top < place.bottom && place.top < t.bottom).count();
        let inside = |y: f64| (place.top..place.bottom).contains(&y);
        let lines = self.chart.lines.iter().filter(|l| inside(self.plane.at_y(l.y))).count();
        let within = |path: &Vec<Point>| !clipped(path, place).is_empty();
        let curves =
            self.chart.series.iter().filter(|s| runs(s, &self.plane).iter().any(within)).count();
        usize::from(outside) * 1_000_000 + (labels + lines) * 1_000 + curves
    }

    fn draw_emptiness(&self) -> Result<(), ChartError> {
        if !self.chart.is_empty() {
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
    kind: AxisKind,
) -> Vec<Tick> {
    let clear = |found: &Vec<Tick>| {
        found.windows(2).all(|pair| {
            let room = plane.at_x(pair[1].value) - plane.at_x(pair[0].value);
            let half = |tick: &Tick| pen.width(&tick.label, pen.small()) / 2.0;
            half(&pair[0]) + half(&pair[1]) + pen.small().size <= room
        })
    };
    let most = (plane.frame.width() / (pen.small().size * 6.0)).clamp(1.0, 8.0) as usize;
    (1..=most).rev().map(|n| ticks(plane.x, n, kind)).find(clear).unwrap_or_default()
}
