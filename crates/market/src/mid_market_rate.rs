//! Mid-market rate: the middle of the feed-in tariff and the retail price.
//!
//! All surplus E and deficit D trade as far as they go at `m = (lb + ls)/2`; the rest is settled
//! with the grid. So with E < D sellers get m and buyers pay `(m·E + lb·(D−E))/D`; with E > D
//! buyers pay m and sellers get `(m·D + ls·(E−D))/E` (Long, Wu, Zhang, Thomas, Cheng and Jenkins,
//! *Peer-to-peer energy trading in a community microgrid*, IEEE PES General Meeting 2017). With a
//! network fee f the middle is that of ls and lb − f. Limits do not count.

use crate::{Clearing, Mechanism, OrderBook, Terms, pool};

/// The mid-market rate.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MidMarketRate;

impl Mechanism for MidMarketRate {
    fn clear(&self, book: &OrderBook, terms: &Terms, clearing: &mut Clearing) {
        pool::clear(book, terms, clearing, |street| 0.5 * (street.lo + street.hi));
    }
}
