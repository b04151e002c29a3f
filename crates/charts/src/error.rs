//! What can be wrong with a chart.

/// Why a chart was not drawn.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ChartError {
    /// A series has unequal numbers of x and y values.
    #[error("series \"{series}\" has {x} x values and {y} y values; it needs one y for each x")]
    Lengths {
        /// The label of the series.
        series: String,
        /// How many x values it has.
        x: usize,
        /// How many y values it has.
        y: usize,
    },
    /// An axis limit is not a number, or the limits are the wrong way round.
    #[error("the {axis} axis runs from {min} to {max}; both must be finite, min below max")]
    Limits {
        /// `x` or `y`.
        axis: &'static str,
        /// The lower limit asked for; -∞ where none was.
        min: f64,
        /// The upper limit asked for; ∞ where none was.
        max: f64,
    },
    /// The categories of an axis do not fit what it is.
    #[error("the categories of an axis {wrong}")]
    Categories {
        /// What is wrong with them.
        wrong: &'static str,
    },
    /// A band or a reference line is placed at something that is not a number.
    #[error("{what} \"{label}\" is placed at {value}; it must be a finite number")]
    Place {
        /// `band` or `line`.
        what: &'static str,
        /// Its label.
        label: String,
        /// The value given.
        value: f64,
    },
    /// A size in the look is out of its range.
    #[error("look.{field} is {value}; it must lie between {min} and {max}")]
    Look {
        /// The field of [`crate::Look`].
        field: &'static str,
        /// The value given.
        value: f64,
        /// The smallest value allowed.
        min: f64,
        /// The largest value allowed.
        max: f64,
    },
    /// The area cannot hold the chart's text and a plot.
    #[error(
        "{width:.0} × {height:.0} px is too small for this chart; at least {least_width:.0} × {least_height:.0} px are needed"
    )]
    TooSmall {
        /// Width given, CSS px.
        width: f64,
        /// Height given, CSS px.
        height: f64,
        /// Width needed, CSS px.
        least_width: f64,
        /// Height needed, CSS px.
        least_height: f64,
    },
    /// A picture has more pixels than are worth drawing.
    #[error(
        "{width} × {height} px is too large for a picture; at most {most} px on a side are drawn"
    )]
    TooLarge {
        /// Width asked for, px.
        width: u32,
        /// Height asked for, px.
        height: u32,
        /// The largest side, px.
        most: u32,
    },
    /// A stack without a chart.
    #[error("a stack needs at least one chart")]
    NoCharts,
    /// The drawing backend failed.
    #[error("the drawing surface failed: {0}")]
    Surface(String),
}
