//! Where a run stands, as the fold of its records, and what each of them tells a watcher. No lock, no clock, no waiting.

use std::borrow::Cow;
use std::sync::Arc;

use council_core::State;
use council_core::journal::{Envelope, StoredRecord, StoredRedirect, StoredSuccessors};
use council_llm::{Agent, Blueprint, CRITIC, Council, MASTER, Usage};

use super::document::{NO_DOCUMENT, final_draft, given};
use super::projection_error::ProjectionError;
use super::summary::Summary;
use super::superstep::Superstep;
use crate::wire::chair::{ChairState, CurrentState, decision_word};
use crate::wire::event::WireEvent;
use crate::wire::result::{RunResult, StoppedBy};
use crate::wire::status::RunStatus;

/// The fold of a run's records.
#[derive(Default)]
pub(super) struct RunProjection {
    /// Whether the run pauses before each node.
    god_mode: bool,
    /// The state of the run: every update goes into this copy too, as it does there.
    council: Council,
    status: RunStatus,
    error: Option<String>,
    valve_opened: bool,
    /// The nodes that come next, or are at work.
    next: Vec<Arc<str>>,
    /// What the nodes at work have written so far.
    superstep: Superstep,
    /// The node that has ended last; of several side by side, the one whose word counts.
    last: Option<Arc<str>>,
    /// Whether the chair has let the run into this superstep.
    pause_acknowledged: bool,
    /// When the nodes at work began, in milliseconds since 1970.
    began: u64,
}

/// Whoever is told what happens.
type Emit<'t> = &'t mut dyn FnMut(&WireEvent<'_>);

impl RunProjection {
    pub(super) fn new(god_mode: bool) -> Self {
        Self { god_mode, ..Self::default() }
    }

    pub(super) fn status(&self) -> RunStatus {
        self.status
    }

    pub(super) fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// What the run is made by, unless it is the built-in council.
    pub(super) fn blueprint(&self) -> Option<&Arc<Blueprint>> {
        self.council.blueprint.as_ref()
    }

    /// The role of this node, where it is an agent of a blueprint.
    pub(super) fn role(&self, node: &str) -> Option<&'static str> {
        let agents = &self.blueprint()?.nodes;
        let is_critic = agents.iter().find(|agent| agent.id == node).is_some_and(Agent::is_critic);
        Some(if is_critic { "critic" } else { "agent" })
    }

    /// The state of the run. What agents at work side by side have written is not in it yet.
    pub(super) fn council(&self) -> &Council {
        &self.council
    }

    /// What the models have read and written so far.
    pub(super) fn usage(&self) -> Usage {
        self.council.usage
    }

    /// The round that the run is in.
    pub(super) fn round(&self) -> u32 {
        self.council.iteration
    }

    /// The node after which the run stands.
    pub(super) fn last(&self) -> Option<&str> {
        self.last.as_deref()
    }

    /// Whether that node is a critic of a blueprint.
    pub(super) fn last_is_critic(&self) -> bool {
        self.last().and_then(|node| self.agent(node)).is_some_and(Agent::is_critic)
    }

    /// Takes a record, and tells what it means to a watcher. What comes after the last event is not told.
    pub(super) fn fold(&mut self, json: &str, at: u64, emit: Emit<'_>) -> Result<(), ProjectionError> {
        let Envelope { path, record, .. } = Envelope::read(json)?;
        if self.status.is_final() || !path.is_empty() {
            return Ok(());
        }
        match record {
            StoredRecord::Started { input, next, held, .. } => self.started(input.parse()?, &next, held, at, emit),
            StoredRecord::StartedAt { position, next, held, .. } => {
                self.started(position.state.parse()?, &next, held, at, emit);
            }
            StoredRecord::TaskDone { node, item, update, committed, .. } => {
                self.task_done(&node, item, update.parse()?, at, emit);
                if let Some(committed) = committed {
                    self.committed(&committed, at, emit)?;
                }
            }
            StoredRecord::Committed(committed) => self.committed(&committed, at, emit)?,
            StoredRecord::Merged {} => self.merged()?,
            StoredRecord::Edited { update, instead, .. } => {
                self.council.apply(update.parse()?);
                if let Some(StoredRedirect { committed, .. }) = instead {
                    self.valve_opened = !committed.opened_valves.is_empty();
                    self.follow(&committed.next);
                }
            }
            StoredRecord::Paused { .. } => self.paused(emit),
            StoredRecord::Resumed { held } => self.resumed(held, at, emit),
            StoredRecord::Finished {} => self.finished(emit),
            StoredRecord::Failed { error } => self.fail(&error, emit),
            StoredRecord::Closed { reason } => self.closed(&reason, emit),
            _ => {}
        }
        Ok(())
    }

    fn started(&mut self, council: Council, next: &[Cow<'_, str>], is_held: bool, at: u64, emit: Emit<'_>) {
        self.council = council;
        if !next.is_empty() {
            self.follow(next);
            self.pause_acknowledged = false;
            if !is_held {
                self.begin_unless_paused(at, emit);
            }
        }
    }

    fn task_done(
        &mut self,
        node: &str,
        item: Option<u32>,
        update: <Council as State>::Update,
        at: u64,
        emit: Emit<'_>,
    ) {
        // A critic's rework begins the next round, and belongs to the one before.
        self.node_completed(node, self.round_of(node), update.score.flatten(), at, emit);
        self.superstep.wrote(node, item, update);
    }

    fn committed(&mut self, committed: &StoredSuccessors<'_>, at: u64, emit: Emit<'_>) -> Result<(), ProjectionError> {
        self.merged()?;
        self.valve_opened |= !committed.opened_valves.is_empty();
        self.follow(&committed.next);
        self.pause_acknowledged = false;
        self.begin_unless_paused(at, emit);
        Ok(())
    }

    fn merged(&mut self) -> Result<(), ProjectionError> {
        if let Some(decider) = self.superstep.decider(|node| self.is_critic(node)).cloned() {
            self.last = Some(decider);
        }
        Ok(self.superstep.end(&mut self.council)?)
    }

    /// These nodes come next.
    fn follow(&mut self, next: &[Cow<'_, str>]) {
        self.next = next.iter().map(|node| Arc::from(&**node)).collect();
        self.superstep = Superstep::of(&self.next);
    }

    /// Where somebody sits in the chair, what comes next waits for them.
    fn begin_unless_paused(&mut self, at: u64, emit: Emit<'_>) {
        if !self.god_mode {
            self.begin(at, emit);
        }
    }

    fn begin(&mut self, at: u64, emit: Emit<'_>) {
        self.began = at;
        if !self.next.is_empty() {
            self.status = RunStatus::Running;
        }
        for node in &self.next {
            let iteration = self.round_of(node);
            emit(&WireEvent::NodeStart { node, iteration });
            emit(&WireEvent::NodeActive { node: self.label(node), iteration });
        }
    }

    fn node_completed(&mut self, node: &str, iteration: u32, score: Option<f64>, at: u64, emit: Emit<'_>) {
        self.next.retain(|open| **open != *node);
        self.last = Some(node.into());
        emit(&WireEvent::NodeComplete {
            node,
            iteration,
            score: score.filter(|_| self.is_critic(node)),
            duration_ms: at.saturating_sub(self.began),
        });
    }

    fn paused(&mut self, emit: Emit<'_>) {
        self.status = RunStatus::Paused;
        emit(&WireEvent::RunPaused {
            next_nodes: &self.next,
            current_draft: &self.council.draft,
            critic_score: self.council.score,
            iteration_count: self.council.iteration,
        });
        for node in &self.next {
            emit(&WireEvent::NodeActive { node: self.label(node), iteration: self.round_of(node) });
        }
    }

    /// The chair has answered, the run's turn has come, or the server was started again. A run that is held has its turn later.
    fn resumed(&mut self, is_held: bool, at: u64, emit: Emit<'_>) {
        if self.status == RunStatus::Paused {
            self.status = if is_held { RunStatus::Pending } else { RunStatus::Running };
            self.pause_acknowledged = true;
            emit(&WireEvent::RunResumed {});
        }
        if !is_held && (self.pause_acknowledged || !self.god_mode) {
            self.begin(at, emit);
        }
    }

    fn finished(&mut self, emit: Emit<'_>) {
        self.next.clear();
        let Some(final_draft) = final_draft(&self.council) else {
            return self.fail(NO_DOCUMENT, emit);
        };
        self.status = RunStatus::Completed;
        emit(&WireEvent::RunComplete {
            final_draft,
            critic_score: self.council.score,
            iteration_count: self.council.iteration,
            approved: self.stopped_by().is_none(),
            stopped_by: self.stopped_by(),
        });
    }

    fn closed(&mut self, reason: &str, emit: Emit<'_>) {
        if reason != CANCELLED {
            return self.fail(reason, emit);
        }
        self.next.clear();
        self.status = RunStatus::Cancelled;
        emit(&WireEvent::RunCancelled {});
    }

    fn fail(&mut self, error: &str, emit: Emit<'_>) {
        let error = Some(error).filter(|error| !error.trim().is_empty()).unwrap_or("the run failed without a reason");
        self.next.clear();
        self.status = RunStatus::Failed;
        emit(&WireEvent::RunFailed { error });
        self.error = Some(error.to_owned());
    }

    /// The round that a node which comes next belongs to. The master of the built-in council begins one with each draft; in a
    /// blueprint the first agent begins the first, and each rework the next.
    fn round_of(&self, node: &str) -> u32 {
        match self.blueprint() {
            Some(_) => self.council.iteration.max(1),
            None => self.council.iteration + u32::from(node == MASTER),
        }
    }

    fn agent(&self, node: &str) -> Option<&Agent> {
        self.blueprint()?.nodes.iter().find(|agent| agent.id == *node)
    }

    /// What a person calls the node.
    fn label<'n>(&'n self, node: &'n str) -> &'n str {
        self.agent(node).map_or(node, |agent| &agent.label)
    }

    fn is_critic(&self, node: &str) -> bool {
        self.agent(node).map_or(node == CRITIC, Agent::is_critic)
    }

    /// The valve opens exactly when the last draft was not good enough. In a blueprint the critic itself is the valve.
    fn stopped_by(&self) -> Option<StoppedBy> {
        (self.valve_opened || self.council.valve_opened).then_some(StoppedBy::MaxIterations)
    }

    /// What the run has come to so far.
    pub(super) fn result(&self, run_id: &str) -> RunResult {
        let council = &self.council;
        let is_complete = self.status == RunStatus::Completed;
        RunResult {
            run_id: run_id.to_owned(),
            status: self.status,
            final_draft: final_draft(council).filter(|_| is_complete).map(str::to_owned),
            critic_score: council.score,
            iteration_count: council.iteration,
            error: self.error.clone(),
            paused: self.status == RunStatus::Paused,
            next_nodes: self.next.iter().map(ToString::to_string).collect(),
            current_draft: given(&council.draft).map(str::to_owned),
            approved: is_complete.then_some(self.stopped_by().is_none()),
            stopped_by: self.stopped_by().filter(|_| is_complete),
            usage: council.usage,
            queue_position: None,
        }
    }

    /// What the chair sees, without the messages; `None` where the run has no chair.
    pub(super) fn chair_state(&self, run_id: &str) -> Option<ChairState> {
        let council = &self.council;
        let active = self.next.first().map_or(if self.status.is_final() { "done" } else { "" }, |node| &**node);
        self.god_mode.then(|| ChairState {
            run_id: run_id.to_owned(),
            paused: self.status == RunStatus::Paused,
            next_nodes: self.next.iter().map(ToString::to_string).collect(),
            current_state: CurrentState {
                input_topic: council.topic.clone(),
                current_draft: council.draft.clone(),
                feedback_history: council.feedback_history(),
                route_decision: decision_word(council.decision),
                messages: Vec::new(),
                iteration_count: council.iteration,
                critic_score: council.score,
                run_id: run_id.to_owned(),
                active_node: active.to_owned(),
            },
        })
    }

    /// What a list of runs shows of the run.
    pub(super) fn summary(&self) -> Summary {
        Summary {
            error: self.error.clone(),
            cancelled: self.status == RunStatus::Cancelled,
            ..Summary::of(&self.council, self.god_mode)
        }
    }
}

/// With this reason a run is closed that somebody has cancelled; with any other it has failed.
pub(super) const CANCELLED: &str = "Cancelled by user.";
