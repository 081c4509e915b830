//! Subgraphs: their states, results and events.

use std::sync::{Arc, Mutex};

use council_core::{
    Context, Event, EventKind, Graph, NodeResult, Outcome, State, StateGraph, Subgraph, Update, error_chain, node,
};
use expect_test::expect;

use crate::support::check;
use crate::{Doc, note};

/// The state of the subgraph, which has another type.
#[derive(State, Clone, Debug, Default, PartialEq)]
struct Word {
    text: String,
    #[state(add)]
    size: u32,
}

async fn upper(word: &Word) -> NodeResult<Word> {
    Ok(Word::update().text(word.text.to_uppercase()))
}

async fn measure(word: &Word, context: &Context<Word>) -> NodeResult<Word> {
    context.token(format!("{} in {}", word.text, context.path()));
    if word.text.is_empty() {
        return Err("an empty word".into());
    }
    assert!(word.text != "PANIC", "as was asked");
    Ok(Word::update().size(u32::try_from(word.text.len())?))
}

/// `upper -> measure`.
fn words() -> Graph<Word> {
    let mut graph = StateGraph::<Word>::new("words");
    let upper = graph.node("upper", upper);
    let measure = graph.node("measure", measure);
    graph.start(upper).edge(upper, measure).end(measure);
    graph.compile().unwrap()
}

fn for_each_word() -> Subgraph<Doc, Word, String> {
    Subgraph::per_item(
        words(),
        |doc: &Doc, text: &String| Word { text: format!("{}{text}", doc.text), ..Word::default() },
        |word| Doc::update().notes(word.text).round(word.size),
    )
}

/// `read`, then a subgraph for each word of the text.
fn reading(text: &'static str) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("reading");
    let read = graph.node("read", note);
    let words = graph.worker("words", for_each_word());
    graph.start(read).end(words);
    graph.fan_out(read, words, |_| text.split(' ').map(String::from).collect::<Vec<_>>());
    graph.compile().unwrap()
}

#[tokio::test]
async fn a_subgraph_has_its_own_state_and_its_events_have_a_path() {
    let mut graph = StateGraph::<Doc>::new("outer");
    let first = graph.node("first", note);
    let text = |doc: &Doc| Word { text: doc.notes.concat(), size: 1 };
    let shout =
        graph.node("shout", Subgraph::new(words(), text, |word| Doc::update().text(word.text).round(word.size)));
    let last = graph.node("last", note);
    graph.start(first).edge(first, shout).edge(shout, last).end(last);
    let outcome = check(
        graph.compile().unwrap().run(Doc::default()),
        expect![[r#"
            superstep 1: first #1 started
            superstep 1: first #1 completed with DocUpdate(notes)
            superstep 2: shout #1 started
            shout > superstep 1: upper #1 started
            shout > superstep 1: upper #1 completed
            shout > superstep 2: measure #1 started
            shout > superstep 2: measure #1 wrote "FIRST in shout"
            shout > superstep 2: measure #1 completed
            superstep 2: shout #1 completed with DocUpdate(text, round)
            superstep 3: last #1 started
            superstep 3: last #1 completed with DocUpdate(notes)
            finished after 3 supersteps
        "#]],
    )
    .await
    .unwrap();
    assert_eq!((&*outcome.state().text, outcome.state().round), ("FIRST", 6));
}

#[tokio::test]
async fn a_subgraph_runs_for_each_item_and_results_are_merged_in_item_order() {
    let outcome = check(
        reading("to be").run(Doc::default()),
        expect![[r#"
            superstep 1: read #1 started
            superstep 1: read #1 completed with DocUpdate(notes)
            superstep 2: words[0] #1 started
            words[0] > superstep 1: upper #1 started
            words[0] > superstep 1: upper #1 completed
            words[0] > superstep 2: measure #1 started
            words[0] > superstep 2: measure #1 wrote "TO in words[0]"
            words[0] > superstep 2: measure #1 completed
            superstep 2: words[0] #1 completed with DocUpdate(notes, round)
            superstep 2: words[1] #1 started
            words[1] > superstep 1: upper #1 started
            words[1] > superstep 1: upper #1 completed
            words[1] > superstep 2: measure #1 started
            words[1] > superstep 2: measure #1 wrote "BE in words[1]"
            words[1] > superstep 2: measure #1 completed
            superstep 2: words[1] #1 completed with DocUpdate(notes, round)
            finished after 2 supersteps
        "#]],
    )
    .await
    .unwrap();
    assert_eq!(outcome.state().notes, ["read", "TO", "BE"]);
}

/// `outer > middle > words[0]`.
fn two_deep(text: &'static str) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("outer");
    let middle = graph.node(
        "middle",
        Subgraph::new(reading(text), Doc::clone, |doc| Doc::update().notes(doc.notes.join(" ")).round(doc.round)),
    );
    graph.start(middle).end(middle);
    graph.compile().unwrap()
}

#[tokio::test]
async fn events_of_a_nested_subgraph_have_the_whole_path() {
    let outcome = check(
        two_deep("be").run(Doc::default()),
        expect![[r#"
            superstep 1: middle #1 started
            middle > superstep 1: read #1 started
            middle > superstep 1: read #1 completed
            middle > superstep 2: words[0] #1 started
            middle/words[0] > superstep 1: upper #1 started
            middle/words[0] > superstep 1: upper #1 completed
            middle/words[0] > superstep 2: measure #1 started
            middle/words[0] > superstep 2: measure #1 wrote "BE in middle/words[0]"
            middle/words[0] > superstep 2: measure #1 completed
            middle > superstep 2: words[0] #1 completed
            superstep 1: middle #1 completed with DocUpdate(notes, round)
            finished after 1 supersteps
        "#]],
    )
    .await
    .unwrap();
    assert_eq!((&*outcome.state().notes, outcome.state().round), (&["read BE".to_owned()][..], 2));
}

#[tokio::test]
async fn a_failure_in_a_subgraph_names_every_enclosing_node() {
    let error = check(two_deep("").run(Doc::default()).id("r"), expect![[r#"
        superstep 1: middle #1 started
        middle > superstep 1: read #1 started
        middle > superstep 1: read #1 completed
        middle > superstep 2: words[0] #1 started
        middle/words[0] > superstep 1: upper #1 started
        middle/words[0] > superstep 1: upper #1 completed
        middle/words[0] > superstep 2: measure #1 started
        middle/words[0] > superstep 2: measure #1 wrote " in middle/words[0]"
        middle/words[0] > superstep 2: measure #1 failed: an empty word
        middle > superstep 2: words[0] #1 failed: node `measure` failed in superstep 2, attempt 1: an empty word
        superstep 1: middle #1 failed: node `words`, item 0, failed in superstep 2, attempt 1: node `measure` failed in superstep 2, attempt 1: an empty word
        failed: node `middle` failed in superstep 1, attempt 1: node `words`, item 0, failed in superstep 2, attempt 1: node `measure` failed in superstep 2, attempt 1: an empty word
    "#]]).await.unwrap_err();
    expect![[r#"
        run `r`: node `middle` failed in superstep 1, attempt 1: node `words`, item 0, failed in superstep 2, attempt 1: node `measure` failed in superstep 2, attempt 1: an empty word"#]]
    .assert_eq(&error_chain(&error));
}

#[tokio::test]
async fn a_panic_in_a_subgraph_names_the_inner_node() {
    let error = two_deep("panic").run(Doc::default()).id("r").await.unwrap_err();
    expect![[r#"
        run `r`: node `middle` failed in superstep 1, attempt 1: node `words`, item 0, failed in superstep 2, attempt 1: node `measure` panicked in superstep 2, attempt 1: as was asked"#]]
    .assert_eq(&error_chain(&error));
}

#[tokio::test]
async fn a_panic_in_the_conversion_of_states_names_the_subgraph() {
    let input: fn(&Doc) -> Word = |_| panic!("no way in");
    let output: fn(Word) -> <Doc as State>::Update = |_| panic!("no way out");
    let word = |_: &Doc| Word { text: "be".into(), ..Word::default() };
    for nested in [Subgraph::new(words(), input, |_| Doc::update()), Subgraph::new(words(), word, output)] {
        let graph = crate::alone(|graph| graph.node("nested", nested));
        let error = graph.run(Doc::default()).id("r").await.unwrap_err();
        let text = error.to_string();
        let (before, way) = text.rsplit_once(' ').unwrap();
        assert_eq!(before, "run `r`: node `nested` panicked in superstep 1, attempt 1: no way");
        assert!(["in", "out"].contains(&way));
    }
}

#[tokio::test]
async fn an_observer_of_a_subgraph_sees_its_updates_and_an_observer_of_the_run_does_not() {
    let seen = Arc::new(Mutex::new((Word { text: "to".into(), size: 0 }, Vec::new())));
    let inside = Arc::clone(&seen);
    let words = Subgraph::new(words(), |_: &Doc| Word { text: "to".into(), size: 0 }, |_| Doc::update());
    let words = words.observe(move |event: &Event<Word>| {
        let mut seen = inside.lock().unwrap();
        seen.1.push(format!("{} {event}", event.sequence));
        if let EventKind::NodeCompleted { update: Some(update), .. } = &event.kind {
            seen.0.apply(update.clone());
        }
    });
    let graph = crate::alone(|graph| graph.node("nested", words));
    let outer = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&outer);
    let observe = move |event: &Event<Doc>| {
        if let EventKind::NodeCompleted { update, .. } = &event.kind {
            log.lock().unwrap().push((event.path.to_string(), update.as_ref().map(|update| update.sets().is_empty())));
        }
    };
    graph.run(Doc::default()).observe(observe).await.unwrap();
    let (word, events) = seen.lock().unwrap().clone();
    assert_eq!(word, Word { text: "TO".into(), size: 2 });
    assert_eq!(
        events,
        [
            "1 nested > superstep 1: upper #1 started",
            "2 nested > superstep 1: upper #1 completed",
            "3 nested > superstep 2: measure #1 started",
            "4 nested > superstep 2: measure #1 wrote \"TO in nested\"",
            "5 nested > superstep 2: measure #1 completed",
        ]
    );
    let inner = ("nested".to_owned(), None);
    assert_eq!(*outer.lock().unwrap(), [inner.clone(), inner, (String::new(), Some(true))]);
    // Observers of the subgraph see its events although the run has no observer.
    graph.run(Doc::default()).await.unwrap();
    assert_eq!(seen.lock().unwrap().1.len(), 2 * events.len());
}

#[tokio::test]
async fn tokens_of_an_inner_context_after_the_run_are_dropped() {
    let kept = Arc::new(Mutex::new(None));
    let keep = Arc::clone(&kept);
    let mut inner = StateGraph::<Word>::new("inner");
    let node = node!(inner, "node", async move |_, context| {
        *keep.lock().unwrap() = Some(context.clone());
        Ok(Word::update())
    });
    inner.start(node).end(node);
    let nested = Subgraph::new(inner.compile().unwrap(), |_: &Doc| Word::default(), |_| Doc::update());
    let middle = crate::alone(|graph| graph.node("nested", nested));
    let graph = crate::alone(|graph| graph.node("middle", Subgraph::new(middle, Doc::clone, |_| Doc::update())));
    let told = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&told);
    let observer = move |event: &Event<Doc>| log.lock().unwrap().push(event.to_string());
    graph.run(Doc::default()).observe(observer).await.unwrap();
    kept.lock().unwrap().take().unwrap().token("too late");
    assert_eq!(
        told.lock().unwrap().last().unwrap(),
        "finished after 1 supersteps",
        "no event follows the end of the run"
    );
}

#[tokio::test]
async fn two_nodes_with_the_same_subgraph_have_two_positions() {
    let words = words();
    let mut graph = StateGraph::<Doc>::new("twice");
    for text in ["to", "be"] {
        let word = move |_: &Doc| Word { text: text.into(), size: 0 };
        let nested = graph.node(text, Subgraph::new(words.clone(), word, |word| Doc::update().notes(word.text)));
        graph.start(nested).end(nested);
    }
    let outcome = graph.compile().unwrap().run(Doc::default()).await.unwrap();
    assert!(matches!(&outcome, Outcome::Finished(doc) if doc.notes == ["TO", "BE"]), "{outcome:?}");
}
