//! Blueprint in a request.

use std::collections::HashSet;
use std::time::Duration;

use council_llm::{
    Agent, AgentRole, Blueprint, BlueprintEdge, BlueprintFault, CallTimeouts, CanvasPosition, EdgeKind, FaultKind,
    Tools, parse_time,
};
use serde_json::Value;

use crate::http::faults::Faults;
use crate::http::json::{BoundedText, Json, ReadJson};
use crate::wire::fault::{Location, RequestFault};

/// Both versions can be read; version 1 becomes version 2. A missing id is empty. The times are not read: the server sets
/// them.
impl ReadJson for Blueprint {
    fn read(json: Json<'_>) -> Option<Self> {
        let body = json.value();
        let (blueprint, faults) = read_fields(json)?;
        note_faults_of_content(&blueprint, body, faults);
        if let Some(fault) = fault_of_id(&blueprint.id) {
            faults.add(|| fault);
        }
        Some(blueprint)
    }
}

/// Reads the fields of a blueprint, with any content.
pub(super) fn read_fields(json: Json<'_>) -> Option<(Blueprint, &mut Faults)> {
    let mut fields = json.fields()?;
    let version = fields.optional("version").unwrap_or(1);
    let id: String = fields.optional("id").unwrap_or_default();
    let mut blueprint = Blueprint::new(id, fields.required::<Name>("name").0);
    blueprint.version = version;
    blueprint.start = fields.optional("start");
    blueprint.nodes = fields.required("nodes");
    blueprint.edges = fields.optional("edges").unwrap_or_default();
    blueprint.max_calls = fields.optional("maxCalls");
    name_edges(&mut blueprint.edges);
    blueprint.migrate();
    Some((blueprint, fields.warn_of_others(&["createdAt", "updatedAt", "migrated", "warnings"])))
}

impl ReadJson for Agent {
    fn read(json: Json<'_>) -> Option<Self> {
        let mut fields = json.fields()?;
        let id = fields.required::<Name>("id").0;
        let label: String = fields.optional("label").unwrap_or_else(|| id.clone());
        let prompt = fields.optional("systemPrompt").unwrap_or_else(|| format!("You are {label}."));
        let model: String = fields.required("model");
        let mut agent = Self::new(id, AgentRole::Agent, model)
            .label(label)
            .system_prompt(prompt)
            .tools(fields.optional("tools").unwrap_or_default())
            .position(fields.optional("position").unwrap_or_default());
        agent.role = fields.optional("role");
        #[expect(clippy::cast_possible_truncation, reason = "the check of the content refuses all but 0 to 2")]
        let temperature = fields.optional("temperature").map(|number: f64| number as f32);
        agent.temperature = temperature;
        agent.max_tokens = fields.optional("maxTokens");
        agent.timeouts = fields.optional("timeouts").unwrap_or_default();
        agent.patience = fields.optional("patience").map(|Seconds(time)| time);
        fields.warn_of_others(&[]);
        Some(agent)
    }
}

impl ReadJson for CallTimeouts {
    fn read(json: Json<'_>) -> Option<Self> {
        let mut fields = json.fields()?;
        let mut limit = |name| fields.optional(name).map(|Seconds(time)| time);
        let timeouts = Self::default()
            .first_token(limit("firstToken"))
            .between_tokens(limit("betweenTokens"))
            .total(limit("total"));
        fields.warn_of_others(&[]);
        Some(timeouts)
    }
}

/// A time as a number of seconds, or as a text such as `20m`. A number that is too long to be counted is the longest time.
struct Seconds(Duration);

impl ReadJson for Seconds {
    fn read(json: Json<'_>) -> Option<Self> {
        if let Some(text) = json.value().as_str() {
            return match parse_time(text) {
                Ok(time) => Some(Self(time)),
                Err(error) => json.note(|at, value| RequestFault::wrong_value(at, value, error.to_string())),
            };
        }
        match json.value().as_f64() {
            Some(seconds) if seconds < 0.0 => json.note(|at, value| RequestFault::too_small(at, value, 0)),
            Some(seconds) => Some(Self(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))),
            None => json.note(RequestFault::not_a_number),
        }
    }
}

impl ReadJson for AgentRole {
    fn read(json: Json<'_>) -> Option<Self> {
        json.word(&[("agent", Self::Agent), ("critic", Self::Critic)])
    }
}

impl ReadJson for Tools {
    fn read(json: Json<'_>) -> Option<Self> {
        let mut fields = json.fields()?;
        let web_search = fields.given("webSearch").unwrap_or_default();
        let tools = Self::default().web_search(web_search).pdf_reader(fields.given("pdfReader").unwrap_or_default());
        fields.warn_of_others(&[]);
        Some(tools)
    }
}

impl ReadJson for CanvasPosition {
    fn read(json: Json<'_>) -> Option<Self> {
        let mut fields = json.fields()?;
        let position =
            Self { x: fields.optional("x").unwrap_or_default(), y: fields.optional("y").unwrap_or_default() };
        fields.warn_of_others(&[]);
        Some(position)
    }
}

impl ReadJson for BlueprintEdge {
    fn read(json: Json<'_>) -> Option<Self> {
        let mut fields = json.fields()?;
        let id: String = fields.optional("id").unwrap_or_default();
        let source: String = fields.required("source");
        let mut edge = Self::new(source, fields.required::<String>("target")).id(id);
        if let Some(condition) = fields.optional::<String>("condition") {
            edge = edge.condition(condition);
        }
        edge.kind = fields.optional("type").unwrap_or(EdgeKind::Linear);
        fields.warn_of_others(&[]);
        Some(edge)
    }
}

impl ReadJson for EdgeKind {
    fn read(json: Json<'_>) -> Option<Self> {
        json.word(&[("linear", Self::Linear), ("conditional", Self::Conditional)])
    }
}

/// Edges without an id are named by their number.
fn name_edges(edges: &mut [BlueprintEdge]) {
    for (place, edge) in edges.iter_mut().enumerate().filter(|(_, edge)| edge.id.is_empty()) {
        edge.id = format!("edge-{}", place + 1);
    }
}

/// Notes the faults of the content of a blueprint, as far as it could be read.
fn note_faults_of_content(blueprint: &Blueprint, body: &Value, faults: &mut Faults) {
    // A fault of the content may be the consequence of a field that could not be read, and not all of these are listed.
    if faults.is_full() {
        return;
    }
    let unread = faults.listed();
    let lacks = |is_meant: fn(&[Value]) -> bool| unread.iter().any(|fault| is_meant(fault.steps()));
    // A missing item shifts the others, and faults name items by their number.
    if lacks(|steps| matches!(steps, [list] | [list, _] if list == "nodes" || list == "edges")) {
        return;
    }
    let lacks_ids = lacks(|steps| matches!(steps, [list, _, field] if list == "nodes" && field == "id"));
    let leads_nowhere = |fault: &BlueprintFault| {
        let kind = &fault.kind;
        matches!(kind, FaultKind::FromNowhere { .. } | FaultKind::ToNowhere { .. } | FaultKind::StartUnknown { .. })
    };
    let unread: HashSet<Vec<Value>> = unread.iter().map(|fault| fault.steps().to_vec()).collect();
    for fault in blueprint.faults().iter().filter(|fault| !(lacks_ids && leads_nowhere(fault))) {
        if let FaultKind::More { count } = fault.kind {
            faults.count(count);
            continue;
        }
        let fault = RequestFault::of_blueprint("body", fault, body);
        if !unread.contains(fault.steps()) {
            faults.add(|| fault);
        }
    }
}

/// The id of a blueprint is a part of its path.
fn fault_of_id(id: &str) -> Option<RequestFault> {
    let (at, input) = (Location::body().then("id"), Value::from(id));
    if id.chars().count() > LONGEST_NAME {
        return Some(RequestFault::too_long(at, &input, LONGEST_NAME));
    }
    let is_reserved = RESERVED.contains(&id);
    is_reserved.then(|| {
        RequestFault::wrong_value(at, &input, format!("'{id}' is part of the path of another route: choose another id"))
    })
}

type Name = BoundedText<LONGEST_NAME>;

/// Ids whose path would be the path of another route.
const RESERVED: [&str; 5] = ["run", "graph", "check", ".", ".."];
const LONGEST_NAME: usize = 255;
