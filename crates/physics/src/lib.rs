//! Battery and feeder: pure functions of kW, kWh and V.
//!
//! Conventions: power in kW, energy in kWh, time in h. A home's net power is positive when it
//! draws from the street; battery power is measured on the AC side and positive when charging.
//! Nothing here knows of prices, homes or episodes.
//!
//! - [`battery`]: state of charge, limits, ramp, self-discharge and wear.
//! - [`feeder`]: a radial low-voltage feeder, solved exactly by backward–forward sweeps or
//!   linearised; who causes its losses.
//! - [`cable`]: the cable types a feeder is built from.
//! - [`network`]: one power flow as a document in and a document out.
//! - [`service`]: three phases or one.

pub mod battery;
pub mod cable;
pub mod feeder;
pub mod network;
pub mod service;

pub use battery::{Battery, BatteryError, BatteryStep};
pub use cable::Cable;
pub use feeder::{
    Fault, Feeder, FeederError, FeederSpec, LineSpec, PowerFlow, PowerFlowMethod, PowerFlows,
    TransformerSpec,
};
pub use network::{Network, NetworkError, NetworkFlow};
pub use service::Service;
