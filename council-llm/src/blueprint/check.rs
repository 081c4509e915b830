//! Finding what is wrong with a blueprint.

use std::collections::HashMap;

use council_core::{error_chain, is_reserved};

use super::data::{Agent, Blueprint, BlueprintEdge, EdgeKind};
use super::fault::{BlueprintFault, FaultKind, LONGEST_NAME, PathStep};
use super::migration_report::VERSION;
use crate::models::spec::{ModelSpec, SpecError};

impl Blueprint {
    /// Everything for which a blueprint is not worth saving, in the order of its fields. One without agents is: they may still come.
    ///
    /// ```
    /// use council_llm::Blueprint;
    ///
    /// let blueprint: Blueprint = serde_json::from_str(r#"{
    ///     "id": "b1", "name": "",
    ///     "nodes": [{"id": "a", "label": "A", "model": "rehearsal"}],
    ///     "edges": [{"id": "e1", "source": "a", "target": "ghost", "type": "linear"}]
    /// }"#)?;
    /// let faults: Vec<_> = blueprint.faults().iter().map(ToString::to_string).collect();
    /// assert_eq!(faults, [
    ///     "name: the name is empty",
    ///     r#"edges/0/target: edge "e1" leads to "ghost", and no node has that id"#,
    /// ]);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn faults(&self) -> Vec<BlueprintFault> {
        let mut faults = FaultList::default();
        if self.version != VERSION {
            faults.add([PathStep::Key("version")], FaultKind::Version { found: self.version });
        }
        if self.name.is_empty() {
            faults.add([PathStep::Key("name")], FaultKind::NameEmpty);
        }
        let length = self.name.chars().count();
        if length > LONGEST_NAME {
            faults.add([PathStep::Key("name")], FaultKind::NameTooLong { length });
        }
        let is_current = self.version == VERSION;
        if is_current {
            faults.of_start(self);
        }
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (place, agent) in self.nodes.iter().enumerate() {
            if is_current && agent.role.is_none() {
                faults.add(in_node(place, "role"), FaultKind::NoRole { node: agent.id.clone() });
            }
            faults.of_agent(place, agent);
            let first = *places.entry(&agent.id).or_insert(place);
            if first != place && !agent.id.is_empty() {
                faults.add(in_node(place, "id"), FaultKind::NodeTwice { id: agent.id.clone(), place, first });
            }
        }
        let mut edges: HashMap<&str, usize> = HashMap::new();
        for (place, edge) in self.edges.iter().enumerate() {
            let first = *edges.entry(&edge.id).or_insert(place);
            if first != place {
                faults.add(in_edge(place, "id"), FaultKind::EdgeTwice { id: edge.id.clone(), place, first });
            }
            faults.of_edge(place, edge, |id| places.contains_key(id));
        }
        faults.0
    }
}

#[derive(Default)]
struct FaultList(Vec<BlueprintFault>);

impl FaultList {
    fn add(&mut self, at: impl Into<Vec<PathStep>>, kind: FaultKind) {
        self.0.push(BlueprintFault { at: at.into(), kind });
    }

    fn of_start(&mut self, blueprint: &Blueprint) {
        match &blueprint.start {
            None if blueprint.nodes.is_empty() => {}
            None => self.add([PathStep::Key("start")], FaultKind::NoStart),
            Some(start) if blueprint.entry().is_none() => {
                self.add([PathStep::Key("start")], FaultKind::StartUnknown { node: start.clone() });
            }
            Some(_) => {}
        }
    }

    fn of_agent(&mut self, place: usize, agent: &Agent) {
        let node = || agent.id.clone();
        if agent.id.is_empty() {
            self.add(in_node(place, "id"), FaultKind::EmptyId { place });
        } else if is_reserved(&agent.id) {
            self.add(in_node(place, "id"), FaultKind::ReservedId { id: node() });
        }
        if let Err(error) = agent.model.parse::<ModelSpec>() {
            self.0.push(model(place, agent, &error));
        }
        if let Some(found) = agent.temperature.filter(|found| !(0.0..=2.0).contains(found)) {
            self.add(in_node(place, "temperature"), FaultKind::Temperature { node: node(), found });
        }
        if agent.max_tokens == Some(0) {
            self.add(in_node(place, "maxTokens"), FaultKind::NoTokens { node: node() });
        }
    }

    fn of_edge(&mut self, place: usize, edge: &BlueprintEdge, is_node: impl Fn(&str) -> bool) {
        let id = || edge.id.clone();
        if !is_node(&edge.source) {
            self.add(in_edge(place, "source"), FaultKind::FromNowhere { edge: id(), node: edge.source.clone() });
        }
        if !is_node(&edge.target) {
            self.add(in_edge(place, "target"), FaultKind::ToNowhere { edge: id(), node: edge.target.clone() });
        }
        let has_condition = edge.condition.as_deref().is_some_and(|condition| !condition.trim().is_empty());
        if edge.kind == EdgeKind::Conditional && !has_condition {
            self.add(in_edge(place, "condition"), FaultKind::NoCondition { edge: id() });
        }
    }
}

/// The fault of a blueprint without nodes.
pub(crate) fn empty() -> BlueprintFault {
    BlueprintFault { at: vec![PathStep::Key("nodes")], kind: FaultKind::NoNodes }
}

/// The fault of an agent whose model is unavailable.
pub(crate) fn model(place: usize, agent: &Agent, error: &SpecError) -> BlueprintFault {
    let kind = FaultKind::Model { node: agent.id.clone(), why: error_chain(error) };
    BlueprintFault { at: in_node(place, "model").into(), kind }
}

pub(super) fn in_node(place: usize, field: &'static str) -> [PathStep; 3] {
    [PathStep::Key("nodes"), PathStep::Index(place), PathStep::Key(field)]
}

pub(super) fn in_edge(place: usize, field: &'static str) -> [PathStep; 3] {
    [PathStep::Key("edges"), PathStep::Index(place), PathStep::Key(field)]
}
