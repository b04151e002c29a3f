//! Bill sharing: the street's bill at the grid, shared by energy.
//!
//! The cost of what the street imports is shared by each home's share of the deficit, the revenue
//! of what it exports by each home's share of the surplus (Long et al. 2017, as for the
//! [mid-market rate](crate::mid_market_rate)). The accounting period is the one clearing. That is
//! the same as sharing the surplus at a local price of 0 $/kWh: with surplus E and deficit D,
//! buyers pay `lb·(D−E)/D` per kWh for E < D and nothing for E > D; sellers get `ls·(E−D)/E` for
//! E > D and nothing for E < D. Buyers pay the network fee on what they get from neighbours.
//!
//! **Not individually rational**: sellers get less than the feed-in tariff that the grid would
//! pay them. Over a longer period, in which a home sells at noon and buys in the evening, it may
//! still gain; in a single clearing it is the seller who gives. Limits do not count.

use crate::{Clearing, Mechanism, OrderBook, Terms, pool};

/// Bill sharing.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct BillSharing;

impl Mechanism for BillSharing {
    fn clear(&self, book: &OrderBook, terms: &Terms, clearing: &mut Clearing) {
        pool::clear(book, terms, clearing, |_| 0.0);
    }
}
