//! What can be wrong with a feeder, in sentences that name the line and the bus.

use thiserror::Error;

/// A feeder that cannot be built or solved.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum FeederError {
    /// A number out of range.
    #[error("feeder field `{field}` is {value}; it must be {expected}")]
    Number {
        /// Where it stands.
        field: &'static str,
        /// What it holds.
        value: f64,
        /// What would be right.
        expected: &'static str,
    },
    /// A number of a line out of range.
    #[error("lines[{line}].{name} is {value}, on the line into bus `{bus}`; it must be {expected}")]
    LineNumber {
        /// The line, counted from 0.
        line: usize,
        /// Its field.
        name: &'static str,
        /// The bus it leads into.
        bus: String,
        /// What it holds.
        value: f64,
        /// What would be right.
        expected: &'static str,
    },
    /// No home fits on a cable.
    #[error("feeder field `homes_per_cable` is 0; it must be 1 or more")]
    HomesPerCable,
    /// A line that leads nowhere.
    #[error("lines[{line}]: both ends are bus `{bus}`; a line joins two different buses")]
    SameBus {
        /// The line, counted from 0.
        line: usize,
        /// Its only bus.
        bus: String,
    },
    /// A mesh, or a bus in two places.
    #[error(
        "lines[{line}]: bus `{bus}` is fed twice, by lines[{first}] and lines[{line}]; a radial feeder feeds every bus once"
    )]
    FedTwice {
        /// The later line, counted from 0.
        line: usize,
        /// The earlier one.
        first: usize,
        /// The bus both lead into.
        bus: String,
    },
    /// Buses that feed each other.
    #[error("lines[{line}]: the lines form a loop through bus `{bus}`; a radial feeder has none")]
    Loop {
        /// The line of the loop that leads into the bus, counted from 0.
        line: usize,
        /// A bus of the loop.
        bus: String,
    },
    /// Two networks, or a line the wrong way round.
    #[error(
        "lines[{line}]: bus `{other}` is fed by no line, nor is bus `{source_bus}`; a feeder has one source, and a line leads away from it"
    )]
    TwoSources {
        /// A line that leaves the second source, counted from 0.
        line: usize,
        /// The first bus that is never a `to`.
        source_bus: String,
        /// Another one.
        other: String,
    },
    /// A line without an impedance, or with two.
    #[error(
        "lines[{line}] into bus `{bus}` has {found}; it must have `cable` or both `r_ohm_per_km` and `x_ohm_per_km`"
    )]
    Impedance {
        /// The line, counted from 0.
        line: usize,
        /// The bus it leads into.
        bus: String,
        /// What it has instead.
        found: &'static str,
    },
    /// A home that is nowhere.
    #[error(
        "home `{0}` is at no bus: no line leads to or from a bus that bears its id; every home needs one"
    )]
    NoBus(String),
    /// A home that is in two places.
    #[error("home `{0}` is in two places; a home has one bus")]
    HomeTwice(String),
    /// A fault that is nowhere.
    #[error(
        "feeder field `fault.bus` is `{0}`, into which no line leads; it must be a bus with one"
    )]
    FaultBus(String),
    /// No solution was found: the load is beyond what the feeder can carry.
    #[error(
        "the power flow does not converge at bus `{bus}`: {load_kw:.1} kW is more than the feeder can carry"
    )]
    Diverged {
        /// The bus where the voltage collapses.
        bus: String,
        /// Net load of all buses together, kW.
        load_kw: f64,
    },
}

impl FeederError {
    /// Where the fault stands in the document that describes the lines, such as `lines[3]`;
    /// `None` where it stands in no one place.
    pub fn path(&self) -> Option<String> {
        match self {
            Self::Number { field, .. } => Some((*field).to_owned()),
            Self::LineNumber { line, name, .. } => Some(format!("lines[{line}].{name}")),
            Self::HomesPerCable => Some("homes_per_cable".to_owned()),
            Self::FaultBus(_) => Some("fault.bus".to_owned()),
            Self::SameBus { line, .. }
            | Self::FedTwice { line, .. }
            | Self::Loop { line, .. }
            | Self::TwoSources { line, .. }
            | Self::Impedance { line, .. } => Some(format!("lines[{line}]")),
            Self::NoBus(_) | Self::HomeTwice(_) | Self::Diverged { .. } => None,
        }
    }

    /// `Ok` where `good`, else the number in `field` is at fault.
    pub(crate) fn check(
        good: bool,
        field: &'static str,
        value: f64,
        expected: &'static str,
    ) -> Result<(), Self> {
        if good { Ok(()) } else { Err(Self::Number { field, value, expected }) }
    }
}
