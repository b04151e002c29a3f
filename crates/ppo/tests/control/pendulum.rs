//! `Pendulum-v1`, as Gymnasium integrates it.

use std::f64::consts::PI;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::problem::Problem;

const GRAVITY: f64 = 10.0;
const SECONDS: f64 = 0.05;
const MOST_TORQUE: f64 = 2.0;
const MOST_SPEED: f64 = 8.0;

/// A rod of 1 kg and 1 m: its angle from upright in radians, and its speed.
#[derive(Debug, Clone)]
pub struct Pendulum {
    angle: f64,
    speed: f64,
}

impl Problem for Pendulum {
    const OBSERVATION_SIZE: usize = 3;
    const STEPS: usize = 200;

    fn start(rng: &mut ChaCha8Rng) -> Self {
        Self { angle: rng.random_range(-PI..PI), speed: rng.random_range(-1.0..1.0) }
    }

    fn observe(&self, observation: &mut [f32]) {
        let (sin, cos) = self.angle.sin_cos();
        observation.copy_from_slice(&[cos as f32, sin as f32, self.speed as f32]);
    }

    fn step(&mut self, action: f64) -> (f64, bool) {
        let torque = action.clamp(-MOST_TORQUE, MOST_TORQUE);
        let angle = (self.angle + PI).rem_euclid(2.0 * PI) - PI;
        let cost = angle.powi(2) + 0.1 * self.speed.powi(2) + 0.001 * torque.powi(2);
        let turn = 1.5 * GRAVITY * self.angle.sin() + 3.0 * torque;
        self.speed = (self.speed + SECONDS * turn).clamp(-MOST_SPEED, MOST_SPEED);
        self.angle += SECONDS * self.speed;
        (-cost, false)
    }
}

#[test]
fn a_short_run_is_gymnasium_s() {
    let mut pendulum = Pendulum { angle: 2.9, speed: -0.7 };
    let mut sum = 0.0;
    for action in [1.0, -3.0, 0.5, 2.0, 2.5, -0.1] {
        let (reward, terminated) = pendulum.step(action);
        assert!(!terminated);
        sum += reward;
    }
    // Six steps of Gymnasium 1's `PendulumEnv` from there.
    let expected = [2.955_200_453_125_651, 0.990_242_618_093_775_4, -49.818_128_612_799_76];
    for (found, expected) in [pendulum.angle, pendulum.speed, sum].into_iter().zip(expected) {
        assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    }
}
