//! The description of a program in the records of its runs.

use council_core::journal::{Envelope, Journal, Memory, ReadFrom, StoredRecord};
use council_core::{Durable, Graph, State, StateGraph, Subgraph, node};
use expect_test::expect;
use serde::{Deserialize, Serialize};

use crate::upgrades::{Before, build};

/// The outer graph stores no fields, so only the subgraph tells that the program is another one.
#[tokio::test]
async fn a_subgraph_is_migrated_once_in_a_state_without_stored_fields() {
    #[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    struct Outer {
        #[serde(skip)]
        sum: u64,
    }
    #[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    struct Inner {
        #[state(add)]
        points: u64,
    }
    /// Each question is answered with points.
    fn graph(version: u32) -> Graph<Outer> {
        let mut inner = StateGraph::<Inner>::new("inner");
        let [one, two] = ["one", "two"].map(|name| {
            node!(inner, name, async move |_, context| Ok(
                Inner::update().points(context.ask::<u64>("How many?").await?)
            ))
        });
        inner.start(one).edge(one, two).end(two);
        inner.version(version).migrate(|stored| Ok(stored.convert("points", |points: u64| points * 10)?));
        let mut graph = StateGraph::<Outer>::new("outer");
        let output = |inner: Inner| Outer::update().sum(inner.points);
        let part =
            graph.node("part", Subgraph::new(inner.compile().unwrap(), |_: &Outer| Inner::default(), output).stored());
        graph.start(part).end(part);
        graph.compile().unwrap()
    }
    async fn answer(graph: &Graph<Outer>, journal: &Memory, points: u64) -> Outer {
        let mut position = graph.load(journal, "r").await.unwrap();
        let ask = position.asks()[0].id.clone();
        position.answer(&ask, &points).unwrap();
        graph.resume(position).journal(journal.clone()).await.unwrap().into_state()
    }
    let journal = Memory::default();
    graph(2).run(Outer::default()).id("r").journal(journal.clone()).await.unwrap();
    let graph = graph(3);
    answer(&graph, &journal, 1).await;
    assert_eq!(answer(&graph, &journal, 2).await.sum, 3);
}

/// The order of declarations is no part of a program.
#[tokio::test]
async fn a_program_in_another_order_is_the_same_program() {
    #[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    struct Reordered {
        gone: u8,
        text: String,
        #[state(add)]
        percent: u64,
        #[state(append)]
        notes: Vec<String>,
    }
    fn graph<S: Durable + Clone + Default>(parts: [&str; 2]) -> Graph<S> {
        let mut graph = StateGraph::<S>::new("essay");
        for part in parts {
            let mut inner = StateGraph::<S>::new(part);
            build(&mut inner, [S::Update::default, S::Update::default]);
            inner.version(if part == "long" { 2 } else { 3 });
            let inner = inner.compile().unwrap();
            let part = graph.node(part, Subgraph::new(inner, S::clone, |_| S::Update::default()).stored());
            graph.start(part).end(part);
        }
        graph.compile().unwrap()
    }
    let journal = Memory::default();
    graph::<Before>(["long", "longer"]).run(Before::default()).id("r").journal(journal.clone()).hold().await.unwrap();
    let other = graph::<Reordered>(["longer", "long"]);
    other.resume(other.load(&journal, "r").await.unwrap()).journal(journal.clone()).await.unwrap();
    let records = journal.read("r", ReadFrom::Record(0)).await.unwrap().entries;
    let kind =
        |json: &str| Envelope::read(json).map(|envelope| matches!(envelope.record, StoredRecord::Upgraded { .. }));
    assert!(!records.iter().any(|entry| kind(&entry.json).unwrap()));
    let programs = records.iter().filter(|entry| entry.json.contains(r#""program""#)).count();
    assert_eq!(programs, 1, "the first record contains the programs of the subgraphs");
}

/// The description of the program in the first record is at most a twentieth of a small run.
#[tokio::test]
async fn the_program_adds_few_bytes_to_a_run() {
    let mut graph = StateGraph::<Before>::new("essay");
    build(&mut graph, [|| Before::update().text("t".repeat(1_024)), || Before::update().notes("n".repeat(200))]);
    let (graph, journal) = (graph.compile().unwrap(), Memory::default());
    graph.run(Before::default()).id("r").journal(journal.clone()).await.unwrap();
    let stored = journal.read("r", ReadFrom::Record(0)).await.unwrap();
    let all: usize = stored.entries.iter().map(|entry| entry.json.len()).sum();
    let StoredRecord::Started { program, .. } = Envelope::read(&stored.entries[0].json).unwrap().record else {
        panic!("the first record starts the run");
    };
    let program = serde_json::to_string(&program).unwrap();
    expect![[r#"{"fields":{"add":["percent"],"append":["notes"],"replace":["gone","text"]}}"#]].assert_eq(&program);
    assert!(program.len() * 20 < all, "{} of {all}", program.len());
}
