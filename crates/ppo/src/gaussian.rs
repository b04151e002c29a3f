//! The diagonal normal distribution of the actions.

use burn::tensor::Tensor;

/// ½·ln 2π.
const HALF_LN_TAU: f64 = 0.918_938_533_204_672_7;

/// Log density of `actions` under `N(means, exp(log_std)²)`, summed over the action's numbers:
/// `−Σ (½·((a − μ)/σ)² + ln σ + ½·ln 2π)`.
///
/// Shapes: actions and means `[rows, action_size]`, `log_std` `[action_size]`; result `[rows]`.
pub(crate) fn log_prob(actions: Tensor<2>, means: Tensor<2>, log_std: Tensor<1>) -> Tensor<1> {
    let [_, action_size] = means.dims();
    let inverse_std = log_std.clone().neg().exp().unsqueeze::<2>();
    let scaled = (actions - means) * inverse_std;
    let constant = log_std.sum().add_scalar(action_size as f64 * HALF_LN_TAU);
    let squares = scaled.square().sum_dim(1).squeeze_dim::<1>(1);
    squares.mul_scalar(-0.5) - constant
}

/// Entropy in nats, `Σ (ln σ + ½·ln 2πe)`.
pub(crate) fn entropy(log_std: &[f32]) -> f64 {
    log_std.iter().map(|&value| f64::from(value) + HALF_LN_TAU + 0.5).sum()
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    #[test]
    fn log_density_matches_its_closed_form() {
        let device = Device::flex();
        let actions = Tensor::<2>::from_data([[0.0, 1.0], [2.0, -1.0]], &device);
        let means = Tensor::<2>::from_data([[0.0, 0.5], [1.0, 1.0]], &device);
        let log_std = Tensor::<1>::from_data([0.0, -1.0], &device);
        let found = log_prob(actions, means, log_std).into_data().try_into_vec::<f32>().unwrap();
        // σ = 1 and 1/e; ln 2π = 1.8378771.
        let expected = [
            -(0.5 * (0.5 * std::f64::consts::E).powi(2)) + 1.0 - 1.837_877_1,
            -0.5 - 0.5 * (2.0 * std::f64::consts::E).powi(2) + 1.0 - 1.837_877_1,
        ];
        for (found, expected) in found.into_iter().zip(expected) {
            assert!((f64::from(found) - expected).abs() < 1e-5, "{found} against {expected}");
        }
    }

    #[test]
    fn entropy_matches_its_closed_form() {
        // ½·ln(2πe) = 1.4189385 for σ = 1.
        assert!((entropy(&[0.0, -1.0]) - (2.0 * 1.418_938_533 - 1.0)).abs() < 1e-8);
    }
}
