//! Daylight saving in New South Wales, and days of equal length in spite of it.
//!
//! Clocks go from 2:00 to 3:00 on the first Sunday of October and from 3:00 back to
//! 2:00 on the first Sunday of April (since 2008). A meter file with the same number
//! of slots every day therefore holds, in the slots of the hour from 2:00 to 3:00,
//! zeros in spring (the hour does not exist) and the sum of both passes in autumn.
//!
//! **Convention.** A day keeps its slots, so the five hours from 0:00 to 5:00 stand
//! for four metered hours in spring and for six in autumn. First the shape is made
//! plausible: in spring the empty slots are interpolated between their neighbours, in
//! autumn the doubled slots are halved, which makes them the mean of both passes. Then
//! those five hours are scaled to the energy the meter counted in them. No energy is
//! invented or lost, the level of that night is about a fifth lower or higher, and
//! everything from 5:00 on is as metered.

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

/// Which way the clocks go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Changeover {
    /// Forward an hour, first Sunday of October: a day of 23 hours.
    Spring,
    /// Back an hour, first Sunday of April: a day of 25 hours.
    Autumn,
}

/// The hours that share the energy of a changeover night: 0:00 up to this hour.
const NIGHT_HOURS: usize = 5;
/// The hour that is skipped or passed twice.
const CHANGED_HOUR: usize = 2;

/// The changeover on this date, if there is one.
pub fn changeover(date: Date) -> Option<Changeover> {
    // The first Sunday of a month is its only Sunday up to the 7th.
    if date.weekday() != Weekday::Sunday || date.day() > 7 {
        return None;
    }
    match date.month() {
        10 => Some(Changeover::Spring),
        4 => Some(Changeover::Autumn),
        _ => None,
    }
}

/// Whether Sydney's clock is on daylight-saving time during the day (from 3:00 on).
pub(crate) fn is_daylight_saving(date: Date) -> bool {
    let first_sunday = {
        let first = date.first_of_month().weekday().to_sunday_zero_offset();
        1 + (7 - first) % 7
    };
    match date.month() {
        10 => date.day() >= first_sunday,
        4 => date.day() < first_sunday,
        month => !(5..=9).contains(&month),
    }
}

/// Evens out a changeover day of 24 or 48 slots of energy, as the module's text says.
///
/// The sum of the day stays to rounding (1e-12 relative). In spring, a day whose slots
/// from 2:00 to 3:00 are not all zero is left as it is.
///
/// Returns whether anything was done.
pub fn even_out(changeover: Changeover, day: &mut [f64]) -> bool {
    let per_hour = day.len() / 24;
    if per_hour == 0 || !day.len().is_multiple_of(24) {
        return false;
    }
    let night = &mut day[..NIGHT_HOURS * per_hour];
    let metered: f64 = night.iter().sum();
    let changed = changed_slots(per_hour);
    match changeover {
        Changeover::Spring => {
            if night[changed.clone()].iter().any(|kwh| *kwh != 0.0) {
                return false;
            }
            let (before, after) = (night[changed.start - 1], night[changed.end]);
            for (count, slot) in changed.enumerate() {
                let share = (count + 1) as f64 / (per_hour + 1) as f64;
                night[slot] = before + share * (after - before);
            }
        }
        Changeover::Autumn => night[changed].iter_mut().for_each(|kwh| *kwh *= 0.5),
    }
    let shaped: f64 = night.iter().sum();
    if shaped > 0.0 {
        let scale = metered / shaped;
        for kwh in night {
            *kwh *= scale;
        }
    }
    true
}

/// The slots from 2:00 to 3:00 of a day with `per_hour` slots an hour.
pub(crate) fn changed_slots(per_hour: usize) -> std::ops::Range<usize> {
    CHANGED_HOUR * per_hour..(CHANGED_HOUR + 1) * per_hour
}
