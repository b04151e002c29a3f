//! How a chart looks on a given surface: theme, sizes, fonts.

use serde::{Deserialize, Serialize};

use crate::ChartError;

/// Light and dark follow the page; print is for white paper.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// Dark ink on a light card.
    #[default]
    Light,
    /// Light ink on a dark card.
    Dark,
    /// Black text on white.
    Print,
}

/// The caller's wishes for one drawing.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Look {
    /// The colours.
    pub theme: Theme,
    /// Output pixels per CSS pixel, 0.5 to 8: the page's `devicePixelRatio`. Text,
    /// strokes and margins grow with it.
    pub scale: f64,
    /// Size of the ordinary text, CSS px, 8 to 32.
    pub font_size: f64,
    /// Whether what lies behind shows through; such a drawing has no outer margin.
    pub transparent: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self { theme: Theme::Light, scale: 1.0, font_size: 12.0, transparent: false }
    }
}

impl Look {
    pub(crate) fn check(&self) -> Result<(), ChartError> {
        for (field, value, min, max) in
            [("scale", self.scale, 0.5, 8.0), ("font_size", self.font_size, 8.0, 32.0)]
        {
            if !(min..=max).contains(&value) {
                return Err(ChartError::Look { field, value, min, max });
            }
        }
        Ok(())
    }
}

/// What a drawing backend does in its own way. plotters leaves to each backend how
/// large a font of a given size is and where its centre lies; these numbers even that
/// out, so that a chart has the same proportions everywhere.
pub struct Surface<'a> {
    /// The font family, as the backend names it.
    pub family: &'a str,
    /// The font size to ask for, per pixel of em wanted.
    pub em: f64,
    /// How far to shift vertically centred text down, in em, so that capitals stand
    /// centred.
    pub drop: f64,
    /// Backend units per output pixel, at least 1. plotters rounds to whole units;
    /// a grain above 1 lets curves fall between pixels.
    pub grain: u32,
    /// The width of a text in px: (text, em in px, bold).
    pub measure: &'a dyn Fn(&str, f64, bool) -> f64,
}

/// About how wide a text is in a common sans-serif font, px. For backends that cannot
/// measure, such as SVG, whose font the viewer chooses: the widths are those of the
/// wider fonts, so that texts keep apart in every font.
pub fn estimate_width(text: &str, em: f64, bold: bool) -> f64 {
    let ems: f64 = text.chars().map(advance).sum();
    ems * em * if bold { 1.14 } else { 1.0 }
}

/// The advance of one character in em, by class.
fn advance(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' | '·' => 0.32,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '-' | '/' | '"' => 0.41,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '—' | '…' => 0.96,
        c if c.is_ascii_uppercase() => 0.72,
        c if c.is_ascii() => 0.62,
        _ => 0.7,
    }
}
