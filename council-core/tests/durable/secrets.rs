//! Fields that serde hides: no byte of a journal has their values.

use council_core::journal::{Journal, Memory, ReadFrom};
use council_core::projection::{RunProjection, TypedRecord};
use council_core::{Graph, Outcome, State, StateGraph, Subgraph, node};
use expect_test::expect;
use serde::{Deserialize, Serialize, Serializer};

use crate::check;

#[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Login {
    user: String,
    #[serde(skip)]
    skipped: String,
    #[serde(skip_serializing)]
    not_written: Option<String>,
    #[serde(serialize_with = "redact")]
    redacted: String,
    #[serde(default, skip_serializing_if = "is_secret")]
    hidden: String,
    #[state(append)]
    #[serde(skip_serializing, default)]
    list: Vec<String>,
    #[state(keep)]
    #[serde(serialize_with = "redact")]
    reduced: String,
}

fn redact<S: Serializer>(_: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str("***")
}

fn is_secret(text: &str) -> bool {
    text == SECRET
}

fn keep(field: &mut String, new: String) {
    *field = new;
}

const SECRET: &str = "swordfish";

fn graph(name: &str) -> StateGraph<Login> {
    let mut graph = StateGraph::<Login>::new(name);
    let log_in = node!(graph, "log in", async move |_, context| {
        let user: String = context.ask("Who?").await?;
        let update = Login::update().user(user).skipped(SECRET).not_written(Some(SECRET.to_owned())).redacted(SECRET);
        Ok(update.hidden(SECRET).list(SECRET).reduced(SECRET))
    });
    let again = node!(graph, "again", async move |_| {
        let update = Login::update().overwrite_list([SECRET.to_owned()]).overwrite_reduced(SECRET);
        Ok(update.user("x".repeat(5_000)))
    });
    graph.start(log_in).edge(log_in, again).end(again);
    graph
}

/// The run in a subgraph of another run, so that the inner records are in the journal too.
fn nested() -> Graph<Login> {
    let mut outer = StateGraph::<Login>::new("outer");
    let inner = Subgraph::new(graph("inner").compile().unwrap(), Login::clone, |login| {
        Login::update().user(login.user).skipped(login.skipped).list(SECRET)
    });
    let inner = outer.node("inner", inner.stored());
    outer.start(inner).end(inner);
    outer.compile().unwrap()
}

#[tokio::test]
async fn a_hidden_value_is_nowhere_in_the_journal() {
    for (graph, ask) in [(graph("login").compile().unwrap(), "log in:1.1"), (nested(), "inner:1/log in:1.1")] {
        let journal = Memory::default();
        let outcome = graph.run(Login::default()).id("r").journal(journal.clone()).await.unwrap();
        let Outcome::Paused { mut position } = outcome else { panic!("{outcome:?}") };
        position.answer(ask, "Ada").unwrap();
        position.edit("the chair", Login::update().skipped(SECRET).list(SECRET).hidden(SECRET).redacted(SECRET));
        let live = graph.resume(position).journal(journal.clone()).await.unwrap().into_state();
        assert_eq!(live.skipped, SECRET);

        let stored = journal.read("r", ReadFrom::Record(0)).await.unwrap();
        assert!(!format!("{stored:?}").contains(SECRET), "{stored:?}");
        let snapshot = journal.read("r", ReadFrom::Snapshot).await.unwrap();
        assert!(!format!("{snapshot:?}").contains(SECRET), "{snapshot:?}");

        // All readers have the value that serde uses for the missing secret.
        let loaded = graph.load(&journal, "r").await.unwrap().into_state();
        let by_serde: Login = serde_json::from_str(&serde_json::to_string(&live).unwrap()).unwrap();
        assert_eq!(loaded, by_serde);
        let mut projection = RunProjection::<Login>::default();
        for entry in stored.entries {
            projection.apply(TypedRecord::read(&entry.json).unwrap()).unwrap();
        }
        assert_eq!(projection.state(), &by_serde);
    }
}

#[tokio::test]
async fn a_record_has_what_serde_writes() {
    let (graph, journal) = (graph("login").compile().unwrap(), Memory::default());
    let outcome = graph.run(Login::default()).id("r").journal(journal.clone()).await.unwrap();
    let Outcome::Paused { mut position } = outcome else { panic!("{outcome:?}") };
    position.answer("log in:1.1", "Ada").unwrap();
    graph.resume(position).journal(journal.clone()).pause_before(["again"]).await.unwrap();
    check(&journal, "r", expect![[r#"
        r is paused
        {"record":{"started":{"graph":"login","input":{"user":"","redacted":"***","hidden":"","reduced":"***"},"next":["log in"]}}}
        {"record":{"asked":{"node":"log in","question":"Who?"}}}
        {"record":{"paused":{"nodes":["log in"]}}}
        {"record":{"answered":{"node":"log in","ask":0,"answer":"Ada"}}}
        {"record":{"resumed":{}}}
        {"record":{"task_done":{"node":"log in","update":{"user":"Ada","redacted":"***","-hidden":null,"reduced":["***"]},"committed":{"next":["again"]}}}}
        {"record":{"paused":{"nodes":["again"]}}}"#]]).await;
}

/// Fields that the next version of the program lists as removed are left out, in the state and in updates.
#[tokio::test]
async fn a_run_goes_on_without_a_field() {
    #[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    #[state(removed("redacted", "hidden", "reduced"))]
    struct Smaller {
        user: String,
    }
    let journal = Memory::default();
    graph("login").compile().unwrap().run(Login::default()).id("r").journal(journal.clone()).await.unwrap();
    let mut graph = StateGraph::<Smaller>::new("login");
    let log_in = node!(graph, "log in", async move |_, context| {
        let user: String = context.ask("Who?").await?;
        Ok(Smaller::update().user(user))
    });
    graph.start(log_in).end(log_in);
    let graph = graph.compile().unwrap();
    let mut position = graph.load(&journal, "r").await.unwrap();
    position.answer("log in:1.1", "Ada").unwrap();
    assert_eq!(graph.resume(position).journal(journal).await.unwrap().into_state().user, "Ada");
}
