//! Checks of the repository itself.
//!
//! [`ORDER`] lists the modules of each crate and of the page from the bottom up, and [`faults`] checks sources against it.
//! [`length_fault`] checks the length of a file. The tests `order` and `length` check the whole repository.

mod check;
mod circles;
mod import;
mod length;
mod order;
mod rust;
mod script;

pub use self::check::faults;
pub use self::length::length_fault;
pub use self::order::{Language, ORDER, Part};

/// The programs of the repository's README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

/// The programs of the guide, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/coming-from-langgraph.md")]
struct Guide;

/// The programs of the guide to new versions, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/changing-a-graph.md")]
struct ChangingAGraph;
