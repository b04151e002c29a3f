//! Helpers shared by the tests of this folder.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "each test file uses its part")]

pub mod ausgrid_text;
pub mod statistics;
