//! Edits in the place of a node: the update of a person is the result of the task, and the node does not run.

use council_core::journal::{Journal, Memory, ReadFrom};
use council_core::projection::{RunProjection, TypedRecord};
use council_core::stored::At;
use council_core::{Event, Graph, NodeId, NodeRef, Position, State, StateGraph, Subgraph, decider, node, worker};
use expect_test::expect;

use crate::{Doc, Lab, check, diamond, note, paused};

fn by_hand() -> <Doc as State>::Update {
    Doc::update().notes("by hand")
}

/// Resumes the run to its end. Each reader of its records agrees with it.
pub(crate) async fn to_the_end(graph: &Graph<Doc>, journal: &Memory, position: Position<Doc>) -> Doc {
    let done = graph.resume(position).journal(journal.clone()).await.unwrap().finished().unwrap();
    assert_eq!(graph.load(journal, "r").await.unwrap().state(), &done);
    let mut projection = RunProjection::<Doc>::default();
    for (records, entry) in (1..).zip(journal.read("r", ReadFrom::Record(0)).await.unwrap().entries) {
        projection.apply(TypedRecord::read(&entry.json).unwrap()).unwrap();
        let position = graph.load_at(journal, "r", At::Record(records)).await.unwrap();
        assert_eq!(projection.state(), position.state(), "after {records} records");
        assert_eq!(projection.asks(), position.asks(), "after {records} records");
        let open = projection.open_tasks().map(|task| (task.node.into_owned(), task.item));
        let expected = position.open_tasks().map(|task| (task.node.to_owned(), task.item));
        assert_eq!(open.collect::<Vec<_>>(), expected.collect::<Vec<_>>(), "after {records} records");
    }
    done
}

#[tokio::test]
async fn an_edit_takes_the_place_of_a_node_that_has_not_run() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let graph = diamond(&lab);
    let run = graph.run(Doc::default()).id("r").journal(journal.clone()).pause_before(["left"]);
    let mut position = paused(run.await.unwrap());
    lab.take();
    graph.edit_instead_of(&mut position, "left", "the chair", by_hand()).unwrap();
    assert_eq!(position.state().notes, ["plan"], "the update waits for the end of the superstep");
    assert_eq!(position.open_tasks().map(|task| task.node).collect::<Vec<_>>(), ["right"]);
    let done = to_the_end(&graph, &journal, position).await;
    assert_eq!(
        (done.notes, lab.take()),
        (["plan", "by hand", "right", "both"].map(String::from).into(), "right, both".into())
    );
    check(
        &journal,
        "r",
        expect![[r#"
            r is finished
            {"record":{"started":{"graph":"diamond","input":{"text":"","notes":[]},"next":["plan"]}}}
            {"record":{"task_done":{"node":"plan","update":{"notes":["plan"]},"committed":{"next":["left","right"]}}}}
            {"record":{"paused":{"nodes":["left","right"]}}}
            {"record":{"task_done":{"node":"left","update":{"notes":["by hand"]},"by":"the chair"}}}
            {"record":{"resumed":{}}}
            {"record":{"task_done":{"node":"right","update":{"notes":["right"]}}}}
            {"record":{"committed":{"next":["both"]}}}
            {"record":{"task_done":{"node":"both","update":{"notes":["both"]},"committed":{"next":[],"end":true}}}}
            {"record":{"finished":{}}}"#]],
    )
    .await;
    let history = graph.history(&journal, "r").await.unwrap();
    let authors: Vec<_> = history.iter().map(|change| change.by.to_string()).collect();
    assert_eq!(authors, ["plan", "the chair instead of left", "right", "both"]);

    let fork = graph.fork(&journal, "r", At::Record(history[1].record), "fork").await.unwrap();
    let done = graph.resume(fork).journal(journal).await.unwrap().into_state();
    assert_eq!((done.notes.join(" "), lab.take()), ("plan by hand right both".into(), "right, both".into()));
}

/// Observers receive the end of the task when the edit is recorded.
#[tokio::test]
async fn an_edit_in_the_place_of_a_node_is_an_event() {
    let lab = Lab::failing(["right"]);
    let graph = diamond(&lab);
    for held in [false, true] {
        let journal = Memory::default();
        graph.run(Doc::default()).id("r").journal(journal.clone()).pause_before(["left"]).await.unwrap();
        let mut position = graph.load(&journal, "r").await.unwrap();
        graph.edit_instead_of(&mut position, "left", "the chair", by_hand()).unwrap();
        let log = Lab::default();
        let see = |log: &Lab| {
            let log = log.clone();
            move |event: &Event<Doc>| log.log(format!("{}: {event:?}", event.sequence))
        };
        let resumed = graph.resume(position).journal(journal.clone()).observe(see(&log));
        if held {
            resumed.hold().await.unwrap();
            let events = log.take();
            assert_eq!(events, "1: superstep 2: left #1 completed by the chair with DocUpdate(notes)");
            let position = graph.load(&journal, "r").await.unwrap();
            graph.resume(position).journal(journal).observe(see(&log)).await.unwrap();
            assert!(!log.take().contains("left"));
        } else {
            resumed.await.unwrap_err();
            let events = log.take();
            assert!(events.starts_with(
                "1: superstep 2: left #1 completed by the chair with DocUpdate(notes), 2: superstep 2: right"
            ));
        }
    }
}

/// The only task of a superstep: the route of the node is called with the update in the state.
#[tokio::test]
async fn the_routes_of_the_node_follow_the_edit() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let mut graph = StateGraph::<Doc>::new("routes");
    let [write, long, short] = ["write", "long", "short"].map(|name| note(&mut graph, name, &lab));
    graph.start(write).end(long).end(short);
    graph.route(write, [long, short], |doc, [long, short]| if doc.text.len() > 9 { long } else { short });
    let graph = graph.compile().unwrap();
    let mut position = paused(graph.run(Doc::default()).id("r").journal(journal.clone()).pause_always().await.unwrap());
    graph.edit_instead_of(&mut position, write, "the chair", Doc::update().text("a long text")).unwrap();
    // A later edit wins over the result.
    position.edit("the chair", Doc::update().text("a longer text"));
    let done = to_the_end(&graph, &journal, position).await;
    assert_eq!((done.text.as_str(), lab.take()), ("a longer text", "long".into()));
}

/// The update of a person ends a task that has failed.
#[tokio::test]
async fn an_edit_takes_the_place_of_a_node_that_has_failed() {
    let (lab, journal) = (Lab::failing(["right"]), Memory::default());
    let graph = diamond(&lab);
    graph.run(Doc::default()).id("r").journal(journal.clone()).await.unwrap_err();
    let mut position = graph.load(&journal, "r").await.unwrap();
    lab.take();
    graph.edit_instead_of(&mut position, "right", "the chair", by_hand()).unwrap();
    let done = to_the_end(&graph, &journal, position).await;
    assert_eq!((done.notes.join(" "), lab.take()), ("plan left by hand both".into(), "both".into()));
}

/// The question is no longer open. An answer that was given before the edit is stored before it.
#[tokio::test]
async fn an_edit_takes_the_place_of_nodes_that_ask() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let asks = |graph: &mut StateGraph<Doc>, name: &str| {
        node!(graph, name, async move |_, context| {
            let first: String = context.ask("First?").await?;
            let second: String = context.ask("Second?").await?;
            Ok(Doc::update().notes(format!("{first} {second}")))
        })
    };
    let mut part = StateGraph::<Doc>::new("part");
    let inner = asks(&mut part, "inner");
    part.start(inner).end(inner);
    let part = Subgraph::new(part.compile().unwrap(), Doc::clone, |doc| Doc::update().extend_notes(doc.notes));
    let mut graph = StateGraph::<Doc>::new("outer");
    let (own, part) = (asks(&mut graph, "own"), graph.node("part", part.stored()));
    let last = note(&mut graph, "last", &lab);
    graph.start(own).start(part).join([own, part], last).end(last);
    let graph = graph.compile().unwrap();
    let mut position = paused(graph.run(Doc::default()).id("r").journal(journal.clone()).await.unwrap());
    for id in ["own:1.1", "part:1/inner:1.1"] {
        position.answer(id, "answered").unwrap();
    }
    for node in ["own", "part"] {
        graph.edit_instead_of(&mut position, node, "the chair", by_hand()).unwrap();
        let error = position.answer(&format!("{node}:1.2"), "too late").unwrap_err();
        assert!(error.to_string().starts_with("no question"), "{error}");
    }
    assert_eq!((position.asks(), position.open_tasks().count()), (vec![], 0));
    let done = to_the_end(&graph, &journal, position).await;
    assert_eq!((done.notes.join(" "), lab.take()), ("by hand by hand last".into(), "last".into()));
}

/// A worker with three items; the second fails.
fn workshop(lab: &Lab) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("workshop");
    let own = lab.clone();
    let work = worker!(graph, "work", async move |_, item: &u32| {
        own.run(&item.to_string())?;
        Ok(Doc::update().notes(item.to_string()))
    });
    graph.store_items(work).fan_out(NodeId::START, work, |_| 0..3_u32).end(work);
    graph.compile().unwrap()
}

#[tokio::test]
async fn an_edit_takes_the_place_of_one_item_of_a_worker() {
    let (lab, journal) = (Lab::failing(["1"]), Memory::default());
    let graph = workshop(&lab);
    let error = graph.run(Doc::default()).id("r").journal(journal.clone()).await.unwrap_err();
    let mut position = error.into_position();
    lab.take();
    graph.edit_instead_of_item(&mut position, "work", 1, "the chair", by_hand()).unwrap();
    let done = to_the_end(&graph, &journal, position).await;
    assert_eq!((done.notes.join(" "), lab.take()), ("0 by hand 2".into(), "2".into()));
    let history = graph.history(&journal, "r").await.unwrap();
    assert_eq!(history[1].by.to_string(), "the chair instead of work[1]");
}

#[tokio::test]
async fn an_edit_in_the_place_of_a_task_that_is_not_open_is_refused() {
    let lab = Lab::failing(["1", "right"]);
    let (graph, workshop) = (diamond(&lab), workshop(&lab));
    let mut picture = Vec::new();
    let mut refuse = |graph: &Graph<Doc>, position: &mut Position<Doc>, node: NodeRef<Doc>, item: Option<u32>| {
        let before = graph.snapshot(position).unwrap();
        let refused = match item {
            None => graph.edit_instead_of(position, node, "the chair", by_hand()),
            Some(item) => graph.edit_instead_of_item(position, node, item, "the chair", by_hand()),
        };
        assert_eq!(graph.snapshot(position).unwrap(), before, "the position is unchanged");
        picture.push(refused.unwrap_err().to_string());
    };
    let mut position = graph.run(Doc::default()).await.unwrap_err().into_position();
    refuse(&graph, &mut position, "middle".into(), None);
    refuse(&graph, &mut position, NodeId::END.into(), None);
    refuse(&graph, &mut position, "left".into(), None); // it has ended
    refuse(&graph, &mut position, "both".into(), None); // it is not among the next tasks
    refuse(&graph, &mut position, "right".into(), Some(0));
    let mut position = workshop.run(Doc::default()).await.unwrap_err().into_position();
    refuse(&workshop, &mut position, "work".into(), None);
    refuse(&workshop, &mut position, "work".into(), Some(0)); // it has ended
    refuse(&workshop, &mut position, "work".into(), Some(3));

    let mut deciding = StateGraph::<Doc>::new("deciding");
    let decide = decider!(deciding, "decide", async move |_| Ok((Doc::update(), ())));
    let last = note(&mut deciding, "last", &lab);
    deciding.start(decide).decide(decide, [last], |(), [last]| last).end(last);
    let deciding = deciding.compile().unwrap();
    let mut position = paused(deciding.run(Doc::default()).pause_always().await.unwrap());
    refuse(&deciding, &mut position, "decide".into(), None);
    expect![[r#"
        the graph has no node `middle`
        the handle is not of a node of the graph `diamond`: use the handles of this graph
        an edit cannot end the task of `left`: it is not open
        an edit cannot end the task of `both`: it is not open
        an edit cannot end the task of `right` for item 0: it is not a worker, so use `Graph::edit_instead_of`
        an edit cannot end the task of `work`: it is a worker, so name the item with `Graph::edit_instead_of_item`
        an edit cannot end the task of `work` for item 0: it is not open
        an edit cannot end the task of `work` for item 3: it is not open
        an edit cannot end the task of `decide`: the node chooses the next node itself"#]]
    .assert_eq(&picture.join("\n"));
}
