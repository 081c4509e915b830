//! Durable runs: their stored records, their resumption, their pauses, and their history.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod answers;
mod asks;
mod changed_joins;
mod changed_reducers;
mod contention;
mod copies;
mod deep;
mod durability;
mod edits;
mod fields;
mod holding;
mod ids;
mod inside;
mod instead_of;
mod item_deciders;
mod misfits;
mod once;
mod pauses;
mod pauses_inside;
mod programs;
mod reads;
mod removed_nodes;
mod reopening;
mod reordered;
mod resuming;
mod secrets;
#[cfg(feature = "sqlite")]
mod sqlite;
mod stored_fields;
mod travel;
mod untracked;
mod unwritable;
mod upgrades;
mod waiting;
mod wide;
mod words;

use std::sync::{Arc, Mutex};

use council_core::journal::{Journal, ReadFrom};
use council_core::{Graph, NodeId, Outcome, Position, State, StateGraph, node};
use expect_test::Expect;
use serde::{Deserialize, Serialize};

#[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Doc {
    text: String,
    #[state(append)]
    notes: Vec<String>,
}

/// A log of the nodes of all runs in order, and the nodes that fail the next time.
#[derive(Clone, Default)]
struct Lab(Arc<Mutex<(Vec<String>, Vec<String>)>>);

impl Lab {
    fn failing<const N: usize>(nodes: [&str; N]) -> Self {
        Self(Arc::new(Mutex::new((Vec::new(), nodes.map(String::from).into()))))
    }

    fn log(&self, what: impl Into<String>) {
        self.0.lock().unwrap().0.push(what.into());
    }

    /// Logs a node, and fails once if its name is in the list of failing nodes.
    fn run(&self, node: &str) -> Result<(), &'static str> {
        self.log(node);
        let failing = &mut self.0.lock().unwrap().1;
        let Some(place) = failing.iter().position(|name| name == node) else { return Ok(()) };
        failing.remove(place);
        Err("out of paper")
    }

    /// The log since the last call.
    fn take(&self) -> String {
        std::mem::take(&mut self.0.lock().unwrap().0).join(", ")
    }
}

/// A node that notes its name.
fn note(graph: &mut StateGraph<Doc>, name: &str, lab: &Lab) -> NodeId<Doc> {
    let lab = lab.clone();
    node!(graph, name, async move |_, context| {
        lab.run(context.node())?;
        Ok(Doc::update().notes(context.node()))
    })
}

/// `plan -> {left, right} -> both -> end`.
fn diamond(lab: &Lab) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("diamond");
    let [plan, left, right, both] = ["plan", "left", "right", "both"].map(|name| note(&mut graph, name, lab));
    graph.start(plan).edge(plan, left).edge(plan, right).join([left, right], both).end(both);
    graph.compile().unwrap()
}

/// Compares the head and the records of a run with the picture. The format number of each record and its program are left out.
async fn check(journal: &impl Journal, run: &str, picture: Expect) {
    let stored = journal.read(run, ReadFrom::Record(0)).await.unwrap();
    let mut text = format!("{run} is {}", stored.head.status);
    if let Some(summary) = stored.head.summary {
        text += ": ";
        text += &summary;
    }
    if let Some(parent) = stored.head.parent {
        text += &["; its first ", &parent.records.to_string(), " records are those of ", &parent.run].concat();
    }
    for entry in stored.entries {
        text += "\n{";
        let json = entry.json.strip_prefix(r#"{"v":3,"#).unwrap();
        let (before, rest) = json.split_once(r#","program":"#).unwrap_or((json, ""));
        text += before;
        text += rest.find(r#","input":"#).or(rest.find(r#","position":"#)).map_or("", |end| &rest[end..]);
    }
    picture.assert_eq(&text);
}

/// The position of a run that is paused.
fn paused(outcome: Outcome<Doc>) -> Position<Doc> {
    match outcome {
        Outcome::Paused { position } => position,
        other => panic!("{other:?}"),
    }
}
