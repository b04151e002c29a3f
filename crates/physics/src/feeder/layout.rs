//! From a description to buses in an order in which every bus comes after the one that feeds it.

use std::collections::HashMap;

use super::{Fault, FeederError, FeederSpec, LineSpec};

/// The buses and branches of a radial network. Bus 0 is the source; branch `b` leads into bus
/// `b + 1` from `parent[b] <= b`.
pub(crate) struct Layout {
    /// Names of the buses.
    pub names: Vec<String>,
    /// Bus that a branch comes from.
    pub parent: Vec<usize>,
    /// Resistance and reactance of one conductor, Ω, and ampacity, A.
    pub conductors: Vec<(f64, f64, f64)>,
}

impl Layout {
    /// Homes one after another, a new cable after every `homes_per_cable` of them.
    pub fn street(spec: &FeederSpec, homes: &[String]) -> Result<Self, FeederError> {
        let spacing = spec.spacing_m;
        let good = spacing.is_finite() && spacing > 0.0;
        FeederError::check(good, "spacing_m", spacing, "a finite number of metres above 0")?;
        if spec.homes_per_cable == 0 {
            return Err(FeederError::HomesPerCable);
        }
        let begins_cable = |home: usize| home.is_multiple_of(spec.homes_per_cable);
        let (r, x, ampacity) = spec.cable.parameters();
        let km = spacing / 1000.0;
        let busbar = std::iter::once("busbar".to_owned());
        Ok(Self {
            names: busbar.chain(homes.iter().cloned()).collect(),
            parent: (0..homes.len()).map(|h| if begins_cable(h) { 0 } else { h }).collect(),
            conductors: vec![(r * km, x * km, ampacity); homes.len()],
        })
    }

    /// A tree from lines in any order.
    pub fn tree(lines: &[LineSpec]) -> Result<Self, FeederError> {
        let parameters: Vec<_> = lines
            .iter()
            .enumerate()
            .map(|(i, line)| line.parameters(i))
            .collect::<Result<_, _>>()?;
        let graph = Graph::new(lines)?;
        let order = graph.source_first()?;
        let mut place = vec![0; order.len()];
        for (position, &bus) in order.iter().enumerate() {
            place[bus] = position;
        }
        let fed: Vec<(usize, usize)> = order.iter().filter_map(|&bus| graph.feeding[bus]).collect();
        Ok(Self {
            names: order.iter().map(|&bus| graph.names[bus].to_owned()).collect(),
            parent: fed.iter().map(|&(_, from)| place[from]).collect(),
            conductors: fed.iter().map(|&(line, _)| parameters[line]).collect(),
        })
    }

    /// The layout with the line into the fault's bus made worse.
    pub fn with_fault(mut self, fault: Option<&Fault>) -> Result<Self, FeederError> {
        if let Some(fault) = fault {
            fault.validate()?;
            let unknown = || FeederError::FaultBus(fault.bus.clone());
            let branch =
                self.names[1..].iter().position(|n| *n == fault.bus).ok_or_else(unknown)?;
            let (r, x, _) = &mut self.conductors[branch];
            *r *= fault.impedance_factor;
            *x *= fault.impedance_factor;
        }
        Ok(self)
    }
}

/// The lines as given: buses by first mention.
struct Graph<'a> {
    names: Vec<&'a str>,
    /// Line that leads into a bus, and the bus it comes from.
    feeding: Vec<Option<(usize, usize)>>,
    /// Buses that a bus feeds.
    fed: Vec<Vec<usize>>,
}

impl<'a> Graph<'a> {
    fn new(lines: &'a [LineSpec]) -> Result<Self, FeederError> {
        let mut graph = Self { names: Vec::new(), feeding: Vec::new(), fed: Vec::new() };
        let mut known = HashMap::new();
        for (line, spec) in lines.iter().enumerate() {
            let from = graph.bus(&mut known, &spec.from);
            let to = graph.bus(&mut known, &spec.to);
            let bus = || spec.to.clone();
            if from == to {
                return Err(FeederError::SameBus { line, bus: bus() });
            }
            if let Some((first, _)) = graph.feeding[to] {
                return Err(FeederError::FedTwice { line, first, bus: bus() });
            }
            graph.feeding[to] = Some((line, from));
            graph.fed[from].push(to);
        }
        Ok(graph)
    }

    fn bus(&mut self, known: &mut HashMap<&'a str, usize>, name: &'a str) -> usize {
        *known.entry(name).or_insert_with(|| {
            self.names.push(name);
            self.feeding.push(None);
            self.fed.push(Vec::new());
            self.names.len() - 1
        })
    }

    /// All buses, source first, along each branch before the next one.
    fn source_first(&self) -> Result<Vec<usize>, FeederError> {
        let mut sources = (0..self.names.len()).filter(|&bus| self.feeding[bus].is_none());
        let source = sources.next().ok_or_else(|| self.loop_above(0))?;
        if let Some(other) = sources.next() {
            return Err(self.two_sources(source, other));
        }
        let mut seen = vec![false; self.names.len()];
        let mut order = Vec::with_capacity(self.names.len());
        let mut open = vec![source];
        while let Some(bus) = open.pop() {
            seen[bus] = true;
            order.push(bus);
            open.extend(self.fed[bus].iter().rev());
        }
        match seen.iter().position(|&seen| !seen) {
            None => Ok(order),
            Some(unreached) => Err(self.loop_above(unreached)),
        }
    }

    /// Going up from a bus that no source feeds ends in the loop.
    fn loop_above(&self, mut bus: usize) -> FeederError {
        let above = |bus: usize| self.feeding[bus].unwrap_or((0, bus));
        for _ in 0..self.names.len() {
            bus = above(bus).1;
        }
        FeederError::Loop { line: above(bus).0, bus: self.names[bus].to_owned() }
    }

    fn two_sources(&self, source: usize, other: usize) -> FeederError {
        let leaves = |feeding: &Option<(usize, usize)>| match *feeding {
            Some((line, from)) if from == other => Some(line),
            _ => None,
        };
        FeederError::TwoSources {
            line: self.feeding.iter().find_map(leaves).unwrap_or(0),
            source_bus: self.names[source].to_owned(),
            other: self.names[other].to_owned(),
        }
    }
}
