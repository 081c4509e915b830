//! The bodies of answers that are no success.

use serde::Serialize;
use utoipa::ToSchema;

use super::invalid::Invalid;

/// The body of an answer that is no success: why, in a sentence.
#[derive(Serialize, ToSchema)]
pub(crate) struct Refusal {
    pub(crate) detail: String,
}

/// The body of an answer to a request that cannot be understood: all its faults.
#[derive(Serialize, ToSchema)]
pub(crate) struct Faults {
    pub(crate) detail: Vec<Invalid>,
}
