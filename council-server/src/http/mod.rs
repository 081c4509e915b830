//! ConnectionPool and requests, whatever they are about.

pub(crate) mod accept;
pub(crate) mod access;
pub(crate) mod body;
pub(crate) mod connection;
pub(crate) mod error;
pub(crate) mod json;
pub(crate) mod origin;
pub(crate) mod connection_state;
pub(crate) mod query;
pub(crate) mod request_log;
pub(crate) mod token;
