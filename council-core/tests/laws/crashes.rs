//! Runs whose process dies: they resume from the journal, end like an uninterrupted run, and repeat no recorded task.

use std::collections::BTreeMap;

use council_core::journal::{Envelope, Head, Journal, JournalError, Memory, ReadFrom, Status, StoredRecord};
use council_core::stored::{Durability, LoadError};
use council_core::{Graph, Outcome, Position, RunBuilder, RunError};
use proptest::prelude::*;

use crate::lab::Lab;
use crate::mortal::{Death, Mortal};
use crate::plans::{Doc, Document, Plan, stored_plans};
use crate::{cases, ending, on_a_runtime};

proptest! {
    #![proptest_config(cases())]

    /// The process dies between any two records.
    #[test]
    fn a_crash_between_records_changes_nothing(plan in stored_plans(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 1..4)) {
        on_a_runtime(async {
            let (whole, journal) = (Lab::new(), Memory::default());
            let graph = plan.build(&plan.delays, &whole).graph;
            let run = graph.run(Doc::default()).id("whole").journal(journal.clone());
            let expected = ending(to_the_end(&graph, &journal, Durability::Sync, run).await);
            let lines = lines(&journal, "whole").await;
            for cut in cuts {
                let records = 1 + cut.index(lines.len());
                let id = format!("cut after {records}");
                let head = Head::new(graph.name(), Status::Running);
                if journal.copy("whole", records as u64, &id, head).await.is_err() {
                    continue; // The same cut again.
                }
                let lab = Lab::new();
                let graph = plan.build(&plan.delays, &lab).graph;
                let position = graph.load(&journal, &id).await.unwrap();
                let run = graph.resume(position).journal(journal.clone());
                prop_assert_eq!(&ending(to_the_end(&graph, &journal, Durability::Sync, run).await), &expected);
                prop_assert_eq!((lab.names(), lab.noted()), left(&plan, &whole, &lines[..records]));
            }
            Ok(())
        })?;
    }

    /// The process dies several times in the middle of appends. The records of such an append may be stored or not.
    #[test]
    fn a_crash_inside_an_append_changes_nothing(
        plan in stored_plans(), durability in durabilities(), deaths in deaths(), is_held in any::<bool>(),
    ) {
        on_a_runtime(async {
            let (whole, journal) = (Lab::new(), Memory::default());
            let graph = plan.build(&plan.delays, &whole).graph;
            let run = graph.run(Doc::default()).id("whole").journal(journal.clone());
            let expected = ending(to_the_end(&graph, &journal, Durability::Sync, run).await);
            for death in deaths.into_iter().map(Some).chain([None]) {
                let lab = Lab::new();
                let graph = plan.build(&plan.delays, &lab).graph;
                let mortal = Mortal::new(&journal, death);
                let (lines, run) = match graph.load(&journal, "r").await {
                    Ok(position) => (lines(&journal, "r").await, graph.resume(position)),
                    Err(LoadError::Journal(JournalError::NotFound { .. })) => (vec![], graph.run(Doc::default()).id("r")),
                    Err(error) => panic!("{error:?}"),
                };
                let run = run.journal(mortal.clone()).durability(durability);
                let whole_run = async {
                    let run = if is_held {
                        graph.resume(run.hold().await?).journal(mortal.clone()).durability(durability)
                    } else {
                        run
                    };
                    to_the_end(&graph, &mortal, durability, run).await
                };
                let ended = tokio::select! {
                    ended = whole_run => Some(ended),
                    () = mortal.is_dead() => None,
                };
                let (names, noted) = left(&plan, &whole, &lines);
                match ended {
                    None => {
                        prop_assert!(minus(&lab.names(), &names).is_empty(), "{:?} of {:?}", lab.names(), names);
                        prop_assert!(minus(&lab.noted(), &noted).is_empty(), "{:?} of {:?}", lab.noted(), noted);
                    }
                    Some(ended) => {
                        prop_assert_eq!(&ending(ended), &expected);
                        prop_assert_eq!((lab.names(), lab.noted()), (names, noted));
                    }
                }
            }
            Ok(())
        })?;
    }
}

fn durabilities() -> impl Strategy<Value = Durability> {
    prop::sample::select(vec![Durability::Sync, Durability::Async, Durability::Exit])
}

fn deaths() -> impl Strategy<Value = Vec<Death>> {
    prop::collection::vec((0_u64..12, any::<bool>()).prop_map(|(append, kept)| Death { append, kept }), 1..4)
}

/// Runs to the end. The chair answers one question at a time.
pub(crate) async fn to_the_end<S: Document>(
    graph: &Graph<S>,
    journal: &(impl Journal + Clone),
    durability: Durability,
    run: RunBuilder<S>,
) -> Result<Outcome<S>, RunError<S>> {
    let mut ended = run.await;
    while let Ok(Outcome::Paused { position }) = ended {
        ended = graph.resume(answered(position)).journal(journal.clone()).durability(durability).await;
    }
    ended
}

/// With the first question answered, if there is one.
pub(crate) fn answered<S: Document>(mut position: Position<S>) -> Position<S> {
    if let Some(ask) = position.asks().first() {
        position.answer(&ask.id, &(ask.question::<u64>().unwrap() + 1)).unwrap();
    }
    position
}

async fn lines(journal: &impl Journal, run: &str) -> Vec<String> {
    let stored = journal.read(run, ReadFrom::Record(0)).await.unwrap();
    stored.entries.into_iter().map(|entry| entry.json).collect()
}

/// The tasks and `once` blocks of the whole run that are not in the records yet.
fn left(plan: &Plan, whole: &Lab, lines: &[String]) -> (Vec<String>, Vec<String>) {
    let (mut done, mut once) = (Vec::new(), Vec::new());
    for line in lines {
        let Envelope { path, record, .. } = Envelope::read(line).unwrap();
        let name = |node: &str, item: &Option<u32>| {
            let item = item.map(|item| format!("[{item}]")).unwrap_or_default();
            path.iter().rev().fold(format!("{node}{item}"), |name, outer| format!("{}/{name}", outer.node))
        };
        match &record {
            StoredRecord::TaskDone { node, item, .. } => {
                // The lab does not log these tasks: it logs the tasks inside a subgraph, and a handler replaces the other task.
                let is_whole = path.is_empty() && plan.nested.is_some_and(|(nested, _)| Plan::name(nested) == **node);
                if !is_whole && plan.hopeless.is_none_or(|(hopeless, _)| Plan::name(hopeless) != **node) {
                    done.push(name(node, item));
                }
            }
            StoredRecord::Once { node, item, .. } => once.push(name(node, item)),
            _ => {}
        }
    }
    (minus(&whole.names(), &done), minus(&whole.noted(), &once))
}

/// The entries of the first list without those of the second, counted.
fn minus(all: &[String], without: &[String]) -> Vec<String> {
    let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
    for name in without {
        *counts.entry(name).or_default() += 1;
    }
    let mut stays = |name: &&String| match counts.get_mut(*name) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    all.iter().filter(|name| stays(name)).cloned().collect()
}
