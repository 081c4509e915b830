//! What a client sends to save a blueprint.

use council_llm::{Agent, AgentRole, Blueprint, BlueprintEdge, EdgeKind, Place, Tools};
use serde_json::Value;

use crate::body;
use crate::fields::{Fields, bounded};
use crate::wire::{Invalid, Loc};

/// Reads a body. The id is empty where none is given, and the times are left out: they are the server's.
///
/// # Errors
///
/// All faults at once: of the JSON, or else of what it says.
pub(crate) fn parse(body: &[u8]) -> Result<Blueprint, Vec<Invalid>> {
    let object = body::fields(body)?;
    let mut faults = Vec::new();
    let blueprint = blueprint(&mut Fields::new(&object, Loc::body(), &mut faults));
    if faults.is_empty() {
        let (found, object) = (blueprint.faults(), Value::Object(object));
        faults.extend(found.iter().map(|fault| Invalid::of_blueprint("body", fault, &object)));
    }
    if !blueprint.id.is_empty() {
        faults.extend(bounded(Loc::body().then("id"), &blueprint.id, LONGEST_NAME).err());
    }
    if RESERVED.contains(&&*blueprint.id) {
        let msg = format!("'{}' is part of the address of another route", blueprint.id);
        faults.push(Invalid::new("value_error", Loc::body().then("id"), msg, &Value::from(&*blueprint.id)));
    }
    if faults.is_empty() { Ok(blueprint) } else { Err(faults) }
}

fn blueprint(fields: &mut Fields<'_>) -> Blueprint {
    Blueprint {
        version: fields.whole("version").unwrap_or(1),
        id: fields.text("id").unwrap_or_default(),
        name: fields.bounded_text("name", LONGEST_NAME),
        nodes: fields.objects("nodes", |_, fields| agent(fields)),
        edges: fields.objects("edges", edge),
        created_at: None,
        updated_at: None,
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
