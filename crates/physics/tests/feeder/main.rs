//! The feeder: against published numbers, against an independent solver, and its messages.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

mod ieee33;
mod messages;
mod network;
mod properties;
mod reference;
mod street;
