//! Orders in, trades and prices out: one file per mechanism behind one trait.
//!
//! Quantities in kWh, prices in $/kWh. An [`OrderBook`] holds limit orders; a [`Mechanism`]
//! clears it into a [`Clearing`] whose buffers the caller keeps, so that clearing allocates
//! nothing once they have grown.
//!
//! - [`uniform`]: the k-double auction with one price for all.

pub mod book;
pub mod uniform;

pub use book::{Clearing, Order, OrderBook};
pub use uniform::UniformAuction;

/// A way to turn an order book into trades.
///
/// Every mechanism conserves energy (filled bids = filled asks) and money (what buyers pay is
/// what sellers get), trades nothing at bid < ask, and never fills an order beyond its quantity
/// or its limit price.
pub trait Mechanism {
    /// Clears `book` into `clearing`, whose fills line up with the book's orders.
    fn clear(&self, book: &OrderBook, clearing: &mut Clearing);
}
