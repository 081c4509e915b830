//! The workload wide: a state of fifteen fields with reducers of several kinds. Lists share their elements, as in Python.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use council_core::{NodeId, State, StateGraph, node};
use serde_json::{Value, json};

use crate::measure::{Program, expect};
use crate::program;

/// A map that several lists share.
type Element = Arc<HashMap<String, Arc<Value>>>;

#[derive(State, Default)]
struct Wide {
    #[state(append)]
    messages: Vec<Element>,
    #[state(append)]
    trigger_events: Vec<Element>,
    #[state(unless_empty)]
    primary_issue_medium: String,
    autoresponse: Option<Element>,
    #[state(if_present)]
    issue: Option<Element>,
    relevant_rules: Vec<Element>,
    memory_docs: Vec<Element>,
    #[state(append)]
    categorizations: Vec<Element>,
    #[state(append)]
    responses: Vec<Element>,
    #[state(if_present)]
    user_info: Option<Element>,
    #[state(if_present)]
    crm_info: Option<Element>,
    #[state(if_present)]
    email_thread_id: Option<String>,
    #[state(merge)]
    slack_participants: HashMap<String, Arc<Value>>,
    bot_id: Option<String>,
    #[state(merge)]
    notified_assignees: HashMap<String, Arc<Value>>,
}

fn unless_empty(current: &mut String, new: String) {
    if !new.is_empty() {
        *current = new;
    }
}

fn if_present<T>(current: &mut Option<T>, new: Option<T>) {
    if new.is_some() {
        *current = new;
    }
}

/// Six nodes in a loop until there are more messages than `limit`.
pub(crate) fn wide(limit: usize) -> Program {
    let text = move || "x".repeat(limit);
    let lengths = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&lengths);

    let mut graph = StateGraph::<Wide>::new("wide");
    let one = node!(graph, "one", async move |wide| {
        seen.lock().expect("no holder of the lock panics").push(wide.messages.len());
        Ok(Wide::update().extend_trigger_events(wide.messages.iter().cloned()).primary_issue_medium(text()))
    });
    let two = node!(graph, "two", async move |wide| {
        let last = wide.trigger_events.last();
        Ok(Wide::update().autoresponse(last.cloned()).issue(last.cloned()))
    });
    let three = node!(graph, "three", async move |wide| {
        Ok(Wide::update().relevant_rules(wide.autoresponse.iter().cloned().collect::<Vec<_>>()))
    });
    let four = node!(graph, "four", async move |wide| {
        let events = || wide.trigger_events.iter().cloned();
        Ok(Wide::update()
            .extend_categorizations(events())
            .extend_responses(events())
            .memory_docs(events().collect::<Vec<_>>()))
    });
    let five = node!(graph, "five", async move |wide| {
        let last = wide.categorizations.last();
        let entries =
            || last.into_iter().flat_map(|last| last.iter().map(|(key, value)| (key.clone(), Arc::clone(value))));
        Ok(Wide::update()
            .user_info(last.cloned())
            .crm_info(last.cloned())
            .email_thread_id(text())
            .extend_slack_participants(entries())
            .bot_id(text())
            .extend_notified_assignees(entries()))
    });
    let six = node!(graph, "six", async move |wide| Ok(Wide::update().extend_messages(wide.responses.iter().cloned())));
    graph.start(one).edge(one, two).edge(two, three).edge(two, four).join([three, four], five).edge(five, six);
    graph.route(
        six,
        [one, NodeId::END],
        move |wide, [again, done]| if wide.messages.len() > limit { done } else { again },
    );
    let graph = graph.compile().expect("the wide state has a graph");

    let message = message();
    let input = move || Wide { messages: vec![Arc::clone(&message)], ..Wide::default() };
    program(graph, input, move |wide| {
        let mut lengths = std::mem::take(&mut *lengths.lock().expect("no holder of the lock panics"));
        lengths.push(wide.messages.len());
        if lengths != [1, 2, 6, 19, 60, 189, 595] {
            return Err(format!("messages: {lengths:?}"));
        }
        expect("categorizations", wide.categorizations.len(), 406)?;
        expect("participants", wide.slack_participants.len(), 5)?;
        expect("length of the bot's id", wide.bot_id.as_ref().map_or(0, String::len), limit)
    })
}

fn message() -> Element {
    let small = json!(["words".repeat(8), true, 1, 6_327_816_386_138_u64, null]);
    let inner: HashMap<_, _> = (0..5).map(|key| (format!("key {key}"), vec![small.clone(); 5])).collect();
    Arc::new((0..5).map(|key| (format!("key {key}"), Arc::new(json!(inner)))).collect())
}
