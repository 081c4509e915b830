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
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Warning {
    /// The kind of the mistake, as a word that does not change.
    #[serde(rename = "type")]
    #[schema(examples("unknown_field", "unreachable", "model_unavailable"))]
    kind: &'static str,
    loc: Location,
    msg: String,
}

impl BlueprintCheck {
    pub(crate) fn new(blueprint: Option<Blueprint>, faults: Vec<RequestFault>, warnings: Vec<Warning>) -> Self {
        let nodes = blueprint.iter().flat_map(|blueprint| &blueprint.nodes);
        let providers = nodes.map(|node| node.model.parse().ok().map(|spec: ModelSpec| spec.provider().to_owned()));
        Self { providers: providers.collect(), blueprint, faults, warnings }
    }
}

impl Warning {
    /// An unknown field, and the name of the field that was probably meant.
    pub(crate) fn unknown_field(loc: Location, name: &str, meant: Option<&str>) -> Self {
        let msg = match meant {
            Some(meant) => format!("unknown field `{name}`: did you mean `{meant}`?"),
            None => format!("unknown field `{name}`: it is ignored"),
        };
        Self { kind: "unknown_field", loc, msg }
    }

    /// The number of warnings that are not listed.
    pub(crate) fn more(count: usize) -> Self {
        Self { kind: "more", loc: Location::body(), msg: format!("and {count} more") }
    }

    /// The path in the body and the warning, in one line for a person.
    pub(crate) fn line(&self) -> String {
        self.loc.line(&self.msg)
    }
}

impl From<&BlueprintWarning> for Warning {
    fn from(BlueprintWarning { at, kind, .. }: &BlueprintWarning) -> Self {
        Self { kind: kind.word(), loc: Location::of("body", at), msg: kind.to_string() }
    }
}
