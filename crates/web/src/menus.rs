//! What a scenario's settings are picked from: market mechanisms and tariffs.

use peergrid_env::{Tariff, TariffError};
use peergrid_market::MechanismKind;
use serde::Serialize;

/// A market mechanism that a user picks.
#[derive(Serialize)]
pub struct Mechanism {
    id: &'static str,
    label: &'static str,
    description: &'static str,
    /// Whether `market.k` has a part in its price.
    uses_k: bool,
}

/// A tariff that a user picks.
#[derive(Serialize)]
pub struct NamedTariff {
    id: &'static str,
    name: String,
    source: String,
    #[serde(skip)]
    tariff: Tariff,
}

/// Number of mechanisms.
pub const MECHANISMS: usize = MechanismKind::ALL.len();

/// All mechanisms.
pub fn mechanisms() -> [Mechanism; MECHANISMS] {
    use MechanismKind::{Discriminatory, GridBacked, Uniform};
    MechanismKind::ALL.map(|kind| Mechanism {
        id: kind.id(),
        label: kind.label(),
        description: kind.description(),
        uses_k: matches!(kind, Uniform | Discriminatory | GridBacked),
    })
}

/// The tariffs that ship.
///
/// # Errors
/// None for those that ship.
pub fn tariffs() -> Result<Vec<NamedTariff>, TariffError> {
    let read = |id| {
        let tariff = Tariff::by_id(id)?;
        let (name, source) = (tariff.name.clone(), tariff.source.clone());
        Ok(NamedTariff { id, name, source, tariff })
    };
    Tariff::shipped().iter().map(|shipped| read(shipped.id)).collect()
}

/// The id of the one that `tariff` is; `None` for a tariff of one's own.
pub fn id_of(tariff: &Tariff, tariffs: &[NamedTariff]) -> Option<&'static str> {
    tariffs.iter().find(|named| named.tariff == *tariff).map(|named| named.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shipped_tariff_is_recognised_and_one_s_own_is_not() {
        let tariffs = tariffs().unwrap();
        let two_way = Tariff::by_id("sydney-two-way").unwrap();
        assert_eq!(id_of(&two_way, &tariffs), Some("sydney-two-way"));
        assert_eq!(id_of(&Tariff { base: 0.31, ..two_way }, &tariffs), None);
    }
}
