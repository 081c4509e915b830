//! The bodies of answers that are no success.

use serde::Serialize;
use utoipa::ToSchema;

use super::fault::RequestFault;

/// The body of an answer that is no success: why, in a sentence.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErrorBody {
    pub(crate) detail: String,
}

/// The body of an answer to a request that cannot be understood: all its faults.
#[derive(Serialize, ToSchema)]
pub(crate) struct FaultsBody {
    pub(crate) detail: Vec<RequestFault>,
}
