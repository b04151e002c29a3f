//! The local market by itself: the orders of one period cleared by one mechanism, or by all of
//! them side by side.
//!
//! [`Orders`] is what a person writes, [`MarketPeriod`] what is cleared, [`Cleared`] what comes of
//! it, bills included: what the market leaves of an order is settled with the grid. Numbers that
//! leave are rounded to 10⁻¹², below anything that counts, so that 0.1 is not 0.10000000000000002.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use peergrid_market::{
    Clearing, GridPrices, Market, MarketError, MarketSettings, MechanismKind, Order, OrderBook,
};
use peergrid_reward::{gini, jain};
use serde::{Deserialize, Serialize};

/// The orders of one market period, as a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Orders {
    /// The mechanism that clears them.
    #[serde(default)]
    pub mechanism: MechanismKind,
    /// Where between two limits a price lies, 0 (for buyers) to 1 (for sellers); 0.5 by default.
    #[serde(default = "half")]
    pub k: f64,
    /// What buyers pay to the network for energy traded locally, $/kWh, ≥ 0; none by default.
    #[serde(default)]
    pub network_fee: f64,
    /// Orders with a limit below this do not enter, $/kWh; no floor when null.
    #[serde(default)]
    pub price_floor: Option<f64>,
    /// Orders with a limit above this do not enter, $/kWh; no cap when null.
    #[serde(default)]
    pub price_cap: Option<f64>,
    /// Price of energy from the grid, $/kWh.
    pub retail: f64,
    /// Tariff for energy fed into the grid, $/kWh; no more than retail.
    pub feed_in: f64,
    /// Orders to buy.
    #[serde(default)]
    pub bids: Vec<HomeOrder>,
    /// Orders to sell.
    #[serde(default)]
    pub asks: Vec<HomeOrder>,
}

fn half() -> f64 {
    0.5
}

/// A limit order of a home.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HomeOrder {
    /// Whose order it is.
    pub home: String,
    /// Quantity, kWh, 0 to 1 000 000.
    pub kwh: f64,
    /// Limit price, $/kWh, ≥ 0; for a bid, network fee included.
    pub price: f64,
}

impl Orders {
    /// Checks the document and numbers its homes in the order in which they appear.
    ///
    /// # Errors
    ///
    /// The first setting, price or order that is out of range, or a home that bids and asks.
    pub fn period(&self) -> Result<MarketPeriod, MarketError> {
        let mut homes = Vec::new();
        let mut side = |orders: &[HomeOrder]| -> Vec<Order> {
            let mut number = |name: &String| {
                homes.iter().position(|home| home == name).unwrap_or_else(|| {
                    homes.push(name.clone());
                    homes.len() - 1
                })
            };
            let order = |o: &HomeOrder| Order { home: number(&o.home), kwh: o.kwh, price: o.price };
            orders.iter().map(order).collect()
        };
        let book = OrderBook { bids: side(&self.bids), asks: side(&self.asks) };
        let period = MarketPeriod {
            homes,
            book,
            grid: GridPrices { retail: self.retail, feed_in: self.feed_in },
            settings: MarketSettings {
                mechanism: self.mechanism,
                k: self.k,
                network_fee: self.network_fee,
                price_floor: self.price_floor,
                price_cap: self.price_cap,
            },
        };
        period.settings.validate()?;
        period.grid.validate()?;
        period.book.validate(&period.homes)?;
        Ok(period)
    }
}

/// A market period: who orders what, and on what terms.
#[derive(Debug, Clone, PartialEq)]
pub struct MarketPeriod {
    /// Names of the homes, by the numbers that the book knows them by.
    pub homes: Vec<String>,
    /// Their orders.
    pub book: OrderBook,
    /// The grid's prices.
    pub grid: GridPrices,
    /// The market's settings.
    pub settings: MarketSettings,
}

/// What comes of a period's orders.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cleared {
    /// What sellers get, $/kWh: the one price, or the mean by volume where pairs differ; null
    /// where nothing trades.
    pub price: Option<f64>,
    /// Energy traded between homes, kWh.
    pub quantity_kwh: f64,
    /// Value to buyers less cost to sellers at their limits, less network fees, $.
    pub welfare: f64,
    /// The range the price was chosen from, $/kWh; null where there is none.
    pub interval: Option<(f64, f64)>,
    /// Who sold how much to whom.
    pub trades: Vec<HomeTrade>,
    /// What the market left to the grid.
    pub grid: GridExchange,
    /// What the network gets, $.
    pub fees: f64,
    /// What buyers pay beyond what sellers and the network get, $.
    pub surplus: f64,
    /// What each home pays in all, $; negative where it earns.
    pub bills: BTreeMap<String, f64>,
}

/// Energy from one home to another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HomeTrade {
    /// The home that buys.
    pub buyer: String,
    /// The home that sells.
    pub seller: String,
    /// Energy, kWh.
    pub kwh: f64,
    /// What the seller gets, $/kWh.
    pub price: f64,
}

/// Energy settled with the grid.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct GridExchange {
    /// Bought at the retail price, kWh.
    pub import_kwh: f64,
    /// Sold at the feed-in tariff, kWh.
    pub export_kwh: f64,
}

/// The same orders, cleared by every mechanism.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The homes.
    pub homes: Vec<String>,
    /// Price of energy from the grid, $/kWh.
    pub retail: f64,
    /// Tariff for energy fed into the grid, $/kWh.
    pub feed_in: f64,
    /// Bids that pass the filter, best first, as the corners (kWh, $/kWh) of a step line; prices
    /// less the network fee.
    pub demand: Vec<(f64, f64)>,
    /// Asks that pass the filter, best first, as the corners (kWh, $/kWh) of a step line.
    pub supply: Vec<(f64, f64)>,
    /// The prices at which supply meets demand, $/kWh; null where they do not meet.
    pub interval: Option<(f64, f64)>,
    /// What each mechanism makes of the orders, in the order of [`MechanismKind::ALL`].
    pub outcomes: Vec<Outcome>,
}

/// What one mechanism makes of the orders, and who gains by it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The mechanism.
    pub mechanism: MechanismKind,
    /// Its name for people.
    pub label: &'static str,
    /// What it does, in a sentence.
    pub description: &'static str,
    /// The clearing.
    #[serde(flatten)]
    pub cleared: Cleared,
    /// What each home pays less than if the grid settled its orders, $.
    pub savings: BTreeMap<String, f64>,
    /// Gini coefficient of the savings; null where nothing is saved in all.
    pub gini: Option<f64>,
    /// Jain's index of the savings, 0 to 1; null where no home's bill changes.
    pub jain: Option<f64>,
}

impl MarketPeriod {
    /// Clears the orders by the period's mechanism.
    ///
    /// # Errors
    ///
    /// A setting out of range.
    pub fn clear(&self) -> Result<Cleared, MarketError> {
        Ok(self.cleared(&self.clearing(self.settings.mechanism)?))
    }

    /// Clears the orders by every mechanism, on the same terms.
    ///
    /// # Errors
    ///
    /// A setting out of range.
    pub fn compare(&self) -> Result<Comparison, MarketError> {
        let outcome = |mechanism| Ok(self.outcome(mechanism, &self.clearing(mechanism)?));
        Ok(Comparison {
            homes: self.homes.clone(),
            retail: self.grid.retail,
            feed_in: self.grid.feed_in,
            demand: self.curve(&self.book.bids, -1.0, self.settings.network_fee),
            supply: self.curve(&self.book.asks, 1.0, 0.0),
            interval: self.clearing(MechanismKind::Uniform)?.interval.map(both_rounded),
            outcomes: MechanismKind::ALL.into_iter().map(outcome).collect::<Result<_, _>>()?,
        })
    }

    fn clearing(&self, mechanism: MechanismKind) -> Result<Clearing, MarketError> {
        let market = Market::new(&MarketSettings { mechanism, ..self.settings })?;
        let mut clearing = Clearing::default();
        market.clear(&self.book, self.grid, &mut clearing);
        Ok(clearing)
    }

    fn cleared(&self, clearing: &Clearing) -> Cleared {
        let trade = |trade: peergrid_market::Trade| HomeTrade {
            buyer: self.homes[trade.buyer].clone(),
            seller: self.homes[trade.seller].clone(),
            kwh: rounded(trade.kwh),
            price: rounded(trade.price),
        };
        let left = |orders: &[Order], fills: &[f64]| -> f64 {
            rounded(orders.iter().zip(fills).map(|(order, fill)| order.kwh - fill).sum())
        };
        Cleared {
            price: clearing.price.map(rounded),
            quantity_kwh: clearing.volume_kwh,
            welfare: rounded(clearing.welfare),
            interval: clearing.interval.map(both_rounded),
            trades: clearing.trades(&self.book).into_iter().map(trade).collect(),
            grid: GridExchange {
                import_kwh: left(&self.book.bids, &clearing.bought),
                export_kwh: left(&self.book.asks, &clearing.sold),
            },
            fees: rounded(clearing.fees),
            surplus: rounded(clearing.surplus),
            bills: self.by_name(&self.bills(clearing)),
        }
    }

    fn outcome(&self, mechanism: MechanismKind, clearing: &Clearing) -> Outcome {
        let savings = self.savings(clearing);
        Outcome {
            mechanism,
            label: mechanism.label(),
            description: mechanism.description(),
            cleared: self.cleared(clearing),
            savings: self.by_name(&savings),
            jain: jain(&savings).map(rounded),
            gini: gini(&mut savings.clone()).map(rounded),
        }
    }

    /// What each home pays in the market and to the grid, $.
    fn bills(&self, clearing: &Clearing) -> Vec<f64> {
        let mut bills = vec![0.0; self.homes.len()];
        for (i, bid) in self.book.bids.iter().enumerate() {
            let rest = bid.kwh - clearing.bought[i];
            bills[bid.home] += clearing.paid[i] + rest * self.grid.retail;
        }
        for (i, ask) in self.book.asks.iter().enumerate() {
            let rest = ask.kwh - clearing.sold[i];
            bills[ask.home] -= clearing.received[i] + rest * self.grid.feed_in;
        }
        bills
    }

    /// What each home pays less than with the grid alone, $: only what is traded can differ.
    /// Rounded, so that no inequality is seen in what is noise.
    fn savings(&self, clearing: &Clearing) -> Vec<f64> {
        let mut savings = vec![0.0; self.homes.len()];
        for (i, bid) in self.book.bids.iter().enumerate() {
            savings[bid.home] += clearing.bought[i] * self.grid.retail - clearing.paid[i];
        }
        for (i, ask) in self.book.asks.iter().enumerate() {
            savings[ask.home] += clearing.received[i] - clearing.sold[i] * self.grid.feed_in;
        }
        savings.into_iter().map(rounded).collect()
    }

    fn by_name(&self, values: &[f64]) -> BTreeMap<String, f64> {
        self.homes.iter().cloned().zip(values.iter().copied().map(rounded)).collect()
    }

    /// One side's orders as a step line; `direction` is 1 for rising prices, −1 for falling.
    fn curve(&self, orders: &[Order], direction: f64, fee: f64) -> Vec<(f64, f64)> {
        let MarketSettings { price_floor, price_cap, .. } = self.settings;
        let mut entered: Vec<&Order> = orders
            .iter()
            .filter(|o| o.kwh > 0.0)
            .filter(|o| price_floor.is_none_or(|floor| o.price >= floor))
            .filter(|o| price_cap.is_none_or(|cap| o.price <= cap))
            .collect();
        entered.sort_by(|a, b| (direction * a.price).total_cmp(&(direction * b.price)));
        let mut kwh = 0.0;
        let mut corners = Vec::with_capacity(2 * entered.len());
        for order in entered {
            let price = rounded(order.price - fee);
            corners.push((rounded(kwh), price));
            kwh += order.kwh;
            corners.push((rounded(kwh), price));
        }
        corners
    }
}

fn rounded(value: f64) -> f64 {
    let rounded = (value * 1e12).round() / 1e12;
    // A sum of nothing may be −0, which a reader would wonder about.
    if rounded == 0.0 { 0.0 } else { rounded }
}

fn both_rounded((lo, hi): (f64, f64)) -> (f64, f64) {
    (rounded(lo), rounded(hi))
}
