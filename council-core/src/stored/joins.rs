//! The joins of a stored position: by their target, and by the names of their sources.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::read;
use super::write::RecordWriter;
use crate::graph::compiled::{Inner, Join};
use crate::journal::format::position::{StoredArrivals, StoredPosition};
use crate::journal::replay_error::ReplayError;
use crate::plan::position::Position;
use crate::state::State;

/// The joins, each with the sources that have run.
pub(super) fn write_joins<'a, S: State>(
    writer: &RecordWriter<'a, S>,
    position: &Position<S>,
) -> Vec<StoredArrivals<'a>> {
    let joins = position.joins.iter().enumerate().map(|(place, arrivals)| {
        let Join { sources, target } = &writer.graph.joins[place];
        let names = |slots: &mut dyn Iterator<Item = usize>| {
            let mut names: Vec<_> = slots.map(|slot| writer.name(sources[slot])).collect();
            names.sort_unstable();
            names
        };
        let (arrived, missing) = (names(&mut arrivals.here()), names(&mut arrivals.missing().into_iter()));
        StoredArrivals { target: writer.name(*target), arrived, missing }
    });
    let mut joins: Vec<_> = joins.collect();
    joins.sort_unstable();
    joins
}

/// Whether the graph counts the sources of its joins as the graph of a stored position did. A join that is not in the position counts
/// nothing there, so it is counted alike if none of its sources has been visited.
pub(super) fn are_counted_alike<S: State>(graph: &Inner<S>, stored: &StoredPosition<'_>) -> bool {
    let known: BTreeSet<(&str, BTreeSet<&str>)> = stored
        .joins
        .iter()
        .map(|join| {
            let sources = join.arrived.iter().chain(&join.missing).map(|source| &**source);
            (&*join.target, sources.collect())
        })
        .collect();
    graph.joins.iter().all(|Join { sources, target }| {
        let name = |node: &u32| &*graph.names[*node as usize];
        let sources: BTreeSet<&str> = sources.iter().map(name).collect();
        let are_new = sources.iter().all(|source| stored.visits.get(*source).is_none_or(|visits| *visits == 0));
        are_new || known.contains(&(name(target), sources))
    })
}

/// Restores a join of which sources have run.
pub(super) fn read_join<S: State>(
    graph: &Inner<S>,
    stored: &StoredArrivals<'_>,
    position: &mut Position<S>,
) -> Result<(), ReplayError> {
    let StoredArrivals { target, arrived, missing } = stored;
    if arrived.is_empty() {
        return Ok(());
    }
    let number = |name: &Cow<'_, str>| read::number(graph, name);
    let to = number(target)?;
    let arrived = arrived.iter().map(number).collect::<Result<BTreeSet<u32>, _>>()?;
    // A node that was removed is no source of the join any more.
    let all =
        missing.iter().filter_map(|name| number(name).ok()).chain(arrived.iter().copied()).collect::<BTreeSet<u32>>();
    let sources = |join: &Join| join.sources.iter().copied().collect::<BTreeSet<u32>>();
    let of_target = || graph.joins.iter().enumerate().filter(|(_, join)| join.target == to);
    // Joins with the same target and the same sources wait for the same nodes.
    let mut joins: Vec<_> = of_target().filter(|(_, join)| sources(join) == all).collect();
    if joins.is_empty() {
        joins = of_target().filter(|(_, join)| sources(join).is_superset(&arrived)).collect();
        if joins.len() != 1 {
            return Err(ReplayError::NoJoin { target: target.to_string() });
        }
    }
    for (place, join) in joins {
        // A join without missing sources is about to fire: a route of the superstep has failed.
        if !missing.is_empty() && join.sources.iter().all(|source| arrived.contains(source)) {
            let (target, sources) = (target.to_string(), missing.iter().map(ToString::to_string).collect());
            return Err(ReplayError::JoinSourceGone { target, sources });
        }
        let slots = (0..).zip(&join.sources).filter(|(_, source)| arrived.contains(source));
        slots.for_each(|(slot, _)| position.joins[place].arrive(slot));
    }
    Ok(())
}
