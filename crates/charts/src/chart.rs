//! The declarative chart: what is shown, nothing about how it is drawn.

use serde::{Deserialize, Deserializer, Serialize};

use crate::ChartError;

/// One chart. Its JSON form is what the page builds and what results may carry.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chart {
    /// A short title, drawn bold above the plot.
    #[serde(default)]
    pub title: Option<String>,
    /// The horizontal axis.
    #[serde(default)]
    pub x: Axis,
    /// The vertical axis; its label stands beside the title.
    #[serde(default)]
    pub y: Axis,
    /// What is plotted, drawn in this order; areas and bars lie under lines.
    #[serde(default)]
    pub series: Vec<Series>,
    /// Shaded ranges of x, such as the peak window of a tariff, or of y, such as an
    /// interval of prices.
    #[serde(default)]
    pub bands: Vec<Band>,
    /// Horizontal reference lines.
    #[serde(default)]
    pub lines: Vec<Line>,
}

/// One axis.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Axis {
    /// What is measured, with its unit: `kW at the transformer`.
    #[serde(default)]
    pub label: String,
    /// Lower limit; taken from the data where absent.
    #[serde(default)]
    pub min: Option<f64>,
    /// Upper limit; taken from the data where absent.
    #[serde(default)]
    pub max: Option<f64>,
    /// How ticks are placed and written.
    #[serde(default)]
    pub ticks: AxisKind,
    /// The names of the categories, where `ticks` is [`AxisKind::Category`].
    #[serde(default)]
    pub labels: Vec<String>,
}

/// How the ticks of an axis are placed and written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AxisKind {
    /// Round numbers.
    #[default]
    Number,
    /// Hours since the first midnight, at hours that divide the day: `6 h`.
    HourOfDay,
    /// Whole numbers, thousands and millions shortened: `250 k`, `1.5 M`.
    Count,
    /// Things with a name rather than a size, such as homes: the values 0, 1, 2 … stand
    /// for the entries of [`Axis::labels`], each with an equal share of the width. For
    /// the x axis only. Where not all names fit, every second or third is written.
    Category,
}

/// One series of points.
///
/// A curve of orders is a series of [`Style::Steps`] over energy: each price holds from
/// the energy cumulated before its order to that cumulated after it, and a gap stands
/// where the last order ends. To compare what several mechanisms or policies mean for
/// each home, draw one small chart of bars for each of them in a [`crate::stack`] with
/// the same limits of y: every home is then compared down its column by position and
/// length, which are read most exactly, on a screen of any width. Bars of seven colours
/// side by side would be a few pixels wide, and dots in one row hide each other wherever
/// two mechanisms agree.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Series {
    /// Its name in the legend; none where empty.
    #[serde(default)]
    pub label: String,
    /// What it means, which decides its colour, width and dash.
    #[serde(default)]
    pub role: Role,
    /// Where the points lie, in the unit of the x axis. NaN or null is a gap.
    #[serde(deserialize_with = "gaps")]
    pub x: Vec<f64>,
    /// The values, one for each x, in the unit of the y axis. NaN or null is a gap.
    #[serde(deserialize_with = "gaps")]
    pub y: Vec<f64>,
    /// How it is drawn.
    #[serde(default)]
    pub style: Style,
}

/// How a series is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// A line through the points, with the dash of the role.
    #[default]
    Line,
    /// A dashed line, whatever the role.
    Dashed,
    /// A line with the area to zero filled.
    Area,
    /// Each value holds from its x to the next, even where the next is a gap: a gap ends
    /// a curve at a given place. Without a next, it holds for the smallest step of x.
    Steps,
    /// A bar from zero; several such series stand side by side. It is centred at x,
    /// but on an axis of hours it begins at x, as a step does.
    Bars,
    /// A dot at each point.
    Points,
    /// The shape that the points go around is filled, without an outline: along the highest of
    /// several curves, say, and back along the lowest.
    Shape,
}

/// What a series means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The homes without batteries.
    NoBattery,
    /// The rule-based agent.
    RuleBased,
    /// The rule by which batteries follow the net load of the whole street.
    StreetGreedy,
    /// The time-of-use rule, tuned on past days.
    TimeOfUse,
    /// Model-predictive control.
    Mpc,
    /// The learner of phase 2, which does not see the grid.
    Phase2,
    /// The grid-aware learner.
    GridAware,
    /// The optimum of the community with perfect foresight.
    Optimum,
    /// Each home's own optimum with perfect foresight.
    SelfishOptimum,
    /// A kept agent beside the one in use.
    #[serde(rename = "kept_1")]
    Kept1,
    /// Another.
    #[serde(rename = "kept_2")]
    Kept2,
    /// One more.
    #[serde(rename = "kept_3")]
    Kept3,
    /// Load.
    Load,
    /// PV generation.
    Pv,
    /// Battery power or state of charge.
    Battery,
    /// A price.
    Price,
    /// Energy bought from the grid.
    Import,
    /// Energy sold to the grid.
    Export,
    /// Energy traded between homes.
    Peer,
    /// What buyers bid. It has the colour of load, of which it is what remains.
    Demand,
    /// What sellers ask. It has the colour of PV, its origin.
    Supply,
    /// A voltage.
    Voltage,
    /// Load that could not be served.
    Unserved,
    /// Anything without a meaning of its own.
    #[default]
    Neutral,
    /// Anything that should stand out.
    Accent,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 25] = [
        Role::NoBattery,
        Role::RuleBased,
        Role::StreetGreedy,
        Role::TimeOfUse,
        Role::Mpc,
        Role::Phase2,
        Role::GridAware,
        Role::Optimum,
        Role::SelfishOptimum,
        Role::Kept1,
        Role::Kept2,
        Role::Kept3,
        Role::Load,
        Role::Pv,
        Role::Battery,
        Role::Price,
        Role::Import,
        Role::Export,
        Role::Peer,
        Role::Demand,
        Role::Supply,
        Role::Voltage,
        Role::Unserved,
        Role::Neutral,
        Role::Accent,
    ];
}

/// A shaded range of one axis.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Where it begins, in the unit of its axis.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// What it is; drawn above a range of x, and at the right end of a range of y.
    #[serde(default)]
    pub label: String,
    /// The axis along which it is a range.
    #[serde(default)]
    pub axis: Dimension,
}

/// One of the two axes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// The horizontal axis.
    #[default]
    X,
    /// The vertical axis.
    Y,
}

/// A horizontal reference line.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Its height, in the unit of the y axis.
    pub y: f64,
    /// What it is; drawn at its right end.
    #[serde(default)]
    pub label: String,
    /// Whose colour it takes.
    #[serde(default)]
    pub role: Role,
}

/// Numbers in which null stands for a gap: JSON cannot write NaN.
fn gaps<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<f64>, D::Error> {
    let values = Vec::<Option<f64>>::deserialize(from)?;
    Ok(values.into_iter().map(|v| v.unwrap_or(f64::NAN)).collect())
}

impl Chart {
    /// Whether no series has a point that can be drawn.
    pub fn is_empty(&self) -> bool {
        self.series.iter().all(|s| crate::range::points(s).next().is_none())
    }

    /// Checks what drawing relies on.
    ///
    /// # Errors
    /// [`ChartError::Lengths`], [`ChartError::Limits`], [`ChartError::Categories`] or
    /// [`ChartError::Place`] for the first thing found wrong.
    pub fn check(&self) -> Result<(), ChartError> {
        for series in &self.series {
            if series.x.len() != series.y.len() {
                return Err(ChartError::Lengths {
                    series: series.label.clone(),
                    x: series.x.len(),
                    y: series.y.len(),
                });
            }
        }
        self.x.check("x")?;
        self.y.check("y")?;
        if self.y.ticks == AxisKind::Category {
            return Err(ChartError::Categories { wrong: "stand on the y axis; only x has them" });
        }
        let bands =
            self.bands.iter().flat_map(|b| [("band", &b.label, b.from), ("band", &b.label, b.to)]);
        let lines = self.lines.iter().map(|l| ("line", &l.label, l.y));
        match bands.chain(lines).find(|place| !place.2.is_finite()) {
            Some((what, label, value)) => {
                Err(ChartError::Place { what, label: label.clone(), value })
            }
            None => Ok(()),
        }
    }
}

impl Axis {
    fn check(&self, axis: &'static str) -> Result<(), ChartError> {
        let finite = [self.min, self.max].iter().flatten().all(|v| crate::range::plottable(*v));
        let (min, max) = (self.min.unwrap_or(f64::NEG_INFINITY), self.max.unwrap_or(f64::INFINITY));
        if !(finite && min < max) {
            return Err(ChartError::Limits { axis, min, max });
        }
        match (self.ticks == AxisKind::Category, self.labels.is_empty()) {
            (true, true) => {
                Err(ChartError::Categories { wrong: "have no names; `labels` needs one for each" })
            }
            (false, false) => {
                Err(ChartError::Categories { wrong: "have names, but `ticks` is not `category`" })
            }
            _ => Ok(()),
        }
    }
}
