//! The head of a chart: title, unit and legend, wrapped to the width.

use plotters::backend::DrawingBackend;

use crate::ChartError;
use crate::chart::{Chart, Role, Style};
use crate::pen::{Align, Pen, Type};
use crate::trace::{Frame, dashed};

/// Width of the sample beside a legend entry, CSS px.
const SAMPLE: f64 = 16.0;
/// Between the sample and its text.
const SAMPLE_GAP: f64 = 6.0;
/// Between things on one row.
const GAP: f64 = 14.0;

/// What a piece of the head is.
enum Piece {
    Title,
    Unit,
    Entry { role: Role, style: Style },
}

/// One piece, placed.
struct Placed {
    piece: Piece,
    text: String,
    left: f64,
    row: usize,
}

/// The head, laid out.
pub(crate) struct Header {
    placed: Vec<Placed>,
    row_height: f64,
    rows: usize,
}

impl Header {
    /// Lays out the head of a chart in `width` px.
    pub fn new<DB: DrawingBackend>(pen: &Pen<'_, DB>, chart: &Chart, width: f64) -> Self {
        let mut flow = Flow { placed: Vec::new(), width, left: 0.0, row: 0 };
        if let Some(title) = chart.title.as_deref().filter(|t| !t.is_empty()) {
            flow.put(pen, Piece::Title, title);
        }
        if !chart.y.label.is_empty() {
            flow.put(pen, Piece::Unit, &chart.y.label);
        }
        let entries: Vec<_> = chart.series.iter().filter(|s| !s.label.is_empty()).collect();
        let widths =
            entries.iter().map(|s| SAMPLE + SAMPLE_GAP + pen.width(&s.label, pen.body()) + GAP);
        let legend = widths.sum::<f64>() - GAP;
        if !entries.is_empty() {
            flow.place_legend(legend);
        }
        for series in entries {
            flow.put(pen, Piece::Entry { role: series.role, style: series.style }, &series.label);
        }
        let rows = if flow.placed.is_empty() { 0 } else { flow.row + 1 };
        Self { placed: flow.placed, row_height: pen.body().size * 1.55, rows }
    }

    /// Height, CSS px, with the space below.
    pub fn height(&self) -> f64 {
        let space = if self.rows == 0 { 0.0 } else { self.row_height * 0.25 };
        self.row_height * self.rows as f64 + space
    }

    /// Draws the head with its upper left corner at the given point.
    pub fn draw<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        left: f64,
        top: f64,
    ) -> Result<(), ChartError> {
        let palette = pen.palette();
        for placed in &self.placed {
            let x = left + placed.left;
            let y = top + (placed.row as f64 + 0.5) * self.row_height;
            match placed.piece {
                Piece::Title => {
                    pen.text(&placed.text, pen.heading(), palette.text, Align::Left, (x, y))?;
                }
                Piece::Unit => {
                    pen.text(&placed.text, pen.body(), palette.quiet, Align::Left, (x, y))?;
                }
                Piece::Entry { role, style } => {
                    sample(pen, role, style, x, y)?;
                    let at = (x + SAMPLE + SAMPLE_GAP, y);
                    pen.text(&placed.text, pen.body(), palette.quiet, Align::Left, at)?;
                }
            }
        }
        Ok(())
    }
}

/// Fills rows from left to right.
struct Flow {
    placed: Vec<Placed>,
    width: f64,
    left: f64,
    row: usize,
}

impl Flow {
    /// Puts a piece on this row, or on the next where it does not fit.
    fn put<DB: DrawingBackend>(&mut self, pen: &Pen<'_, DB>, piece: Piece, text: &str) {
        let kind = type_of(pen, &piece);
        let sample = if matches!(piece, Piece::Entry { .. }) { SAMPLE + SAMPLE_GAP } else { 0.0 };
        let wanted = sample + pen.width(text, kind);
        // Half a pixel of slack: the legend was measured as a sum, this is a part.
        if self.left > 0.0 && self.left + wanted > self.width + 0.5 {
            self.next_row();
        }
        let text = pen.fit(text, kind, self.width - self.left - sample + 0.5);
        self.placed.push(Placed { piece, text, left: self.left, row: self.row });
        self.left += wanted + GAP;
    }

    /// Moves to where a legend of the given width begins: at the right of this row, or
    /// at the left of the next.
    fn place_legend(&mut self, legend: f64) {
        if self.left == 0.0 || self.left + GAP + legend <= self.width {
            self.left = (self.width - legend).max(0.0);
        } else {
            self.next_row();
        }
    }

    fn next_row(&mut self) {
        self.left = 0.0;
        self.row += 1;
    }
}

fn type_of<DB: DrawingBackend>(pen: &Pen<'_, DB>, piece: &Piece) -> Type {
    if matches!(piece, Piece::Title) { pen.heading() } else { pen.body() }
}

/// Draws what a series looks like, in small.
fn sample<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    role: Role,
    style: Style,
    x: f64,
    y: f64,
) -> Result<(), ChartError> {
    let ink = pen.ink(role);
    let half = pen.body().size * 0.36;
    let block = Frame { left: x, right: x + SAMPLE, top: y - half, bottom: y + half };
    match style {
        Style::Bars => pen.rect(block, ink.color, crate::panel::BAR_ALPHA),
        Style::Area => {
            pen.rect(block, ink.color, crate::panel::AREA_ALPHA)?;
            pen.path(&[(x, y - half), (x + SAMPLE, y - half)], ink.width, ink.color)
        }
        Style::Shape => pen.rect(block, ink.color, crate::panel::AREA_ALPHA),
        Style::Points => pen.dot((x + SAMPLE / 2.0, y), crate::panel::DOT, ink.color),
        Style::Line | Style::Dashed | Style::Steps => {
            let dash = crate::panel::dash_of(ink, style);
            dashed(&[(x, y), (x + SAMPLE, y)], dash)
                .iter()
                .try_for_each(|piece| pen.path(piece, ink.width, ink.color))
        }
    }
}
