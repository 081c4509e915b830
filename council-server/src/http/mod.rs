//! Connections and requests, whatever their route.

pub(crate) mod accept;
pub(crate) mod connection;
mod minimum_rate;
pub(crate) mod connection_state;
pub(crate) mod access;
pub(crate) mod base_path;
pub(crate) mod host;
pub(crate) mod hosts;
pub(crate) mod origin;
pub(crate) mod token;
pub(crate) mod subprotocol;
pub(crate) mod faults;
pub(crate) mod json;
pub(crate) mod body;
pub(crate) mod query;
pub(crate) mod error;
pub(crate) mod answers;
pub(crate) mod request_log;
