//! The engine for a web worker.
