//! The order book.

use std::collections::HashMap;

use crate::MarketError;

/// The largest quantity of one order, kWh.
pub const MAX_KWH: f64 = 1e6;

/// The highest price, $/kWh: far above any energy has had, far below where sums overflow.
pub const MAX_PRICE: f64 = 1e6;

/// A limit order: up to `kwh` at `price` or better.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Order {
    /// Whose order it is.
    pub home: usize,
    /// Quantity, kWh, 0 to [`MAX_KWH`]. Orders of nothing are allowed and never filled.
    pub kwh: f64,
    /// Limit price, $/kWh, finite, as people write it 0 to [`MAX_PRICE`]; for a bid, network fee
    /// included.
    pub price: f64,
}

impl Order {
    /// Whether the numbers are such that a market can work with them.
    fn is_sound(&self) -> bool {
        (0.0..=MAX_KWH).contains(&self.kwh) && self.price.is_finite()
    }
}

/// All orders of one market period. A home is on one side only, with one order or several.
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

    /// Checks orders that a person wrote. `names` are the homes' names, by number; a home without
    /// a name is called by its number.
    ///
    /// # Errors
    ///
    /// Names the first order whose quantity or price is negative, not a number, infinite or too
    /// large, or a home that both bids and asks.
    pub fn validate(&self, names: &[String]) -> Result<(), MarketError> {
        for (list, orders) in [("bids", &self.bids), ("asks", &self.asks)] {
            for (index, order) in orders.iter().enumerate() {
                check(list, index, order)?;
            }
        }
        let mut bidders = HashMap::new();
        for (bid, order) in self.bids.iter().enumerate() {
            bidders.entry(order.home).or_insert(bid);
        }
        for (ask, order) in self.asks.iter().enumerate() {
            if let Some(&bid) = bidders.get(&order.home) {
                let name = names.get(order.home).map(|name| format!("`{name}`"));
                let home = name.unwrap_or_else(|| order.home.to_string());
                return Err(MarketError::BothSides { home, bid, ask });
            }
        }
        Ok(())
    }

    /// Whether a market can work with every order; for debug assertions.
    pub(crate) fn is_sound(&self) -> bool {
        self.bids.iter().chain(&self.asks).all(Order::is_sound)
    }
}

fn check(list: &str, index: usize, order: &Order) -> Result<(), MarketError> {
    if !(0.0..=MAX_KWH).contains(&order.kwh) {
        let right = "a quantity must be a number of kWh from 0 to 1000000";
        return Err(MarketError::value(format!("{list}[{index}].kwh"), order.kwh, right));
    }
    if !(0.0..=MAX_PRICE).contains(&order.price) {
        let right = "a limit price must be a number of $/kWh from 0 to 1000000";
        return Err(MarketError::value(format!("{list}[{index}].price"), order.price, right));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(home: usize, kwh: f64, price: f64) -> Order {
        Order { home, kwh, price }
    }

    #[test]
    fn errors_name_the_order() {
        let good = order(0, 1.0, 0.2);
        for (bad, sentence) in [
            (order(1, -1.0, 0.2), "asks[1].kwh is -1; a quantity must be"),
            (order(1, f64::NAN, 0.2), "asks[1].kwh is NaN; "),
            (order(1, 1e7, 0.2), "asks[1].kwh is 10000000; "),
            (order(1, 1.0, f64::INFINITY), "asks[1].price is inf; a limit price must be"),
            (order(1, 1.0, -0.1), "asks[1].price is -0.1; "),
            (order(1, 1.0, 1e7), "asks[1].price is 10000000; "),
        ] {
            let book = OrderBook { bids: vec![], asks: vec![good, bad] };
            let message = book.validate(&[]).unwrap_err().to_string();
            assert!(message.starts_with(sentence), "{message}");
        }
    }

    #[test]
    fn a_home_is_on_one_side_only() {
        let mut book = OrderBook {
            bids: vec![order(0, 1.0, 0.2), order(1, 1.0, 0.2), order(1, 2.0, 0.1)],
            asks: vec![order(2, 1.0, 0.1), order(1, 1.0, 0.1)],
        };
        let names = ["A", "B", "C"].map(str::to_owned);
        let message = book.validate(&names).unwrap_err().to_string();
        assert!(message.starts_with("home `B` is in two places, bids[1] and asks[1]"), "{message}");
        assert!(book.validate(&[]).unwrap_err().to_string().starts_with("home 1 "));
        book.asks.pop();
        assert_eq!(book.validate(&names), Ok(()));
    }
}
