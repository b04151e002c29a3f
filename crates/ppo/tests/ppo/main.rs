//! The crate from outside.

mod checkpoint;
mod common;
mod settings;
mod training;
