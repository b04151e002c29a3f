//! The ranges of a tariff's fields.

use std::fmt::Display;

use super::{Tariff, TariffError, Window};

impl Tariff {
    /// Checks prices, charges, hours, months and emissions, and that no export ever earns more
    /// than the cheapest import costs.
    ///
    /// # Errors
    /// [`TariffError::Field`] for the first field out of range.
    pub fn validate(&self) -> Result<(), TariffError> {
        let checks = Checks { tariff: self };
        checks.amount("base", self.base)?;
        checks.amount("feed_in", self.feed_in)?;
        checks.amount("carbon_kg_per_kwh", self.carbon_kg_per_kwh)?;
        for (i, window) in self.windows.iter().enumerate() {
            checks.window(&format!("windows[{i}]"), window)?;
        }
        if let Some(c) = &self.export_charge {
            checks.amount("export_charge.price_per_kwh", c.price_per_kwh)?;
            checks.amount("export_charge.free_kwh_per_month", c.free_kwh_per_month)?;
            checks.times("export_charge", c.from_hour, c.to_hour, &c.months)?;
        }
        if let Some(c) = &self.demand_charge {
            checks.amount("demand_charge.price_per_kw_day", c.price_per_kw_day)?;
            checks.times("demand_charge", c.from_hour, c.to_hour, &c.months)?;
        }
        checks.room_to_trade()
    }
}

struct Checks<'a> {
    tariff: &'a Tariff,
}

impl Checks<'_> {
    fn check(
        &self,
        ok: bool,
        field: &str,
        value: impl Display,
        expected: &str,
    ) -> Result<(), TariffError> {
        if ok {
            return Ok(());
        }
        Err(TariffError::Field {
            tariff: self.tariff.name.clone(),
            field: field.to_owned(),
            value: value.to_string(),
            expected: expected.to_owned(),
        })
    }

    fn amount(&self, field: &str, value: f64) -> Result<(), TariffError> {
        self.check((0.0..=1e6).contains(&value), field, value, "a number from 0 to a million")
    }

    fn times(&self, path: &str, from: f64, to: f64, months: &[i8]) -> Result<(), TariffError> {
        let starts = (0.0..24.0).contains(&from);
        self.check(starts, &format!("{path}.from_hour"), from, "from 0 to below 24")?;
        self.check(
            to > from && to <= 24.0,
            &format!("{path}.to_hour"),
            to,
            "above from_hour and at most 24 (split a window that passes midnight)",
        )?;
        for &month in months {
            let known = (1..=12).contains(&month);
            self.check(known, &format!("{path}.months"), month, "from 1 to 12")?;
        }
        Ok(())
    }

    fn window(&self, path: &str, window: &Window) -> Result<(), TariffError> {
        for (name, price) in [("price", window.price), ("feed_in", window.feed_in)] {
            if let Some(price) = price {
                self.amount(&format!("{path}.{name}"), price)?;
            }
        }
        let says_something = window.price.is_some() || window.feed_in.is_some();
        self.check(says_something, path, "without effect", "given a price, a feed_in or both")?;
        self.check(
            !window.peak || window.price.is_some(),
            &format!("{path}.peak"),
            window.peak,
            "false where the window has no price (a peak at the base price repeats that price)",
        )?;
        self.times(path, window.from_hour, window.to_hour, &window.months)
    }

    /// A home gains from selling to a neighbour only if a neighbour's import costs more than its
    /// own export earns.
    fn room_to_trade(&self) -> Result<(), TariffError> {
        let Tariff { windows, base, feed_in, .. } = self.tariff;
        let lowest = windows.iter().filter_map(|w| w.price).fold(*base, f64::min);
        let expected =
            format!("at most the lowest retail price, {lowest}, or there is nothing to trade for");
        self.check(*feed_in <= lowest, "feed_in", feed_in, &expected)?;
        for (i, price) in windows.iter().enumerate().filter_map(|(i, w)| Some((i, w.feed_in?))) {
            self.check(price <= lowest, &format!("windows[{i}].feed_in"), price, &expected)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tariff::{DayType, DemandCharge, ExportCharge};

    fn full() -> Tariff {
        let window = |name: &str| Window { peak: true, ..Window::daily(name, 15.0, 21.0) };
        Tariff {
            windows: vec![
                Window { price: Some(0.6), ..window("peak") },
                Window { feed_in: Some(0.09), peak: false, ..window("reward") },
            ],
            export_charge: Some(ExportCharge {
                price_per_kwh: 0.01,
                free_kwh_per_month: 200.0,
                from_hour: 10.0,
                to_hour: 15.0,
                months: vec![],
            }),
            demand_charge: Some(DemandCharge {
                price_per_kw_day: 0.3,
                from_hour: 15.0,
                to_hour: 24.0,
                months: vec![1, 12],
                days: DayType::Workdays,
            }),
            ..Tariff::flat("test", 0.28, 0.05)
        }
    }

    fn refusal(change: impl FnOnce(&mut Tariff)) -> (String, String) {
        let mut tariff = full();
        change(&mut tariff);
        match tariff.validate() {
            Err(TariffError::Field { field, value, .. }) => (field, value),
            other => panic!("{other:?}"),
        }
    }

    fn assert_refused(field: &str, value: &str, change: impl FnOnce(&mut Tariff)) {
        assert_eq!(refusal(change), (field.to_owned(), value.to_owned()));
    }

    #[test]
    fn what_is_in_range_passes() {
        full().validate().unwrap();
        // Equal prices leave no gain, but no harm either: the bound is closed.
        Tariff::flat("equal", 0.1, 0.1).validate().unwrap();
    }

    #[test]
    fn prices_are_named() {
        assert_refused("base", "NaN", |t| t.base = f64::NAN);
        assert_refused("base", "-0.1", |t| t.base = -0.1);
        assert_refused("feed_in", "inf", |t| t.feed_in = f64::INFINITY);
        assert_refused("feed_in", "0.3", |t| t.feed_in = 0.3);
        assert_refused("feed_in", "-0.01", |t| t.feed_in = -0.01);
        assert_refused("carbon_kg_per_kwh", "-1", |t| t.carbon_kg_per_kwh = -1.0);
        assert_refused("windows[0].price", "-1", |t| t.windows[0].price = Some(-1.0));
        assert_refused("windows[1].feed_in", "0.29", |t| t.windows[1].feed_in = Some(0.29));
        // The lowest price may be a window's.
        assert_refused("windows[1].feed_in", "0.09", |t| t.windows[0].price = Some(0.08));
    }

    #[test]
    fn windows_are_named() {
        assert_refused("windows[1]", "without effect", |t| t.windows[1].feed_in = None);
        assert_refused("windows[1].peak", "true", |t| t.windows[1].peak = true);
        assert_refused("windows[0].from_hour", "24", |t| t.windows[0].from_hour = 24.0);
        assert_refused("windows[1].to_hour", "3", |t| t.windows[1].to_hour = 3.0);
        assert_refused("windows[1].to_hour", "NaN", |t| t.windows[1].to_hour = f64::NAN);
        assert_refused("windows[0].months", "13", |t| t.windows[0].months = vec![1, 13]);
    }

    #[test]
    fn charges_are_named() {
        fn export(t: &mut Tariff) -> &mut ExportCharge {
            t.export_charge.as_mut().unwrap()
        }
        fn demand(t: &mut Tariff) -> &mut DemandCharge {
            t.demand_charge.as_mut().unwrap()
        }
        assert_refused("export_charge.price_per_kwh", "-1", |t| export(t).price_per_kwh = -1.0);
        assert_refused("export_charge.free_kwh_per_month", "-2", |t| {
            export(t).free_kwh_per_month = -2.0;
        });
        assert_refused("export_charge.to_hour", "25", |t| export(t).to_hour = 25.0);
        assert_refused("demand_charge.price_per_kw_day", "NaN", |t| {
            demand(t).price_per_kw_day = f64::NAN;
        });
        assert_refused("demand_charge.from_hour", "-1", |t| demand(t).from_hour = -1.0);
        assert_refused("demand_charge.months", "0", |t| demand(t).months = vec![0]);
    }

    #[test]
    fn the_message_says_what_would_be_right() {
        let message = Tariff::flat("dear", 0.2, 0.3).validate().unwrap_err().to_string();
        let expected = "tariff `dear`: field `feed_in` is 0.3; it must be at most the lowest \
                        retail price, 0.2, or there is nothing to trade for";
        assert_eq!(message, expected);
    }
}
