//! Results as tables: CSV of every step, JSON of every measure.

use std::collections::BTreeMap;

use peergrid_guard::Reason;
use serde::Serialize;

use crate::{
    LabError,
    evaluate::Run,
    kpi::KPIS,
    presets::agent_id,
    setting::{DataSummary, Setting},
    spec::Spec,
};

/// The measures of one policy.
#[derive(Debug, Clone, Serialize)]
pub struct PolicyResult {
    /// Short name.
    pub id: String,
    /// What a person calls it.
    pub label: String,
    /// By short name; null where not defined.
    pub kpis: BTreeMap<&'static str, Option<f64>>,
    /// Guard interventions by reason, those that happened.
    pub interventions: Vec<Intervention>,
}

/// How often the guard changed an action for a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Intervention {
    /// The reason, in a few words.
    pub reason: &'static str,
    /// How often.
    pub count: u64,
}

/// Everything one evaluation found.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// The specification.
    pub spec: Spec,
    /// What the data is.
    pub data: DataSummary,
    /// First days of the held-out episodes, ISO 8601.
    pub held_out: Vec<String>,
    /// The measures' units and definitions.
    pub kpis: &'static [crate::kpi::Kpi],
    /// By policy.
    pub policies: Vec<PolicyResult>,
}

impl PolicyResult {
    /// The measures of a run.
    pub fn new(id: &str, label: &str, run: &Run) -> Self {
        let counted = Reason::ALL.into_iter().zip(run.interventions);
        Self {
            id: id.to_owned(),
            label: label.to_owned(),
            kpis: KPIS.iter().map(|kpi| (kpi.id, kpi.of(run))).collect(),
            interventions: counted
                .filter(|&(_, count)| count > 0)
                .map(|(reason, count)| Intervention { reason: reason.label(), count })
                .collect(),
        }
    }
}

impl Summary {
    /// The summary of some policies' runs on the held-out days of `setting`.
    pub fn new(setting: &Setting, policies: Vec<PolicyResult>) -> Self {
        Self {
            spec: setting.spec.clone(),
            data: setting.data.clone(),
            held_out: setting.held_out_dates(),
            kpis: &KPIS,
            policies,
        }
    }
}

/// The stem of a policy's result file: `baseline` for the rule-based agent, the preset's name for
/// the agent, else the policy's own.
pub fn file_stem(policy: &str, spec: &Spec) -> String {
    let name = match policy {
        "rule_based" => "baseline",
        "agent" => agent_id(&spec.reward.weights),
        other => other,
    };
    format!("results_{name}")
}

/// One row of the CSV: the community in one step.
#[derive(Serialize)]
struct Row<'a> {
    date: &'a str,
    hour: f64,
    load_kwh: f64,
    pv_kwh: f64,
    battery_kwh: f64,
    stored_kwh: f64,
    p2p_kwh: f64,
    local_price: Option<f64>,
    retail_price: f64,
    peak_window: u8,
    grid_import_kwh: f64,
    grid_export_kwh: f64,
    peak_import_kwh: f64,
    loss_kwh: f64,
    feeder_import_kwh: f64,
    bill: f64,
    end_value: f64,
    cost: f64,
    cost_alone: f64,
    reward: f64,
}

/// Every step of a run as CSV with a header line: the community's totals. Energies in kWh, prices
/// in $/kWh, money in $. The sums of the columns, divided by the days, are the table's figures.
///
/// # Errors
/// A row that cannot be written.
pub fn to_csv(setting: &Setting, run: &Run) -> Result<String, LabError> {
    let failed = |e: &dyn std::fmt::Display| LabError::Results(e.to_string());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let steps_per_day = setting.community.steps_per_day;
    for (episode, &first_day) in run.days.iter().enumerate() {
        for (step, i) in run.episode(episode).enumerate() {
            let date = setting.community.dates[first_day + step / steps_per_day].to_string();
            let hour = (step % steps_per_day) as f64 * run.dt;
            writer.serialize(row(run, &date, hour, i)).map_err(|e| failed(&e))?;
        }
    }
    let bytes = writer.into_inner().map_err(|e| failed(&e))?;
    String::from_utf8(bytes).map_err(|e| failed(&e))
}

fn row<'a>(run: &Run, date: &'a str, hour: f64, i: usize) -> Row<'a> {
    let trace = &run.trace;
    let peak = trace.peak[i];
    Row {
        date,
        hour,
        load_kwh: trace.load_kw[i] * run.dt,
        pv_kwh: trace.pv_kw[i] * run.dt,
        battery_kwh: trace.battery_kw[i] * run.dt,
        stored_kwh: trace.soc_kwh[i],
        p2p_kwh: trace.p2p_kwh[i],
        local_price: Some(trace.price[i]).filter(|p| p.is_finite()),
        retail_price: trace.retail[i],
        peak_window: u8::from(peak),
        grid_import_kwh: trace.import_kwh[i],
        grid_export_kwh: trace.export_kwh[i],
        peak_import_kwh: if peak { trace.import_kwh[i] } else { 0.0 },
        loss_kwh: trace.loss_kwh[i],
        feeder_import_kwh: trace.feeder_kwh[i],
        bill: trace.bill[i],
        end_value: trace.end_value[i],
        cost: run.cost(i),
        cost_alone: trace.alone[i],
        reward: trace.reward[i],
    }
}
