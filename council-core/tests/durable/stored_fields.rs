//! Each form of a stored write (`key`, `=key` and `-key`) is read by a program in which the field has other attributes, or refused.

use council_core::journal::Memory;
use council_core::{Durable, Graph, Migration, NodeError, State, StateGraph, error_chain};
use expect_test::expect;
use serde::{Deserialize, Serialize};

use crate::upgrades::build;

/// The nodes `write` and `judge`, which return these updates.
fn essay<S: State>(updates: [fn() -> S::Update; 2]) -> StateGraph<S> {
    let mut graph = StateGraph::<S>::new("essay");
    build(&mut graph, updates);
    graph
}

/// A program that only reads the runs of another one.
fn reading<S: State>() -> Graph<S> {
    essay::<S>([S::update, S::update]).compile().unwrap()
}

/// The run `r` of the first program, ended.
async fn stored<S: Durable + State<Deps = ()>>(input: S, updates: [fn() -> S::Update; 2]) -> Memory {
    let journal = Memory::default();
    let graph = essay(updates).compile().unwrap();
    graph.run(input).id("r").journal(journal.clone()).await.unwrap();
    journal
}

#[derive(State, Serialize, Deserialize)]
struct Before {
    #[serde(default, skip_serializing_if = "is_secret")]
    text: String,
    #[state(append)]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

fn is_secret(text: &str) -> bool {
    text.starts_with("secret")
}

fn before() -> Before {
    Before { text: "t".into(), notes: vec!["a".into()] }
}

#[tokio::test]
async fn a_plain_field_reads_the_overwrites_of_a_list() {
    #[derive(State, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct After {
        text: String,
        #[state(formerly(append))]
        notes: Vec<String>,
    }
    let overwrite = || Before::update().overwrite_notes(["b".to_owned(), "c".to_owned()]);
    let journal = stored(before(), [Before::update, overwrite]).await;
    let position = reading::<After>().load(&journal, "r").await.unwrap();
    assert_eq!((position.state().text.as_str(), position.state().notes.join(" ").as_str()), ("t", "b c"));
}

/// The updates that leave out the values of both fields.
fn leave_out() -> [fn() -> BeforeUpdate; 2] {
    [|| Before::update().text("secret"), || Before::update().overwrite_notes([])]
}

/// A type without a default.
#[derive(Clone, Serialize, Deserialize)]
struct Chapter(u8);

#[tokio::test]
async fn a_value_that_was_left_out_is_read_as_a_missing_field() {
    fn untitled() -> String {
        "untitled".into()
    }
    type Maybe<T> = Option<T>;
    #[derive(State, Serialize, Deserialize)]
    struct Defaults {
        #[serde(default = "untitled")]
        text: String,
        #[state(append)]
        #[serde(default)]
        notes: Vec<String>,
        chapter: Option<Chapter>,
    }
    #[derive(State, Serialize, Deserialize)]
    struct Options {
        text: Option<String>,
        #[state(formerly(append))]
        notes: Maybe<Vec<String>>,
        #[serde(default = "first")]
        chapter: Chapter,
    }
    fn first() -> Chapter {
        Chapter(1)
    }
    let journal = stored(before(), leave_out()).await;
    let position = reading::<Defaults>().load(&journal, "r").await.unwrap();
    let Defaults { text, notes, chapter } = position.state();
    assert_eq!((text.as_str(), notes.len(), chapter.is_none()), ("untitled", 0, true));
    let position = reading::<Options>().load(&journal, "r").await.unwrap();
    let Options { text, notes, chapter } = position.state();
    assert_eq!((text.is_none(), notes.is_none(), chapter.0), (true, true, 1));
}

#[tokio::test]
async fn a_value_that_was_left_out_is_refused_without_a_default() {
    #[derive(State, Serialize, Deserialize)]
    struct Plain {
        text: String,
        #[state(append)]
        #[serde(default)]
        notes: Vec<String>,
    }
    #[derive(State, Serialize, Deserialize)]
    struct List {
        #[serde(default)]
        text: String,
        #[state(append, renamed = "notes")]
        remarks: Vec<String>,
    }
    let journal = stored(before(), leave_out()).await;
    let error = reading::<Plain>().load(&journal, "r").await.unwrap_err();
    expect!["record 1 of run `r` does not fit the graph `essay`: an update does not parse: did the type change?: the field `text` needs `#[serde(default)]`: its value was left out at line 1 column 14"].assert_eq(&error_chain(&error));
    let error = reading::<List>().load(&journal, "r").await.unwrap_err();
    expect!["record 2 of run `r` does not fit the graph `essay`: an update does not parse: did the type change?: the field `remarks` needs `#[serde(default)]`: its value was left out at line 1 column 15"].assert_eq(&error_chain(&error));
}

/// A function of the user with the name of a standard one, which leaves out other values.
mod own {
    pub(crate) fn is_empty(text: &str) -> bool {
        text.len() < 3
    }
}

#[tokio::test]
async fn a_value_that_is_left_out_is_the_same_with_and_without_a_snapshot() {
    #[derive(State, Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Short {
        #[serde(default, skip_serializing_if = "own::is_empty")]
        text: String,
    }
    let journal = stored(Short { text: "long".into() }, [|| Short::update().text("ab"), Short::update]).await;
    let graph = reading::<Short>();
    let position = graph.load(&journal, "r").await.unwrap();
    let restored = graph.restore(&graph.snapshot(&position).unwrap()).unwrap();
    assert_eq!(restored.state(), position.state());
}

#[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Lists {
    #[state(append)]
    list: Vec<u32>,
    #[state(append)]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    other: Vec<u32>,
    /// A key that looks like a form of another field.
    #[serde(rename = "-minus")]
    minus: u32,
}

type Change = fn(&mut Migration<'_>) -> Result<(), NodeError>;

/// The state of a run of `Lists` that another version reads with this function.
async fn migrated(update: fn() -> ListsUpdate, migrate: Change) -> Lists {
    let journal =
        stored(Lists { list: vec![1], other: vec![2], minus: 3 }, [update, || Lists::update().minus(3)]).await;
    let mut graph = essay::<Lists>([Lists::update, Lists::update]);
    graph.version(2).migrate(migrate);
    let position = graph.compile().unwrap().load(&journal, "r").await.unwrap();
    position.state().clone()
}

fn lists(list: &[u32], other: &[u32], minus: u32) -> Lists {
    Lists { list: list.into(), other: other.into(), minus }
}

#[tokio::test]
async fn every_method_of_a_migration_finds_all_forms_of_a_field() {
    let write = || Lists::update().list(10);
    let overwrite = || Lists::update().overwrite_list([10]);
    let leave_out = || Lists::update().overwrite_other([]);

    // `get` reads a write and an overwrite, and `set` keeps the form.
    let double: Change = |stored| {
        if let Some(list) = stored.get::<Vec<u32>>("list")? {
            stored.set("list", &list.iter().map(|item| item * 2).collect::<Vec<_>>())?;
        }
        Ok(())
    };
    assert_eq!(migrated(write, double).await, lists(&[2, 20], &[2], 3));
    assert_eq!(migrated(overwrite, double).await, lists(&[20], &[2], 3));

    // A field that is left out has no value. A value that is set takes its place, and replaces the whole field.
    let set: Change = |stored| {
        if stored.is_update() && stored.get::<u32>("-minus")?.is_none() {
            assert_eq!(stored.get::<Vec<u32>>("other")?, None);
            stored.set("other", &[7])?;
        }
        Ok(())
    };
    assert_eq!(migrated(leave_out, set).await, lists(&[1], &[7], 3));

    // `remove` removes an overwrite.
    let remove: Change = |stored| {
        if stored.is_update() {
            stored.remove("list");
        }
        Ok(())
    };
    assert_eq!(migrated(overwrite, remove).await, lists(&[1], &[2], 3));

    // The forms belong to updates: in a state, `-minus` is the key of another field than `minus`.
    let other_key: Change = |stored| {
        if !stored.is_update() {
            stored.remove("minus");
            stored.rename("minus", "list");
        }
        stored.convert("-minus", |minus: u32| minus + 1)?;
        Ok(())
    };
    assert_eq!(migrated(write, other_key).await, lists(&[1, 10], &[2], 4));
}
