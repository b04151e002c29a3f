//! Measures of money.

use super::{Better, Kpi, per_day, percent, range, sum};
use crate::run::Run;

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
        compute: |run| Some(run.total_cost() / run.total_days()),
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
        compute: |run| Some((sum(&run.trace.alone) - run.total_cost()) / run.total_days()),
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
        compute: |run| {
            let alone = sum(&run.trace.alone);
            percent(alone - run.total_cost(), alone)
        },
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
        compute: |run| Some(per_day(run, &run.trace.fees)),
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
        compute: |run| Some(per_day(run, &run.trace.charges)),
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
        compute: |run| Some(per_day(run, &run.trace.surplus)),
    },
];

/// Mean price of what was sold, $/kWh.
fn sale_price(run: &Run) -> Option<f64> {
    let trace = &run.trace;
    let traded = trace.p2p_kwh.iter().zip(&trace.price).filter(|(kwh, _)| **kwh > 0.0);
    let from_neighbours: f64 = traded.map(|(kwh, price)| kwh * price).sum();
    let exported = trace.export_kwh.iter().zip(&trace.feed_in);
    let from_grid: f64 = exported.map(|(kwh, price)| kwh * price).sum();
    let sold = sum(&trace.p2p_kwh) + sum(&trace.export_kwh);
    (sold > 0.0).then(|| (from_neighbours + from_grid) / sold)
}
