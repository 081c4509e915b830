//! Graphs: the builder, the checks, the compiled graph and its drawing.

pub(crate) mod breakpoints;
pub(crate) mod builder;
pub(crate) mod caches;
pub(crate) mod call;
pub(crate) mod check;
pub(crate) mod closures;
pub(crate) mod compile;
pub(crate) mod compiled;
pub(crate) mod drawing;
pub(crate) mod edges;
pub(crate) mod fault;
pub(crate) mod find;
pub(crate) mod handlers;
pub(crate) mod joins;
pub(crate) mod labels;
pub(crate) mod metadata;
pub(crate) mod migration;
pub(crate) mod reach;
pub(crate) mod reserved;
pub(crate) mod routes;
pub(crate) mod settings;
pub(crate) mod valves;
mod version;
