//! The labels of reference lines and of ranges of y, at the right end of the plot, where
//! they hide least.

use plotters::backend::DrawingBackend;

use crate::ChartError;
use crate::chart::Dimension;
use crate::palette::Rgb;
use crate::panel::Panel;
use crate::pen::Align;
use crate::trace::{Frame, Point, clipped, runs};

/// What a label belongs to: a line, or a range of y.
struct Tag<'a> {
    label: &'a str,
    color: Rgb,
    /// What lies behind it.
    behind: Rgb,
    /// Its upper and lower edge, CSS px; the same for a line.
    top: f64,
    bottom: f64,
}

impl<DB: DrawingBackend> Panel<'_, DB> {
    /// Labels at the right end, on the side of their line where no curve and no other
    /// label is; above where both sides are alike. In a range of y that is high enough
    /// they may stand inside.
    pub fn draw_tags(&self) -> Result<(), ChartError> {
        let paths: Vec<Vec<Point>> =
            self.chart.series.iter().flat_map(|s| runs(s, &self.plane)).collect();
        let mut taken: Vec<Frame> = Vec::new();
        for tag in self.tags() {
            let (pen, frame) = (self.pen, self.plane.frame);
            let text = pen.fit(tag.label, pen.small(), frame.width());
            let left = frame.right - pen.width(&text, pen.small()) - 6.0;
            let cost = |place: &Frame| self.obstacles(*place, &taken, &paths);
            let places = places(&tag, Frame { left, ..frame }, pen.small().size * 1.25);
            // The first of those that are equally good.
            let Some(place) = places.into_iter().min_by_key(cost) else { continue };
            if cost(&place) > 0 {
                // What passes behind the label does not make it unreadable.
                let inside = tag.top < place.top && place.bottom < tag.bottom;
                let behind = if inside { tag.behind } else { pen.palette().background };
                pen.rect(place, behind, 0.75)?;
            }
            let at = (frame.right - 3.0, f64::midpoint(place.top, place.bottom));
            pen.text(&text, pen.small(), tag.color, Align::Right, at)?;
            taken.push(place);
        }
        Ok(())
    }

    fn tags(&self) -> impl Iterator<Item = Tag<'_>> {
        let palette = self.pen.palette();
        let behind = palette.background;
        let lines = self.chart.lines.iter().filter(|l| self.plane.y.contains(l.y)).map(move |l| {
            let (y, color) = (self.plane.at_y(l.y), self.pen.ink(l.role).color);
            Tag { label: &l.label, color, behind, top: y, bottom: y }
        });
        let (color, behind) = (palette.band_text, palette.band);
        let bands = self.chart.bands.iter().filter(|b| b.axis == Dimension::Y);
        let bands = bands.filter_map(move |b| {
            let Frame { top, bottom, .. } = self.band_frame(b)?;
            Some(Tag { label: &b.label, color, behind, top, bottom })
        });
        lines.chain(bands).filter(|tag| !tag.label.is_empty())
    }

    /// How bad a place for a label is: leaving the frame is worst, then other labels and
    /// lines, then curves.
    fn obstacles(&self, place: Frame, taken: &[Frame], paths: &[Vec<Point>]) -> usize {
        let frame = self.plane.frame;
        let outside = place.top < frame.top - self.band_head || place.bottom > frame.bottom;
        let labels = taken.iter().filter(|t| t.top < place.bottom && place.top < t.bottom).count();
        let inside = |y: f64| (place.top..place.bottom).contains(&y);
        let lines = self.chart.lines.iter().filter(|l| inside(self.plane.at_y(l.y))).count();
        let curves = paths.iter().filter(|path| !clipped(path, place).is_empty()).count();
        usize::from(outside) * 1_000_000 + (labels + lines) * 1_000 + curves
    }
}

/// Where a label `height` px high may stand: in the middle, at the top or at the bottom of
/// a range that is high enough; above or below it.
fn places(tag: &Tag<'_>, column: Frame, height: f64) -> Vec<Frame> {
    let below = |top: f64| Frame { top, bottom: top + height, ..column };
    let middle = f64::midpoint(tag.top, tag.bottom) - height / 2.0;
    let inside = [middle, tag.top + 1.0, tag.bottom - height - 1.0];
    let room = tag.bottom - tag.top >= height + 2.0;
    let inside = inside.into_iter().filter(|_| room);
    inside.chain([tag.top - height - 1.0, tag.bottom + 1.0]).map(below).collect()
}
