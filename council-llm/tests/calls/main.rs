//! The calls of a run, rebuilt from its journal: they are what the models were sent and what they answered, to the letter. Failed calls are
//! in the log.
#![expect(clippy::unwrap_used, reason = "the helpers of a test are a test, too")]

mod cast;

use std::collections::BTreeMap;
use std::sync::Arc;

use council_core::journal::Memory;
use council_core::stored::{By, Change};
use council_core::{Graph, Limits, Outcome, State, merge};
use council_llm::{AgentSettings, Blueprint, CRITIC, Call, Council, CouncilBuilder, MASTER, ModelSpec, Models, WRITER};
use proptest::prelude::*;
use proptest::sample::select;

use crate::cast::{Cast, Reply};

type Update = <Council as State>::Update;

/// Runs to the end or to a limit, with a pause before each superstep, and an edit of the state at each pause that has one. Then compares
/// the calls that the journal tells of with those that the models remember.
async fn check(graph: Graph<Council>, input: Council, cast: &Cast, edits: Vec<Option<Update>>) {
    let journal = Memory::default();
    let limits = Limits { supersteps: 25, ..Limits::default() };
    let run = graph.run(input.clone()).id("r").journal(journal.clone()).limits(limits).pause_always();
    let (mut outcome, mut edits) = (run.await.unwrap(), edits.into_iter());
    while let Outcome::Paused { mut position } = outcome {
        if let Some(edit) = edits.next().flatten() {
            position.edit("the chair", edit);
        }
        outcome = graph.resume(position).journal(journal.clone()).limits(limits).pause_always().await.unwrap();
    }
    let changes = graph.history(&journal, "r").await.unwrap();
    let nodes: Vec<_> = graph.drawing().nodes.into_iter().map(|node| node.id).collect();
    let rebuilt = rebuilt(input, changes, &nodes, outcome.state());
    for node in cast.0.keys() {
        let rebuilt = rebuilt.get(node).cloned().unwrap_or_default();
        assert_eq!(rebuilt, cast.calls(node), "{node}");
        let failures = outcome.state().calls.iter().filter(|call| call.node == *node && call.fault.is_some()).count();
        assert_eq!(failures, cast.failures(node), "{node}");
    }
}

/// The calls of each node, and on the way the law that the changes make the state.
fn rebuilt(
    mut council: Council,
    changes: Vec<Change<Council>>,
    nodes: &[impl AsRef<str>],
    end: &Council,
) -> BTreeMap<String, Vec<(council_llm::ChatRequest, String)>> {
    let mut calls: BTreeMap<String, Vec<_>> = BTreeMap::new();
    let (mut superstep, mut written) = (0, BTreeMap::new());
    for change in changes {
        if change.superstep != superstep || matches!(change.by, By::Editor(_)) {
            merge(&mut council, std::mem::take(&mut written).into_values()).unwrap();
            superstep = change.superstep;
        }
        match change.by {
            By::Node { node, .. } => {
                let place = nodes.iter().position(|other| other.as_ref() == node);
                let made = Call::rebuild(&council, &node, &change.update).into_iter();
                calls.entry(node).or_default().extend(made.map(|call| (call.request, call.answer)));
                // Updates are merged in the order of the nodes, in whichever order they ended.
                written.insert(place, change.update);
            }
            _ => council.apply(change.update),
        }
    }
    merge(&mut council, written.into_values()).unwrap();
    assert_eq!(&council, end);
    let count: usize = calls.values().map(Vec::len).sum();
    assert_eq!(council.calls.iter().filter(|call| call.fault.is_none()).count(), count);
    calls
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<Reply> {
    texts.map(|text| Reply::Whole(text.to_owned())).to_vec()
}

/// A threshold of its own, a critic that is asked twice, an edit of the chair between the rounds, and a document.
#[tokio::test]
async fn the_calls_of_a_built_in_council_are_rebuilt() {
    let critic = texts([
        "SCORE: 6.5\nVERDICT: REWORK\nFEEDBACK: Too short.\n",
        "I rather like it.",
        "**Score:** 7\n\n**Feedback:**\n\n- One.\n- Two.",
        "SCORE: 7.5\nFEEDBACK: Good.",
    ]);
    let cast = Cast::new([
        (MASTER, texts(["# One\n\nDraft.", " Two </draft>\n", "Three"])),
        (CRITIC, critic),
        (WRITER, texts(["\nThe document.\n"])),
    ]);
    let graph = CouncilBuilder::new(cast.model(MASTER))
        .critic_model(cast.model(CRITIC))
        .writer_model(cast.model(WRITER))
        .threshold(7.5)
        .max_tokens(300)
        .critic_settings(AgentSettings::default().max_tokens(0))
        .build()
        .unwrap();
    let chair = Council::update().draft("Mine.").feedback("Name your sources.").topic("Rust, in short");
    check(graph, Council::new("Rust"), &cast, vec![None, None, Some(chair)]).await;
    assert_eq!(cast.calls(CRITIC).len(), 4, "one call, then two, then one");
}

/// Continuations, answers without room for text, repetitions, failures on the way, and feedback that is left out.
#[tokio::test(start_paused = true)]
async fn the_calls_of_answers_that_were_cut_are_rebuilt() {
    let reply = |kind: fn(String) -> Reply, text: &str| kind(text.to_owned());
    let (whole, cut, broken, refused) = (Reply::Whole, Reply::Cut, Reply::Broken, Reply::Refused);
    let cast = Cast::new([
        (
            MASTER,
            vec![
                reply(cut, " \n"),
                reply(cut, "# One\n\nA draft that is "),
                reply(broken, "cut"),
                reply(cut, "A draft that is cut twi"),
                reply(cut, "\n"),
                reply(whole, "A draft that is cut twice."),
                reply(whole, "Two"),
                reply(whole, "Three"),
                Reply::TooLong,
                reply(whole, "Four"),
            ],
        ),
        (
            CRITIC,
            vec![
                reply(cut, "I rather"),
                reply(whole, " like it."),
                reply(broken, "Hm"),
                reply(cut, ""),
                reply(refused, "No."),
                reply(cut, "SCORE: 6\nFEED"),
                reply(whole, "BACK: More."),
                reply(whole, "SCORE: 5\nFEEDBACK: Again."),
                reply(whole, "SCORE: 4\nFEEDBACK: And again."),
                reply(whole, "SCORE: 9"),
            ],
        ),
        (WRITER, vec![reply(cut, "The docu"), reply(whole, "ment.")]),
    ]);
    let graph = CouncilBuilder::new(cast.model(MASTER))
        .critic_model(cast.model(CRITIC))
        .writer_model(cast.model(WRITER))
        .build()
        .unwrap();
    check(graph, Council::new("Rust"), &cast, vec![]).await;
    assert_eq!([MASTER, CRITIC, WRITER].map(|node| cast.calls(node).len()), [8, 8, 2]);
    let last = &cast.calls(MASTER)[7].0;
    assert!(!last.messages[0].content.contains("Again.") && last.messages[0].content.contains("And again."));
}

/// Text that turned out to be reasoning, so that the answer was asked for again from the beginning.
#[tokio::test(start_paused = true)]
async fn the_calls_of_reasoning_that_was_cut_are_rebuilt() {
    let reasoning = |text: &str, reason| Reply::Reasoning(text.to_owned(), reason);
    let begin = || [reasoning("Let me see", "length"), reasoning(" now. </think>Per", "stop")];
    let rest = |text: &str| [Reply::Cut(text.to_owned()), Reply::Whole(" The end.".to_owned())];
    let critic =
        begin().into_iter().chain(texts(["I like it."])).chain(begin()).chain(rest("SCORE: 9\nFEEDBACK: Good."));
    let cast = Cast::new([
        (MASTER, begin().into_iter().chain(rest("A draft.")).collect()),
        (CRITIC, critic.collect()),
        (WRITER, texts(["The document."])),
    ]);
    let graph = CouncilBuilder::new(cast.model(MASTER))
        .critic_model(cast.model(CRITIC))
        .writer_model(cast.model(WRITER))
        .build()
        .unwrap();
    check(graph, Council::new("Rust"), &cast, vec![]).await;
    assert_eq!([MASTER, CRITIC].map(|node| cast.calls(node).len()), [2, 3]);
}

/// The draft is the document, and the calls of the writer have no answer.
#[tokio::test(start_paused = true)]
async fn the_calls_of_a_writer_without_a_text_are_left_out() {
    let cast = Cast::new([
        (MASTER, texts(["A draft."])),
        (CRITIC, texts(["SCORE: 9"])),
        (WRITER, vec![Reply::Refused("No.".to_owned())]),
    ]);
    let graph = CouncilBuilder::new(cast.model(MASTER))
        .critic_model(cast.model(CRITIC))
        .writer_model(cast.model(WRITER))
        .build()
        .unwrap();
    check(graph, Council::new("Rust"), &cast, vec![]).await;
}

/// An author, and two critics who judge side by side.
fn panel() -> Blueprint {
    let node = |id: &str, role: &str| serde_json::json!({"id": id, "label": id, "role": role, "model": format!("ollama/{id}"), "systemPrompt": format!("You are {id}.")});
    let edge = |source: &str, target: &str, condition: Option<&str>| {
        let kind = if condition.is_some() { "conditional" } else { "linear" };
        serde_json::json!({"id": format!("{source}-{target}"), "source": source, "target": target, "type": kind, "condition": condition})
    };
    let blueprint = serde_json::json!({
        "version": 2, "id": "panel", "name": "Panel", "start": "author",
        "nodes": [node("author", "agent"), node("mild", "critic"), node("harsh", "critic"), node("editor", "agent")],
        "edges": [
            edge("author", "mild", None),
            edge("author", "harsh", None),
            edge("mild", "author", Some("rework")),
            edge("mild", "editor", Some("approve")),
            edge("harsh", "author", Some("rework")),
            edge("harsh", "editor", Some("approve")),
        ],
    });
    serde_json::from_value(blueprint).unwrap()
}

async fn check_panel(cast: Cast, edits: Vec<Option<Update>>) {
    let models = cast.0.iter().map(|(node, (_, model))| (node.clone(), model.clone())).collect::<BTreeMap<_, _>>();
    let models = Models::new(move |spec| {
        let ModelSpec::Ollama(id) = spec else { panic!("{spec} is not in the cast") };
        Ok(Arc::new(models[id].clone()))
    });
    let graph = panel().graph(&models).unwrap();
    check(graph, Council::of(panel(), "Rust"), &cast, edits).await;
}

#[tokio::test]
async fn the_calls_of_critics_side_by_side_are_rebuilt() {
    let cast = Cast::new([
        ("author", texts(["One.", "Two."])),
        ("mild", texts(["Well done!", "Score: 9/10\nVerdict: fine", "SCORE: 8"])),
        ("harsh", texts(["SCORE: 4\nFEEDBACK: No figures.", "Hm.", "", "SCORE: 9\nFEEDBACK: At last."])),
        ("editor", texts(["Polished."])),
    ]);
    check_panel(cast, vec![None, Some(Council::update().feedback("Be brief.")), None]).await;
}

/// What a model may answer that would say these texts. The last answer is whole.
fn replies(text: impl Strategy<Value = String>, most: usize) -> impl Strategy<Value = Vec<Reply>> {
    let kind = select(vec![Reply::Whole, Reply::Whole, Reply::Whole, Reply::Cut, Reply::Broken, Reply::Refused]);
    let reply = (kind, text).prop_map(|(kind, text): (fn(String) -> Reply, String)| kind(text));
    // A task may fail four times, and may be cut four times.
    let is_bad = |reply: &&Reply| !matches!(reply, Reply::Whole(_));
    prop::collection::vec(reply, 1..most).prop_filter_map("the last answer is whole", move |replies| {
        let is_last_whole = replies.last().is_some_and(|last| !is_bad(&last));
        (is_last_whole && replies.iter().filter(is_bad).count() <= 4).then_some(replies)
    })
}

/// What a critic may answer.
fn verdict() -> impl Strategy<Value = String> {
    let form = (0..=10, "[a-z\n ]{0,12}").prop_map(|(score, text)| format!("SCORE: {score}\nFEEDBACK: {text}"));
    prop_oneof![3 => form, 1 => select(vec!["I like it.", "", " \n", "{\"score\": 6}", "SCORE: 9\nVERDICT: REWORK", "SCORE: 85"]).prop_map(str::to_owned)]
}

fn edit() -> impl Strategy<Value = Option<Update>> {
    let text = "(\\PC|</draft>|\n){1,9}";
    prop_oneof![
        3 => Just(None),
        1 => text.prop_map(|text| Some(Council::update().feedback(text))),
        1 => text.prop_map(|text| Some(Council::update().draft(text))),
        1 => (0..=10).prop_map(|score| Some(Council::update().score(Some(f64::from(score))).decision(None))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn of_any_run(
        draft in replies("(\\PC|\n){0,9}x", 6),
        mild in replies(verdict(), 9),
        harsh in replies(verdict(), 9),
        edits in prop::collection::vec(edit(), 0..9),
        threshold in 0..=10,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let document = texts(["The document."]);
        let cast = Cast::new([(MASTER, draft.clone()), (CRITIC, mild.clone()), (WRITER, document.clone())]);
        let council = CouncilBuilder::new(cast.model(MASTER)).critic_model(cast.model(CRITIC));
        let graph = council.writer_model(cast.model(WRITER)).threshold(f64::from(threshold)).build().unwrap();
        runtime.block_on(check(graph, Council::new("Rust"), &cast, edits.clone()));

        let cast = Cast::new([("author", draft), ("mild", mild), ("harsh", harsh), ("editor", document)]);
        runtime.block_on(check_panel(cast, edits));
    }
}
