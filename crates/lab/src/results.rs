//! Results as tables: CSV of every step, JSON of every measure.

use peergrid_guard::Reason;
use serde::Serialize;

use crate::{
    LabError,
    compare::{Comparison, PriceOfAnarchy, Values},
    intervals::{Drawn, Intervals, RESAMPLES, References},
    kpi::{Episodes, KPIS, Of, Sums},
    mean_day::MeanDay,
    presets::agent_id,
    run::{HomeTotals, Run},
    setting::{DataSummary, Setting},
    spec::Spec,
    statistics::Bootstrap,
};

/// The measures of one policy.
#[derive(Debug, Clone, Serialize)]
pub struct PolicyResult {
    /// Short name.
    pub id: String,
    /// What a person calls it.
    pub label: String,
    /// By short name; null where not defined.
    pub kpis: Values,
    /// How they stand against the rule-based policy and the optimum; empty until a [`Summary`] knows
    /// all policies.
    #[serde(flatten)]
    pub comparison: Comparison,
    /// The measures with their intervals over the held-out episodes; empty until a [`Summary`] knows
    /// all policies.
    pub intervals: Intervals,
    /// Where several seeds of it were trained: their measures, and the means over all of them. The
    /// other figures are those of the one that acts.
    pub over_seeds: Option<OverSeeds>,
    /// What the street does on the mean day.
    pub mean_day: MeanDay,
    /// Sums over each held-out episode.
    pub by_episode: ByEpisode,
    /// What every home got out of it, over all days together.
    pub homes: Vec<HomeResult>,
    /// Guard interventions by reason, those that happened.
    pub interventions: Vec<Intervention>,
    /// What the policy has to say of how it came about; null if nothing.
    pub note: Option<String>,
    #[serde(skip)]
    episodes: Episodes,
}

/// The measures of an agent that was trained from several seeds.
#[derive(Debug, Clone, Serialize)]
pub struct OverSeeds {
    /// How many.
    pub seeds: usize,
    /// The measures of each, by short name; null where not defined.
    pub kpis: Vec<Values>,
    /// Their means, by short name; null where not defined for every seed.
    pub means: Values,
    /// The means with intervals over seeds and held-out episodes together, which are too narrow
    /// where seeds are few (see [`Intervals`]); empty until a [`Summary`] knows all policies.
    pub intervals: Intervals,
    #[serde(skip)]
    episodes: Vec<Episodes>,
}

/// Sums over each held-out episode, in their order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ByEpisode {
    /// Cost, $.
    pub cost: Vec<f64>,
    /// Bought at retail, kWh.
    pub grid_import_kwh: Vec<f64>,
    /// Of it, in the peak window, kWh.
    pub peak_import_kwh: Vec<f64>,
    /// Rewards of all homes for their own outcomes, under the weights of the specification.
    pub reward: Vec<f64>,
}

/// A home's part in a policy's result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HomeResult {
    /// Its totals over all days.
    #[serde(flatten)]
    pub totals: HomeTotals,
    /// What it saved against a life with neither battery nor neighbours, $.
    pub savings: f64,
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
    /// The policy that all are measured against in `differences`; null if it did not run.
    pub baseline: Option<String>,
    /// How often episodes and seeds were drawn anew for the intervals.
    pub resamples: usize,
    /// The measures' units and definitions.
    pub kpis: &'static [crate::kpi::Kpi],
    /// What it costs the street that every home optimises for itself; null unless the optimum and the
    /// selfish optimum both ran.
    pub price_of_anarchy: Option<PriceOfAnarchy>,
    /// By policy.
    pub policies: Vec<PolicyResult>,
}

impl PolicyResult {
    /// The measures of a run.
    pub fn new(id: &str, label: &str, run: &Run) -> Self {
        let of_reason = |reason: Reason| {
            run.interventions.iter().map(|counts| counts[reason as usize]).sum::<u64>()
        };
        let counted = Reason::ALL.into_iter().map(|reason| (reason, of_reason(reason)));
        let episodes = Episodes::new(run);
        Self {
            id: id.to_owned(),
            label: label.to_owned(),
            kpis: values(&episodes.all()),
            comparison: Comparison::default(),
            intervals: Intervals::default(),
            over_seeds: None,
            mean_day: MeanDay::new(run),
            by_episode: ByEpisode::new(&episodes),
            homes: run.homes.iter().map(HomeResult::new).collect(),
            interventions: counted
                .filter(|&(_, count)| count > 0)
                .map(|(reason, count)| Intervention { reason: reason.label(), count })
                .collect(),
            note: run.note.clone(),
            episodes,
        }
    }

    /// The same, with the sums of every seed's run on the same episodes; of one seed there is nothing
    /// to say.
    #[must_use]
    pub fn with_seeds(mut self, episodes: Vec<Episodes>) -> Self {
        self.over_seeds = (episodes.len() > 1).then(|| {
            let kpis: Vec<_> = episodes.iter().map(|seed| values(&seed.all())).collect();
            OverSeeds {
                seeds: episodes.len(),
                means: means(&kpis),
                kpis,
                intervals: Intervals::default(),
                episodes,
            }
        });
        self
    }
}

impl ByEpisode {
    fn new(episodes: &Episodes) -> Self {
        Self {
            cost: episodes.of(Of::Cost),
            grid_import_kwh: episodes.of(Of::Import),
            peak_import_kwh: episodes.of(Of::PeakImport),
            reward: episodes.of(Of::Reward),
        }
    }
}

/// Every measure by its short name.
fn values(sums: &Sums) -> Values {
    KPIS.iter().map(|kpi| (kpi.id, kpi.of_sums(sums))).collect()
}

/// The mean of every measure, as far as all of them define it.
fn means(each: &[Values]) -> Values {
    let mean = |id: &str| {
        let sum = each.iter().map(|values| values[id]).sum::<Option<f64>>()?;
        Some(sum / each.len() as f64)
    };
    KPIS.iter().map(|kpi| (kpi.id, mean(kpi.id))).collect()
}

impl HomeResult {
    fn new(totals: &HomeTotals) -> Self {
        Self { totals: totals.clone(), savings: totals.savings() }
    }
}

impl Summary {
    /// The summary of some policies' runs on the held-out days of `setting`: each of them compared
    /// with those called `rule_based` and `optimum`, and with `baseline`, as far as they are among
    /// them.
    pub fn new(setting: &Setting, mut policies: Vec<PolicyResult>, baseline: &str) -> Self {
        add_intervals(&mut policies, baseline);
        let values = |id| policies.iter().find(|p| p.id == id).map(|p| p.kpis.clone());
        let (rule, optimum) = (values("rule_based"), values("optimum"));
        let selfish = values("selfish_optimum");
        for policy in &mut policies {
            policy.comparison = Comparison::new(&policy.kpis, rule.as_ref(), optimum.as_ref());
        }
        Self {
            price_of_anarchy: PriceOfAnarchy::new(selfish.as_ref(), optimum.as_ref()),
            spec: setting.spec.clone(),
            data: setting.data.clone(),
            held_out: setting.held_out_dates(),
            baseline: policies.iter().find(|policy| policy.id == baseline).map(|p| p.id.clone()),
            resamples: RESAMPLES,
            kpis: &KPIS,
            policies,
        }
    }
}

/// Draws the episodes of all policies anew, all together. A single episode has no interval.
fn add_intervals(policies: &mut [PolicyResult], baseline: &str) {
    let units = policies.first().map_or(0, |policy| policy.episodes.count());
    if units < 2 {
        return;
    }
    let seeds = policies.iter().filter_map(|p| p.over_seeds.as_ref()).map(|over| over.seeds);
    let bootstrap = Bootstrap::new(seeds.max().unwrap_or(1), units, RESAMPLES);
    let drawn: Vec<Drawn> = policies
        .iter()
        .map(|policy| Drawn::new(&bootstrap, std::slice::from_ref(&policy.episodes)))
        .collect();
    let of =
        |id: &str| policies.iter().position(|policy| policy.id == id).map(|place| &drawn[place]);
    let all = References { baseline: of(baseline), rule: of("rule_based"), optimum: of("optimum") };
    for (policy, own) in policies.iter_mut().zip(&drawn) {
        let itself = policy.id == baseline;
        let references = References { baseline: all.baseline.filter(|_| !itself), ..all };
        policy.intervals = Intervals::new(own, &references);
        if let Some(over) = &mut policy.over_seeds {
            let bootstrap = bootstrap.of_seeds(over.seeds);
            over.intervals = Intervals::new(&Drawn::new(&bootstrap, &over.episodes), &all);
        }
    }
}

/// The stem of a policy's result file: `baseline` for the rule-based agent, the preset's name for
/// the agent, else the policy's own.
pub fn file_stem(policy: &str, spec: &Spec) -> String {
    let name = match policy {
        "rule_based" => "baseline",
        "agent" => agent_id(&spec.reward),
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
    curtailed_kwh: f64,
    unserved_kwh: f64,
    battery_kwh: f64,
    throughput_kwh: f64,
    stored_kwh: f64,
    p2p_kwh: f64,
    local_price: Option<f64>,
    retail_price: f64,
    feed_in_price: f64,
    peak_window: u8,
    grid_import_kwh: f64,
    grid_export_kwh: f64,
    peak_import_kwh: f64,
    loss_kwh: f64,
    feeder_import_kwh: f64,
    overload_kwh: f64,
    voltage_min_pu: Option<f64>,
    voltage_max_pu: Option<f64>,
    loading_percent: f64,
    fees: f64,
    surplus: f64,
    charges: f64,
    bill: f64,
    end_value: f64,
    cost: f64,
    cost_alone: f64,
    wear: f64,
    reward: f64,
}

/// Every step of a run as CSV with a header line: the community's totals.
///
/// | column | unit | |
/// |---|---|---|
/// | `date`, `hour` | ISO 8601, h | when the step begins |
/// | `load_kwh`, `pv_kwh` | kWh | load, and PV energy that was there |
/// | `curtailed_kwh`, `unserved_kwh` | kWh | PV held back, load not served |
/// | `battery_kwh`, `throughput_kwh` | kWh | into the batteries less out of them; both together |
/// | `stored_kwh` | kWh | in the batteries at the step's end |
/// | `p2p_kwh` | kWh | traded between homes |
/// | `local_price` | $/kWh | what sellers get; empty where nothing was traded |
/// | `retail_price`, `feed_in_price` | $/kWh | the grid's prices |
/// | `peak_window` | 0 or 1 | whether the step lies in it |
/// | `grid_import_kwh`, `peak_import_kwh` | kWh | bought at retail; that, in the peak window |
/// | `grid_export_kwh` | kWh | sold at the feed-in tariff |
/// | `loss_kwh` | kWh | lost on the feeder |
/// | `feeder_import_kwh` | kWh | through the transformer, negative when exported |
/// | `overload_kwh` | kWh | of it beyond the transformer's limit |
/// | `voltage_min_pu`, `voltage_max_pu` | 1 | on the feeder; empty where there is no voltage |
/// | `loading_percent` | % | largest cable current over its ampacity |
/// | `fees`, `surplus`, `charges` | $ | local network, market operator, tariff; part of the bill |
/// | `bill` | $ | of all homes |
/// | `end_value` | $ | what is left in the batteries at an episode's end |
/// | `cost` | $ | bill and value of load not served, less `end_value` |
/// | `cost_alone` | $ | the same with neither batteries nor neighbours |
/// | `wear` | $ | of the batteries; no part of the cost |
/// | `reward` | | of all homes for their own outcomes |
///
/// The sums of the columns, divided by the days, are the table's figures.
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

fn defined(value: f64) -> Option<f64> {
    Some(value).filter(|value| value.is_finite())
}

fn row<'a>(run: &Run, date: &'a str, hour: f64, i: usize) -> Row<'a> {
    let trace = &run.trace;
    let peak = trace.peak[i];
    Row {
        date,
        hour,
        load_kwh: trace.load_kw[i] * run.dt,
        pv_kwh: trace.pv_kw[i] * run.dt,
        curtailed_kwh: trace.curtailed_kwh[i],
        unserved_kwh: trace.unserved_kwh[i],
        battery_kwh: trace.battery_kw[i] * run.dt,
        throughput_kwh: trace.throughput_kwh[i],
        stored_kwh: trace.soc_kwh[i],
        p2p_kwh: trace.p2p_kwh[i],
        local_price: defined(trace.price[i]),
        retail_price: trace.retail[i],
        feed_in_price: trace.feed_in[i],
        peak_window: u8::from(peak),
        grid_import_kwh: trace.import_kwh[i],
        grid_export_kwh: trace.export_kwh[i],
        peak_import_kwh: if peak { trace.import_kwh[i] } else { 0.0 },
        loss_kwh: trace.loss_kwh[i],
        feeder_import_kwh: trace.feeder_kwh[i],
        overload_kwh: trace.overload_kwh[i],
        voltage_min_pu: defined(trace.voltage_min[i]),
        voltage_max_pu: defined(trace.voltage_max[i]),
        loading_percent: 100.0 * trace.loading[i],
        fees: trace.fees[i],
        surplus: trace.surplus[i],
        charges: trace.charges[i],
        bill: trace.bill[i],
        end_value: trace.end_value[i],
        cost: run.cost(i),
        cost_alone: trace.alone[i],
        wear: trace.wear[i],
        reward: trace.reward[i],
    }
}
