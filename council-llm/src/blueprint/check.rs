//! The check of a blueprint for faults.

use std::collections::HashMap;

use council_core::{error_chain, is_reserved};

use super::data::{Agent, Blueprint, BlueprintEdge, EdgeKind};
use super::fault::{BlueprintFault, FARTHEST, FaultKind, LONGEST_NAME, MOST_EDGES, MOST_NODES, MOST_TOKENS, PathStep};
use super::migration_report::VERSION;
use crate::models::spec::ModelSpec;
use crate::models::spec_error::SpecError;

impl Blueprint {
    /// The faults for which a blueprint is refused, in the order of its fields. A blueprint without agents has none: it is still being
    /// written.
    ///
    /// A list has at most 100 faults. If there are more, the last item is [`FaultKind::More`] with the number of the others.
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
        if self.nodes.len() > MOST_NODES {
            faults.add([PathStep::Key("nodes")], FaultKind::TooManyNodes { count: self.nodes.len() });
        }
        if self.max_calls == Some(0) {
            faults.add([PathStep::Key("maxCalls")], FaultKind::NoCalls);
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
        if self.edges.len() > MOST_EDGES {
            faults.add([PathStep::Key("edges")], FaultKind::TooManyEdges { count: self.edges.len() });
        }
        let mut edges: HashMap<&str, usize> = HashMap::new();
        for (place, edge) in self.edges.iter().enumerate() {
            let first = *edges.entry(&edge.id).or_insert(place);
            if first != place {
                faults.add(in_edge(place, "id"), FaultKind::EdgeTwice { id: edge.id.clone(), place, first });
            }
            faults.of_edge(place, edge, |id| places.contains_key(id));
        }
        faults.into_list()
    }
}

/// The faults found so far: the first [`MOST`] of them, and the number of the others.
#[derive(Default)]
struct FaultList {
    first: Vec<BlueprintFault>,
    more: usize,
}

impl FaultList {
    fn add(&mut self, at: impl Into<Vec<PathStep>>, kind: FaultKind) {
        if self.first.len() < MOST {
            self.first.push(BlueprintFault { at: at.into(), kind });
        } else {
            self.more += 1;
        }
    }

    fn into_list(mut self) -> Vec<BlueprintFault> {
        if self.more > 0 {
            self.first.push(BlueprintFault { at: Vec::new(), kind: FaultKind::More { count: self.more } });
        }
        self.first
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
            self.add(in_node(place, "model"), unavailable(agent, &error));
        }
        if let Some(found) = agent.temperature.filter(|found| !(0.0..=2.0).contains(found)) {
            self.add(in_node(place, "temperature"), FaultKind::Temperature { node: node(), found });
        }
        match agent.max_tokens {
            Some(0) => self.add(in_node(place, "maxTokens"), FaultKind::NoTokens { node: node() }),
            Some(found) if found > MOST_TOKENS => {
                self.add(in_node(place, "maxTokens"), FaultKind::TooManyTokens { node: node(), found });
            }
            _ => {}
        }
        for (axis, found) in [("x", agent.position.x), ("y", agent.position.y)] {
            if !(-FARTHEST..=FARTHEST).contains(&found) {
                let [nodes, agent, position] = in_node(place, "position");
                let kind = FaultKind::Position { node: node(), axis, found };
                self.add([nodes, agent, position, PathStep::Key(axis)], kind);
            }
        }
        for limit in agent.timeouts.zeros() {
            let [nodes, agent, timeouts] = in_node(place, "timeouts");
            let kind = FaultKind::NoTime { node: node(), limit };
            self.add([nodes, agent, timeouts, PathStep::Key(limit)], kind);
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

/// The fault of a blueprint without agents, which cannot run.
pub(crate) fn empty() -> BlueprintFault {
    BlueprintFault { at: vec![PathStep::Key("nodes")], kind: FaultKind::NoNodes }
}

/// The faults of agents whose models are unavailable.
pub(crate) fn models<'a>(errors: impl IntoIterator<Item = (usize, &'a Agent, SpecError)>) -> Vec<BlueprintFault> {
    let mut faults = FaultList::default();
    for (place, agent, error) in errors {
        faults.add(in_node(place, "model"), unavailable(agent, &error));
    }
    faults.into_list()
}

fn unavailable(agent: &Agent, error: &SpecError) -> FaultKind {
    FaultKind::Model { node: agent.id.clone(), why: error_chain(error) }
}

pub(super) fn in_node(place: usize, field: &'static str) -> [PathStep; 3] {
    [PathStep::Key("nodes"), PathStep::Index(place), PathStep::Key(field)]
}

pub(super) fn in_edge(place: usize, field: &'static str) -> [PathStep; 3] {
    [PathStep::Key("edges"), PathStep::Index(place), PathStep::Key(field)]
}

/// The number of faults or warnings of one blueprint that are listed. It bounds the answer to a body that consists of faults.
pub(super) const MOST: usize = 100;
