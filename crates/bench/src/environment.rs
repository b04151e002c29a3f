//! Streets, markets and feeders.

use std::hint::black_box;

use peergrid_data::Synthetic;
use peergrid_env::{
    ACTION_SIZE, BatteryMode, Checked, Community, HomeSetup, Microgrids, Scenario, Settled,
    StreetReport, Tariff,
};
use peergrid_guard::Action;
use peergrid_market::{Clearing, GridPrices, Market, MarketSettings, Order, OrderBook};
use peergrid_physics::{Battery, Feeder, FeederSpec, PowerFlow};

use crate::Kernel;

const STREETS: usize = 200;
const HOMES: usize = 10;
const STEPS: usize = 24;
const GRID: GridPrices = GridPrices { retail: 0.58, feed_in: 0.05 };

/// A day of many streets: guard, batteries, uniform auction, feeder, bills.
pub fn plain() -> Kernel {
    days("environment", false)
}

/// The same with the outcome without each battery, which the default reward asks for.
pub fn with_counterfactuals() -> Kernel {
    days("environment, counterfactuals", true)
}

fn days(name: &'static str, counterfactuals: bool) -> Kernel {
    let data = Synthetic { homes: HOMES, days: 60, ..Synthetic::default() };
    let data = data.generate().expect("a synthetic neighbourhood");
    let home = |home: usize| HomeSetup {
        battery: home.is_multiple_of(2).then(Battery::default),
        ..HomeSetup::default()
    };
    let tariff = Tariff::by_id("sydney-time-of-use").expect("a tariff that ships");
    let scenario = Scenario {
        feeder: Some(FeederSpec::default()),
        ..Scenario::new((0..HOMES).map(home).collect(), tariff)
    };
    let community = Community::new(&data, &scenario).expect("a valid scenario");
    let mut streets = Microgrids::new(community.into(), 1).with_counterfactuals(counterfactuals);
    let days: Vec<usize> = (0..STREETS).map(|street| 1 + street % 59).collect();
    let raw = vec![0.1; STREETS * HOMES * ACTION_SIZE];
    let mut proposed = vec![Action::default(); STREETS * HOMES];
    let (mut checked, mut settled) = (Checked::default(), Settled::default());
    Kernel::new(name, (STREETS * HOMES * STEPS, "home-steps"), move || {
        streets.reset(&days).expect("days of the data");
        while !streets.ended() {
            streets.propose(BatteryMode::Gate, StreetReport::ThisStep, &raw, &mut proposed);
            streets.check(&proposed, &mut checked);
            streets.step(&checked, &mut settled).expect("a cable that carries the load");
        }
        black_box(&settled);
    })
}

/// A uniform auction of a street.
pub fn clearing_of_ten() -> Kernel {
    clearing("market, 10 orders", 10, 50_000)
}

/// A uniform auction of a suburb.
pub fn clearing_of_many() -> Kernel {
    clearing("market, 500 orders", 500, 1_000)
}

/// Half the homes bid, half ask; prices spread over the local range, some of them equal.
fn clearing(name: &'static str, homes: usize, times: usize) -> Kernel {
    let order = |home: usize, price: f64| Order {
        home,
        kwh: 0.1 + (home * 37 % 101) as f64 * 0.013_7,
        price,
    };
    let step = |home: usize| (home * 53 % 97) as f64 * 0.005;
    let book = OrderBook {
        bids: (0..homes / 2).map(|home| order(home, GRID.retail - step(home))).collect(),
        asks: (homes / 2..homes).map(|home| order(home, GRID.feed_in + step(home))).collect(),
    };
    let market = Market::new(&MarketSettings::default()).expect("the default market");
    let mut clearing = Clearing::default();
    repeated(name, (times, "clearings"), move || {
        market.clear(black_box(&book), GRID, &mut clearing);
        black_box(&clearing);
    })
}

/// An exact power flow of a street.
pub fn power_flow_of_ten() -> Kernel {
    power_flow("power flow, 10 homes", 10, 50_000)
}

/// An exact power flow of a large street.
pub fn power_flow_of_a_hundred() -> Kernel {
    power_flow("power flow, 100 homes", 100, 1_000)
}

fn power_flow(name: &'static str, homes: usize, times: usize) -> Kernel {
    let ids: Vec<String> = (0..homes).map(|home| format!("home {home}")).collect();
    let feeder = Feeder::build(&FeederSpec::default(), &ids).expect("the default feeder");
    // An evening with some homes of surplus.
    let net_kw: Vec<f64> = (0..homes)
        .map(|home| if home % 5 == 3 { -2.5 } else { 1.5 + 0.2 * (home % 7) as f64 })
        .collect();
    let mut flow = PowerFlow::default();
    repeated(name, (times, "power flows"), move || {
        feeder.solve(black_box(&net_kw), &mut flow).expect("a cable that carries the load");
        black_box(&flow);
    })
}

/// Work too short for a clock: one run repeats it.
fn repeated(
    name: &'static str,
    (times, unit): (usize, &'static str),
    mut once: impl FnMut() + 'static,
) -> Kernel {
    Kernel::new(name, (times, unit), move || (0..times).for_each(|_| once()))
}
