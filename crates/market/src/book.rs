//! The order book and what a clearing makes of it.

/// A limit order: up to `kwh` at `price` or better.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Order {
    /// Whose order it is.
    pub home: usize,
    /// Quantity, kWh, ≥ 0 and finite. Orders of nothing are allowed and never filled.
    pub kwh: f64,
    /// Limit price, $/kWh, finite.
    pub price: f64,
}

/// All orders of one market period.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OrderBook {
    /// Orders to buy.
    pub bids: Vec<Order>,
    /// Orders to sell.
    pub asks: Vec<Order>,
}

impl OrderBook {
    /// Empties the book and keeps its memory.
    pub fn clear(&mut self) {
        self.bids.clear();
        self.asks.clear();
    }
}

/// The outcome of one clearing; reused from call to call.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Clearing {
    /// The uniform price, $/kWh; `None` where nothing trades.
    pub price: Option<f64>,
    /// The prices that would clear the same volume, $/kWh; `None` where nothing trades.
    pub interval: Option<(f64, f64)>,
    /// Energy traded, kWh.
    pub volume_kwh: f64,
    /// Value to buyers less cost to sellers at their limit prices, $.
    pub welfare: f64,
    /// Energy bought by each bid, kWh, in the book's order.
    pub bought: Vec<f64>,
    /// Energy sold by each ask, kWh, in the book's order.
    pub sold: Vec<f64>,
    pub(crate) bid_order: Vec<usize>,
    pub(crate) ask_order: Vec<usize>,
}

impl Clearing {
    /// Prepares the buffers for `book`: nothing traded yet.
    pub(crate) fn reset(&mut self, book: &OrderBook) {
        self.price = None;
        self.interval = None;
        self.volume_kwh = 0.0;
        self.welfare = 0.0;
        for (fills, orders) in [(&mut self.bought, &book.bids), (&mut self.sold, &book.asks)] {
            fills.clear();
            fills.resize(orders.len(), 0.0);
        }
    }
}
