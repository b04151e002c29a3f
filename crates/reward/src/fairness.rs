//! How evenly something is shared among the homes.

/// Gini coefficient `Σ(2i−n−1)·x_i / (n·Σx)` with `x` sorted ascending (`values` is sorted in
/// place), ≥ 0: 0 where all are the same, below 1 where none is negative. `None` where Σx ≤ 0, for
/// which it is not defined.
pub fn gini(values: &mut [f64]) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let n = values.len() as f64;
    let sum: f64 = values.iter().sum();
    let ranked: f64 =
        values.iter().enumerate().map(|(i, x)| (2.0 * (i as f64 + 1.0) - n - 1.0) * x).sum();
    (sum > 0.0).then(|| ranked / (n * sum))
}

/// Jain's index `(Σx)² / (n·Σx²)`, 0 to 1: 1 where all are the same (Jain, Chiu and Hawe 1984).
/// `None` where all are 0, for which it is not defined.
pub fn jain(values: &[f64]) -> Option<f64> {
    let sum: f64 = values.iter().sum();
    let squares: f64 = values.iter().map(|x| x * x).sum();
    (squares > 0.0).then(|| sum * sum / (values.len() as f64 * squares))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reference_gini() {
        let cases: [(&mut [f64], f64); 4] = [
            (&mut [1.0, 2.0, 3.0, 4.0], 0.25),
            (&mut [0.0, 0.0, 0.0, 1.0], 0.75),
            (&mut [100.0, 20.0, 30.0, 40.0, 10.0], 0.4),
            // One loses what the other gains beyond the mean.
            (&mut [-1.0, 2.0], 1.5),
        ];
        for (values, expected) in cases {
            assert!((gini(values).unwrap() - expected).abs() < 1e-12);
        }
        assert_eq!(gini(&mut [-1.0, 0.5]), None);
        assert_eq!(gini(&mut [0.0, 0.0]), None);
        assert_eq!(gini(&mut []), None);
    }

    #[test]
    fn reference_jain() {
        let cases: [(&[f64], f64); 4] = [
            (&[1.0, 2.0, 3.0, 4.0], 5.0 / 6.0),
            (&[3.0, 3.0, 3.0], 1.0),
            (&[0.0, 0.0, 0.0, 1.0], 0.25),
            (&[-1.0, 1.0], 0.0),
        ];
        for (values, expected) in cases {
            assert!((jain(values).unwrap() - expected).abs() < 1e-12);
        }
        assert_eq!(jain(&[0.0, 0.0]), None);
        assert_eq!(jain(&[]), None);
    }
}
