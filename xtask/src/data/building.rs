//! A building of CityLearn: its table of a year, and how large its PV is.

use crate::error::{Error, Result};

/// Hours in a day.
pub const HOURS: usize = 24;

/// Below this, a load is none, kW: 0 at the four digits that are written.
const NOTHING_KW: f64 = 5e-5;

/// A building with its year.
#[derive(Debug)]
pub struct Building {
    /// `b` and the number that it has in the package.
    pub id: String,
    /// Nominal power of the PV, kW.
    pub pv_kwp: f64,
    /// Month of each day, 1 to 12.
    pub months: Vec<u8>,
    /// Load of each hour, kW.
    pub load_kw: Vec<f64>,
    /// PV of each hour, kW.
    pub pv_kw: Vec<f64>,
}

impl Building {
    /// Reads a building's table: power in kWh per hour, PV in W per kW of nominal power.
    ///
    /// Hours are numbered from 1 to 24, where 24 is the hour that starts at midnight, under the
    /// date of the day before.
    ///
    /// # Errors
    /// Names the line where a column, a number or an hour is not as it should be.
    pub fn read(file: &str, text: &str, id: String, pv_kwp: f64) -> Result<Self> {
        let mut lines = text.lines().zip(1_usize..);
        let header: Vec<&str> =
            lines.next().map(|(line, _)| line.split(',').collect()).unwrap_or_default();
        let column = |name: &str| {
            let place = header.iter().position(|column| column.trim() == name);
            place.ok_or_else(|| bad(file, 1, &format!("the header has no column `{name}`")))
        };
        let [month, hour, load, pv] = [
            column("Month")?,
            column("Hour")?,
            column("Equipment Electric Power [kWh]")?,
            column("Solar Generation [W/kW]")?,
        ];
        let mut building =
            Self { id, pv_kwp, months: Vec::new(), load_kw: Vec::new(), pv_kw: Vec::new() };
        for (text, line) in lines.filter(|(line, _)| !line.is_empty()) {
            let fields: Vec<&str> = text.split(',').collect();
            let value = |index: usize| {
                let found = fields.get(index).copied().unwrap_or_default();
                let value = found.trim().parse::<f64>().ok().filter(|v| v.is_finite() && *v >= 0.0);
                value.ok_or_else(|| {
                    let column = header[index].trim();
                    bad(
                        file,
                        line,
                        &format!("`{found}` under `{column}` is no number of 0 or more"),
                    )
                })
            };
            let place = building.load_kw.len() % HOURS;
            let expected = if place == 0 { HOURS } else { place };
            if value(hour)? != expected as f64 {
                return Err(bad(file, line, &format!("expected hour {expected}")));
            }
            if place == 1 {
                building.months.push(value(month)? as u8);
            }
            building.load_kw.push(value(load)?);
            building.pv_kw.push(value(pv)? * pv_kwp / 1000.0);
        }
        if building.load_kw.is_empty() || !building.load_kw.len().is_multiple_of(HOURS) {
            return Err(bad(file, text.lines().count(), "expected whole days of 24 hours"));
        }
        Ok(building)
    }

    /// Mean yield of the PV, kWh a day per kW of nominal power.
    pub fn pv_yield(&self) -> f64 {
        let days = self.months.len().max(1) as f64;
        self.pv_kw.iter().sum::<f64>() / days / self.pv_kwp
    }

    /// Hours without any PV.
    pub fn dark_hours(&self) -> usize {
        self.pv_kw.iter().filter(|kw| **kw == 0.0).count()
    }

    /// Hours without any load.
    pub fn idle_hours(&self) -> usize {
        self.load_kw.iter().filter(|kw| **kw < NOTHING_KW).count()
    }

    /// Days without any PV.
    pub fn dark_days(&self) -> usize {
        self.pv_kw.chunks(HOURS).filter(|day| day.iter().all(|kw| *kw == 0.0)).count()
    }

    /// Pearson's correlation of two buildings' PV, hour by hour; NaN where one never changes.
    pub fn pv_correlation(&self, other: &Self) -> f64 {
        let mean = |series: &[f64]| series.iter().sum::<f64>() / series.len() as f64;
        let (a, b) = (mean(&self.pv_kw), mean(&other.pv_kw));
        let sums = self.pv_kw.iter().zip(&other.pv_kw).fold([0.0; 3], |[ab, aa, bb], (x, y)| {
            let (x, y) = (x - a, y - b);
            [ab + x * y, aa + x * x, bb + y * y]
        });
        sums[0] / (sums[1] * sums[2]).sqrt()
    }
}

/// What is wrong in a file of the package.
pub fn bad(file: &str, line: usize, problem: &str) -> Error {
    Error::Config { file: format!("{file}, line {line}"), problem: problem.to_owned() }
}
