//! What was written in a run, piece by piece.

use serde::Serialize;
use utoipa::ToSchema;

/// What one agent, or the chair, has brought to a run: a draft, a verdict, or both.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Contribution {
    /// The number of the event that told of it; `None` for what the chair changed.
    #[schema(required)]
    pub(crate) seq: Option<u64>,
    /// The round that it belongs to.
    pub(crate) round: u32,
    /// Who; `None` is the chair.
    #[schema(required)]
    pub(crate) node: Option<String>,
    /// RFC 3339, UTC.
    pub(crate) at: String,
    #[schema(required)]
    pub(crate) draft: Option<String>,
    #[schema(required)]
    pub(crate) score: Option<f64>,
    #[schema(required)]
    pub(crate) feedback: Option<String>,
}
