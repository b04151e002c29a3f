//! Which days train, which choose the best checkpoint, which are held out.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::DataError;

/// The random stream of splits; other streams of the same seed are others' business.
const STREAM: u64 = 0x5917;
/// Units in a block: of seven days or weeks, one is held out.
const BLOCK: usize = 7;
/// The fewest units that give each part at least one.
const FEWEST: usize = 3;

/// What is held out at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SplitUnit {
    /// Single days.
    #[default]
    Day,
    /// Whole weeks: seven days from the first day on.
    Week,
}

/// Days in three disjoint parts, each ascending.
///
/// With [`SplitUnit::Day`] these are day indices and the parts cover all days; with
/// [`SplitUnit::Week`] they are the first-day indices of whole weeks, and days behind
/// the last whole week belong to no part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    /// To learn from.
    pub train: Vec<usize>,
    /// To choose the best checkpoint by.
    pub validation: Vec<usize>,
    /// To report results on; never looked at before.
    pub held_out: Vec<usize>,
}

impl Split {
    /// Splits `days` days by `seed`.
    ///
    /// Blocks of seven units follow each other. In each, one random unit is held out
    /// and one other is drawn for validation: of every block by week, of every second
    /// block (the first, the third, …) by day. The rest trains. In a shorter block at
    /// the end a draw that falls behind the end holds nothing out, so that every unit
    /// has the same chance; a first block that is short draws among what it has.
    ///
    /// # Errors
    /// [`DataError::TooFewDays`] below 3 units.
    pub fn new(days: usize, unit: SplitUnit, seed: u64) -> Result<Self, DataError> {
        let (length, name) = match unit {
            SplitUnit::Day => (1, "day"),
            SplitUnit::Week => (7, "week"),
        };
        let units = days / length;
        if units < FEWEST {
            let needed = FEWEST * length;
            return Err(DataError::TooFewDays { days, unit: name, needed });
        }
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(STREAM);
        let mut split = Self { train: Vec::new(), validation: Vec::new(), held_out: Vec::new() };
        for (block, start) in (0..units).step_by(BLOCK).enumerate() {
            let drawn_from = if block == 0 { BLOCK.min(units) } else { BLOCK };
            let (held_out, validation) = draw_two(&mut rng, drawn_from);
            let validates = unit == SplitUnit::Week || block % 2 == 0;
            for place in 0..BLOCK.min(units - start) {
                let day = (start + place) * length;
                if place == held_out {
                    split.held_out.push(day);
                } else if validates && place == validation {
                    split.validation.push(day);
                } else {
                    split.train.push(day);
                }
            }
        }
        Ok(split)
    }
}

/// Two different places in `0..count`, every pair equally likely.
fn draw_two(rng: &mut ChaCha8Rng, count: usize) -> (usize, usize) {
    let count = count as u32;
    let first = rng.random_range(0..count);
    let second = rng.random_range(0..count - 1);
    (first as usize, (second + u32::from(second >= first)) as usize)
}
