//! Charts, generic over the drawing backend.
//!
//! A [`Chart`] says what is shown: axes, series, shaded bands, reference lines. It
//! says nothing about pixels; the same value is drawn on a canvas in the page and,
//! natively, to SVG and PNG. What the series *mean* is their [`Role`], which decides
//! colour, width and dash, so that the rule-based agent looks the same everywhere.
//!
//! Conventions: lengths inside this crate are CSS pixels, `f64`, origin top left, y
//! down; [`Look::scale`] turns them into output pixels and [`Surface::grain`] output
//! pixels into the integer units of a plotters backend. A value that is NaN, infinite
//! or beyond ±1e100 is a gap in its series.
//!
//! | module | what lives there |
//! |---|---|
//! | `chart` | the declarative types |
//! | `look` | themes, sizes, what a backend needs to know |
//! | `palette` | colours, widths, dashes by role and theme |
//! | `range`, `ticks` | axis limits, tick positions and their labels |
//! | `trace` | series to pixel paths: gaps, clipping, thinning, dashes |
//! | `header` | title, unit and legend, wrapped to the width |
//! | `pen` | drawing primitives over plotters |
//! | `panel`, `stack` | one chart, and several above one another |
//! | `tags` | the labels of reference lines and of ranges of y, kept apart |
//! | `svg`, `raster` | the native outputs |

mod chart;
mod error;
mod header;
mod look;
mod palette;
mod panel;
mod pen;
mod range;
#[cfg(all(feature = "png", not(target_arch = "wasm32")))]
mod raster;
mod stack;
#[cfg(feature = "svg")]
mod svg;
mod tags;
mod ticks;
mod trace;

pub use chart::{Axis, AxisKind, Band, Chart, Dimension, Line, Role, Series, Style};
pub use error::ChartError;
pub use look::{Look, Surface, Theme, estimate_width};
pub use palette::{Ink, Palette, Rgb};
#[cfg(all(feature = "png", not(target_arch = "wasm32")))]
pub use raster::{stack_to_png, to_png};
pub use stack::{draw, stack};
#[cfg(feature = "svg")]
pub use svg::{stack_to_svg, to_svg};
