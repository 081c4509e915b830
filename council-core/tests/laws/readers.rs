//! The readers of a stored run: what each says of its end, and how the run ends from there.

use council_core::journal::{Journal, Memory, ReadFrom};
use council_core::projection::RunProjection;
use council_core::stored::At;
use council_core::{Graph, Outcome, Position, RunBuilder, error_chain};
use proptest::prelude::*;
use serde_json::Value;

use crate::crashes::answered;
use crate::model::{Model, without_nulls};
use crate::plans::Document;

/// A reader, its position if it has one, and the state or the error.
pub(crate) type Reading<S> = (&'static str, Option<Position<S>>, Result<Value, String>);

/// What each reader says of the end of the run.
pub(crate) async fn read<S: Document>(graph: &Graph<S>, journal: &Memory, run: &str) -> Vec<Reading<S>> {
    let of = |reader, position: Result<Position<S>, String>| match position {
        Ok(position) => {
            let state = json(position.state());
            (reader, Some(position), Ok(state))
        }
        Err(error) => (reader, None, Err(error)),
    };
    let _ = journal.delete("fork").await;
    let at_end = graph.load_at(journal, run, At::End).await;
    let mut readings = vec![];
    if let Ok(position) = &at_end {
        let restored = graph.restore(&graph.snapshot(position).unwrap());
        readings.push(of("restore", restored.map_err(|error| error_chain(&error))));
    }
    readings.insert(0, of("load", graph.load(journal, run).await.map_err(|error| error_chain(&error))));
    readings.push(of("load_at", at_end.map_err(|error| error_chain(&error))));
    readings.push(of("fork", graph.fork(journal, run, At::End, "fork").await.map_err(|error| error_chain(&error))));
    readings.push(("projection", None, project(graph, journal, run).await));
    readings
}

async fn project<S: Document>(graph: &Graph<S>, journal: &Memory, run: &str) -> Result<Value, String> {
    let (mut reader, mut projection) = (graph.reader(), RunProjection::<S>::default());
    for record in lines(journal, run).await {
        let read = reader.read(&record).and_then(|typed| projection.apply(typed).map(drop));
        read.map_err(|error| error_chain(&error))?;
    }
    Ok(json(projection.state()))
}

pub(crate) fn compare<S: Document>(
    readings: &[Reading<S>],
    expected: &Result<Model, String>,
) -> Result<(), TestCaseError> {
    for (reader, _, read) in readings {
        agree(reader, read, expected)?;
    }
    Ok(())
}

/// The reader gives the state of the model, or its error has the name.
pub(crate) fn agree(
    reader: &str,
    read: &Result<Value, String>,
    expected: &Result<Model, String>,
) -> Result<(), TestCaseError> {
    match (read, expected) {
        (Ok(state), Ok(model)) => prop_assert_eq!(state, &model.state(), "{}", reader),
        (Err(error), Err(name)) => prop_assert!(error.contains(name), "{}: {} in {}", reader, name, error),
        (Ok(state), Err(name)) => prop_assert!(false, "{reader} does not refuse `{name}`: {state}"),
        (Err(error), Ok(_)) => prop_assert!(false, "{reader} refuses: {error}"),
    }
    Ok(())
}

/// The end of a run: its state, and whether it has finished, or its failure.
pub(crate) async fn end<S: Document>(
    graph: &Graph<S>,
    mut run: RunBuilder<S>,
    journal: Option<&Memory>,
) -> Result<(bool, Value), String> {
    loop {
        match run.await {
            Ok(Outcome::Paused { position }) => run = graph.resume(answered(position)),
            Ok(outcome) => return Ok((outcome.is_finished(), json(outcome.state()))),
            Err(error) => return Err(error.failure().to_string()),
        }
        if let Some(journal) = journal {
            run = run.journal(journal.clone());
        }
    }
}

pub(crate) fn json(state: &impl serde::Serialize) -> Value {
    without_nulls(serde_json::to_value(state).unwrap())
}

pub(crate) async fn lines(journal: &Memory, run: &str) -> Vec<String> {
    let stored = journal.read(run, ReadFrom::Record(0)).await.unwrap();
    stored.entries.into_iter().map(|entry| entry.json).collect()
}
