//! Measures of money.

use super::{
    Better, Kpi, percent, range,
    sums::{Of, Sums},
};

const GROUP: &str = "Money";

pub(super) const MONEY: [Kpi; 7] = [
    Kpi {
        id: "cost",
        label: "Cost",
        group: GROUP,
        unit: "$/day",
        range: range::ANY,
        better: Better::Lower,
        digits: 2,
        definition: "Bills of all homes, losses included, and the value of load not served, less \
                     what is left in the batteries at the end, valued at the feed-in tariff after \
                     the discharge loss.",
        compute: |sums| Some(sums.per_day(Of::Cost)),
    },
    Kpi {
        id: "savings",
        label: "Savings",
        group: GROUP,
        unit: "$/day",
        range: range::ANY,
        better: Better::Higher,
        digits: 2,
        definition: "What the homes would pay with neither batteries nor neighbours, less the cost.",
        compute: |sums| Some(sums.per_day(Of::Alone) - sums.per_day(Of::Cost)),
    },
    Kpi {
        id: "savings_percent",
        label: "Savings",
        group: GROUP,
        unit: "%",
        range: range::ANY,
        better: Better::Higher,
        digits: 1,
        definition: "Savings as a share of what the homes would pay with neither batteries nor \
                     neighbours; not defined where they would pay nothing.",
        compute: |sums| percent(sums[Of::Alone] - sums[Of::Cost], sums[Of::Alone]),
    },
    Kpi {
        id: "sale_price",
        label: "Earned per kWh sold",
        group: GROUP,
        unit: "$/kWh",
        range: range::FROM_0,
        better: Better::Higher,
        digits: 3,
        definition: "Mean price of all energy sold, to neighbours and to the grid; above the \
                     feed-in tariff as far as trading beats exporting. Not defined where nothing \
                     is sold.",
        compute: sale_price,
    },
    Kpi {
        id: "fees",
        label: "Local network fees",
        group: GROUP,
        unit: "$/day",
        range: range::FROM_0,
        better: Better::None,
        digits: 2,
        definition: "What buyers pay for the use of the local network, by the kWh traded; part of \
                     the bills.",
        compute: |sums| Some(sums.per_day(Of::Fees)),
    },
    Kpi {
        id: "charges",
        label: "Network charges",
        group: GROUP,
        unit: "$/day",
        range: range::FROM_0,
        better: Better::Lower,
        digits: 2,
        definition: "The tariff's charges for exports and for demand; part of the bills.",
        compute: |sums| Some(sums.per_day(Of::Charges)),
    },
    Kpi {
        id: "surplus",
        label: "Kept by the market's operator",
        group: GROUP,
        unit: "$/day",
        range: range::FROM_0,
        better: Better::None,
        digits: 2,
        definition: "What buyers pay for local energy beyond fees and what sellers get; 0 for every \
                     mechanism but McAfee's. Part of the bills.",
        compute: |sums| Some(sums.per_day(Of::Surplus)),
    },
];

/// Mean price of what was sold, $/kWh.
fn sale_price(sums: &Sums) -> Option<f64> {
    (sums[Of::Sold] > 0.0).then(|| sums[Of::Earned] / sums[Of::Sold])
}
