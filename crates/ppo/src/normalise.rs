//! Running means and variances of observations and returns, as Stable-Baselines3's
//! `VecNormalize` keeps them.

/// Normalised numbers are clipped to ± this.
pub(crate) const CLIP: f32 = 10.0;
/// Keeps the division finite where a variance is 0.
const EPSILON: f64 = 1e-8;

/// Count, mean and population variance of each column of all rows seen so far.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RunningMoments {
    pub(crate) count: f64,
    pub(crate) mean: Vec<f64>,
    pub(crate) variance: Vec<f64>,
}

impl RunningMoments {
    /// Nothing seen yet: mean 0, variance 1.
    pub(crate) fn new(columns: usize) -> Self {
        Self { count: 0.0, mean: vec![0.0; columns], variance: vec![1.0; columns] }
    }

    /// Adds `rows`, row-major, to what was seen.
    pub(crate) fn update(&mut self, rows: &[f32]) {
        let columns = self.mean.len();
        let count = rows.len().checked_div(columns).unwrap_or(0) as f64;
        if count == 0.0 {
            return;
        }
        let mut mean = vec![0.0; columns];
        for row in rows.chunks_exact(columns) {
            mean.iter_mut().zip(row).for_each(|(sum, &value)| *sum += f64::from(value));
        }
        for sum in &mut mean {
            *sum /= count;
        }
        let mut variance = vec![0.0; columns];
        for row in rows.chunks_exact(columns) {
            for ((sum, &value), mean) in variance.iter_mut().zip(row).zip(&mean) {
                *sum += (f64::from(value) - mean).powi(2);
            }
        }
        for sum in &mut variance {
            *sum /= count;
        }
        self.merge(&Self { count, mean, variance });
    }

    /// Adds all rows that `other` has seen (the pairwise formula of Chan et al. 1979).
    pub(crate) fn merge(&mut self, other: &Self) {
        if other.count == 0.0 {
            return;
        }
        let total = self.count + other.count;
        for column in 0..self.mean.len() {
            let difference = other.mean[column] - self.mean[column];
            let squares = self.variance[column] * self.count
                + other.variance[column] * other.count
                + difference * difference * self.count * other.count / total;
            self.mean[column] += difference * other.count / total;
            self.variance[column] = squares / total;
        }
        self.count = total;
    }

    fn inverse_std(&self, column: usize) -> f64 {
        1.0 / (self.variance[column] + EPSILON).sqrt()
    }
}

/// Standardises observations column by column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ObservationNormaliser {
    moments: RunningMoments,
    // The moments as the inner loop wants them.
    offset: Vec<f32>,
    scale: Vec<f32>,
}

impl ObservationNormaliser {
    pub(crate) fn new(moments: RunningMoments) -> Self {
        let (offset, scale) = (Vec::new(), Vec::new());
        let mut normaliser = Self { moments, offset, scale };
        normaliser.refresh();
        normaliser
    }

    pub(crate) fn moments(&self) -> &RunningMoments {
        &self.moments
    }

    /// Whether no observation was seen yet.
    pub(crate) fn is_new(&self) -> bool {
        self.moments.count == 0.0
    }

    pub(crate) fn merge(&mut self, seen: &RunningMoments) {
        self.moments.merge(seen);
        self.refresh();
    }

    fn refresh(&mut self) {
        let columns = self.moments.mean.len();
        self.offset = self.moments.mean.iter().map(|&mean| mean as f32).collect();
        self.scale = (0..columns).map(|c| self.moments.inverse_std(c) as f32).collect();
    }

    /// Writes `(x − mean)/std`, clipped, for every row of `observations`.
    pub(crate) fn apply(&self, observations: &[f32], normalised: &mut [f32]) {
        let columns = self.offset.len();
        let rows = observations.chunks_exact(columns).zip(normalised.chunks_exact_mut(columns));
        for (from, to) in rows {
            for (((to, from), offset), scale) in
                to.iter_mut().zip(from).zip(&self.offset).zip(&self.scale)
            {
                *to = ((from - offset) * scale).clamp(-CLIP, CLIP);
            }
        }
    }
}

/// Divides rewards by the standard deviation of the discounted return.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ReturnNormaliser {
    pub(crate) moments: RunningMoments,
}

impl ReturnNormaliser {
    /// Scales `rewards` in place and clips them.
    pub(crate) fn apply(&self, rewards: &mut [f32]) {
        let scale = self.moments.inverse_std(0) as f32;
        for reward in rewards {
            *reward = (*reward * scale).clamp(-CLIP, CLIP);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_in_parts_are_the_moments_of_the_whole() {
        let rows = [1.0, -2.0, 4.0, 0.5, -3.0, 8.0, 2.0, 2.0, 7.0, -1.0];
        let mut parts = RunningMoments::new(2);
        parts.update(&rows[..4]);
        parts.update(&rows[4..]);
        let columns: [Vec<f64>; 2] =
            [0, 1].map(|c| rows.chunks(2).map(|row| f64::from(row[c])).collect());
        for (c, column) in columns.iter().enumerate() {
            let mean = column.iter().sum::<f64>() / 5.0;
            let variance = column.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 5.0;
            assert!((parts.mean[c] - mean).abs() < 1e-12);
            assert!((parts.variance[c] - variance).abs() < 1e-12);
        }
        assert_eq!(parts.count, 5.0);
    }

    #[test]
    fn observations_come_out_standardised_and_clipped() {
        let mut moments = RunningMoments::new(1);
        moments.update(&[1.0, 3.0]);
        let normaliser = ObservationNormaliser::new(moments);
        let mut out = [0.0; 3];
        normaliser.apply(&[2.0, 3.0, 1000.0], &mut out);
        assert!(out[0].abs() < 1e-6 && (out[1] - 1.0).abs() < 1e-6 && out[2] == CLIP);
    }

    #[test]
    fn rewards_are_scaled_but_not_shifted() {
        let mut moments = RunningMoments::new(1);
        moments.update(&[10.0, 14.0]);
        let mut rewards = [4.0, -100.0];
        ReturnNormaliser { moments }.apply(&mut rewards);
        assert!((rewards[0] - 2.0).abs() < 1e-6 && rewards[1] == -CLIP);
    }
}
