//! A blueprint as data: agents, and edges between them.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::migration_report::MigrationReport;
use super::role::AgentRole;
use crate::chat::seconds;
use crate::chat::timeouts::CallTimeouts;

/// A council of your own: agents, each with a prompt and a model, and edges between them.
///
/// A blueprint is data, the JSON that the page's editor writes. [`graph`](Self::graph) turns it into a graph that runs. JSON of version 1
/// is read as version 2: see [`migrate`](Self::migrate).
///
/// ```
/// use std::sync::Arc;
/// use council_llm::{Blueprint, Council, Models, ScriptedModel};
///
/// let blueprint: Blueprint = serde_json::from_str(r#"{
///     "version": 2, "id": "b1", "name": "Essays", "start": "author",
///     "nodes": [
///         {"id": "author", "label": "Author", "role": "agent", "systemPrompt": "You write essays.", "model": "gpt-4o"},
///         {"id": "judge", "label": "Judge", "role": "critic", "systemPrompt": "You are strict.", "model": "ollama/llama3.2"},
///         {"id": "printer", "label": "Printer", "role": "agent", "systemPrompt": "You mend spelling.", "model": "rehearsal"}
///     ],
///     "edges": [
///         {"id": "e1", "source": "author", "target": "judge", "type": "linear"},
///         {"id": "e2", "source": "judge", "target": "author", "type": "conditional", "condition": "rework"},
///         {"id": "e3", "source": "judge", "target": "printer", "type": "conditional", "condition": "approve"}
///     ]
/// }"#)?;
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// let models = Models::new(|spec| {
///     let answers = match spec.to_string().as_str() {
///         "ollama/llama3.2" => ["SCORE: 6\nFEEDBACK: Too short.", "SCORE: 9\nFEEDBACK: Good."],
///         _ => ["An essay.", "A longer essay."],
///     };
///     Ok(Arc::new(ScriptedModel::new(&spec.to_string(), answers)))
/// });
/// let graph = blueprint.graph(&models)?;
/// let council = graph.run(Council::of(blueprint, "Rust for newcomers")).await?.into_state();
/// assert_eq!((council.iteration, council.score), (2, Some(9.0)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(remote = "Self", rename_all = "camelCase")]
#[non_exhaustive]
pub struct Blueprint {
    /// The version of the format, 1 or 2; 1 by default. Version 1 is read as version 2.
    #[serde(default = "first_version")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 2))]
    pub version: u32,
    /// The id of the blueprint. It is a part of the path of the blueprint.
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub id: String,
    /// The name, for people.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 255))]
    pub name: String,
    /// The id of the agent that runs first. In version 2 it is required if there are agents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// The agents, at most 200.
    #[cfg_attr(feature = "openapi", schema(max_items = 200))]
    pub nodes: Vec<Agent>,
    /// The edges between the agents, at most 1000.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 1000))]
    pub edges: Vec<BlueprintEdge>,
    /// How many calls of models a run may make; that of the program by default: see [`call_limit`](Self::call_limit).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub max_calls: Option<u32>,
    /// The time of the first save, in RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(format = DateTime))]
    pub created_at: Option<String>,
    /// The time of the last save, in RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(format = DateTime))]
    pub updated_at: Option<String>,
    /// The guesses of the migration, if the blueprint was read from version 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub migrated: Option<MigrationReport>,
}

/// One agent of a blueprint.
///
/// ```
/// use council_llm::{Agent, AgentRole};
///
/// let agent = Agent::new("author", AgentRole::Agent, "gpt-4o").system_prompt("You write essays.");
/// let json = serde_json::to_value(&agent)?;
/// assert_eq!((&json["systemPrompt"], &json["role"]), (&"You write essays.".into(), &"agent".into()));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Agent {
    /// The id of the agent in edges, and its name in the graph.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 255))]
    pub id: String,
    /// The name, for people.
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub label: String,
    /// The system prompt: who the agent is and what it does.
    #[serde(default)]
    pub system_prompt: String,
    /// The spec of the model: see [`ModelSpec`](crate::ModelSpec). It may end with time limits.
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub model: String,
    /// The tools of the agent.
    #[serde(default)]
    pub tools: Tools,
    /// The position in the editor.
    #[serde(default)]
    pub position: CanvasPosition,
    /// The role of the agent. In version 2 it is required.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<AgentRole>,
    /// The sampling temperature of the model, 0 to 2; 0.7 by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 2))]
    pub temperature: Option<f32>,
    /// The limit of an answer, in tokens of the model, 1 to 10 000 000. Without it the limit is that of all agents, or the provider decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 10_000_000))]
    pub max_tokens: Option<u32>,
    /// The time limits of each call, above 0. A limit that is missing is that of the model.
    #[serde(default, skip_serializing_if = "CallTimeouts::is_empty")]
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub timeouts: CallTimeouts,
    /// How long the model is called again if it does not answer, in seconds or as a text such as `20m`. Without it the time is that of all agents,
    /// a day by default.
    #[serde(default, with = "seconds", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<seconds::TimeSchema>, inline))]
    pub patience: Option<Duration>,
}

/// The tools of an agent. No tool exists yet: the settings are kept and have no effect.
///
/// ```
/// use council_llm::Tools;
///
/// let tools: Tools = serde_json::from_str(r#"{"webSearch": true}"#)?;
/// assert_eq!(tools, Tools::default().web_search(true));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, rename_all = "camelCase")]
#[non_exhaustive]
pub struct Tools {
    /// A search of the web.
    pub web_search: bool,
    /// A reader of PDF files.
    pub pdf_reader: bool,
}

/// The position of an agent in the editor. It has two coordinates for good, so it is built as a literal.
///
/// ```
/// use council_llm::CanvasPosition;
///
/// let position: CanvasPosition = serde_json::from_str(r#"{"x": 40, "y": 80}"#)?;
/// assert_eq!(position, CanvasPosition { x: 40.0, y: 80.0 });
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CanvasPosition {
    /// Pixels from the left, -100 000 to 100 000.
    #[cfg_attr(feature = "openapi", schema(minimum = -100_000, maximum = 100_000))]
    pub x: f64,
    /// Pixels from the top, -100 000 to 100 000.
    #[cfg_attr(feature = "openapi", schema(minimum = -100_000, maximum = 100_000))]
    pub y: f64,
}

/// An edge from one agent to another.
///
/// ```
/// use council_llm::BlueprintEdge;
///
/// let json = r#"{"id": "back", "source": "critic", "target": "author", "type": "conditional", "condition": "rework"}"#;
/// let edge: BlueprintEdge = serde_json::from_str(json)?;
/// assert_eq!(edge, BlueprintEdge::new("critic", "author").condition("rework").id("back"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct BlueprintEdge {
    /// The id of the edge in the editor.
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub id: String,
    /// The id of the agent that the edge leaves.
    pub source: String,
    /// The id of the agent that the edge leads to.
    pub target: String,
    /// When the edge is taken.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub kind: EdgeKind,
    /// The decision on which a conditional edge is taken: `approve` or `rework`. It is read in any case and with any blanks around it.
    /// `None` is null as JSON.
    #[serde(default, deserialize_with = "super::condition::deserialize")]
    pub condition: Option<String>,
}

/// When an edge is taken.
///
/// ```
/// use council_llm::{BlueprintEdge, EdgeKind};
///
/// assert_eq!(BlueprintEdge::new("author", "editor").kind, EdgeKind::Linear);
/// assert_eq!(BlueprintEdge::new("critic", "editor").condition("approve").kind, EdgeKind::Conditional);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum EdgeKind {
    /// Always. If conditional edges leave the same agent, only if none of them is taken.
    Linear,
    /// If the decision of the run is the condition of the edge.
    Conditional,
}

impl Blueprint {
    /// The agent that runs first: [`start`](Self::start) is its id.
    ///
    /// ```
    /// use council_llm::Blueprint;
    ///
    /// let blueprint: Blueprint = serde_json::from_str(r#"{
    ///     "version": 2, "id": "b1", "name": "Two", "start": "first",
    ///     "nodes": [
    ///         {"id": "second", "label": "Second", "role": "agent", "model": "rehearsal"},
    ///         {"id": "first", "label": "First", "role": "agent", "model": "rehearsal"}
    ///     ],
    ///     "edges": [{"id": "e1", "source": "first", "target": "second", "type": "linear"}]
    /// }"#)?;
    /// assert_eq!(blueprint.entry().unwrap().label, "First");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn entry(&self) -> Option<&Agent> {
        let start = self.start.as_deref()?;
        self.nodes.iter().find(|agent| agent.id == start)
    }
}

impl<'de> Deserialize<'de> for Blueprint {
    /// Reads both versions, and migrates version 1 to version 2.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut blueprint = Self::deserialize(deserializer)?;
        blueprint.migrate();
        Ok(blueprint)
    }
}

impl Serialize for Blueprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl Agent {
    /// Whether the agent scores the draft instead of writing it.
    ///
    /// ```
    /// use council_llm::{Agent, AgentRole};
    ///
    /// assert!(Agent::new("judge", AgentRole::Critic, "rehearsal").is_critic());
    /// assert!(!Agent::new("author", AgentRole::Agent, "rehearsal").is_critic());
    /// ```
    #[must_use]
    pub fn is_critic(&self) -> bool {
        self.role == Some(AgentRole::Critic)
    }
}

fn first_version() -> u32 {
    1
}
