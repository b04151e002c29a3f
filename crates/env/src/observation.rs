//! What a home can see when it acts.
//!
//! Two profiles. [`Profile::Mission`] is the home's own meters and prices, no more.
//! [`Profile::Extended`] adds what the home is, the calendar, the published tariff ahead, its own
//! last 24 hours at the hours ahead, and the street: what a community meter broadcasts of it (as
//! [`StreetReport`] says), its last 24 hours, and its last trades.
//!
//! Nothing from later steps is used. On the data's first day there is no yesterday, and what is
//! said of it is 0. Values are roughly of size one; a learner normalises them further.

use serde::{Deserialize, Serialize};

use crate::{
    known::{AHEAD, DAY_KWH, DESCRIPTORS, SHARED},
    microgrids::{Microgrids, Street},
};

/// What a home's controller sees and when it hears of its street.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ObservationSettings {
    /// Which numbers it sees.
    pub profile: Profile,
    /// Which step's figures of the street it has.
    pub street: StreetReport,
}

/// The numbers that a home sees.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// Seven: demand, PV, state of charge, the grid's two prices, import and export since midnight.
    Mission,
    /// All that the home could know: also what it is, the calendar, the tariff ahead, the day
    /// before, and its street.
    #[default]
    Extended,
}

/// The step of which the community meter's figures are: the street's load less PV, its batteries'
/// state of charge and what they can do. They are what an agent sees of its street, and what its
/// battery follows in the mode `gate`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum StreetReport {
    /// The present step, as a meter that broadcasts at once would tell.
    #[default]
    ThisStep,
    /// The step before. When an episode begins, the load less PV is that of the step before in the
    /// data (0 in the data's first step), the batteries are as they stand.
    LastStep,
}

/// Names of the mission's features, in order.
const MISSION: [&str; 7] = [
    "load",
    "pv",
    "state of charge",
    "retail price",
    "feed-in tariff",
    "import today / 24 kWh",
    "export today / 24 kWh",
];

/// Names of the extended features, in order: own ones, the street's, shared tables.
const EXTENDED: [&str; OWN + STREET + SHARED] = [
    "load",
    "pv",
    "state of charge",
    "import today / 24 kWh",
    "export today / 24 kWh",
    "battery capacity / 10 kWh",
    "battery power / 5 kW",
    "pv size / 5 kWp",
    "own load of the next step yesterday",
    "own pv of the next step yesterday",
    "own load yesterday to the next peak's end / 24 kWh",
    "own pv yesterday to the next peak's end / 24 kWh",
    "own deficit yesterday in the peak to come / 24 kWh",
    "street: load less pv, per home",
    "street: mean state of charge",
    "last local price",
    "last local volume, per home",
    "retail price",
    "feed-in tariff",
    "retail price of the next step",
    "time to the next peak / 24 h",
    "time left in the peak / 24 h",
    "time to the next higher price / 24 h",
    "time to the next lower price / 24 h",
    "sine of the hour",
    "cosine of the hour",
    "sine of the year",
    "cosine of the year",
    "weekend",
    "street: pv today / 24 kWh, per home",
    "street yesterday: pv by this hour / 24 kWh, per home",
    "street yesterday: load less pv of the next step, per home",
    "street yesterday: surplus to the next peak's end / 24 kWh, per home",
    "street yesterday: deficit in the peak to come / 24 kWh, per home",
];

/// Meters of a home, in the extended profile.
const METERS: usize = 5;
/// What is a home's own, in the extended profile: meters, descriptors, yesterday.
const OWN: usize = METERS + DESCRIPTORS + 2 + AHEAD;
/// What a street's meter and market tell, in the extended profile.
const STREET: usize = 4;

impl Profile {
    /// Both profiles.
    pub const ALL: [Self; 2] = [Self::Mission, Self::Extended];

    /// Names of the numbers, in order. Energies kWh, powers kW, prices $/kWh, the state of charge
    /// a share of the most the battery may hold; what follows a `/` is what a number is divided by.
    ///
    /// *Today* is since midnight. *Yesterday* is the last 24 hours, each hour standing for the one
    /// a day later; a next peak more than a day off ends after a day. A size that is not known is 0.
    pub const fn features(self) -> &'static [&'static str] {
        match self {
            Self::Mission => &MISSION,
            Self::Extended => &EXTENDED,
        }
    }

    /// Its short name, as in documents.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Mission => "mission",
            Self::Extended => "extended",
        }
    }
}

/// Numbers that a home sees under `profile`.
pub const fn observation_size(profile: Profile) -> usize {
    profile.features().len()
}

impl StreetReport {
    /// Both reports.
    pub const ALL: [Self; 2] = [Self::ThisStep, Self::LastStep];

    /// Its short name, as in documents.
    pub const fn id(self) -> &'static str {
        match self {
            Self::ThisStep => "this_step",
            Self::LastStep => "last_step",
        }
    }
}

impl Microgrids {
    /// Writes what `homes` (of each community) see, shape `[homes of all microgrids,
    /// observation_size]`.
    ///
    /// # Panics
    /// If `out` has another size, or there is no such home.
    pub fn observe(&self, settings: ObservationSettings, homes: &[usize], out: &mut [f32]) {
        let size = observation_size(settings.profile);
        assert_eq!(out.len(), self.microgrids() * homes.len() * size, "one row per home");
        if homes.is_empty() {
            return;
        }
        for (m, rows) in out.chunks_exact_mut(homes.len() * size).enumerate() {
            match settings.profile {
                Profile::Mission => self.observe_mission(m, homes, rows),
                Profile::Extended => self.observe_extended(m, settings.street, homes, rows),
            }
        }
    }

    fn observe_mission(&self, m: usize, homes: &[usize], rows: &mut [f32]) {
        let (c, t) = (self.community(), self.t(m));
        let prices = [c.retail(t) as f32, c.feed_in(t) as f32];
        for (&h, row) in homes.iter().zip(rows.chunks_exact_mut(MISSION.len())) {
            let [load, pv, soc, import, export] = self.meters_of(m, h, t);
            row.copy_from_slice(&[load, pv, soc, prices[0], prices[1], import, export]);
        }
    }

    fn observe_extended(&self, m: usize, report: StreetReport, homes: &[usize], rows: &mut [f32]) {
        let (c, t) = (self.community(), self.t(m));
        let mut alike = [0.0; STREET + SHARED];
        alike[..STREET].copy_from_slice(&self.street_news(m, report));
        alike[STREET..].copy_from_slice(&c.known.shared[t]);
        let next_yesterday = t.checked_sub(c.steps_per_day).map(|yesterday| yesterday + 1);
        for (&h, row) in homes.iter().zip(rows.chunks_exact_mut(EXTENDED.len())) {
            let (own, street) = row.split_at_mut(OWN);
            street.copy_from_slice(&alike);
            own[..METERS].copy_from_slice(&self.meters_of(m, h, t));
            let rest = &mut own[METERS..];
            rest[..DESCRIPTORS].copy_from_slice(&c.known.descriptors[h]);
            rest[DESCRIPTORS] = next_yesterday.map_or(0.0, |t| c.loads(t)[h]);
            rest[DESCRIPTORS + 1] = next_yesterday.map_or(0.0, |t| c.pvs(t)[h]);
            rest[DESCRIPTORS + 2..].copy_from_slice(&c.known.ahead[t * c.homes() + h]);
        }
    }

    /// A home's load and PV, state of charge, and import and export since midnight.
    fn meters_of(&self, m: usize, h: usize, t: usize) -> [f32; METERS] {
        let c = self.community();
        let i = m * c.homes() + h;
        let most = c.battery_step(h).soc_max;
        let soc = if most > 0.0 { self.soc[i] / most } else { 0.0 };
        let energy = [self.meters.import_kwh[i], self.meters.export_kwh[i]];
        let [import, export] = energy.map(|kwh| (kwh / DAY_KWH) as f32);
        [c.loads(t)[h], c.pvs(t)[h], soc as f32, import, export]
    }

    fn street_news(&self, m: usize, report: StreetReport) -> [f32; STREET] {
        let homes = self.community().homes() as f64;
        let street = self.reported(m, report);
        let (price, volume) = (self.last_price[m], self.last_volume[m] / homes);
        [street.base_kw / homes, street.soc, price, volume].map(|v| v as f32)
    }

    /// The figures of microgrid `m`'s street that its homes have.
    pub(crate) fn reported(&self, m: usize, report: StreetReport) -> &Street {
        match report {
            StreetReport::ThisStep => &self.street[m],
            StreetReport::LastStep => &self.last_street[m],
        }
    }
}
