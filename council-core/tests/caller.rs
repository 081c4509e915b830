//! Tasks called by a loop of the test, without a driver and without a runtime.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context as Polling, Poll, Waker};

use council_core::plan::{self, CallError, Called, Caller, Next};
use council_core::{
    Command, Context, Failure, Graph, Limits, NodeResult, Position, Record, State, StateGraph, decider, node, worker,
};

#[derive(State, Clone, Debug, Default, PartialEq)]
struct Doc {
    text: String,
    #[state(append)]
    notes: Vec<String>,
}

/// Polls until the future is ready. The nodes of this file wait for nothing.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Polling::from_waker(Waker::noop())) {
            return output;
        }
    }
}

fn begun(graph: &Graph<Doc>) -> Position<Doc> {
    let mut position = plan::begin(graph, Doc::default());
    assert!(matches!(plan::advance(graph, &Limits::default(), &mut position).next, Next::Run));
    position
}

fn call(caller: &Caller<Doc>, position: &Position<Doc>) -> Called<Doc> {
    block_on(caller.call(position, 0)).unwrap()
}

fn fold(graph: &Graph<Doc>, position: &mut Position<Doc>, ended: Called<Doc>) {
    for record in ended.records {
        plan::fold(graph, position, record).unwrap();
    }
}

/// A graph of one node.
fn only(build: impl FnOnce(&mut StateGraph<Doc>) -> council_core::NodeId<Doc>) -> Graph<Doc> {
    let mut graph = StateGraph::new("only");
    let node = build(&mut graph);
    graph.start(node).end(node);
    graph.compile().unwrap()
}

#[test]
fn a_loop_runs_a_graph_to_its_end() {
    let mut graph = StateGraph::<Doc>::new("lists");
    let list = decider!(graph, "list", async move |_| Ok((Doc::update().text("a list"), true)));
    let note = worker!(graph, "note", async move |_, item: &u32| Ok(Doc::update().notes(format!("note {item}"))));
    let sum = node!(graph, "sum", async move |doc| Ok(Doc::update().text(format!("{} notes", doc.notes.len()))));
    graph.start(list).edge(note, sum).end(sum);
    graph.decide(list, note, |_, note| note.send([1, 2, 3]));
    let graph = graph.compile().unwrap();

    let caller = Caller::new(&graph, "r-1", ());
    let mut position = plan::begin(&graph, Doc::default());
    while let Next::Run = plan::advance(&graph, &Limits::default(), &mut position).next {
        let open: Vec<usize> = position.open_tasks().map(|task| task.place).collect();
        for place in open {
            let ended = block_on(caller.call(&position, place)).unwrap();
            fold(&graph, &mut position, ended);
        }
    }
    assert_eq!(position.state().notes, ["note 1", "note 2", "note 3"]);
    assert_eq!(position.state().text, "3 notes");
}

#[test]
fn a_once_block_is_not_repeated_after_a_failure() {
    let charged = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&charged);
    let graph = only(|graph| {
        node!(graph, "pay", async move |_, context| {
            let charge = async { Ok(counter.fetch_add(1, Ordering::Relaxed) + 1) };
            let number: u32 = context.once("charge", charge).await?;
            if context.attempt() < 2 {
                return Err("the line is dead".into());
            }
            Ok(Doc::update().text(format!("charge {number}")))
        })
    });
    let caller = Caller::new(&graph, "r-1", ());
    let mut position = begun(&graph);

    let ended = call(&caller, &position);
    assert!(matches!(ended.records.as_slice(), [Record::Once { .. }, Record::TaskFailed { task: 0, .. }]));
    assert!(matches!(ended.failure.as_deref(), Some(Failure::Node { attempt: 1, .. })));
    fold(&graph, &mut position, ended);

    let ended = call(&caller, &position);
    assert!(matches!(ended.records.as_slice(), [Record::TaskDone { .. }]), "{ended:?}");
    assert_eq!(charged.load(Ordering::Relaxed), 1);
}

#[test]
fn an_error_handler_replaces_the_result_of_a_failed_task() {
    let mut graph = StateGraph::<Doc>::new("answer");
    let ask = node!(graph, "ask", async move |_| Err("the line is dead".into()));
    let guess = node!(graph, "guess", async move |_| Ok(Doc::update()));
    graph.start(ask).end(ask).end(guess);
    graph.on_error(ask, [guess], |_, _, [guess]| Some(Command::goto(guess)));
    let graph = graph.compile().unwrap();
    let caller = Caller::new(&graph, "r-1", ());
    let mut position = begun(&graph);

    let Called { failure, .. } = call(&caller, &position);
    let recovered = caller.recover(&position, 0, failure.unwrap()).unwrap();
    assert!(recovered.failure.is_none());
    fold(&graph, &mut position, recovered);
    assert!(matches!(plan::advance(&graph, &Limits::default(), &mut position).next, Next::Run));
    assert_eq!(position.open_tasks().next().unwrap().node, "guess");
}

#[test]
fn a_failure_without_a_handler_is_returned() {
    let graph = only(|graph| node!(graph, "ask", async move |_| Err("the line is dead".into())));
    let caller = Caller::new(&graph, "r-1", ());
    let position = begun(&graph);
    let failure = call(&caller, &position).failure.unwrap();
    let ended = caller.recover(&position, 0, failure).unwrap();
    assert!(ended.records.is_empty());
    assert!(matches!(ended.failure.as_deref(), Some(Failure::Node { .. })));
}

#[test]
fn a_panic_is_a_failure_of_its_node() {
    let graph = only(|graph| node!(graph, "fall", async move |_| -> NodeResult<Doc> { panic!("down the stairs") }));
    let ended = call(&Caller::new(&graph, "r-1", ()), &begun(&graph));
    let failure = ended.failure.unwrap();
    assert!(matches!(&*failure, Failure::NodePanicked { message, .. } if message == "down the stairs"), "{failure}");
}

#[test]
fn an_answer_of_the_wrong_type_leaves_the_question_open() {
    async fn sign(_: &Doc, context: &Context<Doc>) -> NodeResult<Doc> {
        let age: u32 = context.ask("How old are you?").await?;
        Ok(Doc::update().text(age.to_string()))
    }
    let graph = only(|graph| graph.node("sign", sign));
    let caller = Caller::new(&graph, "r-1", ());
    let mut position = begun(&graph);
    let ended = call(&caller, &position);
    assert!(ended.failure.is_none());
    fold(&graph, &mut position, ended);
    let id = position.asks()[0].id.clone();

    position.answer(&id, "old enough").unwrap();
    let ended = call(&caller, &position);
    assert!(matches!(ended.failure.as_deref(), Some(Failure::WrongAnswer { .. })), "{ended:?}");
    fold(&graph, &mut position, ended);

    position.answer(&id, &33).unwrap();
    let ended = call(&caller, &position);
    fold(&graph, &mut position, ended);
    assert!(matches!(plan::advance(&graph, &Limits::default(), &mut position).next, Next::Finish));
    assert_eq!(position.state().text, "33");
}

#[test]
fn only_open_tasks_are_called() {
    let graph = only(|graph| node!(graph, "one", async move |_| Ok(Doc::update())));
    let caller = Caller::new(&graph, "r-1", ());
    let error = block_on(caller.call(&begun(&graph), 1)).unwrap_err();
    assert!(matches!(error, CallError::NotOpen { place: 1 }));
}

#[test]
fn a_position_of_another_graph_is_refused() {
    let graph = only(|graph| node!(graph, "one", async move |_| Ok(Doc::update())));
    let other = only(|graph| node!(graph, "other", async move |_| Ok(Doc::update())));
    let caller = Caller::new(&graph, "r-1", ());
    let error = block_on(caller.call(&begun(&other), 0)).unwrap_err();
    assert_eq!(error.to_string(), format!("the position is of another graph than `{}`", graph.name()));
}
