//! The microgrid: one step = guard → battery → net position → market → feeder → settlement.
//!
//! A [`Community`] is a neighbourhood's data with its homes' batteries, a tariff, a market and a
//! feeder, checked and laid out for simulation. [`Microgrids`] runs many episodes of it side by
//! side: the state is struct-of-arrays over all homes of all microgrids, a step writes into
//! [`Settled`] buffers that the caller owns, and nothing is allocated in the step loop.
//!
//! Units: kW, kWh, h, $, $/kWh. Net power is positive when a home draws; battery power is
//! positive when it charges. A step is `dt` hours; a step's index `t` counts from the data's first
//! midnight. Energy and money balance at every step to 1e-9 ([`Settled::check_balance`], asserted
//! in debug builds).
//!
//! | module | what |
//! |---|---|
//! | [`tariff`] | what energy from and to the grid costs |
//! | [`scenario`] | everything about a community that is not data |
//! | [`community`] | scenario and data, checked and prepared |
//! | [`checked`] | actions that passed the guard |
//! | [`microgrids`] | the state and the step |
//! | [`settlement`] | market, feeder and bills of one community and step |
//! | [`settled`] | what a step leaves behind |
//! | [`observation`] | what a home can see |
//! | [`action`] | from a policy's raw numbers to a proposed action |
//! | [`json`] | documents in JSON, with errors that say where |

pub mod action;
pub mod checked;
pub mod community;
mod flows;
pub mod json;
mod known;
mod meters;
pub mod microgrids;
pub mod observation;
pub mod scenario;
pub mod settled;
pub mod settlement;
pub mod tariff;

pub use action::{ACTION_SIZE, BatteryMode};
pub use checked::Checked;
pub use community::{Community, EnvError};
pub use microgrids::Microgrids;
pub use observation::{ObservationSettings, Profile, StreetReport, observation_size};
pub use scenario::{Cloudy, HomeSetup, LimitMode, Limits, LossSharing, Outage, Scenario, Stress};
pub use settled::Settled;
pub use settlement::{Settlement, Totals};
pub use tariff::{DayType, DemandCharge, ExportCharge, Shipped, Tariff, TariffError, Window};
