//! What people decide of a run: the chair's answers, and a cancel. Of several at once, one is first.

use std::sync::Arc;

use council_core::journal::{CloseError, JournalError, close};
use council_core::{EditError, Graph, Position, State};
use council_llm::{Council, DEFAULT_THRESHOLD, Decision, Feedback};
use utoipa::ToSchema;

use super::handle::RunHandle;
use super::projection::CANCELLED;
use super::registry::{FindError, Runs};
use super::resume::ResumeError;
use super::start::StartError;
use super::summary::Summary;
use crate::wire::status::RunStatus;

/// What the chair decides, and of which pause, if that was said.
#[derive(Debug)]
pub(crate) struct ChairAnswer {
    pub(crate) action: ChairAction,
    pub(crate) seq: Option<u64>,
}

/// What the chair decides.
#[derive(Debug)]
pub(crate) enum ChairAction {
    /// The run goes on, with these changes.
    Approve(StateChanges),
    /// It ends here.
    Reject,
}

/// What the chair changes in a state; what is not given stays.
#[derive(Debug, Default, ToSchema)]
pub(crate) struct StateChanges {
    #[schema(nullable = false, min_length = 1, max_length = 10_000)]
    pub(crate) input_topic: Option<String>,
    #[schema(nullable = false)]
    pub(crate) current_draft: Option<String>,
    /// Appended.
    #[schema(required = false)]
    pub(crate) feedback_history: Vec<String>,
    #[schema(nullable = false)]
    pub(crate) route_decision: Option<Decision>,
    #[schema(nullable = false, minimum = 0, maximum = 10)]
    pub(crate) critic_score: Option<f64>,
}

/// Why an answer or a cancel changed nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChairError {
    #[error(transparent)]
    NotFound(#[from] FindError),
    #[error("Run '{0}' is not paused in God Mode.")]
    NotPaused(String),
    #[error("Run '{0}' has already ended.")]
    Ended(String),
    #[error(transparent)]
    Start(#[from] StartError),
    /// The run does not fit its council any more, or a model of it cannot be had.
    #[error("Run '{run}' cannot go on")]
    Load {
        run: String,
        #[source]
        source: ResumeError,
    },
}

impl From<JournalError> for ChairError {
    fn from(error: JournalError) -> Self {
        Self::Start(error.into())
    }
}

impl Runs {
    /// Answers for the chair. The answer is in the journal when this returns.
    pub(crate) async fn answer(self: &Arc<Self>, id: &str, answer: ChairAnswer) -> Result<Arc<RunHandle>, ChairError> {
        let ChairAnswer { action, seq } = answer;
        let not_paused = || ChairError::NotPaused(id.to_owned());
        let entry = match self.find(id).await {
            Err(FindError::Unknown(_)) => return Err(not_paused()),
            found => found?,
        };
        let control = entry.control.lock().await;
        if entry.status() != RunStatus::Paused || seq.is_some_and(|seq| seq != entry.last_pause_seq()) {
            return Err(not_paused());
        }
        match action {
            ChairAction::Approve(changes) => self.go_on(&entry, changes).await?,
            ChairAction::Reject => {
                let summary = Summary { error: Some(REJECTED.to_owned()), ..entry.summary() };
                self.close(&entry, REJECTED, summary).await.map_err(|fault| match fault {
                    CloseError::Journal(fault) => fault.into(),
                    _ => not_paused(),
                })?;
            }
        }
        drop(control);
        Ok(entry)
    }

    async fn go_on(self: &Arc<Self>, entry: &Arc<RunHandle>, changes: StateChanges) -> Result<(), ChairError> {
        if self.draining.is_cancelled() {
            return Err(StartError::Draining.into());
        }
        let loaded = self.load(entry).await;
        let (graph, mut position) =
            loaded.map_err(|source| ChairError::Load { run: entry.id().to_string(), source })?;
        let is_judged = entry.last_is_critic();
        let round = is_judged.then(|| changes.round(position.state())).flatten();
        let is_decided = changes.route_decision.is_some() || changes.critic_score.is_some();
        if let Some(mut update) = changes.into_update() {
            if let Some(round) = round {
                update = update.overwrite_iteration(round);
            }
            // It is the chair who lets the draft pass now, or sends it back, and not the end of the rounds.
            if is_judged && is_decided && position.state().valve_opened {
                update = update.valve_opened(false);
            }
            edit(&graph, &mut position, entry.last_node().as_deref(), update);
        }
        let admission = self.admission().admit_accepted();
        Ok(self.start_or_queue(entry, graph.resume(position).limits(self.limits(&graph)), admission).await?)
    }

    /// Ends a run at once and for good, whatever it is doing.
    pub(crate) async fn cancel(self: &Arc<Self>, id: &str) -> Result<Arc<RunHandle>, ChairError> {
        let entry = match self.find(id).await {
            Err(unreadable @ FindError::Unreadable { .. }) => {
                // It cannot be shown; ended it can be all the same.
                close(&self.store.journal, id, CANCELLED, None).await.map_err(|fault| match fault {
                    CloseError::Journal(fault) => fault.into(),
                    _ => ChairError::Ended(id.to_owned()),
                })?;
                return Err(unreadable.into());
            }
            found => found?,
        };
        let control = entry.control.lock().await;
        let ended = || ChairError::Ended(id.to_owned());
        if entry.status().is_final() {
            return Err(ended());
        }
        let summary = Summary { cancelled: true, ..entry.summary() };
        self.close(&entry, CANCELLED, summary).await.map_err(|fault| match fault {
            CloseError::Journal(fault) => fault.into(),
            _ => ended(),
        })?;
        drop(control);
        Ok(entry)
    }

    /// Closes a run in the journal. Whoever drives it is stopped.
    async fn close(self: &Arc<Self>, entry: &RunHandle, reason: &str, summary: Summary) -> Result<(), CloseError> {
        let closed = close(&self.store.journal, entry.id(), reason, Some(summary.into_text())).await;
        if closed.is_ok() {
            entry.stop.cancel();
            self.dequeue(entry);
        }
        if !matches!(closed, Err(CloseError::Journal(_))) {
            self.catch_up(entry).await?;
            self.report_end(entry);
            self.remove_if_ended(entry);
        }
        closed
    }
}

/// StateChanges the state as the node would that has just ended, so that its route is asked again.
fn edit(
    graph: &Graph<Council>,
    position: &mut Position<Council>,
    last: Option<&str>,
    update: <Council as State>::Update,
) {
    let edited = last.map(|node| graph.edit_as(position, node, CHAIR, update.clone()));
    // Where several ways have met, or none was gone yet, only the state changes.
    if let None | Some(Err(EditError::NotThere { .. } | EditError::UnknownNode { .. })) = edited {
        position.edit(CHAIR, update);
    }
}

impl StateChanges {
    /// The round that a run is in, if another than its critic has said. The critic of a blueprint begins one with a rework: a chair
    /// who decides otherwise takes that back, or begins it in the critic's place.
    fn round(&self, council: &Council) -> Option<u32> {
        let by_score = |score| if score >= DEFAULT_THRESHOLD { Decision::Approve } else { Decision::Rework };
        let decision = self.route_decision.or(self.critic_score.map(by_score))?;
        match (council.decision?, decision) {
            (Decision::Rework, Decision::Approve) => Some(council.iteration.saturating_sub(1).max(1)),
            (Decision::Approve, Decision::Rework) => Some(council.iteration + 1),
            _ => None,
        }
    }

    /// The same as an update; `None` if nothing is changed.
    fn into_update(self) -> Option<<Council as State>::Update> {
        let Self { input_topic, current_draft, feedback_history, route_decision, critic_score } = self;
        let mut is_changed = !feedback_history.is_empty();
        let mut update = Council::update().extend_feedback(feedback_history.into_iter().map(Feedback::from));
        if let Some(topic) = input_topic {
            (update, is_changed) = (update.topic(topic), true);
        }
        if let Some(draft) = current_draft {
            (update, is_changed) = (update.draft(draft), true);
        }
        if let Some(score) = critic_score {
            // Where the score leads is for the council to say, unless the chair does.
            (update, is_changed) = (update.score(Some(score)).decision(None), true);
        }
        if let Some(decision) = route_decision {
            (update, is_changed) = (update.decision(decision), true);
        }
        is_changed.then_some(update)
    }
}

/// Whose changes these are, in the records.
const CHAIR: &str = "the chair";
/// In the words that clients of the original know.
const REJECTED: &str = "Rejected by user in God Mode.";
