//! Drawing primitives over plotters: CSS pixels in, backend units out.

use plotters::backend::DrawingBackend;
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::element::{Circle, PathElement, Polygon, Rectangle};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, RGBAColor, ShapeStyle, TextStyle};

use crate::look::{Look, Surface};
use crate::palette::{Palette, Rgb};
use crate::trace::{Frame, Point};
use crate::{ChartError, Role};

/// Turns a plotters error into ours.
fn cast(error: impl std::fmt::Display) -> ChartError {
    ChartError::Surface(error.to_string())
}

/// Which end of a text stands at the given point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Centre,
    Right,
}

/// Size and weight of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Type {
    /// CSS px.
    pub size: f64,
    pub bold: bool,
}

/// A drawing area with everything needed to draw on it.
pub(crate) struct Pen<'a, DB: DrawingBackend> {
    area: &'a DrawingArea<DB, Shift>,
    look: &'a Look,
    surface: &'a Surface<'a>,
    /// Backend units per CSS px.
    unit: f64,
}

impl<'a, DB: DrawingBackend> Pen<'a, DB> {
    pub fn new(area: &'a DrawingArea<DB, Shift>, look: &'a Look, surface: &'a Surface<'a>) -> Self {
        let unit = look.scale * f64::from(surface.grain.max(1));
        Self { area, look, surface, unit }
    }

    /// Width and height, CSS px.
    pub fn size(&self) -> (f64, f64) {
        let (width, height) = self.area.dim_in_pixel();
        (f64::from(width) / self.unit, f64::from(height) / self.unit)
    }

    pub fn look(&self) -> &Look {
        self.look
    }

    pub fn palette(&self) -> &'static Palette {
        self.look.theme.palette()
    }

    pub fn ink(&self, role: Role) -> crate::Ink {
        role.ink(self.look.theme)
    }

    /// Titles.
    pub fn heading(&self) -> Type {
        Type { size: self.look.font_size * 1.12, bold: true }
    }

    /// Units and legends.
    pub fn body(&self) -> Type {
        Type { size: self.look.font_size, bold: false }
    }

    /// Ticks and labels inside the plot.
    pub fn small(&self) -> Type {
        Type { size: self.look.font_size * 0.92, bold: false }
    }

    pub fn clear(&self) -> Result<(), ChartError> {
        if self.look.transparent {
            return Ok(());
        }
        let (width, height) = self.size();
        let all = Frame { left: 0.0, top: 0.0, right: width, bottom: height };
        self.rect(all, self.palette().background, 1.0)
    }

    /// The width of a text, CSS px.
    pub fn width(&self, text: &str, kind: Type) -> f64 {
        (self.surface.measure)(text, kind.size * self.unit, kind.bold) / self.unit
    }

    /// The text, shortened with an ellipsis where it is wider than `room`.
    pub fn fit(&self, text: &str, kind: Type, room: f64) -> String {
        if self.width(text, kind) <= room {
            return text.to_owned();
        }
        let cut =
            |keep: usize| text.chars().take(keep).collect::<String>().trim_end().to_owned() + "…";
        let longest =
            (1..text.chars().count()).rev().map(cut).find(|t| self.width(t, kind) <= room);
        longest.unwrap_or_default()
    }

    /// Writes a text, its capitals centred on y.
    pub fn text(
        &self,
        text: &str,
        kind: Type,
        color: Rgb,
        align: Align,
        (x, y): Point,
    ) -> Result<(), ChartError> {
        if text.is_empty() {
            return Ok(());
        }
        let em = kind.size * self.unit;
        let style = if kind.bold { FontStyle::Bold } else { FontStyle::Normal };
        let font =
            FontDesc::new(FontFamily::Name(self.surface.family), em * self.surface.em, style);
        let anchor = match align {
            Align::Left => HPos::Left,
            Align::Centre => HPos::Center,
            Align::Right => HPos::Right,
        };
        let color = rgba(color, 1.0);
        let style = TextStyle::from(font).pos(Pos::new(anchor, VPos::Center)).color(&color);
        let at = self.point((x, y + kind.size * self.surface.drop));
        self.area.draw_text(text, &style, at).map_err(cast)
    }

    /// Fills a rectangle.
    pub fn rect(&self, frame: Frame, color: Rgb, alpha: f64) -> Result<(), ChartError> {
        let corners =
            [self.point((frame.left, frame.top)), self.point((frame.right, frame.bottom))];
        self.area.draw(&Rectangle::new(corners, rgba(color, alpha).filled())).map_err(cast)
    }

    /// A horizontal line one CSS pixel wide, or as near to it as whole output pixels
    /// allow, so that it is sharp.
    pub fn hairline(&self, from: f64, to: f64, y: f64, color: Rgb) -> Result<(), ChartError> {
        let thick = self.look.scale.round().max(1.0);
        let top = (y * self.look.scale - thick / 2.0).round();
        let (top, bottom) = (top / self.look.scale, (top + thick) / self.look.scale);
        self.rect(Frame { left: from, right: to, top, bottom }, color, 1.0)
    }

    /// Strokes a path.
    pub fn path(&self, path: &[Point], width: f64, color: Rgb) -> Result<(), ChartError> {
        let mut points: Vec<(i32, i32)> = path.iter().map(|p| self.point(*p)).collect();
        points.dedup();
        if points.len() < 2 {
            return Ok(());
        }
        let width = (width * self.unit).round().max(1.0) as u32;
        let style = ShapeStyle { color: rgba(color, 1.0), filled: false, stroke_width: width };
        self.area.draw(&PathElement::new(points, style)).map_err(cast)
    }

    /// Fills a polygon.
    pub fn polygon(&self, points: &[Point], color: Rgb, alpha: f64) -> Result<(), ChartError> {
        let mut points: Vec<(i32, i32)> = points.iter().map(|p| self.point(*p)).collect();
        points.dedup();
        if points.len() < 3 {
            return Ok(());
        }
        self.area.draw(&Polygon::new(points, rgba(color, alpha).filled())).map_err(cast)
    }

    /// A filled circle.
    pub fn dot(&self, at: Point, radius: f64, color: Rgb) -> Result<(), ChartError> {
        let radius = (radius * self.unit).round().max(1.0) as i32;
        self.area
            .draw(&Circle::new(self.point(at), radius, rgba(color, 1.0).filled()))
            .map_err(cast)
    }

    fn point(&self, (x, y): Point) -> (i32, i32) {
        ((x * self.unit).round() as i32, (y * self.unit).round() as i32)
    }
}

fn rgba(color: Rgb, alpha: f64) -> RGBAColor {
    RGBAColor(color.0, color.1, color.2, alpha)
}
