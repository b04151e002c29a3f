//! The market's unit of energy, and fair shares in whole units.

/// Units in a kWh: the market counts in thousandths of a watt-hour.
pub const UNITS_PER_KWH: f64 = 1e6;

/// The most whole units that are no more than `kwh`.
///
/// Rounding to the nearest first keeps a decimal quantity such as 1.001 kWh whole, whose product
/// with 10⁶ is a hair below 1 001 000.
pub(crate) fn whole_units(kwh: f64) -> u64 {
    // By way of signed integers, which processors convert in one instruction.
    let nearest = (kwh * UNITS_PER_KWH + 0.5) as i64;
    let over = nearest as f64 / UNITS_PER_KWH > kwh;
    nearest.saturating_sub(i64::from(over)).max(0) as u64
}

/// Units in kWh.
pub(crate) fn to_kwh(units: u64) -> f64 {
    units as f64 / UNITS_PER_KWH
}

/// Quotient and remainder of `a·b / c`, for c > 0 and a quotient that fits.
pub(crate) fn share(a: u64, b: u64, c: u64) -> (u64, u64) {
    if let Some(product) = a.checked_mul(b) {
        (product / c, product % c)
    } else {
        let (product, c) = (u128::from(a) * u128::from(b), u128::from(c));
        ((product / c) as u64, (product % c) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_units_are_the_most_that_fit() {
        for (kwh, units) in [
            (0.0, 0),
            (9.999e-7, 0),
            (1e-6, 1),
            (1.001, 1_001_000),
            (0.29, 290_000),
            (4.35, 4_350_000),
            (1.000_000_9, 1_000_000),
            (0.1 + 0.2, 300_000),
            (1.0 - f64::EPSILON, 999_999),
        ] {
            assert_eq!(whole_units(kwh), units, "{kwh}");
        }
    }

    #[test]
    fn shares_of_large_products_agree() {
        let (a, b, c) = (1_000_000_000_007, 999_999_999_989, 1_000_000_000_039);
        let (quotient, remainder) = share(a, b, c);
        let product = u128::from(a) * u128::from(b);
        assert_eq!(u128::from(quotient) * u128::from(c) + u128::from(remainder), product);
        assert!(remainder < c);
        assert_eq!(share(7, 3, 5), (4, 1));
    }
}
