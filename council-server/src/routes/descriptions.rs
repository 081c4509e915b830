//! Parameters and answers that the descriptions of several routes share.

use utoipa::{IntoParams, IntoResponses};

use super::graph_response::GraphFormat;
use crate::wire::error_body::{ErrorBody, FaultsBody};

/// The id of a run in the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "only its description is used, in the OpenAPI document")]
pub(crate) struct RunId {
    /// The id of the run
    id: String,
}

/// The id of a blueprint in the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "only its description is used, in the OpenAPI document")]
pub(crate) struct BlueprintId {
    /// The id of the blueprint
    id: String,
}

/// The format of a graph in the query.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only its description is used, in the OpenAPI document")]
pub(crate) struct GraphQuery {
    /// The format; JSON by default
    #[param(inline)]
    format: Option<GraphFormat>,
}

/// The position of a client in the events of a run, in the query.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only its description is used, in the OpenAPI document")]
pub(crate) struct AfterQuery {
    /// The number of the last event that the client has
    #[param(minimum = 0)]
    after: Option<u64>,
}

/// The answer of a route about a run.
#[derive(IntoResponses)]
#[response(status = 404, description = "The run does not exist")]
#[expect(dead_code, reason = "only its description is used, in the OpenAPI document")]
pub(crate) struct UnknownRun(ErrorBody);

/// The answer of a route about a blueprint.
#[derive(IntoResponses)]
#[response(status = 404, description = "The blueprint does not exist")]
#[expect(dead_code, reason = "only its description is used, in the OpenAPI document")]
pub(crate) struct UnknownBlueprint(ErrorBody);

/// The answer to a request with faults.
#[derive(IntoResponses)]
#[response(status = 422, description = "All faults of the request")]
#[expect(dead_code, reason = "only its description is used, in the OpenAPI document")]
pub(crate) struct Faults(FaultsBody);

/// The answer to a start while the queue is full.
#[derive(IntoResponses)]
#[response(status = 429, description = "The queue of runs is full")]
#[expect(dead_code, reason = "only its description is used, in the OpenAPI document")]
pub(crate) struct FullQueue(ErrorBody);
