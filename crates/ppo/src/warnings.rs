//! Settings that are allowed but probably not meant.

use crate::PpoSettings;

impl PpoSettings {
    /// What is allowed but probably not meant, in words, for a run on `streams` streams.
    pub fn warnings(&self, streams: usize) -> Vec<String> {
        let mut warnings = Vec::new();
        warnings.extend(self.batch_warning(streams));
        warnings.extend(self.length_warning(streams));
        warnings.extend(self.rate_warning());
        warnings.extend(self.noise_warning());
        warnings.extend(self.epochs_warning());
        warnings.extend(self.loss_warnings());
        warnings
    }

    fn rollout(&self, streams: usize) -> usize {
        self.n_steps.saturating_mul(streams)
    }

    fn batch_warning(&self, streams: usize) -> Option<String> {
        let (rollout, batch) = (self.rollout(streams), self.batch_size);
        // A minibatch that is larger than the rollout is refused, not warned of.
        if batch < 2 || batch > rollout {
            return None;
        }
        let left_over = rollout % batch;
        if batch > rollout / 2 {
            return Some(format!(
                "batch_size {batch} is more than half of the {rollout} home-steps of an iteration: \
                 only one update an epoch, which leaves {left_over} of them out.",
            ));
        }
        (left_over > 0).then(|| {
            format!(
                "batch_size {batch} does not divide the {rollout} home-steps of an iteration \
                 ({streams} streams × {} steps): {left_over} of them are left out of every epoch.",
                self.n_steps,
            )
        })
    }

    fn length_warning(&self, streams: usize) -> Option<String> {
        let (rollout, total) = (self.rollout(streams), self.total_timesteps);
        (total < 10 * rollout as u64).then(|| {
            format!(
                "total_timesteps {total} is less than ten iterations of {rollout} home-steps: too \
                 few updates to learn much.",
            )
        })
    }

    fn rate_warning(&self) -> Option<String> {
        (!(1e-5..=1e-2).contains(&self.learning_rate)).then(|| {
            format!(
                "learning_rate {} is far from the range 1e-5 to 1e-2 in which PPO is known to learn.",
                self.learning_rate,
            )
        })
    }

    fn noise_warning(&self) -> Option<String> {
        let any = |odd: fn(f32) -> bool| self.log_std_init.iter().any(|&value| odd(value));
        if any(|value| value > 0.5) {
            return Some(
                "log_std_init above 0.5 is exploration noise of more than 1.6 action units, \
                 from which the policy comes down only slowly."
                    .to_owned(),
            );
        }
        any(|value| value < -4.0).then(|| {
            "log_std_init below -4 is exploration noise of less than 0.02 action units, with which \
             the policy hardly finds anything new."
                .to_owned()
        })
    }

    fn epochs_warning(&self) -> Option<String> {
        match (self.n_epochs, self.target_kl) {
            (31.., None) => Some(format!(
                "n_epochs {} without target_kl goes over the same rollout very often: the policy \
                 may run far away from the data.",
                self.n_epochs,
            )),
            (1, Some(_)) => Some(
                "target_kl has no effect with n_epochs 1: it is looked at between epochs."
                    .to_owned(),
            ),
            _ => None,
        }
    }

    fn loss_warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.clip_range > 0.5 {
            warnings.push(format!(
                "clip_range {} lets an action become {:.1} times as likely before it is held back: \
                 that hardly keeps the policy near the data.",
                self.clip_range,
                1.0 + self.clip_range,
            ));
        }
        if self.vf_coef == 0.0 {
            warnings.push(
                "vf_coef 0 leaves the critic as it was drawn: the advantages rest on noise."
                    .to_owned(),
            );
        }
        if self.ent_coef > 0.1 {
            warnings.push(format!(
                "ent_coef {} may outweigh the reward: the exploration noise then grows instead of \
                 shrinking.",
                self.ent_coef,
            ));
        }
        warnings
    }
}
