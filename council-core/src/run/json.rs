//! Outcomes and errors of runs as JSON.

use serde::{Serialize, Serializer};

use super::error::RunError;
use super::outcome::{Outcome, Unfinished};
use crate::node::failure::Failure;
use crate::plan::position::Position;
use crate::state::State;
use crate::types::limits::StopReason;
use crate::types::question::Ask;

/// An object with `outcome` (`finished`, `paused` or `stopped`), the `state`, and, if the run is not finished, the number of complete
/// `supersteps`, the `reason` of a stop, and the open questions of a pause (`asks`).
impl<S: State + Serialize> Serialize for Outcome<S> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        let (outcome, position, reason) = match self {
            Self::Finished(_) => ("finished", None, None),
            Self::Paused { position } => ("paused", Some(position), None),
            Self::Stopped { reason, position } => ("stopped", Some(position), Some(*reason)),
        };
        let asks = position.filter(|_| reason.is_none()).map(Position::asks);
        let supersteps = position.map(Position::supersteps);
        OutcomeJson { outcome, reason, supersteps, asks, state: self.state() }.serialize(serializer)
    }
}

/// The same as a stopped or paused [`Outcome`].
impl<S: State + Serialize> Serialize for Unfinished<S> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        let Self { reason, position } = self;
        let (outcome, reason, asks) = match reason {
            StopReason::Paused => ("paused", None, Some(position.asks())),
            reason => ("stopped", Some(*reason), None),
        };
        let (supersteps, state) = (Some(position.supersteps()), position.state());
        OutcomeJson { outcome, reason, supersteps, asks, state }.serialize(serializer)
    }
}

#[derive(Serialize)]
struct OutcomeJson<'a, S> {
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<StopReason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    supersteps: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    asks: Option<Vec<Ask>>,
    state: &'a S,
}

/// An object with the id of the `run`, its `failure`, the number of complete `supersteps`, and the `state`.
impl<S: State + Serialize> Serialize for RunError<S> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        let (supersteps, state) = (self.position().supersteps(), self.state());
        RunErrorJson { run: self.run(), failure: self.failure(), supersteps, state }.serialize(serializer)
    }
}

#[derive(Serialize)]
struct RunErrorJson<'a, S> {
    run: &'a str,
    failure: &'a Failure,
    supersteps: u64,
    state: &'a S,
}
