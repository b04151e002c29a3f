//! The mechanisms against published numbers, against their own promises, and against the optimum.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

mod books;
mod optimum;
mod reduction;
mod reference;
mod soundness;
mod truthful;
