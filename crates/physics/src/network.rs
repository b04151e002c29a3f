//! A power flow as one document in and one out: any radial network with loads at its buses.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize, Serializer};
use thiserror::Error;

use crate::{
    Feeder, FeederError, LineSpec, PowerFlow, PowerFlowMethod, Service, TransformerSpec,
    feeder::{Layout, Load, Supply},
};

/// A radial network and what its buses draw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// Names of all buses. Where empty, the buses are those that the lines name.
    #[serde(default)]
    pub buses: Vec<String>,
    /// Lines in any order, each from the bus nearer the source. The one bus that is never a `to`
    /// is the source, or the busbar of the transformer.
    pub lines: Vec<LineSpec>,
    /// The transformer before the busbar; an ideal source where absent.
    #[serde(default)]
    pub transformer: Option<TransformerSpec>,
    /// What is drawn, at most once per bus.
    #[serde(default)]
    pub loads: Vec<BusLoad>,
    /// Three phases or one.
    #[serde(default)]
    pub phases: Service,
    /// Nominal voltage, V, > 0: line to line for three phases, phase to neutral for one; 400 V
    /// and 230 V where absent.
    #[serde(default)]
    pub nominal_voltage_v: Option<f64>,
    /// Voltage of the source, per unit of nominal, in (0, 2]. With a transformer it is the
    /// voltage before it.
    #[serde(default = "one")]
    pub source_voltage_pu: f64,
    /// How it is solved.
    #[serde(default)]
    pub method: PowerFlowMethod,
}

const fn one() -> f64 {
    1.0
}

/// What a bus draws.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BusLoad {
    /// The bus.
    pub bus: String,
    /// Active power, kW, negative where the bus feeds in.
    pub kw: f64,
    /// Reactive power, kvar, positive where the load is inductive.
    #[serde(default)]
    pub kvar: f64,
}

/// The state of a network.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NetworkFlow {
    /// The method that ran.
    pub method: PowerFlowMethod,
    /// What voltage, current and loss mean for the phases at hand.
    pub convention: &'static str,
    /// Nominal voltage, V.
    pub nominal_voltage_v: f64,
    /// Sweeps needed; 1 for the linear method.
    pub sweeps: usize,
    /// Voltage of every bus, per unit of nominal: an object by bus name, from the source on.
    #[serde(serialize_with = "as_object")]
    pub voltage_pu: Vec<(String, f64)>,
    /// The lines, as they are given.
    pub lines: Vec<LineFlow>,
    /// The transformer, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transformer: Option<TransformerFlow>,
    /// Active loss of lines and transformer, kW.
    pub loss_kw: f64,
    /// Reactive loss of lines and transformer, kvar.
    pub loss_kvar: f64,
    /// Active power from the source: all loads and the losses, kW.
    pub slack_kw: f64,
    /// Reactive power from the source: all loads and the losses, kvar.
    pub slack_kvar: f64,
}

/// The state of a line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LineFlow {
    /// The bus nearer the source.
    pub from: String,
    /// The other bus.
    pub to: String,
    /// Active power into the line at `from`, kW.
    pub kw: f64,
    /// Reactive power into the line at `from`, kvar.
    pub kvar: f64,
    /// Current in one conductor, A.
    pub current_a: f64,
    /// Current over ampacity, a fraction; null where the ampacity is not known.
    pub loading: Option<f64>,
    /// Active loss, kW.
    pub loss_kw: f64,
}

/// The state of the transformer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TransformerFlow {
    /// Current on the low-voltage side, A.
    pub current_a: f64,
    /// Apparent power from the source over rated power, a fraction.
    pub loading: f64,
    /// Active loss, kW.
    pub loss_kw: f64,
}

/// A network that is none, or cannot be solved.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum NetworkError {
    /// The lines, the transformer or the power flow itself.
    #[error(transparent)]
    Feeder(#[from] FeederError),
    /// Nothing to solve.
    #[error("`lines` is empty; a network has one line or more")]
    NoLines,
    /// A number out of range.
    #[error("`{path}` is {value}; it must be {expected}")]
    Number {
        /// Where it stands.
        path: String,
        /// What it holds.
        value: f64,
        /// What would be right.
        expected: &'static str,
    },
    /// Two buses of one name.
    #[error("buses[{index}]: bus `{bus}` is listed twice; every bus has a name of its own")]
    BusTwice {
        /// The later one, counted from 0.
        index: usize,
        /// Its name.
        bus: String,
    },
    /// A bus that hangs in the air.
    #[error("buses[{index}]: no line leads to or from bus `{bus}`; every bus needs one")]
    BusAlone {
        /// Its place in the list, counted from 0.
        index: usize,
        /// Its name.
        bus: String,
    },
    /// A line to or from somewhere else.
    #[error("lines[{line}].{end} is `{bus}`, which is not among `buses`; a line joins two of them")]
    LineEnd {
        /// The line, counted from 0.
        line: usize,
        /// Its field, `from` or `to`.
        end: &'static str,
        /// What it holds.
        bus: String,
    },
    /// A home in two places.
    #[error(
        "loads[{load}]: bus `{bus}` has a load in two places, loads[{first}] and loads[{load}]; every bus or home stands there once"
    )]
    LoadTwice {
        /// The later load, counted from 0.
        load: usize,
        /// The earlier one.
        first: usize,
        /// The bus of both.
        bus: String,
    },
    /// A load at no bus.
    #[error("loads[{load}].bus is `{bus}`, which no line leads to or from; a load needs a bus")]
    LoadNowhere {
        /// The load, counted from 0.
        load: usize,
        /// Where it would be.
        bus: String,
    },
}

impl NetworkError {
    /// Where the fault stands in the document, such as `lines[3]`; `None` where it stands in no
    /// one place.
    pub fn path(&self) -> Option<String> {
        match self {
            Self::Feeder(error) => error.path(),
            Self::NoLines => Some("lines".to_owned()),
            Self::Number { path, .. } => Some(path.clone()),
            Self::BusTwice { index, .. } | Self::BusAlone { index, .. } => {
                Some(format!("buses[{index}]"))
            }
            Self::LineEnd { line, end, .. } => Some(format!("lines[{line}].{end}")),
            Self::LoadTwice { load, .. } => Some(format!("loads[{load}]")),
            Self::LoadNowhere { load, .. } => Some(format!("loads[{load}].bus")),
        }
    }

    fn number(good: bool, path: String, value: f64, expected: &'static str) -> Result<(), Self> {
        if good { Ok(()) } else { Err(Self::Number { path, value, expected }) }
    }
}

impl Network {
    /// Solves the network.
    ///
    /// # Errors
    /// What is wrong with the document, by line, load or field; a power flow that does not
    /// converge, by bus.
    pub fn solve(&self) -> Result<NetworkFlow, NetworkError> {
        if self.lines.is_empty() {
            return Err(NetworkError::NoLines);
        }
        self.check_buses()?;
        let nominal_v = self.nominal_voltage_v.unwrap_or(self.phases.voltage());
        let good = nominal_v.is_finite() && nominal_v > 0.0;
        let field = "nominal_voltage_v".to_owned();
        NetworkError::number(good, field, nominal_v, "a voltage above 0 V")?;
        let source_pu = self.source_voltage_pu;
        let good = source_pu > 0.0 && source_pu <= 2.0;
        let field = "source_voltage_pu".to_owned();
        NetworkError::number(good, field, source_pu, "above 0 and at most 2, per unit")?;
        let supply = Supply {
            service: self.phases,
            nominal_v,
            source_pu,
            transformer: self.transformer.as_ref(),
            method: self.method,
        };
        let feeder = Feeder::assemble(Layout::tree(&self.lines)?, &supply)?;
        let mut flow = PowerFlow::default();
        feeder.solve_buses(&self.loads_by_bus(&feeder)?, &mut flow)?;
        Ok(self.describe(&feeder, &flow, nominal_v))
    }

    /// Where buses are listed, they and the lines must agree.
    fn check_buses(&self) -> Result<(), NetworkError> {
        if self.buses.is_empty() {
            return Ok(());
        }
        let mut listed = HashSet::new();
        for (index, bus) in self.buses.iter().enumerate() {
            if !listed.insert(bus.as_str()) {
                return Err(NetworkError::BusTwice { index, bus: bus.clone() });
            }
        }
        let mut joined = HashSet::new();
        for (line, spec) in self.lines.iter().enumerate() {
            for (end, bus) in [("from", &spec.from), ("to", &spec.to)] {
                if !listed.contains(bus.as_str()) {
                    return Err(NetworkError::LineEnd { line, end, bus: bus.clone() });
                }
                joined.insert(bus.as_str());
            }
        }
        match self.buses.iter().position(|bus| !joined.contains(bus.as_str())) {
            None => Ok(()),
            Some(index) => Err(NetworkError::BusAlone { index, bus: self.buses[index].clone() }),
        }
    }

    fn loads_by_bus(&self, feeder: &Feeder) -> Result<Vec<Load<1>>, NetworkError> {
        let places: HashMap<&str, usize> = feeder.named_buses().collect();
        let mut taken = HashMap::new();
        let mut loads = vec![Load::NONE; feeder.buses()];
        for (load, BusLoad { bus, kw, kvar }) in self.loads.iter().enumerate() {
            let Some(&place) = places.get(bus.as_str()) else {
                return Err(NetworkError::LoadNowhere { load, bus: bus.clone() });
            };
            if let Some(first) = taken.insert(place, load) {
                return Err(NetworkError::LoadTwice { load, first, bus: bus.clone() });
            }
            for (name, value) in [("kw", *kw), ("kvar", *kvar)] {
                let path = format!("loads[{load}].{name}");
                NetworkError::number(value.is_finite(), path, value, "a finite number")?;
            }
            loads[place] = Load { kw: [*kw], kvar: [*kvar] };
        }
        Ok(loads)
    }

    fn describe(&self, feeder: &Feeder, flow: &PowerFlow, nominal_v: f64) -> NetworkFlow {
        let places: HashMap<&str, usize> = feeder.named_buses().collect();
        let line = |spec: &LineSpec| {
            let branch = places[spec.to.as_str()] - 1;
            let (kw, kvar) = flow.branch_power(branch);
            let current_a = flow.current_a[branch];
            LineFlow {
                from: spec.from.clone(),
                to: spec.to.clone(),
                kw,
                kvar,
                current_a,
                loading: feeder.ampacity_a(branch).map(|limit| current_a / limit),
                loss_kw: feeder.branch_loss_kw(flow, branch),
            }
        };
        NetworkFlow {
            method: self.method,
            convention: self.phases.convention(),
            nominal_voltage_v: nominal_v,
            sweeps: flow.sweeps,
            voltage_pu: feeder
                .named_buses()
                .map(|(name, bus)| (name.to_owned(), flow.voltage_pu[bus]))
                .collect(),
            lines: self.lines.iter().map(line).collect(),
            transformer: feeder.transformer_loading(flow).map(|loading| TransformerFlow {
                current_a: flow.current_a[0],
                loading,
                loss_kw: feeder.branch_loss_kw(flow, 0),
            }),
            loss_kw: flow.loss_kw,
            loss_kvar: flow.loss_kvar,
            slack_kw: flow.slack_kw,
            slack_kvar: flow.slack_kvar,
        }
    }
}

fn as_object<S: Serializer>(pairs: &[(String, f64)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(name, value)| (name, value)))
}
