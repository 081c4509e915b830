//! The shared parts of the HTTP providers: one call with its limits and its errors. A provider adds a dialect.

pub(crate) mod address;
pub(crate) mod advice;
mod answer;
mod body;
mod changes;
pub(crate) mod client;
mod connect;
pub(crate) mod dialect;
mod errors;
pub(crate) mod extras;
mod list;
pub(crate) mod model;
mod patience;
mod quotas;
mod retry_after;
mod room;
mod sse;
mod time;

pub use address::AddressError;
