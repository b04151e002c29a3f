//! Helpers shared by the tests of this folder.
#![allow(dead_code, reason = "each test file uses its part")]

pub mod ausgrid_text;
pub mod statistics;
