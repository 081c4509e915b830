//! Runs of a graph: their settings, their events and their outcome.

pub(crate) mod builder;
pub(crate) mod error;
pub(crate) mod graph;
pub(crate) mod inner_run;
mod json;
pub(crate) mod nested;
pub(crate) mod observing;
pub(crate) mod outcome;
pub(crate) mod pausing;
mod run_id;
pub(crate) mod running;
pub(crate) mod storing;
pub(crate) mod subgraph;
pub(crate) mod subgraph_deps;
