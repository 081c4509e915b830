//! Failures as JSON.

use serde::{Serialize, Serializer};

use super::Failure;
use crate::types::error_chain::error_chain;

/// An object with `kind`, the name of the variant in snake case, and `error`, the failure with all its causes in one line. A failure of a task also has
/// its `node`, `item`, `superstep` and `attempt`, as far as they are known.
impl Serialize for Failure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (kind, place) = kind(self);
        FailureJson { kind, place, error: error_chain(self) }.serialize(serializer)
    }
}

#[derive(Serialize)]
struct FailureJson<'a> {
    kind: &'static str,
    #[serde(flatten)]
    place: Place<'a>,
    error: String,
}

/// The task of a failure.
#[derive(Default, Serialize)]
struct Place<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    superstep: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempt: Option<u32>,
}

fn kind(failure: &Failure) -> (&'static str, Place<'_>) {
    let task = |node, item: &Option<u32>, superstep: &u64, attempt: &u32| Place {
        node: Some(node),
        item: *item,
        superstep: Some(*superstep),
        attempt: Some(*attempt),
    };
    let at = |node, superstep: &u64| Place { node, superstep: Some(*superstep), ..Place::default() };
    let of = |node| Place { node: Some(node), ..Place::default() };
    let nowhere = Place::default;
    match failure {
        Failure::Node { node, item, superstep, attempt, .. } => ("node", task(node.as_str(), item, superstep, attempt)),
        Failure::NodePanicked { node, item, superstep, attempt, .. } => {
            ("node_panicked", task(node, item, superstep, attempt))
        }
        Failure::NodeTimedOut { node, item, superstep, attempt, .. } => {
            ("node_timed_out", task(node, item, superstep, attempt))
        }
        Failure::Conflict { second, superstep, .. } => ("conflict", at(Some(second.as_str()), superstep)),
        Failure::UndeclaredTarget { node, superstep } => ("undeclared_target", at(Some(node), superstep)),
        Failure::RoutePanicked { node, superstep, .. } => ("route_panicked", at(Some(node), superstep)),
        Failure::GuardPanicked { superstep, .. } => ("guard_panicked", at(None, superstep)),
        Failure::HandlerPanicked { node, superstep, .. } => ("handler_panicked", at(Some(node), superstep)),
        Failure::ReducerPanicked { node, superstep, .. } => ("reducer_panicked", at(Some(node), superstep)),
        Failure::JoinWaits { target, superstep, .. } => ("join_waits", at(Some(target), superstep)),
        Failure::Panicked { superstep, .. } => ("panicked", at(None, superstep)),
        Failure::HandlerWithoutChoice { node, superstep } => ("handler_without_choice", at(Some(node), superstep)),
        Failure::NowhereToGo { superstep } => ("nowhere_to_go", at(None, superstep)),
        Failure::NoTimer { .. } => ("no_timer", nowhere()),
        Failure::Journal { .. } => ("journal", nowhere()),
        Failure::Unwritable { .. } => ("unwritable", nowhere()),
        Failure::Unstorable { .. } => ("unstorable", nowhere()),
        Failure::UnknownPause { node, .. } => ("unknown_pause", of(node.as_str())),
        Failure::PauseInsideNode { node } => ("pause_inside_node", of(node)),
        Failure::WrongAnswer { node, .. } => ("wrong_answer", of(node)),
        Failure::Closed { .. } => ("closed", nowhere()),
        Failure::ForeignPause { .. } => ("foreign_pause", nowhere()),
        Failure::ForeignPosition { .. } => ("foreign_position", nowhere()),
    }
}
