//! The words of a run: what nodes, graphs, plans and observers all speak of.

pub(crate) mod clock;
pub(crate) mod error_chain;
pub(crate) mod question;
pub(crate) mod valve;
