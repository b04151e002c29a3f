//! A sparse linear program: minimise `cost · x` subject to rows `a · x = b` and `a · x ≤ b`.

use clarabel::{
    algebra::CscMatrix,
    solver::{
        DefaultSettings, DefaultSolver, IPSolver,
        SolverStatus::{AlmostSolved, Solved},
        SupportedConeT::{NonnegativeConeT, ZeroConeT},
    },
};

/// The solver's tolerance on feasibility and on the duality gap, relative and absolute.
const TOLERANCE: f64 = 1e-9;

/// A program in the making. Variables are unbounded until rows bound them.
#[derive(Debug, Default)]
pub(super) struct Lp {
    cost: Vec<f64>,
    equal: Rows,
    at_most: Rows,
}

#[derive(Debug, Default)]
struct Rows {
    row: Vec<usize>,
    column: Vec<usize>,
    value: Vec<f64>,
    right: Vec<f64>,
}

impl Rows {
    fn push(&mut self, terms: impl IntoIterator<Item = (usize, f64)>, right: f64) {
        for (column, value) in terms {
            self.row.push(self.right.len());
            self.column.push(column);
            self.value.push(value);
        }
        self.right.push(right);
    }
}

/// What the solver found.
#[derive(Debug, Clone)]
pub(super) struct Solution {
    /// The variables, feasible to about [`TOLERANCE`].
    pub x: Vec<f64>,
    /// The dual's objective: no feasible point costs less, to about [`TOLERANCE`].
    pub bound: f64,
    /// Whether the tolerance was met; otherwise the solver's reduced one was (1e-4).
    pub exact: bool,
}

impl Lp {
    /// Adds a variable and returns its index.
    pub fn variable(&mut self, cost: f64) -> usize {
        self.cost.push(cost);
        self.cost.len() - 1
    }

    /// Adds a variable from 0 to `high` (infinite for no limit).
    pub fn amount(&mut self, cost: f64, high: f64) -> usize {
        let variable = self.variable(cost);
        self.between(variable, 0.0, high);
        variable
    }

    /// Adds the row `terms = right`.
    pub fn equal(&mut self, terms: impl IntoIterator<Item = (usize, f64)>, right: f64) {
        self.equal.push(terms, right);
    }

    /// Adds the row `terms ≤ right`.
    pub fn at_most(&mut self, terms: impl IntoIterator<Item = (usize, f64)>, right: f64) {
        self.at_most.push(terms, right);
    }

    /// Bounds a variable; an infinite bound is none.
    pub fn between(&mut self, variable: usize, low: f64, high: f64) {
        if low.is_finite() {
            self.at_most([(variable, -1.0)], -low);
        }
        if high.is_finite() {
            self.at_most([(variable, 1.0)], high);
        }
    }

    /// Solves the program; `None` where the solver finds no solution.
    pub fn solve(self) -> Option<Solution> {
        let Self { cost, equal, at_most } = self;
        let (equals, variables) = (equal.right.len(), cost.len());
        let rows = equals + at_most.right.len();
        let row = equal.row.into_iter().chain(at_most.row.iter().map(|r| r + equals)).collect();
        let column = [equal.column, at_most.column].concat();
        let value = [equal.value, at_most.value].concat();
        let right = [equal.right, at_most.right].concat();
        let matrix = CscMatrix::new_from_triplets(rows, variables, row, column, value);
        let quadratic = CscMatrix::zeros((variables, variables));
        let cones = [ZeroConeT(equals), NonnegativeConeT(rows - equals)];
        let mut solver =
            DefaultSolver::new(&quadratic, &cost, &matrix, &right, &cones, settings()).ok()?;
        solver.solve();
        let solution = solver.solution;
        let exact = solution.status == Solved;
        (exact || solution.status == AlmostSolved).then_some(Solution {
            x: solution.x,
            bound: solution.obj_val_dual,
            exact,
        })
    }
}

fn settings() -> DefaultSettings<f64> {
    DefaultSettings {
        verbose: false,
        tol_gap_abs: TOLERANCE,
        tol_gap_rel: TOLERANCE,
        tol_feas: TOLERANCE,
        ..DefaultSettings::default()
    }
}
