//! Random numbers that are the same natively and in the browser: `ChaCha8` with named
//! streams, and transcendental functions from `libm`.

use std::f64::consts::{FRAC_1_SQRT_2, TAU};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Streams of one seed. Those of homes are two apart, so that load and PV alternate.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stream {
    /// The part of the load's noise that all homes share.
    CommonLoad,
    /// The weather that all homes share.
    CommonSun,
    /// The load of a home.
    Load(usize),
    /// The PV of a home.
    Pv(usize),
}

impl Stream {
    fn number(self) -> u64 {
        const BASE: u64 = 0xda7a_0000_0000;
        match self {
            Self::CommonLoad => BASE,
            Self::CommonSun => BASE + 1,
            Self::Load(home) => BASE + 2 + 2 * home as u64,
            Self::Pv(home) => BASE + 3 + 2 * home as u64,
        }
    }
}

/// Uniform and normal numbers of a stream.
pub(crate) struct Random {
    rng: ChaCha8Rng,
    /// The second of a pair of normal numbers.
    spare: Option<f64>,
}

impl Random {
    pub fn new(seed: u64, stream: Stream) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream.number());
        Self { rng, spare: None }
    }

    /// Uniform in [0, 1).
    pub fn uniform(&mut self) -> f64 {
        self.rng.random()
    }

    /// Standard normal, by Box and Muller's transform.
    pub fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        // 1 − u lies in (0, 1], where the logarithm is finite.
        let radius = (-2.0 * libm::log(1.0 - self.uniform())).sqrt();
        let (sin, cos) = libm::sincos(TAU * self.uniform());
        self.spare = Some(radius * sin);
        radius * cos
    }
}

/// A stationary first-order autoregression with mean 0 and variance 1.
pub(crate) struct Ar1 {
    value: f64,
    keep: f64,
    fresh: f64,
}

impl Ar1 {
    /// `lag1` is the correlation of neighbours, in [0, 1).
    pub fn new(lag1: f64, random: &mut Random) -> Self {
        Self { value: random.normal(), keep: lag1, fresh: (1.0 - lag1 * lag1).sqrt() }
    }

    /// The next value.
    pub fn next(&mut self, random: &mut Random) -> f64 {
        self.value = self.keep * self.value + self.fresh * random.normal();
        self.value
    }
}

/// A shared and an own part of variance 1 each, mixed so that two homes correlate by
/// `share`.
pub(crate) struct Mix {
    common: f64,
    own: f64,
}

impl Mix {
    pub fn new(share: f64) -> Self {
        Self { common: share.sqrt(), own: (1.0 - share).sqrt() }
    }

    pub fn of(&self, common: f64, own: f64) -> f64 {
        self.common * common + self.own * own
    }
}

/// The standard normal's distribution function.
pub(crate) fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z * FRAC_1_SQRT_2)
}
