//! A battery: what it can do in a step, and what it holds afterwards.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A battery as its owner describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Battery {
    /// Usable and unusable energy together, kWh, > 0 and at most a million.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0, "maximum" = 1_000_000)))]
    pub capacity_kwh: f64,
    /// Largest charge and discharge power on the AC side, kW, from 0 to a million.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1_000_000)))]
    pub power_kw: f64,
    /// Energy out over energy in for a full cycle, in (0, 1].
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0, "maximum" = 1)))]
    pub round_trip_efficiency: f64,
    /// Lowest state of charge, a fraction of the capacity in [0, 1).
    #[cfg_attr(feature = "schema", schemars(extend("minimum" = 0, "exclusiveMaximum" = 1)))]
    pub soc_min: f64,
    /// Highest state of charge, a fraction of the capacity in (`soc_min`, 1].
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0, "maximum" = 1)))]
    pub soc_max: f64,
    /// Share of the stored energy lost per hour, in [0, 1).
    #[cfg_attr(feature = "schema", schemars(extend("minimum" = 0, "exclusiveMaximum" = 1)))]
    pub self_discharge_per_hour: f64,
    /// Largest change of signed power, kW per hour, > 0; none when absent.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0)))]
    pub ramp_kw_per_hour: Option<f64>,
    /// Cost of wear, $ per kWh of throughput (charge + discharge), ≥ 0.
    #[cfg_attr(feature = "schema", schemars(range(min = 0)))]
    pub wear_per_kwh: f64,
}

impl Default for Battery {
    fn default() -> Self {
        Self {
            capacity_kwh: 10.0,
            power_kw: 5.0,
            round_trip_efficiency: 0.9,
            soc_min: 0.1,
            soc_max: 1.0,
            self_discharge_per_hour: 0.0,
            ramp_kw_per_hour: None,
            wear_per_kwh: 0.03,
        }
    }
}

/// Largest capacity, kWh, and power, kW.
const MOST: f64 = 1e6;

/// A battery that cannot exist.
#[derive(Debug, Clone, PartialEq, Error)]
#[error("battery field `{field}` is {value}; it must be {expected}")]
pub struct BatteryError {
    /// The field at fault.
    pub field: &'static str,
    /// What it holds.
    pub value: f64,
    /// What would be right.
    pub expected: &'static str,
}

impl Battery {
    /// Checks every field's range.
    ///
    /// # Errors
    /// The first field out of range, with what would be right.
    pub fn validate(&self) -> Result<(), BatteryError> {
        let check = |ok: bool, field, value, expected| {
            if ok { Ok(()) } else { Err(BatteryError { field, value, expected }) }
        };
        let finite_positive = |v: f64| v.is_finite() && v > 0.0;
        let eta = self.round_trip_efficiency;
        let ramp = self.ramp_kw_per_hour.unwrap_or(1.0);
        let capacity = self.capacity_kwh;
        let expected = "above 0 and at most a million";
        check(capacity > 0.0 && capacity <= MOST, "capacity_kwh", capacity, expected)?;
        let power = self.power_kw;
        check((0.0..=MOST).contains(&power), "power_kw", power, "from 0 to a million")?;
        check(eta > 0.0 && eta <= 1.0, "round_trip_efficiency", eta, "above 0 and at most 1")?;
        check(
            (0.0..1.0).contains(&self.soc_min),
            "soc_min",
            self.soc_min,
            "a fraction from 0 to below 1",
        )?;
        check(
            self.soc_max > self.soc_min && self.soc_max <= 1.0,
            "soc_max",
            self.soc_max,
            "above soc_min and at most 1",
        )?;
        check(
            (0.0..1.0).contains(&self.self_discharge_per_hour),
            "self_discharge_per_hour",
            self.self_discharge_per_hour,
            "a fraction from 0 to below 1",
        )?;
        check(finite_positive(ramp), "ramp_kw_per_hour", ramp, "above 0")?;
        check(
            self.wear_per_kwh.is_finite() && self.wear_per_kwh >= 0.0,
            "wear_per_kwh",
            self.wear_per_kwh,
            "0 or more",
        )
    }

    /// Cost of wear of a constant `power` (kW, signed) over `dt` hours, $: energy charged and
    /// energy discharged cost the same.
    pub fn wear_cost(&self, power: f64, dt: f64) -> f64 {
        self.wear_per_kwh * power.abs() * dt
    }

    /// The battery seen at a fixed step length: all factors that do not depend on the state.
    ///
    /// `dt` is the step length in hours, > 0.
    pub fn at_step(&self, dt: f64) -> BatteryStep {
        // −ln(1−σ), 1/h; by way of log1p and expm1, which stay exact for the tiniest σ.
        let rate = -libm::log1p(-self.self_discharge_per_hour);
        let decay = libm::exp(-rate * dt);
        let gain_hours = if rate > 0.0 { -libm::expm1(-rate * dt) / rate } else { dt };
        BatteryStep {
            efficiency: libm::sqrt(self.round_trip_efficiency),
            decay,
            gain_hours,
            soc_min: self.soc_min * self.capacity_kwh,
            soc_max: self.soc_max * self.capacity_kwh,
            power: self.power_kw,
            ramp: self.ramp_kw_per_hour.map_or(f64::INFINITY, |r| r * dt),
        }
    }
}

/// A battery at a fixed step length. All functions are pure; the state is the caller's.
///
/// With σ the self-discharge per hour and η the one-way efficiency, a step of constant AC
/// power ends at `soc' = soc·(1−σ)^dt + (η·charge − discharge/η)·g` with
/// `g = (1 − (1−σ)^dt) / −ln(1−σ)` (`g = dt` for σ = 0): the exact solution of
/// `dsoc/dt = ln(1−σ)·soc + const`, so two half steps equal one whole step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BatteryStep {
    /// One-way efficiency, √(round trip).
    pub efficiency: f64,
    /// What remains of 1 kWh after a step without power.
    pub decay: f64,
    /// Effective hours a constant power acts, g.
    pub gain_hours: f64,
    /// Lowest stored energy, kWh.
    pub soc_min: f64,
    /// Highest stored energy, kWh.
    pub soc_max: f64,
    /// Largest power either way, kW.
    pub power: f64,
    /// Largest change of signed power from step to step, kW.
    pub ramp: f64,
}

impl BatteryStep {
    /// A home without a battery: it can do nothing and holds nothing.
    pub const NONE: Self = Self {
        efficiency: 1.0,
        decay: 1.0,
        gain_hours: 1.0,
        soc_min: 0.0,
        soc_max: 0.0,
        power: 0.0,
        ramp: f64::INFINITY,
    };

    /// Largest charge power from `soc` kWh that keeps within the window, kW ≥ 0.
    pub fn charge_limit(&self, soc: f64) -> f64 {
        let room = self.soc_max - soc * self.decay;
        self.power.min(room / (self.efficiency * self.gain_hours)).max(0.0)
    }

    /// Largest discharge power from `soc` kWh that keeps within the window, kW ≥ 0.
    pub fn discharge_limit(&self, soc: f64) -> f64 {
        let left = soc * self.decay - self.soc_min;
        self.power.min(left * self.efficiency / self.gain_hours).max(0.0)
    }

    /// Signed power moved into the ramp's reach of the last effective power, kW.
    pub fn ramped(&self, power: f64, last_power: f64) -> f64 {
        power.clamp(last_power - self.ramp, last_power + self.ramp)
    }

    /// The nearest power the battery can hold for a step: ramp first, then power and energy
    /// limits, so that feasibility wins over the ramp. kW, positive = charging.
    pub fn limited(&self, power: f64, soc: f64, last_power: f64) -> f64 {
        self.ramped(power, last_power).clamp(-self.discharge_limit(soc), self.charge_limit(soc))
    }

    /// Stored energy after a step at constant power, kWh.
    ///
    /// `power` must be within the limits; what rounding leaves outside the window is cut off
    /// (below 1e-12 kWh).
    pub fn next_soc(&self, soc: f64, power: f64) -> f64 {
        let rate = if power >= 0.0 { self.efficiency * power } else { power / self.efficiency };
        let next = soc * self.decay + rate * self.gain_hours;
        // Self-discharge alone may take soc below soc_min; power never does.
        let floor = self.soc_min.min(soc * self.decay);
        next.clamp(floor, self.soc_max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ten_kwh() -> Battery {
        Battery { soc_min: 0.0, power_kw: 5.0, ..Battery::default() }
    }

    /// Reference numbers: 10 kWh, round trip 0.9.
    #[test]
    fn reference_numbers() {
        let hour = ten_kwh().at_step(1.0);
        let half = ten_kwh().at_step(0.5);
        assert!((hour.next_soc(5.0, 5.0) - 9.743_416).abs() < 1e-6);
        assert!((hour.next_soc(5.0, -3.0) - 1.837_722).abs() < 1e-6);
        assert!((hour.charge_limit(9.0) - 1.054_093).abs() < 1e-6);
        assert!((half.charge_limit(9.0) - 2.108_185).abs() < 1e-6);
    }

    #[test]
    fn ramp_counts_on_signed_power() {
        let battery = Battery { ramp_kw_per_hour: Some(5.0), power_kw: 20.0, ..ten_kwh() };
        let step = Battery { capacity_kwh: 100.0, ..battery }.at_step(1.0);
        let first = step.limited(20.0, 50.0, 0.0);
        assert_eq!(first, 5.0);
        assert_eq!(step.limited(-20.0, 55.0, first), 0.0);
    }

    #[test]
    fn feasibility_wins_over_the_ramp() {
        let step = Battery { ramp_kw_per_hour: Some(1.0), ..ten_kwh() }.at_step(1.0);
        // Charging at 5 kW with a full battery: the ramp would keep 4 kW, the window allows 0.
        assert_eq!(step.limited(5.0, 10.0, 5.0), 0.0);
    }

    #[test]
    fn self_discharge_below_the_window_gives_zero_limits() {
        let step = Battery { soc_min: 0.5, self_discharge_per_hour: 0.5, ..ten_kwh() }.at_step(1.0);
        assert_eq!(step.discharge_limit(5.0), 0.0);
        assert!((step.next_soc(5.0, 0.0) - 2.5).abs() < 1e-12);
    }

    #[test]
    fn the_tiniest_self_discharge_changes_nothing() {
        for sigma in [1e-17, 1e-300] {
            let step = Battery { self_discharge_per_hour: sigma, ..ten_kwh() }.at_step(0.5);
            assert!((step.gain_hours - 0.5).abs() < 1e-12 && step.decay == 1.0);
            assert!((step.discharge_limit(1.0) - 2.0 * 0.9_f64.sqrt()).abs() < 1e-9);
        }
    }

    #[test]
    fn a_broken_battery_is_named() {
        let error = Battery { round_trip_efficiency: 1.2, ..Battery::default() }.validate();
        assert_eq!(
            error.map_err(|e| e.to_string()),
            Err("battery field `round_trip_efficiency` is 1.2; it must be above 0 and at most 1"
                .to_owned())
        );
        assert!(Battery { capacity_kwh: f64::NAN, ..Battery::default() }.validate().is_err());
    }

    fn any_battery() -> impl Strategy<Value = Battery> {
        // None, a little, or nearly all of it lost within the hour.
        let sigma = prop_oneof![Just(0.0), 1e-12..1e-3, 1e-3..0.99];
        (1.0..80.0, 0.1..20.0, 0.5..1.0, 0.0..0.4, 0.6..1.0, sigma, 0.1..50.0).prop_map(
            |(capacity_kwh, power_kw, eta, soc_min, soc_max, sigma, ramp)| Battery {
                capacity_kwh,
                power_kw,
                round_trip_efficiency: eta,
                soc_min,
                soc_max,
                self_discharge_per_hour: sigma,
                ramp_kw_per_hour: Some(ramp),
                wear_per_kwh: 0.0,
            },
        )
    }

    proptest! {
        #[test]
        fn two_half_steps_equal_one_step(battery in any_battery(), fill in 0.0..1.0f64, ask in -1.0..1.0f64) {
            let (one, half) = (battery.at_step(1.0), battery.at_step(0.5));
            let soc = one.soc_min + fill * (one.soc_max - one.soc_min);
            let power = (ask * one.power).clamp(-one.discharge_limit(soc), one.charge_limit(soc));
            let whole = one.next_soc(soc, power);
            let halves = half.next_soc(half.next_soc(soc, power), power);
            prop_assert!((whole - halves).abs() < 1e-9, "{whole} {halves}");
        }

        #[test]
        fn the_window_holds_for_any_request(battery in any_battery(), fill in 0.0..1.0f64, last in -20.0..20.0f64, ask in -1e6..1e6f64) {
            let step = battery.at_step(0.5);
            let soc = step.soc_min + fill * (step.soc_max - step.soc_min);
            let power = step.limited(ask, soc, last);
            prop_assert!(power.abs() <= step.power);
            let next = step.next_soc(soc, power);
            prop_assert!(next <= step.soc_max && next >= step.soc_min.min(soc * step.decay));
        }

        /// The ramp gives the target, the limits the last word: what is done is the nearest
        /// feasible power to it, within the ramp unless the limits lie outside its reach.
        #[test]
        fn ramp_then_feasibility(battery in any_battery(), fill in 0.0..1.0f64, last in -20.0..20.0f64, ask in -1e3..1e3f64) {
            let step = battery.at_step(0.5);
            let soc = step.soc_min + fill * (step.soc_max - step.soc_min);
            let (lowest, highest) = (-step.discharge_limit(soc), step.charge_limit(soc));
            let (down, up) = (last - step.ramp, last + step.ramp);
            let power = step.limited(ask, soc, last);
            prop_assert!(lowest <= power && power <= highest);
            let reachable = lowest.max(down) <= highest.min(up);
            if reachable {
                prop_assert!(down <= power && power <= up);
                prop_assert_eq!(power, ask.clamp(lowest.max(down), highest.min(up)));
            } else {
                prop_assert_eq!(power, if highest < down { highest } else { lowest });
            }
        }

        /// Where self-discharge alone falls below the window, nothing may be discharged; and
        /// no charge goes past the top.
        #[test]
        fn limits_are_zero_below_the_window(battery in any_battery(), fill in 0.0..1.0f64) {
            let step = battery.at_step(1.0);
            // Anything down to empty: earlier self-discharge may have left soc below the window.
            let soc = fill * step.soc_max;
            let falls_below = soc * step.decay < step.soc_min;
            let (charge, discharge) = (step.charge_limit(soc), step.discharge_limit(soc));
            prop_assert!(charge >= 0.0 && discharge >= 0.0);
            prop_assert!(!falls_below || discharge == 0.0);
            prop_assert!((step.next_soc(soc, 0.0) - soc * step.decay).abs() < 1e-12);
            prop_assert!(step.next_soc(soc, charge) <= step.soc_max);
            prop_assert!(falls_below || step.next_soc(soc, -discharge) >= step.soc_min);
        }

        /// Wear counts throughput: both directions, and in any number of steps.
        #[test]
        fn wear_is_the_cost_of_throughput(battery in any_battery(), wear in 0.0..1.0f64, power in -20.0..20.0f64) {
            let battery = Battery { wear_per_kwh: wear, ..battery };
            let cost = battery.wear_cost(power, 0.5);
            prop_assert!((cost - wear * power.abs() * 0.5).abs() < 1e-12);
            prop_assert_eq!(cost, battery.wear_cost(-power, 0.5));
            prop_assert!((2.0 * battery.wear_cost(power, 0.25) - cost).abs() < 1e-12);
        }

        #[test]
        fn a_cycle_loses_what_the_efficiency_says(battery in any_battery(), energy in 0.1..1.0f64) {
            let step = Battery { self_discharge_per_hour: 0.0, ..battery.clone() }.at_step(1.0);
            let power = (energy * step.power).min(step.charge_limit(step.soc_min));
            let full = step.next_soc(step.soc_min, power);
            let out = step.discharge_limit(full);
            // All that was charged comes out in one step or is bounded by the same power.
            prop_assert!((out - power * battery.round_trip_efficiency).abs() < 1e-9);
        }
    }
}
