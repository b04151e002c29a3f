//! A radial low-voltage feeder: voltages, currents and losses.
//!
//! A feeder is a tree of buses fed from one source. Bus 0 is the source, held at its voltage:
//! the transformer's busbar, or, where a transformer is given, the grid before it (the
//! transformer is then the first branch and the busbar bus 1). Branch `b` leads into bus `b + 1`.
//!
//! Two ways of connecting are told apart everywhere: balanced three-phase (400 V line to line,
//! loss `3·r·I²`) and single-phase (230 V, go and return conductor, loss `2·r·I²`). Both are the
//! same equations with another voltage and another loop impedance.

mod error;
mod flow;
mod flows;
mod layout;
mod losses;
mod spec;

pub use error::FeederError;
pub(crate) use flow::Load;
pub use flow::PowerFlow;
pub use flows::PowerFlows;
pub(crate) use layout::Layout;
pub use spec::{Fault, FeederSpec, LineSpec, PowerFlowMethod, TransformerSpec};

use std::collections::{HashMap, HashSet};

use crate::Service;
use flow::Branch;

/// A radial feeder, ready to be solved.
#[derive(Debug, Clone, PartialEq)]
pub struct Feeder {
    names: Vec<String>,
    branches: Vec<Branch>,
    /// Ampacity of every branch, A; infinite where unknown.
    ampacity: Vec<f64>,
    /// Resistance from the source to every bus, per unit.
    path_resistance: Vec<f64>,
    home_bus: Vec<usize>,
    transformer_kva: Option<f64>,
    amperes_per_kva: f64,
    source_pu: f64,
    method: PowerFlowMethod,
}

/// How a feeder is fed and solved.
pub(crate) struct Supply<'a> {
    pub service: Service,
    /// Nominal voltage, V.
    pub nominal_v: f64,
    /// Voltage of the source, per unit.
    pub source_pu: f64,
    pub transformer: Option<&'a TransformerSpec>,
    pub method: PowerFlowMethod,
}

impl Feeder {
    /// A feeder for the homes of these ids: they stand along the street in this order, or where
    /// the lines of the specification's own tree bear their ids.
    ///
    /// # Errors
    /// The first value out of range; lines that are no tree; a home without a bus or in two
    /// places; a fault at a bus that is not there.
    pub fn build(spec: &FeederSpec, home_ids: &[String]) -> Result<Self, FeederError> {
        let mut ids = HashSet::new();
        if let Some(twice) = home_ids.iter().find(|id| !ids.insert(*id)) {
            return Err(FeederError::HomeTwice(twice.clone()));
        }
        let layout = if spec.lines.is_empty() {
            Layout::street(spec, home_ids)?
        } else {
            Layout::tree(&spec.lines)?
        };
        let layout = layout.with_fault(spec.fault.as_ref())?;
        let supply = Supply {
            service: spec.service,
            nominal_v: spec.service.voltage(),
            source_pu: 1.0,
            transformer: spec.transformer.as_ref(),
            method: spec.method,
        };
        let mut feeder = Self::assemble(layout, &supply)?;
        let places: HashMap<&str, usize> = feeder.named_buses().collect();
        let place = |id: &String| places.get(id.as_str()).copied();
        feeder.home_bus = home_ids
            .iter()
            .map(|id| place(id).ok_or_else(|| FeederError::NoBus(id.clone())))
            .collect::<Result<_, _>>()?;
        Ok(feeder)
    }

    /// A feeder without homes.
    pub(crate) fn assemble(layout: Layout, supply: &Supply) -> Result<Self, FeederError> {
        let mut feeder = Self {
            names: Vec::new(),
            branches: Vec::new(),
            ampacity: Vec::new(),
            path_resistance: vec![0.0],
            home_bus: Vec::new(),
            transformer_kva: supply.transformer.map(|t| t.rated_kva),
            amperes_per_kva: supply.service.amperes_per_kva(supply.nominal_v),
            source_pu: supply.source_pu,
            method: supply.method,
        };
        if let Some(transformer) = supply.transformer {
            transformer.validate()?;
            feeder.names.push("grid".to_owned());
            feeder.push_branch(0, transformer.impedance(), f64::INFINITY);
        }
        let busbar = feeder.busbar();
        // Ohms to per unit of 1 kVA, there and back where the current returns by a conductor.
        let unit = 1000.0 * supply.service.loop_factor() / (supply.nominal_v * supply.nominal_v);
        for (&parent, &(r, x, ampacity)) in layout.parent.iter().zip(&layout.conductors) {
            feeder.push_branch(parent + busbar, (r * unit, x * unit), ampacity);
        }
        feeder.names.extend(layout.names);
        Ok(feeder)
    }

    fn push_branch(&mut self, parent: usize, (r, x): (f64, f64), ampacity: f64) {
        self.branches.push(Branch { parent, r, x, z2: r * r + x * x });
        self.ampacity.push(ampacity);
        self.path_resistance.push(self.path_resistance[parent] + r);
    }

    /// Number of homes.
    pub fn homes(&self) -> usize {
        self.home_bus.len()
    }

    /// Number of buses, the source among them.
    pub fn buses(&self) -> usize {
        self.branches.len() + 1
    }

    /// Name of a bus: as the lines or the home name it; `busbar` for a street's busbar, `grid`
    /// for the source before a transformer.
    pub fn bus_name(&self, bus: usize) -> &str {
        &self.names[bus]
    }

    /// The bus of home `home`: an index into [`PowerFlow::voltage_pu`].
    pub fn home_bus(&self, home: usize) -> usize {
        self.home_bus[home]
    }

    /// The bus that the lines start from.
    pub fn busbar(&self) -> usize {
        usize::from(self.transformer_kva.is_some())
    }

    /// The bus that branch `b` comes from; it leads into bus `b + 1`.
    pub fn branch_from(&self, b: usize) -> usize {
        self.branches[b].parent
    }

    /// The first bus after the busbar on the way to `bus`: which cable it hangs on. The bus itself
    /// where it is the busbar or lies before it.
    pub fn cable_head(&self, bus: usize) -> usize {
        let mut head = bus;
        while head > self.busbar() && self.branches[head - 1].parent > self.busbar() {
            head = self.branches[head - 1].parent;
        }
        head
    }

    /// The buses that the lines join, each with its name.
    pub(crate) fn named_buses(&self) -> impl Iterator<Item = (&str, usize)> {
        self.names.iter().enumerate().skip(self.busbar()).map(|(bus, name)| (name.as_str(), bus))
    }

    /// Ampacity of branch `b`, A; `None` where it is not known.
    pub fn ampacity_a(&self, b: usize) -> Option<f64> {
        self.ampacity.get(b).copied().filter(|a| a.is_finite())
    }

    /// Rated power of the transformer, kVA; `None` where there is none.
    pub fn transformer_kva(&self) -> Option<f64> {
        self.transformer_kva
    }

    /// Largest current over ampacity of all lines, a fraction; the transformer is not included.
    pub fn loading(&self, flow: &PowerFlow) -> f64 {
        flow.current_a.iter().zip(&self.ampacity).map(|(i, limit)| i / limit).fold(0.0, f64::max)
    }

    /// Active loss of branch `b`, kW.
    pub fn branch_loss_kw(&self, flow: &PowerFlow, b: usize) -> f64 {
        self.branches[b].r * flow.states[b + 1].l[0]
    }

    /// Apparent power through the transformer over its rated power, a fraction; `None` where
    /// there is no transformer.
    pub fn transformer_loading(&self, flow: &PowerFlow) -> Option<f64> {
        self.transformer_kva.map(|kva| libm::hypot(flow.slack_kw, flow.slack_kvar) / kva)
    }
}
