//! The converter on a package of four homes and two days.

use super::*;

const HEADER: &str = "Month,Hour,Day Type,Equipment Electric Power [kWh],Solar Generation [W/kW]";

/// Two days from 31 August on: PV is `watts` per kW from 9 to 15 o'clock.
fn building(watts: f64) -> String {
    let rows = (0..2 * HOURS).map(|hour| {
        let place = hour % HOURS;
        let label = if place == 0 { 24 } else { place };
        let month = if hour / HOURS == 0 { 12.0 } else { 1.0 };
        let pv = if (9..15).contains(&place) { watts + place as f64 } else { 0.0 };
        format!("{month},{label}.0,1,{},{pv}\n", place as f64 / 10.0)
    });
    format!("{HEADER}\n{}", rows.collect::<String>())
}

/// The package's files, of which `change` may replace some.
fn package(change: &[(&str, &str)]) -> BTreeMap<String, String> {
    let homes = [(1, 4.0, 600.0), (2, 5.0, 400.0), (10, 5.0, 500.0), (11, 5.0, 60.0)];
    let mut files = BTreeMap::new();
    let mut entries = Vec::new();
    for (number, kwp, watts) in homes {
        files.insert(format!("{FOLDER}Building_{number}.csv"), building(watts));
        entries.push(format!(
            r#""Building_{number}": {{"energy_simulation": "Building_{number}.csv", "pv":
               {{"autosize": false, "attributes": {{"nominal_power": {kwp}}}}}}}"#
        ));
    }
    let schema = format!(r#"{{"random_seed": 0, "buildings": {{{}}}}}"#, entries.join(","));
    files.insert(format!("{FOLDER}schema.json"), schema);
    files.insert(LICENCE_FILE.to_owned(), "MIT License".to_owned());
    for (path, text) in change {
        files.insert((*path).to_owned(), (*text).to_owned());
    }
    files
}

fn converted(change: &[(&str, &str)]) -> Result<Set> {
    let files = package(change);
    convert(&mut |path: &str| Ok(files.get(path).cloned()))
}

#[test]
fn watts_per_kw_become_kw_and_hours_days() {
    let set = converted(&[]).expect("a set");
    let lines: Vec<&str> = set.csv.lines().collect();
    let header = lines.iter().position(|line| line.starts_with("hour")).expect("a header");
    assert_eq!(
        lines[header],
        "hour,b1_pv_kw,b1_demand_kw,b2_pv_kw,b2_demand_kw,b10_pv_kw,b10_demand_kw"
    );
    assert_eq!(lines[header + 1], "2016-12-01 00:00,0,0,0,0,0,0");
    // 4 kW · 609 W/kW, 5 kW · 409 W/kW, 5 kW · 509 W/kW, in the hour from 9:00.
    assert_eq!(lines[header + 10], "2016-12-01 09:00,2.436,0.9,2.045,0.9,2.545,0.9");
    assert_eq!(lines[header + 48], "2017-01-01 23:00,0,2.3,0,2.3,0,2.3");
    assert_eq!(lines.len(), header + 49);
    assert_eq!((set.about.homes, set.about.days, set.about.bytes), (3, 2, set.csv.len()));
    assert_eq!(set.about.last_date, "2017-01-01");
    assert_eq!(set.licence, "MIT License");
}

#[test]
fn broken_pv_is_left_out_and_the_table_says_so() {
    let set = converted(&[]).expect("a set");
    let [left_out] = &set.about.left_out[..] else { panic!("{:?}", set.about.left_out) };
    assert_eq!(left_out.home, "b11");
    assert!(left_out.reason.contains("yields 0.43 kWh a day"), "{}", left_out.reason);
    assert!(set.csv.contains("# left_out,b11,\"its PV"), "{}", set.csv);
    for line in ["# name,CityLearn Challenge 2022", "# pv_kwp,b1,4", "# licence,\"MIT, the"] {
        assert!(set.csv.contains(line), "{line}");
    }
}

#[test]
fn oddities_are_told() {
    let homes = |files: &[(&str, &str)]| notes_of(&converted(files).expect("a set").csv);
    let all = homes(&[]).join("\n");
    assert!(all.contains("b1 in 2 of 48, b2 in 2 of 48, b10 in 2 of 48."), "{all}");
    assert!(all.contains("one curve (hourly correlation above 0.999): b1, b2, b10."), "{all}");
    assert!(!all.contains("stands still"), "{all}");
    let path = format!("{FOLDER}Building_10.csv");
    let half: String = building(500.0)
        .lines()
        .map(|line| if line.starts_with("1,") { line.rsplit_once(',').map_or(line.to_owned(), |(row, _)| format!("{row},0")) } else { line.to_owned() } + "\n")
        .collect();
    let all = homes(&[(&path, &half)]).join("\n");
    assert!(all.contains("stands still from dawn to dusk: b10 on 1 day."), "{all}");
    assert!(all.contains("0.999): b1, b2."), "{all}");
}

fn notes_of(csv: &str) -> Vec<String> {
    csv.lines().filter(|line| line.starts_with("# note")).map(str::to_owned).collect()
}

#[test]
fn a_package_of_another_form_is_refused() {
    let path = format!("{FOLDER}Building_2.csv");
    let good = building(400.0);
    let other_days = good.replace("12,", "11,");
    for (file, text, expected) in [
        (path.as_str(), good.replace("Hour", "hours"), "no column `Hour`"),
        (&path, good.replace("12,3.0,1,0.3", "12,4.0,1,0.3"), "line 5: expected hour 3"),
        (&path, good.replace(",0.3,", ",-0.3,"), "line 5: `-0.3` under `Equipment"),
        (
            &path,
            good.rsplit_once("1,23").map(|(rest, _)| rest.to_owned()).unwrap_or_default(),
            "whole days",
        ),
        (&path, other_days, "not of the same days"),
        (&format!("{FOLDER}schema.json"), "{}".to_owned(), "buildings"),
    ] {
        let error = converted(&[(file, &text)]).expect_err(expected).to_string();
        assert!(error.contains(expected), "{error}");
    }
    let mut nothing = |_: &str| Ok(None);
    assert!(convert(&mut nothing).expect_err("nothing").to_string().contains("holds no"));
}
