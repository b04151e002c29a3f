//! What every mechanism promises, over random books of up to 500 orders.

use peergrid_market::{
    Clearing, Market, MarketSettings, MechanismKind, Order, OrderBook, PRICE_SLACK, UNITS_PER_KWH,
};
use proptest::{prelude::*, test_runner::TestCaseResult};

use crate::books::{GRID, any_settings, books, cleared};

const UNIT: f64 = 1.0 / UNITS_PER_KWH;
const TOLERANCE: f64 = 1e-9;

/// Whole units of a fill; fails where it is not whole.
fn whole(kwh: f64) -> Result<u64, TestCaseError> {
    let units = (kwh * UNITS_PER_KWH).round();
    prop_assert_eq!(units / UNITS_PER_KWH, kwh);
    Ok(units as u64)
}

fn energy_balances(book: &OrderBook, clearing: &Clearing) -> TestCaseResult {
    let mut totals = [0, 0];
    let sides = [(&book.bids, &clearing.bought), (&book.asks, &clearing.sold)];
    for (total, (orders, fills)) in totals.iter_mut().zip(sides) {
        prop_assert_eq!(orders.len(), fills.len());
        for (order, fill) in orders.iter().zip(fills) {
            prop_assert!(*fill >= 0.0 && *fill <= order.kwh, "{} of {:?}", fill, order);
            *total += whole(*fill)?;
        }
    }
    prop_assert_eq!(totals, [whole(clearing.volume_kwh)?; 2]);
    Ok(())
}

fn money_balances(settings: &MarketSettings, clearing: &Clearing) -> TestCaseResult {
    let (paid, received): (f64, f64) = (clearing.paid.iter().sum(), clearing.received.iter().sum());
    let taken = received + clearing.fees + clearing.surplus;
    prop_assert!((paid - taken).abs() < TOLERANCE, "{} paid, {} taken", paid, taken);
    prop_assert!((clearing.fees - settings.network_fee * clearing.volume_kwh).abs() < TOLERANCE);
    prop_assert!(clearing.surplus >= 0.0);
    prop_assert!(clearing.surplus == 0.0 || settings.mechanism == MechanismKind::Mcafee);
    prop_assert_eq!(clearing.price.is_some(), clearing.volume_kwh > 0.0);
    if let Some(price) = clearing.price {
        prop_assert!((price * clearing.volume_kwh - received).abs() < TOLERANCE);
    }
    Ok(())
}

/// Nobody does worse than its limit and, ex post, than with the grid.
fn rational(settings: &MarketSettings, book: &OrderBook, clearing: &Clearing) -> TestCaseResult {
    let limits = settings.mechanism.uses_limits();
    for ((bid, kwh), paid) in book.bids.iter().zip(&clearing.bought).zip(&clearing.paid) {
        let most = if limits { bid.price } else { GRID.retail };
        prop_assert!(*paid <= most * kwh + TOLERANCE && *paid >= 0.0, "{:?} pays {}", bid, paid);
    }
    for ((ask, kwh), received) in book.asks.iter().zip(&clearing.sold).zip(&clearing.received) {
        let least = match settings.mechanism {
            MechanismKind::BillSharing => 0.0,
            _ if limits => ask.price,
            _ => GRID.feed_in,
        };
        prop_assert!(*received >= least * kwh - TOLERANCE, "{:?} gets {}", ask, received);
    }
    Ok(())
}

/// Only orders that pass the filter trade, and none at bid < ask + fee.
fn limits_hold(settings: &MarketSettings, book: &OrderBook, clearing: &Clearing) -> TestCaseResult {
    if !settings.mechanism.uses_limits() {
        return Ok(());
    }
    let filled = |orders: &[Order], fills: &[f64]| -> Vec<f64> {
        let filled = orders.iter().zip(fills).filter(|(_, fill)| **fill > 0.0);
        filled.map(|(order, _)| order.price).collect()
    };
    let bids = filled(&book.bids, &clearing.bought);
    let asks = filled(&book.asks, &clearing.sold);
    for price in bids.iter().chain(&asks) {
        prop_assert!(settings.price_floor.is_none_or(|floor| *price >= floor));
        prop_assert!(settings.price_cap.is_none_or(|cap| *price <= cap));
    }
    let lowest = bids.iter().copied().fold(f64::MAX, f64::min);
    let highest = asks.iter().copied().fold(f64::MIN, f64::max);
    prop_assert!(bids.is_empty() || lowest >= highest + settings.network_fee - 1e-12);
    Ok(())
}

fn prices_lie_within(settings: &MarketSettings, clearing: &Clearing) -> TestCaseResult {
    let interval = settings.mechanism.uses_limits() && clearing.price.is_some();
    prop_assert_eq!(clearing.interval.is_some(), interval);
    if let (Some(price), Some((lo, hi))) = (clearing.price, clearing.interval) {
        prop_assert!(lo <= hi && price >= lo - 1e-12 && price <= hi + 1e-12);
    }
    let local = (GRID.feed_in - 1e-12)..=(GRID.retail - settings.network_fee + 1e-12);
    if let Some(price) = clearing.price {
        match settings.mechanism {
            MechanismKind::BillSharing => prop_assert_eq!(price, 0.0),
            MechanismKind::GridBacked
            | MechanismKind::MidMarketRate
            | MechanismKind::SupplyDemandRatio => prop_assert!(local.contains(&price)),
            _ => {}
        }
    }
    Ok(())
}

/// To the slack, at both ends of the uniform auction's interval the volume is what both sides want: no less than
/// those orders that gain by trading, no more than those that do not lose.
fn interval_clears(
    settings: &MarketSettings,
    book: &OrderBook,
    clearing: &Clearing,
) -> TestCaseResult {
    let Some((lo, hi)) = clearing.interval else { return Ok(()) };
    if settings.mechanism != MechanismKind::Uniform {
        return Ok(());
    }
    let total = |orders: &[Order], wants: &dyn Fn(f64) -> bool| -> f64 {
        let entered = orders.iter().filter(|o| enters(settings, o) && wants(o.price));
        entered.map(|o| (o.kwh * UNITS_PER_KWH + 1e-6).floor()).sum()
    };
    let volume = (clearing.volume_kwh * UNITS_PER_KWH).round();
    let fee = settings.network_fee;
    for price in [lo, hi] {
        prop_assert!(total(&book.bids, &|bid| bid - fee > price + PRICE_SLACK) <= volume);
        prop_assert!(total(&book.bids, &|bid| bid - fee >= price - PRICE_SLACK) >= volume);
        prop_assert!(total(&book.asks, &|ask| ask < price) <= volume);
        prop_assert!(total(&book.asks, &|ask| ask <= price) >= volume);
    }
    Ok(())
}

/// Whether an order passes the filter; where limits do not count, all do.
fn enters(settings: &MarketSettings, order: &Order) -> bool {
    !settings.mechanism.uses_limits()
        || settings.price_floor.is_none_or(|floor| order.price >= floor)
            && settings.price_cap.is_none_or(|cap| order.price <= cap)
}

/// Trades add up to fills and money, home by home.
fn trades_agree(
    settings: &MarketSettings,
    book: &OrderBook,
    clearing: &Clearing,
) -> TestCaseResult {
    let homes = book.bids.len() + book.asks.len();
    let (mut bought, mut sold) = (vec![0.0; homes], vec![0.0; homes]);
    let (mut cost, mut revenue) = (vec![0.0; homes], vec![0.0; homes]);
    let markup = clearing.surplus / clearing.volume_kwh.max(UNIT);
    for trade in clearing.trades(book) {
        prop_assert!(trade.kwh > 0.0 && trade.buyer != trade.seller);
        bought[trade.buyer] += trade.kwh;
        sold[trade.seller] += trade.kwh;
        cost[trade.buyer] += trade.kwh * (trade.price + settings.network_fee + markup);
        revenue[trade.seller] += trade.kwh * trade.price;
    }
    for (i, bid) in book.bids.iter().enumerate() {
        prop_assert!((bought[bid.home] - clearing.bought[i]).abs() < TOLERANCE);
        prop_assert!((cost[bid.home] - clearing.paid[i]).abs() < TOLERANCE);
    }
    for (i, ask) in book.asks.iter().enumerate() {
        prop_assert!((sold[ask.home] - clearing.sold[i]).abs() < TOLERANCE);
        prop_assert!((revenue[ask.home] - clearing.received[i]).abs() < TOLERANCE);
    }
    Ok(())
}

/// Orders of one price share pro rata: equal prices pay the same, and their fills stand in
/// proportion to their quantities, to a unit; to two where several prices share in one pool, of
/// which each order's share is exact to a unit and so is the group's mean.
fn ties_share(
    settings: &MarketSettings,
    orders: &[Order],
    fills: &[f64],
    money: &[f64],
) -> TestCaseResult {
    let pool = !settings.mechanism.uses_limits() || settings.mechanism == MechanismKind::Mcafee;
    let tolerance = if pool { 2.01 * UNIT } else { 1.01 * UNIT };
    let mut sorted: Vec<usize> =
        (0..orders.len()).filter(|&i| enters(settings, &orders[i])).collect();
    sorted.sort_unstable_by(|&a, &b| orders[a].price.total_cmp(&orders[b].price));
    for group in sorted.chunk_by(|&a, &b| orders[a].price == orders[b].price) {
        let units = |i: usize| (orders[i].kwh * UNITS_PER_KWH + 1e-6).floor();
        let total: f64 = group.iter().map(|&i| units(i)).sum();
        let filled: f64 = group.iter().map(|&i| fills[i]).sum();
        let spent: f64 = group.iter().map(|&i| money[i]).sum();
        for &i in group.iter().filter(|_| total > 0.0) {
            let fair = filled * units(i) / total;
            prop_assert!((fills[i] - fair).abs() <= tolerance, "{} is not {}", fills[i], fair);
            let due = if filled > 0.0 { spent * fills[i] / filled } else { 0.0 };
            prop_assert!((money[i] - due).abs() < TOLERANCE);
        }
    }
    Ok(())
}

/// The same orders in another order of arrival: `places[i]` is where order `i` went.
fn permuted(orders: &[Order], seed: usize) -> (Vec<Order>, Vec<usize>) {
    let mut places: Vec<usize> = (0..orders.len()).collect();
    places.sort_unstable_by_key(|&i| (i.wrapping_mul(2_654_435_761) ^ seed) % 1_000_003);
    let mut moved = orders.to_vec();
    for (order, &place) in orders.iter().zip(&places) {
        moved[place] = *order;
    }
    (moved, places)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    /// Who asks for sums alone gets those of the whole clearing, whatever was cleared before.
    #[test]
    fn totals_are_those_of_the_clearing(
        book in books(20), other in books(20), settings in any_settings(),
    ) {
        let market = Market::new(&settings).unwrap();
        let (mut totals, mut whole) = (Clearing::default(), Clearing::default());
        market.clear(&other, GRID, &mut totals);
        market.clear_totals(&book, GRID, &mut totals);
        market.clear(&book, GRID, &mut whole);
        let sums = |c: &Clearing| (c.price, c.interval, c.volume_kwh, c.fees, c.surplus);
        prop_assert_eq!(sums(&totals), sums(&whole));
        market.clear(&book, GRID, &mut totals);
        prop_assert_eq!(totals, whole);
    }

    #[test]
    fn every_clearing_is_sound(settings in any_settings(), book in books(250)) {
        let clearing = cleared(&settings, &book);
        energy_balances(&book, &clearing)?;
        money_balances(&settings, &clearing)?;
        rational(&settings, &book, &clearing)?;
        limits_hold(&settings, &book, &clearing)?;
        prices_lie_within(&settings, &clearing)?;
        interval_clears(&settings, &book, &clearing)?;
        ties_share(&settings, &book.bids, &clearing.bought, &clearing.paid)?;
        ties_share(&settings, &book.asks, &clearing.sold, &clearing.received)?;
        trades_agree(&settings, &book, &clearing)?;
    }

    /// The order of arrival changes no fill by more than a unit.
    #[test]
    fn permutations_agree(settings in any_settings(), book in books(250), seed in any::<usize>()) {
        let straight = cleared(&settings, &book);
        let (bids, bid_places) = permuted(&book.bids, seed);
        let (asks, ask_places) = permuted(&book.asks, seed >> 8);
        let moved = cleared(&settings, &OrderBook { bids, asks });
        prop_assert_eq!(straight.volume_kwh, moved.volume_kwh);
        prop_assert_eq!(straight.interval, moved.interval);
        for (fill, place) in straight.bought.iter().zip(bid_places) {
            prop_assert!((fill - moved.bought[place]).abs() <= 1.01 * UNIT);
        }
        for (fill, place) in straight.sold.iter().zip(ask_places) {
            prop_assert!((fill - moved.sold[place]).abs() <= 1.01 * UNIT);
        }
    }

    /// A clearing's buffers carry nothing over from the clearing before.
    #[test]
    fn buffers_start_anew(settings in any_settings(), first in books(40), second in books(40)) {
        let market = peergrid_market::Market::new(&settings).unwrap();
        let mut reused = Clearing::default();
        market.clear(&first, GRID, &mut reused);
        market.clear(&second, GRID, &mut reused);
        prop_assert_eq!(reused, cleared(&settings, &second));
    }
}
