//! Supply–demand ratio: the price falls from retail to feed-in as the surplus grows.
//!
//! With `s = E/D`, surplus over deficit, all of the smaller side trades at
//!
//! ```text
//! sell = ls·lb / ((lb − ls)·s + ls)   for s ≤ 1,      sell = ls   for s > 1
//! ```
//!
//! so that buyers pay `sell·s + lb·(1−s)` for s ≤ 1 and ls for s > 1 (Liu, Yu, Wang, Li, Ma and
//! Lei, *Energy-sharing model with price-based demand response for microgrids of peer-to-peer
//! prosumers*, IEEE Transactions on Power Systems 32, 2017). With a network fee f, lb − f takes
//! the place of lb. For a feed-in tariff of nothing or less, the formula's limit, ls, is the
//! price. Limits do not count.

use crate::{Clearing, Mechanism, OrderBook, Terms, pool};

/// The supply–demand ratio.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SupplyDemandRatio;

impl Mechanism for SupplyDemandRatio {
    fn clear(&self, book: &OrderBook, terms: &Terms, clearing: &mut Clearing) {
        pool::clear(book, terms, clearing, |street| {
            if street.surplus >= street.deficit || street.lo <= 0.0 {
                return street.lo;
            }
            let ratio = street.surplus as f64 / street.deficit as f64;
            street.lo * street.hi / ((street.hi - street.lo) * ratio + street.lo)
        });
    }
}
