//! What `cargo xtask bench` measures: one list of kernels, run natively by criterion and, built
//! with the feature `web`, in a browser's worker.
//!
//! - `environment`: stepping streets, clearing markets, solving feeders
//! - `learning`: acting, learning, and both as in training

mod environment;
mod learning;
#[cfg(feature = "web")]
mod web;

/// Something to measure, set up and warm.
pub struct Kernel {
    /// Its name, the same natively and in a browser.
    pub name: &'static str,
    /// What it makes, in the plural.
    pub unit: &'static str,
    /// How many of them one run makes.
    pub per_run: u32,
    run: Box<dyn FnMut()>,
}

impl Kernel {
    fn new(
        name: &'static str,
        (per_run, unit): (usize, &'static str),
        mut run: impl FnMut() + 'static,
    ) -> Self {
        run();
        Self { name, unit, per_run: per_run as u32, run: Box::new(run) }
    }

    /// Runs it once.
    pub fn run(&mut self) {
        (self.run)();
    }
}

/// The set-up of every kernel, in the order of the table.
pub const KERNELS: [fn() -> Kernel; 9] = [
    environment::plain,
    environment::with_counterfactuals,
    environment::clearing_of_ten,
    environment::clearing_of_many,
    environment::power_flow_of_ten,
    environment::power_flow_of_a_hundred,
    learning::rollout,
    learning::update,
    learning::iteration,
];
