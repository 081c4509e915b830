//! What begins a round, and what ends the last one.

use council_core::State;

use crate::state::council::Council;
use crate::state::decision::{DEFAULT_MAX_ITERATIONS, Decision};

/// What begins a round.
#[derive(Clone, Copy)]
pub(super) enum Rounds {
    /// Each draft. The last round is ended by a visit limit of the graph.
    ByDraft,
    /// The first draft, and then each rework. In the last round the critic lets the draft pass whatever its score: a graph of any shape
    /// has no node that a visit limit could lead to.
    ByRework,
}

type Update = <Council as State>::Update;

impl Rounds {
    /// The round that a draft belongs to, if it begins one.
    pub(super) fn after_draft(self, iteration: u32) -> Option<u32> {
        match self {
            Self::ByDraft => Some(iteration + 1),
            Self::ByRework => (iteration == 0).then_some(1),
        }
    }

    /// Adds to a critic's update what follows from its score.
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
