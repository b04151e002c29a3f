//! One file per subcommand.

pub mod clear;
mod clear_charts;
pub mod data;
pub mod evaluate;
pub mod plot;
pub mod powerflow;
pub mod results;
pub mod schema;
pub mod simulate;
pub mod sweep;
pub mod train;
