//! Marker types for the kinds of [`IntoNode`](crate::IntoNode). The compiler infers them; no program names them.

/// An `async fn` without a context.
#[derive(Debug)]
pub struct OfState;
/// An `async fn` with a context as its last parameter.
#[derive(Debug)]
pub struct OfStateAndContext;
/// A struct that implements `Node`, `Work`, `Decide` or `DecideItem`.
#[derive(Debug)]
pub struct Struct;
/// A `Subgraph`.
#[derive(Debug)]
pub struct Nested;
