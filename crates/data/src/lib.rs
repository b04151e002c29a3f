//! Load and PV of a neighbourhood's homes: readers, a synthetic neighbourhood, day
//! splits, quality reports.
//!
//! Conventions: power in kW as the mean of a step, energy in kWh, both ≥ 0; a step is
//! 30 or 60 minutes; a day starts at midnight of the local clock (Sydney) and has the
//! same number of steps every day; index = day · steps per day + step.
//!
//! | module | what |
//! |---|---|
//! | [`neighbourhood`] | [`Neighbourhood`], [`Home`]: the series everything else works on |
//! | [`reader`] | [`Reader`]: bytes in, in chunks of any size; a neighbourhood and a [`QualityReport`] out |
//! | [`quality`] | [`QualityReport`]: what a file holds, what was left out, what was repaired |
//! | [`daylight`] | how the days of 23 and 25 hours get 24 |
//! | [`synthetic`] | [`Synthetic`]: a random neighbourhood with the statistics of measured ones |
//! | [`split`] | [`Split`]: training, validation and held-out days |
//! | [`error`] | [`DataError`] |

mod ausgrid;
mod ausgrid_build;
mod dates;
pub mod daylight;
pub mod error;
pub mod neighbourhood;
mod numbers;
mod preamble;
pub mod quality;
pub mod reader;
mod records;
pub mod split;
pub mod synthetic;
mod wide;
mod wide_clock;

pub use daylight::Changeover;
pub use error::DataError;
pub use neighbourhood::{Home, Neighbourhood, Provenance, ProvenanceKind};
pub use quality::{DaylightRepair, HomeQuality, LeftOut, QualityReport};
pub use reader::{Format, Reader, read};
pub use split::{Split, SplitUnit};
pub use synthetic::Synthetic;
