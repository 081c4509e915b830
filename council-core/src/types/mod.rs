//! Basic types of a run, used by nodes, graphs, plans and observers.

pub(crate) mod ask_id;
pub(crate) mod breakpoints;
pub(crate) mod cancel;
pub(crate) mod clock;
pub(crate) mod error_chain;
pub(crate) mod json;
pub(crate) mod json_error;
pub(crate) mod json_object;
pub(crate) mod limits;
pub(crate) mod lock;
pub(crate) mod milliseconds;
pub(crate) mod near_name;
pub(crate) mod node_id;
pub(crate) mod node_names;
pub(crate) mod node_path;
pub(crate) mod node_ref;
pub(crate) mod panic;
pub(crate) mod path;
pub(crate) mod permits;
pub(crate) mod question;
pub(crate) mod raw_json;
pub(crate) mod signal;
pub(crate) mod valve;
