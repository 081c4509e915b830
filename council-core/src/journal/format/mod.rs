//! The format of records: how one is written as a line of JSON, and read.

pub(crate) mod line;
pub(crate) mod text;
pub(crate) mod writer;
