//! The tables of `data/calibration`, read when a neighbourhood is drawn.

use super::SLOTS;
use crate::DataError;

macro_rules! table {
    ($name:literal) => {
        Table::parse($name, include_str!(concat!("../../../../data/calibration/", $name)))
    };
}

/// Everything the models are calibrated with.
pub(crate) struct Calibration {
    /// Load over mean load of the season, by season and day type and half hour.
    pub shape: [[f64; SLOTS]; 8],
    /// Load of a month over the year's mean.
    pub load_index: [f64; 12],
    /// Mean daily yield of a month in kWh/kWp.
    pub pv_yield: [f64; 12],
    /// Clear-sky power of a month in kW/kWp, by half hour of AEST; roofs that see the
    /// morning.
    pub east: [[f64; SLOTS]; 12],
    /// The same for roofs that see the afternoon.
    pub west: [[f64; SLOTS]; 12],
    /// PV sizes in kWp.
    pub size: Quantiles,
    /// Energy of a day over that of the clear-sky envelope.
    pub clearness: Quantiles,
    /// Single numbers.
    pub parameters: Parameters,
}

/// The numbers of `parameters.csv`; `data/calibration/README.md` has their sources.
pub(crate) struct Parameters {
    pub daily_kwh_log_mean: f64,
    pub daily_kwh_log_sd: f64,
    pub load_log_sd_median: f64,
    pub load_log_sd_spread: f64,
    pub load_lag1_halfhour: f64,
    pub load_common_share: f64,
    pub load_shift_sd_hours: f64,
    pub load_limit_kw_median: f64,
    pub load_limit_kw_spread: f64,
    pub week_log_sd_median: f64,
    pub week_log_sd_spread: f64,
    pub week_lag1: f64,
    pub clearness_lag1_day: f64,
    pub clearness_common_share_day: f64,
    pub cloud_logit_sd: f64,
    pub cloud_lag1_halfhour: f64,
    pub cloud_common_share: f64,
    pub pv_yield_sd: f64,
}

impl Calibration {
    /// Reads the tables.
    pub fn load() -> Result<Self, DataError> {
        let months = table!("months.csv")?;
        Ok(Self {
            shape: table!("load_shape.csv")?.columns()?,
            load_index: months.column(1)?,
            pv_yield: months.column(2)?,
            east: table!("pv_envelope_east.csv")?.columns()?,
            west: table!("pv_envelope_west.csv")?.columns()?,
            size: table!("pv_size_quantiles.csv")?.quantiles(),
            clearness: table!("clearness_quantiles.csv")?.quantiles(),
            parameters: Parameters::load()?,
        })
    }
}

impl Parameters {
    fn load() -> Result<Self, DataError> {
        let file = "parameters.csv";
        let text = include_str!("../../../../data/calibration/parameters.csv");
        let get = |name: &str| {
            let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(','));
            value.and_then(|value| value.trim().parse().ok()).ok_or_else(|| DataError::Value {
                file: file.to_owned(),
                line: 1,
                column: name.to_owned(),
                found: "nothing".to_owned(),
                expected: "a number",
            })
        };
        Ok(Self {
            daily_kwh_log_mean: get("daily_kwh_log_mean")?,
            daily_kwh_log_sd: get("daily_kwh_log_sd")?,
            load_log_sd_median: get("load_log_sd_median")?,
            load_log_sd_spread: get("load_log_sd_spread")?,
            load_lag1_halfhour: get("load_lag1_halfhour")?,
            load_common_share: get("load_common_share")?,
            load_shift_sd_hours: get("load_shift_sd_hours")?,
            load_limit_kw_median: get("load_limit_kw_median")?,
            load_limit_kw_spread: get("load_limit_kw_spread")?,
            week_log_sd_median: get("week_log_sd_median")?,
            week_log_sd_spread: get("week_log_sd_spread")?,
            week_lag1: get("week_lag1")?,
            clearness_lag1_day: get("clearness_lag1_day")?,
            clearness_common_share_day: get("clearness_common_share_day")?,
            cloud_logit_sd: get("cloud_logit_sd")?,
            cloud_lag1_halfhour: get("cloud_lag1_halfhour")?,
            cloud_common_share: get("cloud_common_share")?,
            pv_yield_sd: get("pv_yield_sd")?,
        })
    }
}

/// A distribution as points of its quantile function, joined by straight lines.
pub(crate) struct Quantiles {
    /// Probability from 0 to 1, ascending, and value.
    points: Vec<(f64, f64)>,
}

impl Quantiles {
    /// The value below which the share `probability` lies.
    pub fn at(&self, probability: f64) -> f64 {
        let after = self.points.partition_point(|(p, _)| *p <= probability);
        match (after.checked_sub(1).and_then(|i| self.points.get(i)), self.points.get(after)) {
            (Some((p, v)), Some((q, w))) => v + (w - v) * (probability - p) / (q - p),
            (Some((_, v)), None) | (None, Some((_, v))) => *v,
            (None, None) => 0.0,
        }
    }
}

/// Rows of numbers below a header.
struct Table {
    file: &'static str,
    rows: Vec<Vec<f64>>,
}

impl Table {
    fn parse(file: &'static str, text: &str) -> Result<Self, DataError> {
        let mut rows = Vec::new();
        let header: Vec<&str> = text.lines().next().unwrap_or_default().split(',').collect();
        for (index, line) in text.lines().enumerate().skip(1) {
            let mut row = Vec::with_capacity(header.len());
            for (field, column) in line.split(',').zip(&header) {
                row.push(field.parse().map_err(|_| DataError::Value {
                    file: file.to_owned(),
                    line: index as u64 + 1,
                    column: (*column).to_owned(),
                    found: format!("`{field}`"),
                    expected: "a number",
                })?);
            }
            rows.push(row);
        }
        Ok(Self { file, rows })
    }

    /// Column `index` of a table with `N` rows.
    fn column<const N: usize>(&self, index: usize) -> Result<[f64; N], DataError> {
        let values: Vec<f64> = self.rows.iter().filter_map(|row| row.get(index)).copied().collect();
        let count = values.len();
        values.try_into().map_err(|_| DataError::Series {
            what: format!("the table {}", self.file),
            problem: format!("column {index} has {count} values, expected {N}"),
        })
    }

    /// All columns but the first of a table with `N` rows.
    fn columns<const N: usize, const M: usize>(&self) -> Result<[[f64; N]; M], DataError> {
        let mut columns = [[0.0; N]; M];
        for (index, column) in columns.iter_mut().enumerate() {
            *column = self.column(index + 1)?;
        }
        Ok(columns)
    }

    fn quantiles(&self) -> Quantiles {
        let points = self.rows.iter().filter_map(|row| Some((*row.first()?, *row.get(1)?)));
        Quantiles { points: points.collect() }
    }
}
