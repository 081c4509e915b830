//! A new version of a program resumes the runs of the previous version, or refuses them with a reason.

use council_core::journal::{Envelope, Journal, Memory, ReadFrom, Sqlite, StoredRecord};
use council_core::projection::RunProjection;
use council_core::stored::At;
use council_core::{Durable, Graph, NodeId, Outcome, State, StateGraph, Subgraph, error_chain, node};
use expect_test::{Expect, expect};
use serde::{Deserialize, Serialize};

/// The old program: it writes an essay and then judges it.
#[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Before {
    pub(crate) text: String,
    #[state(append)]
    pub(crate) notes: Vec<String>,
    #[state(add)]
    percent: u64,
    gone: u8,
}

/// The new program, of version 2.
#[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[state(removed("gone"))]
#[serde(deny_unknown_fields)]
struct After {
    #[state(renamed = "text")]
    draft: String,
    #[state(append, renamed = "remarks", renamed = "notes")]
    #[serde(rename = "comments")]
    list: Vec<String>,
    #[state(add)]
    permille: u64,
    #[state(append)]
    #[serde(default)]
    added: Vec<String>,
}

/// `write -> judge -> end`. Each node returns its update.
pub(crate) fn build<S: State>(graph: &mut StateGraph<S>, updates: [fn() -> S::Update; 2]) -> [NodeId<S>; 2] {
    let [write, judge] = updates;
    let write = node!(graph, "write", async move |_| Ok(write()));
    let judge = node!(graph, "judge", async move |_| Ok(judge()));
    graph.start(write).edge(write, judge).end(judge);
    [write, judge]
}

fn before() -> Graph<Before> {
    let mut graph = StateGraph::<Before>::new("essay");
    let write = || Before::update().text("one").notes("a").percent(30).gone(1);
    build(&mut graph, [write, || Before::update().overwrite_notes(["b".into()]).overwrite_percent(50)]);
    graph.compile().unwrap()
}

fn unversioned() -> StateGraph<After> {
    let mut graph = StateGraph::<After>::new("essay");
    let write = || After::update().draft("two").list("c").permille(1).added("x");
    build(&mut graph, [write, || After::update().list("d").permille(7)]);
    graph
}

fn after() -> Graph<After> {
    let mut graph = unversioned();
    graph.version(2).migrate(|stored| {
        assert_eq!(stored.version(), 1);
        stored.rename("percent", "permille");
        stored.convert("permille", |percent: u64| percent * 10)?;
        if !stored.is_update() {
            stored.set("added", &["migrated"])?;
        }
        Ok(())
    });
    graph.compile().unwrap()
}

/// A run of the old program, paused before the node `judge`.
async fn stopped(journal: &(impl Journal + Clone)) {
    let run = before().run(Before::default()).id("r").journal(journal.clone());
    let outcome = run.pause_before(["judge"]).await.unwrap();
    assert!(matches!(outcome, Outcome::Paused { .. }));
}

fn state(draft: &str, list: &[&str], permille: u64) -> After {
    let list = list.iter().copied().map(String::from).collect();
    After { draft: draft.into(), list, permille, added: vec!["migrated".into()] }
}

#[tokio::test]
async fn a_new_version_resumes_a_run_of_the_previous_version() {
    let (journal, graph) = (Memory::default(), after());
    stopped(&journal).await;
    let mut position = graph.load(&journal, "r").await.unwrap();
    assert_eq!(position.state(), &state("one", &["a"], 300));
    position.edit("the chair", After::update().permille(5));
    let ended = graph.resume(position).journal(journal.clone()).await.unwrap().into_state();
    assert_eq!(ended, state("one", &["a", "d"], 312));

    // All readers have the same past, and the records of both versions.
    assert_eq!(graph.load(&journal, "r").await.unwrap().state(), &ended);
    let stored = journal.read("r", ReadFrom::Record(0)).await.unwrap();
    let (mut reader, mut projection) = (graph.reader(), RunProjection::<After>::default());
    for (records, entry) in (1..).zip(&stored.entries) {
        projection.apply(reader.read(&entry.json).unwrap()).unwrap();
        let position = graph.load_at(&journal, "r", At::Record(records)).await.unwrap();
        assert_eq!(projection.state(), position.state());
        let restored = graph.restore(&graph.snapshot(&position).unwrap()).unwrap();
        assert_eq!(restored.state(), position.state());
    }
    let changes = graph.history(&journal, "r").await.unwrap();
    let authors: Vec<_> = changes.iter().map(|change| change.by.to_string()).collect();
    assert_eq!(authors, ["write", "the chair", "judge"]);
    let upgrades = stored
        .entries
        .iter()
        .filter(|entry| matches!(Envelope::read(&entry.json).unwrap().record, StoredRecord::Upgraded { .. }));
    assert_eq!(upgrades.count(), 1, "the second version says so once");
    let fork = graph.fork(&journal, "r", At::Superstep(1), "fork").await.unwrap();
    assert_eq!(fork.state(), &state("one", &["a"], 300));
}

/// The new version resumes the run. Then the previous version refuses it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_versions_of_a_program_use_one_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("runs.db");
    let journal = Sqlite::open(&path).await.unwrap();
    stopped(&journal).await;
    journal.close().await.unwrap();

    let journal = Sqlite::open(&path).await.unwrap();
    let position = after().load(&journal, "r").await.unwrap();
    assert!(before().load(&journal, "r").await.is_ok(), "loading changes nothing");
    after().resume(position).journal(journal.clone()).pause_before(["judge"]).await.unwrap();
    journal.close().await.unwrap();

    let journal = Sqlite::open(&path).await.unwrap();
    expect!["record 3 of run `r` does not fit the graph `essay`: the run was stored by version 2 of the graph `essay`, and this program has version 1: load it with the newer program"]
        .assert_eq(&error_chain(&before().load(&journal, "r").await.unwrap_err()));
    let ended = after().resume(after().load(&journal, "r").await.unwrap()).journal(journal.clone()).await.unwrap();
    assert_eq!(ended.state(), &state("one", &["a", "d"], 307));
    journal.close().await.unwrap();
}

/// Overwrites are renamed and converted too.
#[tokio::test]
async fn the_overwrites_of_the_previous_version_are_migrated() {
    let journal = Memory::default();
    before().run(Before::default()).id("r").journal(journal.clone()).await.unwrap();
    assert_eq!(after().load(&journal, "r").await.unwrap().state(), &state("one", &["b"], 500));
}

/// A snapshot of the previous version is read like its records.
#[tokio::test]
async fn a_snapshot_of_the_previous_version_is_migrated() {
    let journal = Memory::default();
    stopped(&journal).await;
    let position = before().load(&journal, "r").await.unwrap();
    let json = before().snapshot(&position).unwrap();
    assert_eq!(after().restore(&json).unwrap().state(), &state("one", &["a"], 300));
    // A run that begins at a position.
    before().resume(position).id("s").journal(journal.clone()).hold().await.unwrap();
    let position = after().load(&journal, "s").await.unwrap();
    let ended = after().resume(position).journal(journal.clone()).await.unwrap().into_state();
    assert_eq!(ended, state("one", &["a", "d"], 307));
    assert_eq!(after().load(&journal, "s").await.unwrap().state(), &ended);
}

pub(crate) async fn refused<S: Durable>(graph: &Graph<S>, journal: &Memory, expected: Expect) {
    let errors = [
        error_chain(&graph.load(journal, "r").await.unwrap_err()),
        error_chain(&graph.load_at(journal, "r", At::Superstep(0)).await.unwrap_err()),
        error_chain(&graph.history(journal, "r").await.unwrap_err()),
    ];
    assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
    expected.assert_eq(&errors[0]);
}

#[tokio::test]
async fn another_version_is_refused() {
    let journal = Memory::default();
    stopped(&journal).await;
    let mut graph = unversioned();
    graph.version(3);
    refused(&graph.compile().unwrap(), &journal, expect!["record 0 of run `r` does not fit the graph `essay`: the run was stored by version 1 of the graph `essay`, and this program has version 3: read it with `StateGraph::migrate`"]).await;
    let mut graph = unversioned();
    graph.version(2).migrate(|_| Err("no way back".into()));
    refused(
        &graph.compile().unwrap(),
        &journal,
        expect![
            "record 0 of run `r` does not fit the graph `essay`: the state of version 1 cannot be migrated: no way back"
        ],
    )
    .await;

    let journal = Memory::default();
    after().run(After::default()).id("r").journal(journal.clone()).await.unwrap();
    refused(&before(), &journal, expect!["record 0 of run `r` does not fit the graph `essay`: the run was stored by version 2 of the graph `essay`, and this program has version 1: load it with the newer program"]).await;
    let mut graph = unversioned();
    graph.version(0);
    expect!["graph `essay` cannot run: the version of the default policy is 0"]
        .assert_eq(&graph.compile().unwrap_err().to_string());
}

/// A subgraph has a separate version.
#[tokio::test]
async fn a_run_goes_on_inside_a_subgraph_of_another_version() {
    fn outer<S: Durable + Clone + Default>(inner: Graph<S>, text: fn(S) -> String) -> Graph<Before> {
        let mut graph = StateGraph::<Before>::new("outer");
        let part = Subgraph::new(inner, |_: &Before| S::default(), move |inner| Before::update().text(text(inner)));
        let part = graph.node("part", part.stored());
        graph.start(part).end(part);
        graph.compile().unwrap()
    }
    fn asking<S: State>(update: fn(String) -> S::Update, first: fn() -> S::Update) -> StateGraph<S> {
        let mut graph = StateGraph::<S>::new("inner");
        let first = node!(graph, "first", async move |_| Ok(first()));
        let ask = node!(graph, "ask", async move |_, context| {
            let answer: String = context.ask("Who?").await?;
            Ok(update(answer))
        });
        graph.start(first).edge(first, ask).end(ask);
        graph
    }
    let journal = Memory::default();
    let inner = asking::<Before>(|who| Before::update().text(who), || Before::update().percent(30)).compile().unwrap();
    outer(inner, |state| state.text).run(Before::default()).id("r").journal(journal.clone()).await.unwrap();

    let mut inner = asking::<After>(|who| After::update().draft(who), || After::update().permille(1));
    inner.version(4).migrate(|stored| {
        stored.rename("percent", "permille");
        stored.convert("permille", |percent: u64| percent * 10)?;
        Ok(())
    });
    let graph = outer(inner.compile().unwrap(), |state| format!("{} {}", state.draft, state.permille));
    let mut position = graph.load(&journal, "r").await.unwrap();
    let restored = graph.restore(&graph.snapshot(&position).unwrap()).unwrap();
    assert_eq!(format!("{restored:?}"), format!("{position:?}"));
    let ask = position.asks()[0].id.clone();
    position.answer(&ask, "Ada").unwrap();
    let ended = graph.resume(position).journal(journal.clone()).await.unwrap().into_state();
    assert_eq!(ended.text, "Ada 300");
    assert_eq!(graph.load(&journal, "r").await.unwrap().state(), &ended);
}
