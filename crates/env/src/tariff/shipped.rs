//! The tariffs that ship, read from `data/tariffs`.

use super::{Tariff, TariffError};

/// A tariff that ships.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shipped {
    /// What it is picked by, also its file's name in `data/tariffs`.
    pub id: &'static str,
    /// The document.
    pub json: &'static str,
}

macro_rules! shipped {
    ($($id:literal),* $(,)?) => {
        &[$(Shipped {
            id: $id,
            json: include_str!(concat!("../../../../data/tariffs/", $id, ".json")),
        }),*]
    };
}

const SHIPPED: &[Shipped] = shipped![
    "flat-2019",
    "sydney-2011",
    "sydney-2019",
    "sydney-2024",
    "sydney-time-of-use",
    "sydney-two-way",
    "sydney-demand",
    "four-prosumers",
];

impl Tariff {
    /// The tariffs that ship, in the order in which to offer them.
    pub fn shipped() -> &'static [Shipped] {
        SHIPPED
    }

    /// The shipped tariff with an id.
    ///
    /// # Errors
    /// [`TariffError::Unknown`], which lists the ids there are. The shipped files themselves are
    /// valid: a test reads them all.
    pub fn by_id(id: &str) -> Result<Self, TariffError> {
        let Some(shipped) = SHIPPED.iter().find(|s| s.id == id) else {
            let ids: Vec<&str> = SHIPPED.iter().map(|s| s.id).collect();
            return Err(TariffError::Unknown { id: id.to_owned(), known: ids.join(", ") });
        };
        Self::from_json(&format!("{id}.json"), shipped.json)
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;
    use jiff::civil::{Date, date};

    #[test]
    fn every_shipped_tariff_is_valid_and_has_a_source() {
        for shipped in Tariff::shipped() {
            let tariff = Tariff::by_id(shipped.id).unwrap();
            assert!(!tariff.name.is_empty() && tariff.source.len() > 40, "{}", shipped.id);
        }
    }

    #[test]
    fn every_file_ships() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/tariffs");
        let files: BTreeSet<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter_map(|name| Some(name.strip_suffix(".json")?.to_owned()))
            .collect();
        let ids: BTreeSet<String> = Tariff::shipped().iter().map(|s| s.id.to_owned()).collect();
        assert_eq!(files, ids);
    }

    #[test]
    fn an_unknown_id_is_told_the_known_ones() {
        let message = Tariff::by_id("perth").unwrap_err().to_string();
        assert!(message.contains("`perth`") && message.contains("sydney-2019, sydney-2024"));
    }

    fn retail(id: &str, day: Date, hours: [f64; 4]) -> [f64; 4] {
        let tariff = Tariff::by_id(id).unwrap();
        hours.map(|hour| tariff.retail(day, hour))
    }

    /// Hours of the Ausgrid network tariff in three eras, at the edges of each.
    #[test]
    fn sydney_hours_follow_their_years() {
        let (peak, shoulder, off) = (0.594, 0.253, 0.165);
        let edges = [13.5, 14.0, 19.5, 20.0];
        let autumn = date(2012, 5, 1);
        assert_eq!(retail("sydney-2011", autumn, edges), [shoulder, peak, peak, shoulder]);
        assert_eq!(retail("sydney-2011", date(2012, 4, 25), edges), [shoulder; 4], "Anzac Day");
        let night = [6.5, 7.0, 21.5, 22.0];
        assert_eq!(retail("sydney-2011", autumn, night), [off, shoulder, shoulder, off]);
        assert_eq!(
            retail("sydney-2019", date(2019, 1, 2), edges),
            [shoulder, peak, peak, shoulder]
        );
        assert_eq!(retail("sydney-2019", date(2019, 1, 1), edges), [shoulder; 4], "New Year");
        assert_eq!(retail("sydney-2019", date(2019, 5, 1), edges), [shoulder; 4], "May");
        let winter = [16.5, 17.0, 20.5, 21.0];
        assert_eq!(
            retail("sydney-2019", date(2019, 7, 1), winter),
            [shoulder, peak, peak, shoulder]
        );
        let late = [14.5, 15.0, 20.5, 21.0];
        let (sunday, may) = (date(2024, 12, 1), date(2024, 5, 1));
        assert_eq!(retail("sydney-2024", sunday, late), [0.28, 0.58, 0.58, 0.28]);
        assert_eq!(retail("sydney-2024", may, late), [0.28; 4]);
        assert_eq!(retail("sydney-time-of-use", may, late), [0.28, 0.58, 0.58, 0.28]);
    }

    #[test]
    fn the_four_prosumers_have_their_prices() {
        let tariff = Tariff::by_id("four-prosumers").unwrap();
        let day = date(2026, 3, 7);
        let evening = [16.5, 17.0, 20.5, 21.0];
        assert_eq!(evening.map(|h| tariff.retail(day, h)), [0.2, 0.5, 0.5, 0.2]);
        assert_eq!(evening.map(|h| tariff.is_peak(day, h)), [false, true, true, false]);
        assert_eq!(tariff.feed_in_at(day, 18.0), 0.1);
    }

    #[test]
    fn the_two_way_tariff_rewards_evening_exports() {
        let tariff = Tariff::by_id("sydney-two-way").unwrap();
        let (summer, autumn) = (date(2025, 1, 5), date(2025, 4, 6));
        for day in [summer, autumn] {
            let hours = [15.5, 16.0, 20.5, 21.0];
            let paid = hours.map(|h| tariff.feed_in_at(day, h));
            assert_eq!(paid, [0.05, 0.0885, 0.0885, 0.05]);
            let charged = [9.5, 10.0, 14.5, 15.0].map(|h| tariff.in_export_window(day, h));
            assert_eq!(charged, [false, true, true, false]);
        }
        // The reward leaves the retail price alone, in and out of season.
        assert_eq!((tariff.retail(summer, 18.0), tariff.retail(autumn, 18.0)), (0.58, 0.28));
        assert!(tariff.is_peak(summer, 18.0) && !tariff.is_peak(autumn, 18.0));
        let charge = tariff.export_charge.unwrap();
        assert_eq!((charge.price_per_kwh, charge.free_kwh_per_month), (0.0123, 200.0));
    }

    #[test]
    fn the_demand_tariff_charges_seasons() {
        let tariff = Tariff::by_id("sydney-demand").unwrap();
        let at_18 = |month| tariff.in_demand_window(date(2024, month, 7), 18.0);
        let months: Vec<i8> = (1..=12).filter(|&month| at_18(month)).collect();
        assert_eq!(months, [1, 2, 3, 6, 7, 8, 11, 12]);
        assert_eq!(tariff.retail(date(2024, 7, 7), 18.0), tariff.base);
        assert!(tariff.is_peak(date(2024, 7, 7), 18.0));
        assert!((tariff.demand_charge.unwrap().charge(2.0) - 0.7324).abs() < 1e-12);
    }
}
