//! The microgrid: guard, battery, net position, market, feeder, settlement; many side by side.
