//! Answer to the check of a blueprint: its faults, its warnings, and how the server reads it.

use council_llm::{Blueprint, BlueprintWarning, ModelSpec};
use serde::Serialize;
use utoipa::ToSchema;

use super::fault::{Location, RequestFault};

/// The check of a blueprint that is not saved.
#[derive(Serialize, ToSchema)]
pub(crate) struct BlueprintCheck {
    /// The blueprint as it is read, in version 2 and with its faults; null if a field of it cannot be read.
    #[schema(required, value_type = Option<Object>)]
    blueprint: Option<Blueprint>,
    /// Why it cannot be saved.
    faults: Vec<RequestFault>,
    /// Likely mistakes. They do not prevent saving.
    warnings: Vec<Warning>,
    /// The provider of each node's model, in the order of the nodes; null if none has a model of this name.
    providers: Vec<Option<String>>,
}

/// A likely mistake in a blueprint.
#[derive(Serialize, ToSchema)]
struct Warning {
    /// The kind of the mistake, as a word that does not change.
    #[serde(rename = "type")]
    #[schema(examples("unreachable", "model_unavailable", "endless"))]
    kind: &'static str,
    loc: Location,
    msg: String,
}

impl BlueprintCheck {
    pub(crate) fn new(blueprint: Option<Blueprint>, faults: Vec<RequestFault>, warnings: &[BlueprintWarning]) -> Self {
        let warnings = warnings.iter().map(|BlueprintWarning { at, kind, .. }| {
            let loc = Location::of("body", at);
            Warning { kind: kind.word(), loc, msg: kind.to_string() }
        });
        let nodes = blueprint.iter().flat_map(|blueprint| &blueprint.nodes);
        let providers = nodes.map(|node| node.model.parse().ok().map(|spec: ModelSpec| spec.provider().to_owned()));
        Self { warnings: warnings.collect(), providers: providers.collect(), blueprint, faults }
    }
}
