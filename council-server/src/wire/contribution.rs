//! The texts and scores of a run, one entry for each agent that wrote.

use serde::Serialize;
use utoipa::ToSchema;

/// The draft, the verdict, or both, that one agent or the chair contributed to a run.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Contribution {
    /// The number of the event `node_complete`; null for a change by the chair.
    #[schema(required)]
    pub(crate) seq: Option<u64>,
    /// The round, from 1.
    pub(crate) round: u32,
    /// The node; null for the chair.
    #[schema(required)]
    pub(crate) node: Option<String>,
    /// The time in RFC 3339, UTC.
    pub(crate) at: String,
    #[schema(required)]
    pub(crate) draft: Option<String>,
    #[schema(required)]
    pub(crate) score: Option<f64>,
    #[schema(required)]
    pub(crate) feedback: Option<String>,
    /// The score of the run after this: of several critics in parallel, the lowest once all have ended. Null if there is none.
    #[schema(required)]
    pub(crate) critic_score: Option<f64>,
}
