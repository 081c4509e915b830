//! The program: settings, log and signals.

pub(crate) mod check;
pub(crate) mod list;
pub(crate) mod log;
pub(crate) mod settings;
pub(crate) mod signals;
