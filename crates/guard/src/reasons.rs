//! Why the guard changed an action, and by how much.

use std::cmp::Ordering;

use serde::Serialize;

/// Why a component of an action was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A value was NaN or infinite.
    NotFinite,
    /// Battery power beyond its rating.
    Power,
    /// Battery power changed faster than its ramp allows.
    Ramp,
    /// The battery would leave its state-of-charge window.
    Energy,
    /// The home's connection limit.
    Connection,
    /// The street's transformer limit.
    Transformer,
    /// The band of permitted voltages.
    Voltage,
    /// The grid is down: the street lives on what it has.
    Outage,
    /// A grid request of the wrong sign or beyond the net power.
    GridRequest,
    /// A price outside feed-in tariff and retail price.
    Price,
}

impl Reason {
    /// All reasons, in the order they are counted.
    pub const ALL: [Self; 10] = [
        Self::NotFinite,
        Self::Power,
        Self::Ramp,
        Self::Energy,
        Self::Connection,
        Self::Transformer,
        Self::Voltage,
        Self::Outage,
        Self::GridRequest,
        Self::Price,
    ];

    /// A few words for a person.
    pub const fn label(self) -> &'static str {
        match self {
            Self::NotFinite => "not a number",
            Self::Power => "battery power",
            Self::Ramp => "battery ramp",
            Self::Energy => "battery energy",
            Self::Connection => "home connection",
            Self::Transformer => "transformer",
            Self::Voltage => "voltage",
            Self::Outage => "grid outage",
            Self::GridRequest => "grid request",
            Self::Price => "price",
        }
    }
}

/// The size of each change the guard made to one action, by reason: kW for powers, $/kWh for
/// the price, infinite for a value that was no number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Changes {
    sizes: [f64; Reason::ALL.len()],
}

impl Changes {
    /// Adds a change unless it is smaller than `noise`.
    #[inline]
    pub(crate) fn note(&mut self, reason: Reason, from: f64, to: f64, noise: f64) {
        let size = (to - from).abs();
        if !matches!(size.partial_cmp(&noise), Some(Ordering::Less | Ordering::Equal)) {
            self.add(reason, size);
        }
    }

    /// Rarely called, so that what calls [`Self::note`] stays small.
    #[cold]
    fn add(&mut self, reason: Reason, size: f64) {
        self.sizes[reason as usize] += if size.is_nan() { f64::INFINITY } else { size };
    }

    /// Size of the change for a reason; 0 where there was none.
    pub fn size(&self, reason: Reason) -> f64 {
        self.sizes[reason as usize]
    }

    /// Whether anything was changed.
    pub fn any(&self) -> bool {
        self.sizes.iter().any(|&s| s > 0.0)
    }

    /// The reasons that applied, with the size of each change.
    pub fn iter(&self) -> impl Iterator<Item = (Reason, f64)> + '_ {
        Reason::ALL.into_iter().map(|r| (r, self.size(r))).filter(|&(_, size)| size > 0.0)
    }
}
