//! Records that a person has damaged: every reader refuses them, or all readers agree on what they say. Nothing panics.

use council_core::journal::{AppendRequest, Entry, Head, Journal, Memory, ReadFrom, Status};
use council_core::projection::RunProjection;
use council_core::stored::{At, Durability};
use council_core::{Graph, Limits};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::crashes::to_the_end;
use crate::lab::Lab;
use crate::plans::{Doc, stored_plans};
use crate::{cases, on_a_runtime};

/// What a person does to the records of a run by mistake.
#[derive(Clone, Debug)]
enum Damage {
    Remove(Index),
    Repeat(Index),
    Swap(Index, Index),
    /// Cuts the end of a record.
    Cut(Index, Index),
    /// Removes a character of a record.
    Erase(Index, Index),
    /// Replaces a number in a record.
    Number(Index, Index, &'static str),
    /// Replaces the name of a node in a record by that of another.
    Name(Index, Index, usize),
}

fn damages() -> impl Strategy<Value = Damage> {
    let numbers = prop::sample::select(&["0", "1", "2", "4294967295", "18446744073709551615", "-1", "1e99"]);
    let index = any::<Index>;
    prop_oneof![
        1 => index().prop_map(Damage::Remove),
        1 => index().prop_map(Damage::Repeat),
        1 => (index(), index()).prop_map(|(one, other)| Damage::Swap(one, other)),
        1 => (index(), index()).prop_map(|(record, at)| Damage::Cut(record, at)),
        1 => (index(), index()).prop_map(|(record, at)| Damage::Erase(record, at)),
        4 => (index(), index(), numbers).prop_map(|(record, which, number)| Damage::Number(record, which, number)),
        4 => (index(), index(), 0_usize..8).prop_map(|(record, which, node)| Damage::Name(record, which, node)),
    ]
}

impl Damage {
    fn apply(&self, records: &mut Vec<String>) {
        match self {
            Self::Remove(record) => drop(records.remove(record.index(records.len()))),
            Self::Repeat(record) => {
                let record = record.index(records.len());
                records.insert(record, records[record].clone());
            }
            Self::Swap(one, other) => {
                let (one, other) = (one.index(records.len()), other.index(records.len()));
                records.swap(one, other);
            }
            Self::Cut(record, at) => {
                let record = record.get_mut(records);
                record.truncate(at.index(record.len()));
            }
            Self::Erase(record, at) => {
                let record = record.get_mut(records);
                record.remove(at.index(record.len()));
            }
            Self::Number(record, which, number) => {
                replace(record.get_mut(records), *which, number, |text| text.starts_with(|c: char| c.is_ascii_digit()));
            }
            Self::Name(record, which, node) => {
                let is_name = |text: &str| text.starts_with('n') && text[1..].starts_with(|c: char| c.is_ascii_digit());
                replace(record.get_mut(records), *which, &format!("n{node}"), is_name);
            }
        }
    }
}

/// Replaces a word of the text: letters and digits between other characters.
fn replace(text: &mut String, which: Index, with: &str, is_wanted: impl Fn(&str) -> bool) {
    let mut words = Vec::new();
    let mut start = None;
    for (at, character) in text.char_indices().chain([(text.len(), ' ')]) {
        match (character.is_ascii_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                words.extend(Some(from..at).filter(|word| is_wanted(&text[word.clone()])));
                start = None;
            }
            _ => {}
        }
    }
    if !words.is_empty() {
        text.replace_range(words[which.index(words.len())].clone(), with);
    }
}

proptest! {
    #![proptest_config(cases())]

    /// For a run that stops or fails at any point, and for a run that starts at that point.
    #[test]
    fn damaged_records_are_refused_or_read_alike(
        plan in stored_plans(),
        failing in prop::collection::vec(0_usize..9, 0..3),
        supersteps in prop::option::of(0_u64..6),
        damages in prop::collection::vec(damages(), 1..12),
    ) {
        on_a_runtime(async {
            let journal = Memory::default();
            let graph = plan.build(&plan.delays, &Lab::breaking(failing)).graph;
            let limits = supersteps.map_or(Limits::default(), |supersteps| Limits { supersteps, ..Limits::default() });
            let run = graph.run(Doc::default()).id("first").journal(journal.clone()).limits(limits);
            let _ = to_the_end(&graph, &journal, Durability::Sync, run).await;
            let position = graph.load(&journal, "first").await.unwrap();
            let snapshot = graph.snapshot(&position).unwrap();
            let run = graph.resume(position).id("second").journal(journal.clone());
            let _ = to_the_end(&graph, &journal, Durability::Sync, run).await;
            for run in ["first", "second"] {
                let whole = records(&journal, run).await;
                for damage in &damages {
                    let mut damaged = whole.clone();
                    damage.apply(&mut damaged);
                    compare(&graph, &whole, &damaged).await?;
                }
            }
            for damage in &damages {
                let mut damaged = vec![snapshot.clone()];
                damage.apply(&mut damaged);
                let restored = damaged.first().and_then(|json| graph.restore(json).ok());
                if let Some(position) = restored {
                    let _ = graph.resume(position).limits(Limits { supersteps: 50, ..Limits::default() }).await;
                }
            }
            Ok::<_, TestCaseError>(())
        })?;
    }
}

async fn records(journal: &Memory, run: &str) -> Vec<String> {
    let stored = journal.read(run, ReadFrom::Record(0)).await.unwrap();
    stored.entries.into_iter().map(|entry| entry.json).collect()
}

/// Reads the damaged records with the graph and without it.
async fn compare(graph: &Graph<Doc>, whole: &[String], damaged: &[String]) -> Result<(), TestCaseError> {
    if damaged.is_empty() {
        return Ok(());
    }
    let journal = Memory::default();
    let entries = damaged.iter().map(|json| Entry::new(1, json)).collect();
    let append = AppendRequest::new("r", 0, entries).head(Head::new(graph.name(), Status::Running));
    journal.append(append).await.unwrap();
    let (mut reader, mut projection) = (graph.reader(), RunProjection::<Doc>::default());
    let mut refused = None;
    for (record, json) in (0_u64..).zip(damaged) {
        let before = picture(&projection);
        let Err(error) = reader.read(json).and_then(|record| projection.apply(record)) else { continue };
        if !error.to_string().contains("a reducer panicked") {
            prop_assert_eq!(picture(&projection), before, "`{}` changes nothing", error);
        }
        refused = Some(record);
        break;
    }
    let history = graph.history(&journal, "r").await;
    prop_assert_eq!(history.is_err(), refused.is_some());
    // Where a run or a subgraph starts is said by its graph, and not by its first record.
    let is_start = |json: &&String| json.contains(r#""record":{"started":"#);
    let is_start_intact = damaged.iter().filter(is_start).all(|json| whole.contains(json));
    if let (Ok(position), None, true) = (graph.load_at(&journal, "r", At::End).await, refused, is_start_intact) {
        prop_assert_eq!(projection.state(), position.state());
        prop_assert_eq!(projection.supersteps(), position.supersteps());
        let open: Vec<_> = position.open_tasks().map(|task| (task.node.to_owned(), task.item)).collect();
        prop_assert_eq!(open_tasks(&projection), open);
        prop_assert_eq!(projection.asks(), position.asks(), "{}", damaged.join("\n"));
    }
    Ok(())
}

fn open_tasks(projection: &RunProjection<Doc>) -> Vec<(String, Option<u32>)> {
    projection.open_tasks().map(|task| (task.node.into_owned(), task.item)).collect()
}

/// All that a projection says of its run.
fn picture(projection: &RunProjection<Doc>) -> impl PartialEq + std::fmt::Debug + use<> {
    let state = serde_json::to_string(projection.state()).unwrap();
    let nodes: Vec<_> = projection.nodes().cloned().collect();
    let asks = projection.asks();
    let progress = (projection.supersteps(), projection.superstep(), projection.status());
    (state, nodes, open_tasks(projection), asks, progress, projection.reason().map(str::to_owned))
}
