//! Orders in, trades and prices out: one file per mechanism.
