//! The next version of a program reads the runs of this version: all readers give the same state, or refuse the run with a name.

use council_core::journal::Memory;
use council_core::stored::At;
use council_core::{Graph, error_chain};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::lab::Lab;
use crate::model::{Model, Modelled, without_nulls};
use crate::order::orders;
use crate::other_programs::{Migrated, OtherReducer, Plainer, Reducing};
use crate::past::{Past, pasts};
use crate::plans::{Document, Plan};
use crate::programs::{Extended, Renamed, Reordered, Sheet};
use crate::readers::{Reading, agree, compare, end, json, lines, read};
use crate::{cases, on_a_runtime};

proptest! {
    #![proptest_config(cases())]

    /// The order of declaration changes, and nodes and fields are added.
    #[test]
    fn a_program_with_more_nodes_and_fields_reads_the_run(past in pasts(), next in nexts(), pair in 0..4) {
        on_a_runtime(async {
            match pair {
                0 => check::<Sheet, Sheet>(&past, &next, Verdict::Reads).await,
                1 => check::<Sheet, Reordered>(&past, &next, Verdict::Recomputes).await,
                2 => check::<Sheet, Extended>(&past, &next, Verdict::Reads).await,
                _ => check::<Reordered, Reordered>(&past, &next, Verdict::Reads).await,
            }
        })?;
    }

    #[test]
    fn a_program_with_other_names_of_fields_reads_the_run(past in pasts(), next in nexts(), is_renamed in any::<bool>()) {
        on_a_runtime(async {
            if is_renamed {
                check::<Renamed, Renamed>(&past, &next, Verdict::Reads).await
            } else {
                check::<Sheet, Renamed>(&past, &next, Verdict::Reads).await
            }
        })?;
    }

    /// The updates are applied with the reducers of today, or the run is refused.
    #[test]
    fn a_program_with_other_reducers_reads_the_run(past in pasts(), next in nexts(), pair in 0..4) {
        on_a_runtime(async {
            match pair {
                0 => check::<Sheet, Reducing>(&past, &next, Verdict::Recomputes).await,
                1 => check::<Sheet, Plainer>(&past, &next, Verdict::Recomputes).await,
                2 => check::<Plainer, Sheet>(&past, &next, Verdict::Refuses("peak")).await,
                _ => check::<Sheet, OtherReducer>(&past, &next, Verdict::Refuses("peak")).await,
            }
        })?;
    }

    #[test]
    fn another_version_of_a_program_reads_the_run(past in pasts(), next in nexts(), pair in 0..3) {
        on_a_runtime(async {
            match pair {
                0 => check::<Sheet, Migrated>(&past, &next, Verdict::Reads).await,
                1 => check::<Migrated, Migrated>(&past, &next, Verdict::Reads).await,
                _ => check::<Migrated, Sheet>(&past, &next, Verdict::Refuses("version 2")).await,
            }
        })?;
    }

    /// A field that this program does not know is not lost.
    #[test]
    fn a_program_without_a_field_refuses_the_run(past in pasts(), next in nexts()) {
        on_a_runtime(check::<Extended, Sheet>(&past, &next, Verdict::Refuses("remarks")))?;
    }

    /// A node has another name, or a join has lost a source. Each reader gives the same state, or names the node or the join.
    #[test]
    fn a_program_without_a_node_reads_the_run_or_names_the_node(past in pasts(), gone in gone()) {
        on_a_runtime(async {
            let journal = Memory::default();
            let before = past.run::<Sheet>(&journal).await;
            let mut plan = past.plan.clone();
            let names = match gone {
                Gone::Node(node) => {
                    plan.renamed = Some(node);
                    vec![Plan::name(node)]
                }
                Gone::Source(place) if plan.join_sources.len() > 1 => {
                    let source = plan.join_sources.remove(place.index(plan.join_sources.len()));
                    vec![Plan::name(source), Plan::name(plan.nodes)]
                }
                Gone::Source(_) => return Ok(()),
            };
            let after = plan.build_of::<Sheet>(&plan.delays, &Lab::new()).graph;
            let mut readings = read(&after, &journal, "r").await;
            let snapshot = before.snapshot(&before.load_at(&journal, "r", At::End).await.unwrap()).unwrap();
            let restored = after.restore(&snapshot).map_err(|error| error_chain(&error));
            let state = restored.as_ref().map(|position| json(position.state())).map_err(String::clone);
            readings.push(("a snapshot of the first program", restored.ok(), state));

            let expected = Model::read::<Sheet>(&lines(&journal, "r").await);
            for (reader, _, read) in &readings {
                match read {
                    Ok(_) => agree(reader, read, &expected)?,
                    Err(error) => prop_assert!(names.iter().any(|name| error.contains(name)), "{}: {}", reader, error),
                }
            }
            end_alike(&after, &journal, readings).await
        })?;
    }
}

/// A part of the graph that the next program has not.
#[derive(Clone, Debug)]
enum Gone {
    Node(usize),
    /// A source of the join.
    Source(Index),
}

fn gone() -> impl Strategy<Value = Gone> {
    prop_oneof![(0_usize..4).prop_map(Gone::Node), any::<Index>().prop_map(Gone::Source)]
}

/// How the next program differs, beside its state.
#[derive(Clone, Debug)]
struct Next {
    order: Vec<u8>,
    has_added: bool,
    /// A moment in the past of the run, which is read too.
    earlier: Index,
}

fn nexts() -> impl Strategy<Value = Next> {
    (orders(), any::<bool>(), any::<Index>()).prop_map(|(order, has_added, earlier)| Next { order, has_added, earlier })
}

/// What the next program does with a run.
#[derive(Clone, Copy)]
enum Verdict {
    Reads,
    /// It applies the updates with other reducers, so a snapshot of the first program is another position.
    Recomputes,
    /// The error has this text.
    Refuses(&'static str),
}

impl Verdict {
    fn or(self, model: impl FnOnce() -> Result<Model, String>) -> Result<Model, String> {
        if let Self::Refuses(name) = self { Err(name.to_owned()) } else { model() }
    }
}

/// Runs a program with the state `A`, and reads and resumes the run with a program with the state `B`.
async fn check<A: Modelled, B: Modelled>(past: &Past, next: &Next, verdict: Verdict) -> Result<(), TestCaseError> {
    let journal = Memory::default();
    let before = past.run::<A>(&journal).await;
    let plan = Plan { order: next.order.clone(), has_added: next.has_added, ..past.plan.clone() };
    let after = plan.build_of::<B>(&plan.delays, &Lab::new()).graph;

    let records = lines(&journal, "r").await;
    let expected = verdict.or(|| Model::read::<B>(&records));
    let mut readings = read(&after, &journal, "r").await;
    compare(&readings, &expected)?;

    // What the first program has stored elsewhere.
    let snapshot = before.snapshot(&before.load_at(&journal, "r", At::End).await.unwrap()).unwrap();
    let from_snapshot = verdict.or(|| Model::restore::<B>(&snapshot));
    let restored = after.restore(&snapshot).map_err(|error| error_chain(&error));
    let state = restored.as_ref().map(|position| json(position.state())).map_err(String::clone);
    agree("a snapshot of the first program", &state, &from_snapshot)?;
    if let Verdict::Reads = verdict {
        readings.push(("a snapshot of the first program", restored.ok(), state));
    }

    let earlier = 1 + next.earlier.index(records.len());
    let expected = verdict.or(|| Model::read::<B>(&records[..earlier]));
    let read_at = after.load_at(&journal, "r", At::Record(earlier as u64)).await;
    agree(
        "an earlier moment",
        &read_at.map(|position| json(position.state())).map_err(|error| error_chain(&error)),
        &expected,
    )?;

    end_alike(&after, &journal, readings).await?;
    let records = lines(&journal, "r").await;
    let expected = verdict.or(|| Model::read::<B>(&records));
    compare(&read(&after, &journal, "r").await, &expected)?;
    let changes = after.history(&journal, "r").await;
    let changes = changes.map(|all| all.iter().map(|change| json(&change.update)).collect::<Vec<_>>());
    if let (Ok(changes), Ok(model)) = (changes, expected) {
        let expected: Vec<_> = model.changes.into_iter().map(without_nulls).collect();
        prop_assert_eq!(changes, expected);
    }
    // The first program reads the records of both, or refuses them.
    let expected = Model::read::<A>(&records);
    for (reader, _, read) in read(&before, &journal, "r").await {
        if read.is_ok() {
            agree(reader, &read, &expected)?;
        }
    }
    Ok(())
}

/// The run ends in the same state, whichever reader gave the position.
pub(crate) async fn end_alike<S: Document>(
    graph: &Graph<S>,
    journal: &Memory,
    readings: Vec<Reading<S>>,
) -> Result<(), TestCaseError> {
    let mut first = None;
    for (reader, position, _) in readings {
        let Some(position) = position else { continue };
        let journal = (reader == "load").then_some(journal);
        let run = graph.resume(position);
        let run = if let Some(journal) = journal { run.journal(journal.clone()) } else { run };
        let ended = end(graph, run, journal).await;
        prop_assert_eq!(&ended, first.get_or_insert_with(|| ended.clone()), "{}", reader);
    }
    Ok(())
}
