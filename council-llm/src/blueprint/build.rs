//! Builder methods of a blueprint, its agents and its edges.

use super::data::{Agent, Blueprint, BlueprintEdge, CanvasPosition, EdgeKind, Tools};
use super::migration_report::VERSION;
use super::role::AgentRole;

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

impl Agent {
    /// An agent with this id, role and model. Its label is its id, and its prompt is empty.
    ///
    /// ```
    /// use council_llm::{Agent, AgentRole};
    ///
    /// let agent = Agent::new("author", AgentRole::Agent, "ollama/llama3.2")
    ///     .label("Author")
    ///     .system_prompt("You write essays.")
    ///     .temperature(0.9)
    ///     .max_tokens(2_000);
    /// assert_eq!((agent.label.as_str(), agent.max_tokens), ("Author", Some(2_000)));
    /// ```
    #[must_use]
    pub fn new(id: impl Into<String>, role: AgentRole, model: impl Into<String>) -> Self {
        let id = id.into();
        Self {
            label: id.clone(),
            id,
            system_prompt: String::new(),
            model: model.into(),
            tools: Tools::default(),
            position: CanvasPosition::default(),
            role: Some(role),
            temperature: None,
            max_tokens: None,
        }
    }

    /// Sets the name for people.
    ///
    /// ```
    /// use council_llm::{Agent, AgentRole};
    ///
    /// let agent = Agent::new("author", AgentRole::Agent, "rehearsal").label("Author");
    /// assert_eq!(agent.label, "Author");
    /// ```
    #[must_use]
    pub fn label(self, label: impl Into<String>) -> Self {
        Self { label: label.into(), ..self }
    }

    /// Sets the system prompt.
    ///
    /// ```
    /// use council_llm::{Agent, AgentRole};
    ///
    /// let agent = Agent::new("author", AgentRole::Agent, "rehearsal").system_prompt("You write essays.");
    /// assert_eq!(agent.system_prompt, "You write essays.");
    /// ```
    #[must_use]
    pub fn system_prompt(self, system_prompt: impl Into<String>) -> Self {
        Self { system_prompt: system_prompt.into(), ..self }
    }

    /// Sets the tools.
    ///
    /// ```
    /// use council_llm::{Agent, AgentRole, Tools};
    ///
    /// let agent = Agent::new("author", AgentRole::Agent, "rehearsal").tools(Tools::default().web_search(true));
    /// assert!(agent.tools.web_search && !agent.tools.pdf_reader);
    /// ```
    #[must_use]
    pub fn tools(self, tools: Tools) -> Self {
        Self { tools, ..self }
    }

    /// Sets the position in the editor.
    ///
    /// ```
    /// use council_llm::{Agent, AgentRole, CanvasPosition};
    ///
    /// let agent = Agent::new("author", AgentRole::Agent, "rehearsal").position(CanvasPosition { x: 40.0, y: 80.0 });
    /// assert_eq!(agent.position.y, 80.0);
    /// ```
    #[must_use]
    pub fn position(self, position: CanvasPosition) -> Self {
        Self { position, ..self }
    }

    /// Sets the sampling temperature of the model, 0 to 2.
    ///
    /// ```
    /// use council_llm::{Agent, AgentRole};
    ///
    /// let agent = Agent::new("author", AgentRole::Agent, "rehearsal").temperature(0.9);
    /// assert_eq!(agent.temperature, Some(0.9));
    /// ```
    #[must_use]
    pub fn temperature(self, temperature: f32) -> Self {
        Self { temperature: Some(temperature), ..self }
    }

    /// Sets the limit of an answer, in tokens of the model, at least 1.
    ///
    /// ```
    /// use council_llm::{Agent, AgentRole};
    ///
    /// let agent = Agent::new("author", AgentRole::Agent, "rehearsal").max_tokens(2_000);
    /// assert_eq!(agent.max_tokens, Some(2_000));
    /// ```
    #[must_use]
    pub fn max_tokens(self, max_tokens: u32) -> Self {
        Self { max_tokens: Some(max_tokens), ..self }
    }
}

impl Tools {
    /// Switches the search of the web on or off.
    ///
    /// ```
    /// use council_llm::Tools;
    ///
    /// assert!(Tools::default().web_search(true).web_search);
    /// ```
    #[must_use]
    pub fn web_search(self, web_search: bool) -> Self {
        Self { web_search, ..self }
    }

    /// Switches the reader of PDF files on or off.
    ///
    /// ```
    /// use council_llm::Tools;
    ///
    /// assert!(Tools::default().pdf_reader(true).pdf_reader);
    /// ```
    #[must_use]
    pub fn pdf_reader(self, pdf_reader: bool) -> Self {
        Self { pdf_reader, ..self }
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

    /// Makes the edge conditional: it is taken if the decision is `condition`, so `approve` or `rework`.
    ///
    /// ```
    /// use council_llm::{BlueprintEdge, Decision};
    ///
    /// let edge = BlueprintEdge::new("critic", "author").condition(Decision::Rework.word());
    /// assert_eq!(edge.condition.as_deref(), Some("rework"));
    /// ```
    #[must_use]
    pub fn condition(self, condition: impl Into<String>) -> Self {
        Self { kind: EdgeKind::Conditional, condition: Some(condition.into()), ..self }
    }
}
