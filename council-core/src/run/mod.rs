//! Running a graph: set it up, then await the outcome or watch it go.

pub(crate) mod builder;
pub(crate) mod error;
pub(crate) mod graph;
pub(crate) mod outcome;
pub(crate) mod running;
pub(crate) mod subgraph;
pub(crate) mod nested;
pub(crate) mod storing;
pub(crate) mod subgraph_deps;
