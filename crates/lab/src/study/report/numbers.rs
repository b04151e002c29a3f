//! Numbers as a person reads them.

use crate::statistics::Estimate;

/// A number with a minus sign of its own, and none on zero.
pub(super) fn number(value: f64, digits: usize) -> String {
    let text = format!("{:.digits$}", value.abs());
    let zero = text.trim_matches(['0', '.']).is_empty();
    if value < 0.0 && !zero { format!("−{text}") } else { text }
}

/// The same with a sign in any case.
pub(super) fn signed(value: f64, digits: usize) -> String {
    let text = number(value, digits);
    let zero = text.trim_matches(['0', '.']).is_empty();
    if value > 0.0 && !zero { format!("+{text}") } else { text }
}

/// A value and its interval.
pub(super) fn estimate(estimate: Estimate, digits: usize) -> String {
    let [value, low, high] =
        [estimate.value, estimate.low, estimate.high].map(|v| number(v, digits));
    format!("{value} [{low}, {high}]")
}

/// The same with a sign on the value.
pub(super) fn signed_estimate(estimate: Estimate, digits: usize) -> String {
    let Estimate { value, low, high } = estimate;
    format!("{} [{}, {}]", signed(value, digits), signed(low, digits), signed(high, digits))
}

/// A count with its thousands apart.
pub(super) fn count(value: u64) -> String {
    let digits = value.to_string();
    let groups = digits.as_bytes().rchunks(3).rev();
    let groups: Vec<_> = groups.map(String::from_utf8_lossy).collect();
    groups.join(",")
}

/// Seeds as a list.
pub(super) fn seeds(seeds: &[u64]) -> String {
    seeds.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")
}

/// `42 s` or `12 min 5 s`.
pub(super) fn duration(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    if whole < 60 { format!("{whole} s") } else { format!("{} min {} s", whole / 60, whole % 60) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!([number(-0.004, 2), number(-1.005, 1)], ["0.00", "−1.0"]);
        assert_eq!([signed(0.0, 1), signed(2.0, 1), signed(-2.0, 0)], ["0.0", "+2.0", "−2"]);
        let value = Estimate { value: 1.0, low: -0.5, high: 2.25 };
        assert_eq!(estimate(value, 2), "1.00 [−0.50, 2.25]");
        assert_eq!(signed_estimate(value, 1), "+1.0 [−0.5, +2.2]");
        assert_eq!([count(999), count(1_500_000)], ["999", "1,500,000"]);
        assert_eq!([duration(42.4), duration(725.0)], ["42 s", "12 min 5 s"]);
        assert_eq!(seeds(&[1, 2]), "1, 2");
    }
}
