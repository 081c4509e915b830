//! What a client sends to save a blueprint.

use council_llm::{
    Agent, AgentRole, Blueprint, BlueprintEdge, BlueprintFault, EdgeKind, FaultKind, Migration, Place, Tools,
};
use serde_json::Value;

use crate::councils::Councils;
use crate::http::body;
use crate::http::fields::{Fields, bounded};
use crate::wire::fault::{Location, RequestFault};

/// Reads a body of either version, and makes version 2 of version 1. The id is empty where none is given, and the times are left out:
/// they are the server's.
///
/// # Errors
///
/// All faults at once, of the JSON and of what it says as far as it could be read.
pub(crate) fn parse(body: &[u8]) -> Result<Blueprint, Vec<RequestFault>> {
    let object = body::fields(body)?;
    let mut faults = Vec::new();
    let mut blueprint = blueprint(&mut Fields::new(&object, Location::body(), &mut faults));
    blueprint.migrate();
    let meant = of_what_was_read(&blueprint, &Value::Object(object), &faults);
    faults.extend(meant);
    if !blueprint.id.is_empty() {
        faults.extend(bounded(Location::body().then("id"), &blueprint.id, LONGEST_NAME).err());
    }
    if RESERVED.contains(&&*blueprint.id) {
        let msg = format!("'{}' is part of the address of another route", blueprint.id);
        faults.push(RequestFault::new("value_error", Location::body().then("id"), msg, &Value::from(&*blueprint.id)));
    }
    if faults.is_empty() { Ok(blueprint) } else { Err(faults) }
}

impl Councils {
    /// Whether a blueprint, as JSON, could be saved here and run.
    ///
    /// ```
    /// use council_llm::{CouncilBuilder, Rehearsal};
    /// use council_server::Councils;
    ///
    /// let councils = Councils::new(CouncilBuilder::new(Rehearsal::new()).build()?);
    /// let faults = councils.check(br#"{"name": "Essays", "nodes": [{"id": "author"}]}"#).unwrap_err();
    /// assert_eq!(faults, ["nodes.0.model: Field required"]);
    /// # Ok::<(), council_llm::CouncilError>(())
    /// ```
    ///
    /// A blueprint of version 1 is read as version 2, and what was guessed is returned:
    ///
    /// ```
    /// # use council_llm::{CouncilBuilder, Rehearsal};
    /// # use council_server::Councils;
    /// # let councils = Councils::new(CouncilBuilder::new(Rehearsal::new()).build()?);
    /// let migrated = councils.check(br#"{"name": "Essays", "nodes": [{"id": "author", "model": "rehearsal"}]}"#).unwrap();
    /// assert_eq!(migrated.unwrap().guessed[0].node, "author");
    /// # Ok::<(), council_llm::CouncilError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// All faults, each with its place in the JSON.
    pub fn check(&self, blueprint: &[u8]) -> Result<Option<Migration>, Vec<String>> {
        let told = |faults: Vec<RequestFault>| faults.iter().map(RequestFault::line).collect::<Vec<_>>();
        let blueprint = parse(blueprint).map_err(told)?;
        let value = serde_json::to_value(&blueprint).unwrap_or_default();
        self.graph(Some(&blueprint)).map_err(|error| told(RequestFault::of_saved(&error, &value)))?;
        Ok(blueprint.migrated)
    }
}

/// What is wrong with what a blueprint says, beside what could not be read of it.
fn of_what_was_read(blueprint: &Blueprint, object: &Value, unread: &[RequestFault]) -> Vec<RequestFault> {
    let lacks = |is_meant: fn(&[Value]) -> bool| unread.iter().any(|fault| is_meant(fault.steps()));
    // Without one of its items, no place in a list is sure.
    if lacks(|steps| matches!(steps, [list] | [list, _] if list == "nodes" || list == "edges")) {
        return Vec::new();
    }
    let lacks_ids = lacks(|steps| matches!(steps, [list, _, field] if list == "nodes" && field == "id"));
    let leads_nowhere = |fault: &BlueprintFault| {
        let kind = &fault.kind;
        matches!(kind, FaultKind::FromNowhere { .. } | FaultKind::ToNowhere { .. } | FaultKind::StartUnknown { .. })
    };
    let faults = blueprint.faults().into_iter().filter(|fault| !(lacks_ids && leads_nowhere(fault)));
    let faults = faults.map(|fault| RequestFault::of_blueprint("body", &fault, object));
    faults.filter(|fault| unread.iter().all(|other| other.steps() != fault.steps())).collect()
}

fn blueprint(fields: &mut Fields<'_>) -> Blueprint {
    Blueprint {
        version: fields.whole("version").unwrap_or(1),
        id: fields.text("id").unwrap_or_default(),
        name: fields.bounded_text("name", LONGEST_NAME),
        start: fields.text("start"),
        nodes: fields.objects("nodes", |_, fields| agent(fields)),
        edges: fields.objects("edges", edge),
        created_at: None,
        updated_at: None,
        migrated: None,
    }
}

fn agent(fields: &mut Fields<'_>) -> Agent {
    let id = fields.bounded_text("id", LONGEST_NAME);
    let label = fields.text("label").unwrap_or_else(|| id.clone());
    Agent {
        system_prompt: fields.text("systemPrompt").unwrap_or_else(|| format!("You are {label}.")),
        id,
        label,
        model: fields.required_text("model"),
        tools: fields.object("tools", tools).unwrap_or_default(),
        position: fields.object("position", position).unwrap_or_default(),
        role: fields.word("role", &[("agent", AgentRole::Agent), ("critic", AgentRole::Critic)]),
        #[expect(clippy::cast_possible_truncation, reason = "it is a number from 0 to 2")]
        temperature: fields.number("temperature").map(|number| number as f32),
        max_tokens: fields.whole("maxTokens"),
    }
}

fn tools(fields: &mut Fields<'_>) -> Tools {
    Tools {
        web_search: fields.boolean("webSearch").unwrap_or_default(),
        pdf_reader: fields.boolean("pdfReader").unwrap_or_default(),
    }
}

fn position(fields: &mut Fields<'_>) -> Place {
    Place { x: fields.number("x").unwrap_or_default(), y: fields.number("y").unwrap_or_default() }
}

fn edge(place: usize, fields: &mut Fields<'_>) -> BlueprintEdge {
    let kinds = [("linear", EdgeKind::Linear), ("conditional", EdgeKind::Conditional)];
    BlueprintEdge {
        id: fields.text("id").unwrap_or_else(|| format!("edge-{}", place + 1)),
        source: fields.required_text("source"),
        target: fields.required_text("target"),
        kind: fields.word("type", &kinds).unwrap_or(EdgeKind::Linear),
        condition: fields.text("condition"),
    }
}

/// Where a blueprint of this name would stand, another route is.
const RESERVED: [&str; 4] = ["run", "graph", ".", ".."];
const LONGEST_NAME: usize = 255;
