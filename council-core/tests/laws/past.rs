//! What the first of two programs does: a stored run that stops, fails, asks, is edited, and is cut off at a random record.

use council_core::journal::{AppendRequest, Head, Journal, Memory, ReadFrom, Status};
use council_core::stored::At;
use council_core::{Graph, Limits, Outcome, Position, RunBuilder, RunError};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::crashes::answered;
use crate::lab::Lab;
use crate::plans::{Document, Plan, stored_plans};
use crate::readers::lines;

/// What the first program does.
#[derive(Clone, Debug)]
pub(crate) struct Past {
    pub(crate) plan: Plan,
    failing: Vec<usize>,
    /// The limits of the run, one after the other, and what is edited after each.
    stops: Vec<(u64, Option<usize>)>,
    /// The run begins at the position after this record of another run.
    begins_at: Option<Index>,
    /// The number of records after which the process dies.
    cut: Index,
    /// The number of records after which the run has its last snapshot.
    snapshot: Option<Index>,
}

pub(crate) fn pasts() -> impl Strategy<Value = Past> {
    let stops = prop::collection::vec((0_u64..6, prop::option::of(0_usize..9)), 0..4);
    let failing = prop::collection::vec(0_usize..9, 0..3);
    let places = (prop::option::weighted(0.3, any::<Index>()), any::<Index>(), prop::option::of(any::<Index>()));
    (stored_plans(), failing, stops, places).prop_map(|(plan, failing, stops, (begins_at, cut, snapshot))| Past {
        plan,
        failing,
        stops,
        begins_at,
        cut,
        snapshot,
    })
}

impl Past {
    /// Stores the run `r`, and gives the graph.
    pub(crate) async fn run<S: Document>(&self, journal: &Memory) -> Graph<S> {
        let graph = self.plan.build_of::<S>(&self.plan.delays, &Lab::breaking(self.failing.clone())).graph;
        self.run_in_pieces(&graph, journal, graph.run(S::default()).id("whole")).await;
        let mut whole = "whole";
        if let Some(place) = self.begins_at {
            let position =
                graph.load_at(journal, whole, At::Record(place_in(journal, whole, place).await)).await.unwrap();
            whole = "later";
            self.run_in_pieces(&graph, journal, graph.resume(position).id(whole)).await;
        }
        let records = place_in(journal, whole, self.cut).await;
        let mut entries = journal.read(whole, ReadFrom::Record(0)).await.unwrap().entries;
        entries.truncate(usize::try_from(records).unwrap());
        let head = Head::new(graph.name(), Status::Running);
        let mut first = AppendRequest::new("r", 0, entries.clone()).head(head);
        if let Some(place) = self.snapshot {
            let place = 1 + place.index(entries.len());
            first.entries.truncate(place);
            let position = graph.load_at(journal, whole, At::Record(place as u64)).await.unwrap();
            let rest = AppendRequest::new("r", place as u64, entries.split_off(place));
            journal.append(first.snapshot(graph.snapshot(&position).unwrap())).await.unwrap();
            journal.append(rest).await.unwrap();
        } else {
            journal.append(first).await.unwrap();
        }
        graph
    }

    async fn run_in_pieces<S: Document>(&self, graph: &Graph<S>, journal: &Memory, mut run: RunBuilder<S>) {
        for (supersteps, edit) in self.stops.iter().copied().chain([(99, None); 9]) {
            let ended = run.journal(journal.clone()).limits(Limits { supersteps, ..Limits::default() }).await;
            let Some(position) = stopped(ended) else { return };
            let mut position = answered(position);
            if let Some(number) = edit {
                position.edit("the chair", S::update_of(&self.plan, number, None, "e".repeat(1 + number)));
            }
            run = graph.resume(position);
        }
    }
}

/// The position of a run that has not ended.
fn stopped<S: Document>(ended: Result<Outcome<S>, RunError<S>>) -> Option<Position<S>> {
    match ended {
        Ok(Outcome::Paused { position } | Outcome::Stopped { position, .. }) => Some(position),
        Ok(_) => None,
        Err(error) => Some(error.into_position()),
    }
}

async fn place_in(journal: &Memory, run: &str, place: Index) -> u64 {
    1 + place.index(lines(journal, run).await.len()) as u64
}
