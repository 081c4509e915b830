//! Rounds: when a round begins, and how the last round ends.

use council_core::State;

use crate::state::council::Council;
use crate::state::decision::{DEFAULT_MAX_ITERATIONS, Decision};

/// When a round begins.
#[derive(Clone, Copy)]
pub(super) enum Rounds {
    /// With each draft. A visit limit of the graph ends the last round.
    ByDraft,
    /// With the first draft, then with each rework. In the last round the critic approves the draft whatever its score, because a graph
    /// of any shape may have no node for a visit limit to lead to.
    ByRework,
}

type Update = <Council as State>::Update;

impl Rounds {
    /// The number of the round that begins with a draft, if one begins.
    pub(super) fn after_draft(self, iteration: u32) -> Option<u32> {
        match self {
            Self::ByDraft => Some(iteration + 1),
            Self::ByRework => (iteration == 0).then_some(1),
        }
    }

    /// Adds the decision to a critic's update, and in a blueprint the next round.
    pub(super) fn after_verdict(self, by_score: Decision, iteration: u32, update: Update) -> Update {
        match self {
            Self::ByDraft => update.decision(by_score),
            Self::ByRework => {
                let is_over = by_score == Decision::Rework && iteration >= DEFAULT_MAX_ITERATIONS;
                let decision = if is_over { Decision::Approve } else { by_score };
                let update = update.decision(decision).valve_opened(is_over);
                // A rework before the first draft begins no round.
                let begins = decision == Decision::Rework && iteration > 0;
                if begins { update.iteration(iteration + 1) } else { update }
            }
        }
    }
}
