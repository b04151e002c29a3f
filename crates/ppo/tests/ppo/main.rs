//! The crate from outside.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod checkpoint;
mod common;
mod reference;
mod settings;
mod training;
mod updates;
