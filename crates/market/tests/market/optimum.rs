//! Welfare against the optimum of the matching, found as a linear program.

use clarabel::{
    algebra::CscMatrix,
    solver::{DefaultSettings, DefaultSolver, IPSolver, NonnegativeConeT, SolverStatus, ZeroConeT},
};
use peergrid_market::{MarketSettings, MechanismKind, OrderBook, UNITS_PER_KWH};
use proptest::prelude::*;

use crate::books::{GRID, books, cleared, settings};

/// A quantity to be chosen: its worth per kWh, and how much of it there is.
struct Variable {
    worth: f64,
    /// kWh; `None` for any quantity.
    most: Option<f64>,
    /// 1 for energy bought, −1 for energy sold.
    sign: f64,
}

/// The largest total worth at which as much is bought as is sold:
/// `max Σ worth·x` subject to `Σ sign·x = 0`, `0 ≤ x ≤ most`.
fn optimum(variables: &[Variable]) -> f64 {
    let n = variables.len();
    if n == 0 {
        return 0.0;
    }
    let (mut rows, mut columns, mut values) = (Vec::new(), Vec::new(), Vec::new());
    let mut bound = vec![0.0];
    let mut entry = |row, column, value| {
        rows.push(row);
        columns.push(column);
        values.push(value);
    };
    for (i, variable) in variables.iter().enumerate() {
        entry(0, i, variable.sign);
        entry(bound.len(), i, -1.0);
        bound.push(0.0);
        if let Some(most) = variable.most {
            entry(bound.len(), i, 1.0);
            bound.push(most);
        }
    }
    let constraints = CscMatrix::new_from_triplets(bound.len(), n, rows, columns, values);
    let worth: Vec<f64> = variables.iter().map(|v| -v.worth).collect();
    let cones = [ZeroConeT(1), NonnegativeConeT(bound.len() - 1)];
    let settings = DefaultSettings { verbose: false, ..DefaultSettings::default() };
    let quadratic = CscMatrix::zeros((n, n));
    let mut solver =
        DefaultSolver::new(&quadratic, &worth, &constraints, &bound, &cones, settings).unwrap();
    solver.solve();
    assert_eq!(solver.solution.status, SolverStatus::Solved);
    -solver.solution.obj_val
}

/// The orders that may trade, in whole units.
fn variables(settings: &MarketSettings, book: &OrderBook) -> Vec<Variable> {
    let enters = |price: f64| {
        settings.price_floor.is_none_or(|floor| price >= floor)
            && settings.price_cap.is_none_or(|cap| price <= cap)
    };
    let most = |kwh: f64| Some((kwh * UNITS_PER_KWH + 1e-6).floor() / UNITS_PER_KWH);
    let bids = book.bids.iter().filter(|bid| enters(bid.price)).map(|bid| Variable {
        worth: bid.price - settings.network_fee,
        most: most(bid.kwh),
        sign: 1.0,
    });
    let asks = book.asks.iter().filter(|ask| enters(ask.price)).map(|ask| Variable {
        worth: -ask.price,
        most: most(ask.kwh),
        sign: -1.0,
    });
    bids.chain(asks).collect()
}

/// What the fills are worth in the book in which the grid stands too: a home's bid or ask that is
/// better than the grid's trades in full, with homes or with the grid.
fn worth_with_grid(settings: &MarketSettings, book: &OrderBook, welfare: f64) -> f64 {
    let clearing = cleared(settings, book);
    let grid_ask = GRID.retail - settings.network_fee;
    let whole = |kwh: f64| (kwh * UNITS_PER_KWH + 1e-6).floor() / UNITS_PER_KWH;
    let enters = |price: f64| {
        settings.price_floor.is_none_or(|floor| price >= floor)
            && settings.price_cap.is_none_or(|cap| price <= cap)
    };
    let imports = book.bids.iter().zip(&clearing.bought).filter(|(bid, _)| enters(bid.price));
    let exports = book.asks.iter().zip(&clearing.sold).filter(|(ask, _)| enters(ask.price));
    let gain = |better: f64, kwh: f64| if better > 0.0 { better * kwh } else { 0.0 };
    welfare
        + imports
            .map(|(bid, fill)| {
                gain(bid.price - settings.network_fee - grid_ask, whole(bid.kwh) - fill)
            })
            .sum::<f64>()
        + exports
            .map(|(ask, fill)| gain(GRID.feed_in - ask.price, whole(ask.kwh) - fill))
            .sum::<f64>()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-6 * (1.0 + b.abs())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn auctions_reach_the_optimum(
        settings in settings(MechanismKind::Uniform), book in books(30),
    ) {
        let best = optimum(&variables(&settings, &book));
        for mechanism in [MechanismKind::Uniform, MechanismKind::Discriminatory] {
            let welfare = cleared(&MarketSettings { mechanism, ..settings }, &book).welfare;
            prop_assert!(close(welfare, best), "{}: {} is not {}", mechanism.id(), welfare, best);
        }
        let reduced = MarketSettings { mechanism: MechanismKind::Mcafee, ..settings };
        let welfare = cleared(&reduced, &book).welfare;
        prop_assert!(welfare >= -1e-9 && welfare < best + 1e-6 * (1.0 + best));
    }

    /// With the grid in the book as two more variables, of which there is any quantity.
    #[test]
    fn grid_backed_reaches_the_optimum(
        settings in settings(MechanismKind::GridBacked), book in books(30),
    ) {
        let grid_ask = GRID.retail - settings.network_fee;
        // Else the grid would trade with itself without end.
        prop_assume!(grid_ask >= GRID.feed_in);
        let mut variables = variables(&settings, &book);
        variables.push(Variable { worth: GRID.feed_in, most: None, sign: 1.0 });
        variables.push(Variable { worth: -grid_ask, most: None, sign: -1.0 });
        let welfare = cleared(&settings, &book).welfare;
        let worth = worth_with_grid(&settings, &book, welfare);
        let best = optimum(&variables);
        prop_assert!(close(worth, best), "{} is not {}", worth, best);
    }
}
