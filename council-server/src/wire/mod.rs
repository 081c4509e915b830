//! JSON of the wire: results, events and errors. The protocol fixes the names of fields and their order.

pub(crate) mod status;
pub(crate) mod started;
pub(crate) mod result;
pub(crate) mod chair;
pub(crate) mod model_name;
pub(crate) mod model_change;
pub(crate) mod event;
pub(crate) mod run_event;
pub(crate) mod contribution;
pub(crate) mod history;
pub(crate) mod graph;
pub(crate) mod check;
pub(crate) mod saved_blueprint;
pub(crate) mod health;
pub(crate) mod fault;
pub(crate) mod error_body;
pub(crate) mod text;
pub(crate) mod time;
pub(crate) mod waiting;
