//! Builder methods of a blueprint and its edges.

use super::condition::normal_condition;
use super::data::{Agent, Blueprint, BlueprintEdge, EdgeKind};
use super::migration_report::VERSION;

impl Blueprint {
    /// A blueprint of version 2 without agents.
    ///
    /// ```
    /// use council_llm::{Agent, AgentRole, Blueprint, BlueprintEdge};
    ///
    /// let blueprint = Blueprint::new("essays", "Essays")
    ///     .agent(Agent::new("author", AgentRole::Agent, "gpt-4o").system_prompt("You write essays."))
    ///     .agent(Agent::new("critic", AgentRole::Critic, "claude-sonnet-4-5"))
    ///     .agent(Agent::new("editor", AgentRole::Agent, "ollama/llama3.2"))
    ///     .edge(BlueprintEdge::new("author", "critic"))
    ///     .edge(BlueprintEdge::new("critic", "author").condition("rework"))
    ///     .edge(BlueprintEdge::new("critic", "editor").condition("approve"));
    /// assert!(blueprint.faults().is_empty());
    /// assert_eq!(blueprint.entry().unwrap().id, "author");
    /// ```
    #[must_use]
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            version: VERSION,
            id: id.into(),
            name: name.into(),
            start: None,
            nodes: Vec::new(),
            edges: Vec::new(),
            max_calls: None,
            created_at: None,
            updated_at: None,
            migrated: None,
        }
    }

    /// Adds an agent. The first agent runs first, unless [`starting_with`](Self::starting_with) names another.
    ///
    /// ```
    /// use council_llm::{Agent, AgentRole, Blueprint};
    ///
    /// let blueprint = Blueprint::new("solo", "Solo").agent(Agent::new("author", AgentRole::Agent, "rehearsal"));
    /// assert_eq!(blueprint.start.as_deref(), Some("author"));
    /// ```
    #[must_use]
    pub fn agent(mut self, agent: Agent) -> Self {
        self.start.get_or_insert_with(|| agent.id.clone());
        self.nodes.push(agent);
        self
    }

    /// Sets how many calls of models a run may make.
    ///
    /// ```
    /// use council_llm::Blueprint;
    ///
    /// assert_eq!(Blueprint::new("essays", "Essays").max_calls(200).max_calls, Some(200));
    /// ```
    #[must_use]
    pub fn max_calls(mut self, calls: u32) -> Self {
        self.max_calls = Some(calls);
        self
    }

    /// Adds an edge. An edge without an id gets its number as one: `edge-1`.
    ///
    /// ```
    /// use council_llm::{Agent, AgentRole, Blueprint, BlueprintEdge};
    ///
    /// let blueprint = Blueprint::new("pair", "Pair")
    ///     .agent(Agent::new("author", AgentRole::Agent, "rehearsal"))
    ///     .agent(Agent::new("editor", AgentRole::Agent, "rehearsal"))
    ///     .edge(BlueprintEdge::new("author", "editor"));
    /// assert_eq!(blueprint.edges[0].id, "edge-1");
    /// ```
    #[must_use]
    pub fn edge(mut self, mut edge: BlueprintEdge) -> Self {
        if edge.id.is_empty() {
            edge.id = format!("edge-{}", self.edges.len() + 1);
        }
        self.edges.push(edge);
        self
    }

    /// Sets the id of the agent that runs first.
    ///
    /// ```
    /// use council_llm::{Agent, AgentRole, Blueprint, BlueprintEdge};
    ///
    /// let blueprint = Blueprint::new("pair", "Pair")
    ///     .agent(Agent::new("second", AgentRole::Agent, "rehearsal"))
    ///     .agent(Agent::new("first", AgentRole::Agent, "rehearsal"))
    ///     .edge(BlueprintEdge::new("first", "second"))
    ///     .starting_with("first");
    /// assert_eq!(blueprint.start.as_deref(), Some("first"));
    /// ```
    #[must_use]
    pub fn starting_with(self, agent: impl Into<String>) -> Self {
        Self { start: Some(agent.into()), ..self }
    }
}

impl BlueprintEdge {
    /// A linear edge between the agents with these ids. Its own id is empty until [`Blueprint::edge`] adds it.
    ///
    /// ```
    /// use council_llm::{BlueprintEdge, EdgeKind};
    ///
    /// assert_eq!(BlueprintEdge::new("author", "critic").kind, EdgeKind::Linear);
    ///
    /// let edge = BlueprintEdge::new("critic", "author").condition("rework").id("back");
    /// assert_eq!((edge.kind, edge.condition.as_deref()), (EdgeKind::Conditional, Some("rework")));
    /// ```
    #[must_use]
    pub fn new(source: impl Into<String>, target: impl Into<String>) -> Self {
        Self {
            id: String::new(),
            source: source.into(),
            target: target.into(),
            kind: EdgeKind::Linear,
            condition: None,
        }
    }

    /// Sets the id.
    ///
    /// ```
    /// use council_llm::BlueprintEdge;
    ///
    /// assert_eq!(BlueprintEdge::new("author", "editor").id("e1").id, "e1");
    /// ```
    #[must_use]
    pub fn id(self, id: impl Into<String>) -> Self {
        Self { id: id.into(), ..self }
    }

    /// Makes the edge conditional: it is taken if the decision is `condition`, so `approve` or `rework`, in any case and with any blanks
    /// around it.
    ///
    /// ```
    /// use council_llm::{BlueprintEdge, Decision};
    ///
    /// let edge = BlueprintEdge::new("critic", "author").condition(Decision::Rework.word());
    /// assert_eq!(edge.condition.as_deref(), Some("rework"));
    /// ```
    #[must_use]
    pub fn condition(self, condition: impl Into<String>) -> Self {
        Self { kind: EdgeKind::Conditional, condition: Some(normal_condition(condition.into())), ..self }
    }
}
