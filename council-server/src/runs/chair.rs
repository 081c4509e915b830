//! Answers of the chair, and cancels. They are processed one at a time for each run.

use std::sync::Arc;

use council_core::journal::{CloseError, JournalError, close};
use council_core::{EditError, Graph, Position, State};
use council_llm::{Council, DEFAULT_THRESHOLD, Decision, Feedback};
use utoipa::ToSchema;

use super::handle::RunHandle;
use super::idempotency::{KeyError, KeyedRequest};
use super::projection::CANCELLED;
use super::registry::{FindError, Runs};
use super::resume::{LoadedRun, ResumeError};
use super::start::StartError;
use super::summary::Summary;
use crate::wire::status::RunStatus;

/// An answer of the chair.
#[derive(Debug)]
pub(crate) struct ChairAnswer {
    pub(crate) action: ChairAction,
    /// The number of the `run_paused` that is answered, if the client has sent it.
    pub(crate) seq: Option<u64>,
    /// The request of the answer, if its client may repeat it.
    pub(crate) request: Option<KeyedRequest>,
}

/// The decision of the chair.
#[derive(Debug)]
pub(crate) enum ChairAction {
    /// The run resumes, with these changes.
    Approve(StateChanges),
    /// The run fails.
    Reject,
}

/// Changes of the state by the chair. Fields that are not given stay as they are.
#[derive(Debug, Default, ToSchema)]
pub(crate) struct StateChanges {
    #[schema(nullable = false, min_length = 1, max_length = 10_000)]
    pub(crate) input_topic: Option<String>,
    #[schema(nullable = false)]
    pub(crate) current_draft: Option<String>,
    /// Feedback to append.
    #[schema(required = false)]
    pub(crate) feedback_history: Vec<String>,
    #[schema(nullable = false)]
    pub(crate) route_decision: Option<Decision>,
    #[schema(nullable = false, minimum = 0, maximum = 10)]
    pub(crate) critic_score: Option<f64>,
}

/// The error of an answer or a cancel, which has changed nothing.
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
    /// The key of the request belongs to another request.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The run cannot resume.
    #[error("Run '{run}' cannot resume")]
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
    /// Answers a pause. The answer is in the journal when this returns. The repeat of a request with a key changes nothing.
    pub(crate) async fn answer(self: &Arc<Self>, id: &str, answer: ChairAnswer) -> Result<Arc<RunHandle>, ChairError> {
        // A task of its own completes it even if the client disconnects.
        let answered = Arc::clone(self).answer_to_end(id.to_owned(), answer);
        self.supervisors.spawn(answered).await.unwrap_or(Err(StartError::Draining.into()))
    }

    async fn answer_to_end(self: Arc<Self>, id: String, answer: ChairAnswer) -> Result<Arc<RunHandle>, ChairError> {
        let ChairAnswer { action, seq, request } = answer;
        let not_paused = || ChairError::NotPaused(id.clone());
        let handle = match self.find(&id).await {
            Err(FindError::Unknown(_)) => return Err(not_paused()),
            found => found?,
        };
        let _control = handle.control.lock().await;
        if let Some(request) = &request
            && handle.requests.contain(request)?
        {
            return Ok(Arc::clone(&handle));
        }
        if handle.status() != RunStatus::Paused || seq.is_some_and(|seq| seq != handle.last_pause_seq()) {
            return Err(not_paused());
        }
        // The request is stored with the records of the answer.
        handle.requests.add(request.clone());
        let answered = match action {
            ChairAction::Approve(changes) => self.resume(&handle, changes).await,
            ChairAction::Reject => {
                let summary = Summary { error: Some(REJECTED.to_owned()), ..handle.summary() };
                self.close(&handle, REJECTED, summary).await.map_err(|fault| match fault {
                    CloseError::Journal(fault) => fault.into(),
                    _ => not_paused(),
                })
            }
        };
        if answered.is_err() {
            handle.requests.remove(request.as_ref());
        }
        answered.map(|()| Arc::clone(&handle))
    }

    async fn resume(self: &Arc<Self>, handle: &Arc<RunHandle>, changes: StateChanges) -> Result<(), ChairError> {
        if self.draining.is_cancelled() {
            return Err(StartError::Draining.into());
        }
        let loaded = self.load(handle).await;
        let LoadedRun { graph, mut position, changed_models } =
            loaded.map_err(|source| ChairError::Load { run: handle.id().to_string(), source })?;
        let follows_critic = handle.last_is_critic();
        let round = follows_critic.then(|| changes.round(position.state())).flatten();
        let is_decided = changes.route_decision.is_some() || changes.critic_score.is_some();
        if let Some(mut update) = changes.into_update() {
            if let Some(round) = round {
                update = update.overwrite_iteration(round);
            }
            // The decision of the chair replaces the decision of the valve.
            if follows_critic && is_decided && position.state().valve_opened {
                update = update.valve_opened(false);
            }
            edit(&graph, &mut position, handle.last_node().as_deref(), update);
        }
        let run = graph.resume(position).limits(self.limits(&graph, handle));
        if let Some(changed) = changed_models {
            // The answer is stored. The agents do not run: the chair has not chosen the models of this server.
            return Ok(self.hold_back(handle, run, changed.to_string()).await?);
        }
        let admission = self.admission().admit_accepted();
        Ok(self.start_or_queue(handle, run, admission).await?)
    }

    /// Cancels a run at once.
    pub(crate) async fn cancel(self: &Arc<Self>, id: &str) -> Result<Arc<RunHandle>, ChairError> {
        let handle = match self.find(id).await {
            Err(unreadable @ FindError::Unreadable { .. }) => {
                // A run that cannot be read can still be closed.
                close(&self.store.journal, id, CANCELLED, None).await.map_err(|fault| match fault {
                    CloseError::Journal(fault) => fault.into(),
                    _ => ChairError::Ended(id.to_owned()),
                })?;
                return Err(unreadable.into());
            }
            found => found?,
        };
        let control = handle.control.lock().await;
        let ended = || ChairError::Ended(id.to_owned());
        if handle.status().is_final() {
            return Err(ended());
        }
        let summary = Summary { cancelled: true, ..handle.summary() };
        self.close(&handle, CANCELLED, summary).await.map_err(|fault| match fault {
            CloseError::Journal(fault) => fault.into(),
            _ => ended(),
        })?;
        drop(control);
        Ok(handle)
    }

    /// Closes a run in the journal, and stops its driver.
    async fn close(self: &Arc<Self>, handle: &RunHandle, reason: &str, summary: Summary) -> Result<(), CloseError> {
        let closed = close(&self.store.journal, handle.id(), reason, Some(summary.into_text())).await;
        if closed.is_ok() {
            handle.stop.cancel();
            self.dequeue(handle);
        }
        if !matches!(closed, Err(CloseError::Journal(_))) {
            self.catch_up(handle).await?;
            self.report_end(handle);
            self.remove_if_ended(handle);
        }
        closed
    }
}

/// Edits the state in the name of the node that completed last, so that its route is evaluated again.
fn edit(
    graph: &Graph<Council>,
    position: &mut Position<Council>,
    last: Option<&str>,
    update: <Council as State>::Update,
) {
    let edited = last.map(|node| graph.edit_as(position, node, CHAIR, update.clone()));
    // At the start, and where several edges have met, there is no such route: only the state changes.
    if let None | Some(Err(EditError::NotThere { .. } | EditError::UnknownNode { .. })) = edited {
        position.edit(CHAIR, update);
    }
}

impl StateChanges {
    /// The round of the run, if the decision of the chair changes it. A critic of a blueprint starts a round with a rework, so the chair takes
    /// that back, or starts the round instead of the critic.
    fn round(&self, council: &Council) -> Option<u32> {
        let threshold = council.review().map_or(DEFAULT_THRESHOLD, |review| review.threshold);
        let by_score = |score| if score >= threshold { Decision::Approve } else { Decision::Rework };
        let decision = self.route_decision.or(self.critic_score.map(by_score))?;
        match (council.decision?, decision) {
            (Decision::Rework, Decision::Approve) => Some(council.iteration.saturating_sub(1).max(1)),
            (Decision::Approve, Decision::Rework) => Some(council.iteration.saturating_add(1)),
            _ => None,
        }
    }

    /// The changes as an update; `None` if there are none.
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
            // The decision follows from the score, unless the chair decides too.
            (update, is_changed) = (update.score(Some(score)).decision(None), true);
        }
        if let Some(decision) = route_decision {
            (update, is_changed) = (update.decision(decision), true);
        }
        is_changed.then_some(update)
    }
}

/// The name of the editor in the records.
const CHAIR: &str = "the chair";
/// The error of a rejected run, in the wording of the original.
const REJECTED: &str = "Rejected by user in God Mode.";
