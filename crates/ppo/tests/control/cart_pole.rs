//! `CartPole-v1`: Barto, Sutton and Anderson 1983, as Gymnasium integrates it.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::problem::Problem;

const GRAVITY: f64 = 9.8;
const POLE_KG: f64 = 0.1;
const TOTAL_KG: f64 = 1.0 + POLE_KG;
/// Half the pole's length in metres.
const HALF_LENGTH: f64 = 0.5;
const FORCE: f64 = 10.0;
const SECONDS: f64 = 0.02;
const FARTHEST: f64 = 2.4;

/// Position in metres, its speed, the pole's angle in radians, its speed.
#[derive(Debug, Clone, PartialEq)]
pub struct CartPole([f64; 4]);

impl Problem for CartPole {
    const OBSERVATION_SIZE: usize = 4;
    const STEPS: usize = 500;

    fn start(rng: &mut ChaCha8Rng) -> Self {
        Self([(); 4].map(|()| rng.random_range(-0.05..0.05)))
    }

    fn observe(&self, observation: &mut [f32]) {
        for (to, from) in observation.iter_mut().zip(self.0) {
            *to = from as f32;
        }
    }

    /// Pushes to the right for a positive action, to the left for any other.
    fn step(&mut self, action: f64) -> (f64, bool) {
        let Self([x, speed, angle, turning]) = *self;
        let force = if action > 0.0 { FORCE } else { -FORCE };
        let (sin, cos) = angle.sin_cos();
        let moment = POLE_KG * HALF_LENGTH;
        let push = (force + moment * turning.powi(2) * sin) / TOTAL_KG;
        let inertia = HALF_LENGTH * (4.0 / 3.0 - POLE_KG * cos.powi(2) / TOTAL_KG);
        let turn = (GRAVITY * sin - cos * push) / inertia;
        let acceleration = push - moment * turn * cos / TOTAL_KG;
        self.0 = [
            x + SECONDS * speed,
            speed + SECONDS * acceleration,
            angle + SECONDS * turning,
            turning + SECONDS * turn,
        ];
        (1.0, self.0[0].abs() > FARTHEST || self.0[2].abs() > 12_f64.to_radians())
    }
}

#[test]
fn a_short_run_is_gymnasium_s() {
    let mut pole = CartPole([0.03, -0.2, 0.05, 0.4]);
    for action in [1.0, -1.0, -0.2, 3.0, 0.5, 1.0, -1.0, 1.0] {
        assert_eq!(pole.step(action), (1.0, false));
    }
    // Eight steps of Gymnasium 1's `CartPoleEnv` from there.
    let expected = [
        0.013_090_141_745_302_104,
        0.181_405_062_494_538_58,
        0.102_099_896_084_808_9,
        0.009_205_085_274_723_468,
    ];
    for (found, expected) in pole.0.into_iter().zip(expected) {
        assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    }
    assert_eq!(CartPole([0.0, 0.0, 0.2, 0.6]).step(1.0), (1.0, true), "beyond 12 degrees");
    assert_eq!(CartPole([2.39, 1.0, 0.0, 0.0]).step(1.0), (1.0, true), "beyond the track");
}
