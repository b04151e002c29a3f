//! Public holidays of New South Wales, computed.
//!
//! Rules: section 4 of the Public Holidays Act 2010 (NSW). Days that the government declares for
//! a single year (the day of mourning of 22 September 2022, the Mondays after Anzac Day in 2026
//! and 2027) are not known here, nor is the Bank Holiday in August, on which the rest of the
//! State works.

use jiff::civil::{Date, Weekday};

/// Whether a date is a public holiday of the whole State.
pub(super) fn is_holiday(date: Date) -> bool {
    fixed(date) || monday(date) || easter(date)
}

/// Holidays with a date of their own, and the weekdays that stand in for them.
fn fixed(date: Date) -> bool {
    use Weekday::{Monday, Saturday, Sunday, Tuesday};
    let weekday = date.weekday();
    match (date.month(), date.day()) {
        // New Year's Day, Anzac Day, Christmas Day, Boxing Day.
        (1, 1) | (4, 25) | (12, 25 | 26) => true,
        // Australia Day is no holiday on a weekend.
        (1, 26) => !matches!(weekday, Saturday | Sunday),
        // The Monday after New Year's or Australia Day on a weekend.
        (1, 2 | 3 | 27 | 28) => weekday == Monday,
        // Christmas and Boxing Day: a Saturday's day off is the Monday, a Sunday's the Tuesday.
        (12, 27 | 28) => matches!(weekday, Monday | Tuesday),
        _ => false,
    }
}

/// Sovereign's Birthday, second Monday of June; Labour Day, first Monday of October.
fn monday(date: Date) -> bool {
    date.weekday() == Weekday::Monday
        && match date.month() {
            6 => (8..=14).contains(&date.day()),
            10 => date.day() <= 7,
            _ => false,
        }
}

/// Good Friday to Easter Monday.
fn easter(date: Date) -> bool {
    let sunday = easter_sunday(i32::from(date.year()));
    let day_of_spring = day_from_march(i32::from(date.month()), i32::from(date.day()));
    (sunday - 2..=sunday + 1).contains(&day_of_spring)
}

/// Days since the end of February for a date of March or April; outside of Easter's reach for
/// any other month.
fn day_from_march(month: i32, day: i32) -> i32 {
    match month {
        3 => day,
        4 => 31 + day,
        _ => -1,
    }
}

/// Easter Sunday of a Gregorian year, as days since the end of February (22 to 56): the
/// anonymous algorithm of 1876 in Jean Meeus, *Astronomical Algorithms*, chapter 8. Its letters
/// are kept.
fn easter_sunday(year: i32) -> i32 {
    let a = year % 19;
    let (b, c) = (year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let f = (b + 8) / 25;
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    day_from_march(n / 31, n % 31 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// The working days lost in a year: holidays on Monday to Friday, as (month, day).
    fn weekdays_off(year: i16) -> Vec<(i8, i8)> {
        let weekday = |d: &Date| !matches!(d.weekday(), Weekday::Saturday | Weekday::Sunday);
        date(year, 1, 1)
            .series(jiff::ToSpan::days(1))
            .take_while(|d| d.year() == year)
            .filter(weekday)
            .filter(|&d| is_holiday(d))
            .map(|d| (d.month(), d.day()))
            .collect()
    }

    #[test]
    fn holidays_of_known_years() {
        // New Year's Day on a Sunday.
        let y2012 =
            [(1, 2), (1, 26), (4, 6), (4, 9), (4, 25), (6, 11), (10, 1), (12, 25), (12, 26)];
        assert_eq!(weekdays_off(2012), y2012);
        // Australia Day on a Saturday.
        let y2019 =
            [(1, 1), (1, 28), (4, 19), (4, 22), (4, 25), (6, 10), (10, 7), (12, 25), (12, 26)];
        assert_eq!(weekdays_off(2019), y2019);
        // Easter in March.
        let y2024 =
            [(1, 1), (1, 26), (3, 29), (4, 1), (4, 25), (6, 10), (10, 7), (12, 25), (12, 26)];
        assert_eq!(weekdays_off(2024), y2024);
    }

    #[test]
    fn substitutes_at_christmas() {
        let off = |year| weekdays_off(year).into_iter().filter(|d| d.0 == 12).collect::<Vec<_>>();
        assert_eq!(off(2021), [(12, 27), (12, 28)], "Saturday and Sunday");
        assert_eq!(off(2022), [(12, 26), (12, 27)], "Sunday and Monday");
        assert_eq!(off(2020), [(12, 25), (12, 28)], "Friday and Saturday");
        assert_eq!(off(2023), [(12, 25), (12, 26)], "Monday and Tuesday");
    }

    #[test]
    fn easter_at_its_extremes() {
        let earliest_and_latest = [(1818, 22), (2285, 22), (1943, 56), (2038, 56)];
        for (year, day) in earliest_and_latest {
            assert_eq!(easter_sunday(year), day, "{year}");
        }
        assert!(is_holiday(date(2012, 4, 7)) && is_holiday(date(2012, 4, 8)));
        assert!(!is_holiday(date(2012, 4, 5)) && !is_holiday(date(2012, 4, 10)));
        assert!(!is_holiday(date(2019, 1, 26)), "moved to the Monday");
    }
}
