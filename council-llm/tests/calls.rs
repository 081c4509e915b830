//! The calls of a run, rebuilt from its journal: they are what the models were sent and what they answered, to the letter.
#![expect(clippy::unwrap_used, reason = "the helpers of a test are a test, too")]

use std::collections::BTreeMap;
use std::sync::Arc;

use council_core::journal::Memory;
use council_core::stored::{By, Change};
use council_core::{Graph, Limits, Outcome, State, merge};
use council_llm::{
    AgentSettings, Blueprint, CRITIC, Call, Council, CouncilBuilder, MASTER, ModelSpec, Models, ScriptedModel, WRITER,
};
use proptest::prelude::*;
use proptest::sample::select;

type Update = <Council as State>::Update;

/// The agents by their nodes: what the model of each answers, the last answer again and again, and the model.
struct Cast(BTreeMap<String, (Vec<String>, ScriptedModel)>);

impl Cast {
    fn new<'a>(agents: impl IntoIterator<Item = (&'a str, Vec<String>)>) -> Self {
        let agent = |(node, answers): (&str, Vec<String>)| {
            let model = ScriptedModel::new(node, answers.iter().map(String::as_str)).repeating();
            (node.to_owned(), (answers, model))
        };
        Self(agents.into_iter().map(agent).collect())
    }

    fn model(&self, node: &str) -> ScriptedModel {
        self.0[node].1.clone()
    }

    /// What the model of this agent was asked and has answered.
    fn calls(&self, node: &str) -> Vec<(council_llm::ChatRequest, String)> {
        let (answers, model) = &self.0[node];
        let answers = answers.iter().chain(std::iter::repeat(answers.last().unwrap()));
        model.requests().into_iter().zip(answers.cloned()).collect()
    }
}

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
    let rebuilt = rebuilt(input, changes, outcome.state());
    for node in cast.0.keys() {
        let rebuilt = rebuilt.get(node).cloned().unwrap_or_default();
        assert_eq!(rebuilt, cast.calls(node), "{node}");
    }
}

/// The calls of each node, and on the way the law that the changes make the state.
fn rebuilt(
    mut council: Council,
    changes: Vec<Change<Council>>,
    end: &Council,
) -> BTreeMap<String, Vec<(council_llm::ChatRequest, String)>> {
    let mut calls: BTreeMap<String, Vec<_>> = BTreeMap::new();
    let (mut superstep, mut written) = (0, Vec::new());
    for change in changes {
        if change.superstep != superstep || matches!(change.by, By::Editor(_)) {
            merge(&mut council, written.drain(..)).unwrap();
            superstep = change.superstep;
        }
        match change.by {
            By::Node { node, .. } => {
                let made = Call::rebuild(&council, &node, &change.update).into_iter();
                calls.entry(node).or_default().extend(made.map(|call| (call.request, call.answer)));
                written.push(change.update);
            }
            _ => council.apply(change.update),
        }
    }
    merge(&mut council, written.drain(..)).unwrap();
    assert_eq!(&council, end);
    let count: usize = calls.values().map(Vec::len).sum();
    assert_eq!(council.calls.len(), count);
    calls
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

/// A threshold of its own, a critic that is asked twice, an edit of the chair between the rounds, and a document.
#[tokio::test]
async fn of_a_built_in_council() {
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
async fn of_critics_side_by_side() {
    let cast = Cast::new([
        ("author", texts(["One.", "Two."])),
        ("mild", texts(["Well done!", "Score: 9/10\nVerdict: fine", "SCORE: 8"])),
        ("harsh", texts(["SCORE: 4\nFEEDBACK: No figures.", "Hm.", "", "SCORE: 9\nFEEDBACK: At last."])),
        ("editor", texts(["Polished."])),
    ]);
    check_panel(cast, vec![None, Some(Council::update().feedback("Be brief.")), None]).await;
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
        draft in prop::collection::vec("(\\PC|\n){0,9}x", 1..4),
        mild in prop::collection::vec(verdict(), 1..6),
        harsh in prop::collection::vec(verdict(), 1..6),
        edits in prop::collection::vec(edit(), 0..9),
        threshold in 0..=10,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let document = texts(["The document."]);
        let cast = Cast::new([(MASTER, draft.clone()), (CRITIC, mild.clone()), (WRITER, document.clone())]);
        let council = CouncilBuilder::new(cast.model(MASTER)).critic_model(cast.model(CRITIC));
        let graph = council.writer_model(cast.model(WRITER)).threshold(f64::from(threshold)).build().unwrap();
        runtime.block_on(check(graph, Council::new("Rust"), &cast, edits.clone()));

        let cast = Cast::new([("author", draft), ("mild", mild), ("harsh", harsh), ("editor", document)]);
        runtime.block_on(check_panel(cast, edits));
    }
}
