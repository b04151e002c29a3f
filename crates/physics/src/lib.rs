//! Battery and feeder: pure functions of kW, kWh and V.
