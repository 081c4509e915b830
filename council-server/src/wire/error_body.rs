//! The bodies of error answers.

use serde::Serialize;
use utoipa::ToSchema;

use super::fault::RequestFault;

/// An error, in a sentence.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErrorBody {
    pub(crate) detail: String,
}

/// All faults of a request.
#[derive(Serialize, ToSchema)]
pub(crate) struct FaultsBody {
    pub(crate) detail: Vec<RequestFault>,
}
