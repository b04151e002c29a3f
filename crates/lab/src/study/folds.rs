//! Cross-fitting: one year of data, and yet no agent acts on days it was trained on.

use peergrid_agents::Policy;
use peergrid_env::Microgrids;
use peergrid_guard::Action;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::{LabError, Setting};

/// The random stream that draws the folds' validation days.
const STREAM: u64 = 0xF01D;

/// The first day of the first week: the day before it is known.
pub(super) const FIRST_DAY: usize = 1;

/// Days in a week.
pub(super) const WEEK: usize = 7;

/// How many folds there are.
pub(super) const FOLDS: usize = 2;

/// Whole weeks in `days` days of data, the first day left out.
pub(super) fn weeks(days: usize) -> usize {
    days.saturating_sub(FIRST_DAY) / WEEK
}

/// The fold of a day: weeks belong to the folds in turn.
fn fold(day: usize) -> usize {
    day.saturating_sub(FIRST_DAY) / WEEK % FOLDS
}

/// One setting per fold, in which only the days of that fold train and validate.
///
/// # Errors
/// Fewer than two weeks.
pub(super) fn settings(setting: &Setting) -> Result<[Setting; FOLDS], LabError> {
    let weeks = weeks(setting.community.days());
    if weeks < FOLDS {
        let message = format!("{weeks} whole weeks cannot be dealt to {FOLDS} folds");
        return Err(LabError::spec("data", message));
    }
    let mut rng = ChaCha8Rng::seed_from_u64(setting.spec.split.seed);
    rng.set_stream(STREAM);
    let mut settings = [(); FOLDS].map(|()| Setting {
        train: Vec::new(),
        validation: Vec::new(),
        held_out: Vec::new(),
        ..setting.clone()
    });
    for week in 0..weeks {
        let validates = rng.random_range(0..WEEK as u32) as usize;
        for place in 0..WEEK {
            let day = FIRST_DAY + week * WEEK + place;
            for (index, of_fold) in settings.iter_mut().enumerate() {
                let days = match (fold(day) == index, place == validates) {
                    (false, _) => &mut of_fold.held_out,
                    (true, true) => &mut of_fold.validation,
                    (true, false) => &mut of_fold.train,
                };
                days.push(day);
            }
        }
    }
    Ok(settings)
}

/// Acts in each week by the policy that knows the other folds only.
pub(super) struct CrossFitted(pub [Box<dyn Policy>; FOLDS]);

impl Policy for CrossFitted {
    /// # Panics
    /// Unless there is one microgrid: only one day is today.
    fn propose(&mut self, microgrids: &Microgrids, proposed: &mut [Action]) {
        assert_eq!(microgrids.microgrids(), 1, "one run has one day at a time");
        let day = microgrids.t(0) / microgrids.community().steps_per_day;
        let other = (fold(day) + 1) % FOLDS;
        self.0[other].propose(microgrids, proposed);
    }

    fn note(&self) -> Option<String> {
        let notes: Vec<_> = self.0.iter().filter_map(|policy| policy.note()).collect();
        (!notes.is_empty()).then(|| notes.join(" Of the other fold: "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presets::PRESETS;

    fn setting() -> Setting {
        let spec = PRESETS[0].spec().unwrap();
        let data = spec.data.without_file().unwrap();
        Setting::new(spec, data).unwrap()
    }

    #[test]
    fn folds_share_no_day_and_leave_none_out() {
        let [a, b] = settings(&setting()).unwrap();
        assert_eq!((a.validation.len(), b.validation.len()), (26, 26));
        assert_eq!((a.train.len(), b.train.len()), (26 * 6, 26 * 6));
        let days = |s: &Setting| {
            let mut days = [&s.train[..], &s.validation].concat();
            days.sort_unstable();
            days
        };
        assert_eq!((days(&a), days(&b)), (b.held_out.clone(), a.held_out.clone()));
        let mut all = [days(&a), days(&b)].concat();
        all.sort_unstable();
        assert_eq!(all, (1..365).collect::<Vec<_>>());
    }

    /// Leaves its mark on the first home's price.
    struct Marked(f64);

    impl Policy for Marked {
        fn propose(&mut self, _: &Microgrids, proposed: &mut [Action]) {
            proposed[0].price_bid = self.0;
        }
    }

    #[test]
    fn nobody_acts_on_days_of_its_own_fold() {
        let setting = setting();
        let folds = settings(&setting).unwrap();
        let policies = [0.0, 1.0].map(|mark| Box::new(Marked(mark)) as Box<dyn Policy>);
        let mut policy = CrossFitted(policies);
        let mut microgrids = Microgrids::new(setting.community.clone(), 1);
        let mut proposed = vec![Action::default(); setting.community.homes()];
        for day in 1..30 {
            microgrids.reset(&[day]).unwrap();
            policy.propose(&microgrids, &mut proposed);
            let acting = &folds[proposed[0].price_bid as usize];
            assert!(acting.held_out.contains(&day) && !acting.train.contains(&day), "day {day}");
        }
    }
}
