//! The homes of the CityLearn Challenge 2022: a year of hours of 17 homes in Fontana, California.
//!
//! The package states PV in W per kW of nominal power (its `PV.get_generation`) and load in kWh of
//! the hour; cooling, heating and hot water are 0 in this set, so that the equipment's power is
//! all of a home's load. The table written is the wide form that `peergrid-data` reads, with lines
//! before the header that say what it is.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;

use super::building::{Building, HOURS, bad};
use super::fetch::Wheel;
use super::list::{About, LeftOut, Set};
use crate::error::{Error, Result};

/// The package.
pub const WHEEL: Wheel = Wheel {
    requirement: "citylearn==2.1.2",
    file: "CityLearn-2.1.2-py3-none-any.whl",
    url: "https://files.pythonhosted.org/packages/58/18/0b8f6e3f9a8ab6ee4e62fdcc816c931184c34bbf786713fb128e3b8f36d8/CityLearn-2.1.2-py3-none-any.whl",
    sha256: "95730b1deed73b1f5a4d17eb8334be3c99efa4aef8677822378d62d8359511dd",
};

const FOLDER: &str = "citylearn/data/citylearn_challenge_2022_phase_all/";
const LICENCE_FILE: &str = "CityLearn-2.1.2.dist-info/LICENSE";
const ID: &str = "citylearn-2022";
const NAME: &str = "CityLearn Challenge 2022";
const SOURCE: &str = "CityLearn Challenge 2022: load and PV of homes in Fontana, California, \
                      August 2016 to July 2017, from the Python package citylearn 2.1.2";
const LICENCE: &str = "MIT, the licence of the package that holds the data (© 2020 Jose Ramon \
                       Vazquez-Canteli, Intelligent Environments Laboratory)";
/// The year of the first row, whose month is August and whose day, by the package, a Monday.
const FIRST_YEAR: u16 = 2016;
/// PV that yields less than this share of the homes' median is broken.
const BROKEN: f64 = 0.5;
/// PV of two homes that agrees better than this follows one curve.
const ONE_CURVE: f64 = 0.999;
/// More hours without load than this share are worth a word.
const IDLE: f64 = 0.01;

#[derive(Deserialize)]
struct Schema {
    buildings: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
struct Entry {
    energy_simulation: String,
    pv: Pv,
}

#[derive(Deserialize)]
struct Pv {
    attributes: PvAttributes,
}

#[derive(Deserialize)]
struct PvAttributes {
    nominal_power: f64,
}

/// Makes the set from the package's files, which `read` gives by their paths in it.
///
/// # Errors
/// A file that is missing or not as it should be; homes whose clocks differ.
pub fn convert(read: &mut impl FnMut(&str) -> Result<Option<String>>) -> Result<Set> {
    let mut wanted = |path: &str| {
        let missing = || Error::Config {
            file: WHEEL.file.to_owned(),
            problem: format!("it holds no {path}"),
        };
        read(path)?.ok_or_else(missing)
    };
    let buildings = buildings(&mut wanted)?;
    let dates = dates(&buildings)?;
    let (homes, left_out) = sound(buildings);
    let about = About {
        id: ID.to_owned(),
        file: format!("{ID}.csv"),
        name: NAME.to_owned(),
        source: SOURCE.to_owned(),
        licence: LICENCE.to_owned(),
        homes: homes.len(),
        days: dates.len(),
        first_date: dates.first().cloned().unwrap_or_default(),
        last_date: dates.last().cloned().unwrap_or_default(),
        step_minutes: 60,
        bytes: 0,
        left_out,
    };
    let csv = table(&about, &homes, &dates);
    let about = About { bytes: csv.len(), ..about };
    Ok(Set { about, csv, licence: wanted(LICENCE_FILE)? })
}

/// All buildings of the schema, in the order of their numbers.
fn buildings(wanted: &mut impl FnMut(&str) -> Result<String>) -> Result<Vec<Building>> {
    let path = format!("{FOLDER}schema.json");
    let schema: Schema = serde_json::from_str(&wanted(&path)?)
        .map_err(|e| Error::Config { file: path.clone(), problem: e.to_string() })?;
    let mut found = Vec::new();
    for (name, entry) in schema.buildings {
        let number = name.rsplit('_').next().and_then(|digits| digits.parse::<u32>().ok());
        let kwp = entry.pv.attributes.nominal_power;
        let Some(number) = number.filter(|_| kwp > 0.0) else {
            let problem = format!("`{name}` needs a number in its name and PV above 0 kW");
            return Err(Error::Config { file: path, problem });
        };
        let file = format!("{FOLDER}{}", entry.energy_simulation);
        found.push((number, Building::read(&file, &wanted(&file)?, format!("b{number}"), kwp)?));
    }
    found.sort_by_key(|(number, _)| *number);
    Ok(found.into_iter().map(|(_, building)| building).collect())
}

/// The days' ISO dates, which are the same for all: the first is the first of its month.
fn dates(buildings: &[Building]) -> Result<Vec<String>> {
    let Some(first) = buildings.first() else {
        return Err(bad(&format!("{FOLDER}schema.json"), 1, "it names no building"));
    };
    if let Some(other) = buildings.iter().find(|b| b.months != first.months) {
        let problem = format!("{} and {} are not of the same days", first.id, other.id);
        return Err(Error::Config { file: FOLDER.to_owned(), problem });
    }
    let (mut year, mut month, mut day) = (FIRST_YEAR, first.months[0], 0);
    let days = first.months.iter().map(|&next| {
        (year, day) = (year + u16::from(next < month), if next == month { day + 1 } else { 1 });
        month = next;
        format!("{year}-{month:02}-{day:02}")
    });
    Ok(days.collect())
}

/// The homes whose PV works, and why the others are left out.
fn sound(buildings: Vec<Building>) -> (Vec<Building>, Vec<LeftOut>) {
    let mut yields: Vec<f64> = buildings.iter().map(Building::pv_yield).collect();
    yields.sort_by(f64::total_cmp);
    let limit = BROKEN * yields[yields.len() / 2];
    let lowest = yields.iter().copied().find(|y| *y >= limit).unwrap_or_default();
    let highest = yields.last().copied().unwrap_or_default();
    let (homes, broken): (Vec<_>, Vec<_>) =
        buildings.into_iter().partition(|building| building.pv_yield() >= limit);
    let reason = |building: &Building| LeftOut {
        home: building.id.clone(),
        reason: format!(
            "its PV yields {:.2} kWh a day per kW of nominal power, the others’ \
             {lowest:.2} to {highest:.2}, and is 0 in {} of {} hours",
            building.pv_yield(),
            building.dark_hours(),
            building.pv_kw.len()
        ),
    };
    let left_out = broken.iter().map(reason).collect();
    (homes, left_out)
}

/// What else a reader of results should know of the data.
fn notes(homes: &[Building]) -> Vec<String> {
    let mut notes = vec![
        "Home b1 is the package’s Building_1, and so on; the homes’ own batteries are not part of \
         the data."
            .to_owned(),
        "The package’s hour 24 is read as the hour from midnight: so the rows are whole days, and \
         the sun rises and sets when it does in Fontana."
            .to_owned(),
        "The clock keeps daylight saving (PV moves by an hour on 6 November 2016 and on 12 March \
         2017), though every day has 24 rows."
            .to_owned(),
        "Summer is June to August here; the tariffs with seasons that ship are Sydney’s, where it \
         is December to February."
            .to_owned(),
    ];
    let listed = |what: &dyn Fn(&Building) -> Option<String>| {
        let all: Vec<_> = homes.iter().filter_map(what).collect();
        (!all.is_empty()).then(|| all.join(", "))
    };
    let idle = listed(&|home| {
        let (idle, hours) = (home.idle_hours(), home.load_kw.len());
        let many = idle as f64 > IDLE * hours as f64;
        many.then(|| format!("{} in {idle} of {hours}", home.id))
    });
    let dark = listed(&|home| {
        let days = home.dark_days();
        let unit = if days == 1 { "day" } else { "days" };
        (days > 0).then(|| format!("{} on {days} {unit}", home.id))
    });
    notes.extend(
        idle.map(|homes| format!("Some homes show no load at all in many hours: {homes}.")),
    );
    notes.extend(dark.map(|homes| format!("Some PV stands still from dawn to dusk: {homes}.")));
    let alike = alike(homes);
    if !alike.is_empty() {
        notes.push(format!(
            "PV of some homes follows one curve (hourly correlation above {ONE_CURVE}): {}.",
            alike.join("; ")
        ));
    }
    notes
}

/// Groups of homes whose PV follows that of the group's first.
fn alike(homes: &[Building]) -> Vec<String> {
    let mut grouped = vec![false; homes.len()];
    let mut groups = Vec::new();
    for first in 0..homes.len() {
        let follows = |other: &usize| homes[first].pv_correlation(&homes[*other]) > ONE_CURVE;
        let group: Vec<usize> =
            (first..homes.len()).filter(|other| !grouped[*other]).filter(follows).collect();
        if !grouped[first] && group.len() > 1 {
            for home in &group {
                grouped[*home] = true;
            }
            let ids: Vec<_> = group.iter().map(|home| homes[*home].id.as_str()).collect();
            groups.push(ids.join(", "));
        }
    }
    groups
}

/// The table with what it says of itself.
fn table(about: &About, homes: &[Building], dates: &[String]) -> String {
    let mut csv = String::new();
    let mut line = |fields: &[&str]| {
        let quoted: Vec<_> = fields.iter().map(|field| quoted(field)).collect();
        csv += &quoted.join(",");
        csv.push('\n');
    };
    line(&["# name", &about.name]);
    line(&["# source", &about.source]);
    line(&["# licence", &about.licence]);
    for home in homes {
        line(&["# pv_kwp", &home.id, &home.pv_kwp.to_string()]);
    }
    for LeftOut { home, reason } in &about.left_out {
        line(&["# left_out", home, reason]);
    }
    for note in notes(homes) {
        line(&["# note", &note]);
    }
    csv.push_str("hour");
    for home in homes {
        let _ = write!(csv, ",{id}_pv_kw,{id}_demand_kw", id = home.id);
    }
    csv.push('\n');
    for (day, date) in dates.iter().enumerate() {
        for hour in 0..HOURS {
            let _ = write!(csv, "{date} {hour:02}:00");
            for home in homes {
                let at = day * HOURS + hour;
                let _ = write!(csv, ",{},{}", decimal(home.pv_kw[at]), decimal(home.load_kw[at]));
            }
            csv.push('\n');
        }
    }
    csv
}

/// To a tenth of a watt, without the zeros at the end.
fn decimal(kw: f64) -> String {
    let text = format!("{kw:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A field, in quotes where it needs them.
fn quoted(field: &str) -> String {
    let plain = !field.contains([',', '"', '\n']);
    if plain { field.to_owned() } else { format!("\"{}\"", field.replace('"', "\"\"")) }
}

#[cfg(test)]
mod tests;
