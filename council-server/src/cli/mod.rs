//! The program around the server: its settings, its log, its signals.

pub(crate) mod check;
pub(crate) mod log;
pub(crate) mod settings;
pub(crate) mod signals;
