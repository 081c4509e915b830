//! The projection of a run: folds its records into its status and state, and makes events of them. It has no lock, no clock and no I/O.

use std::borrow::Cow;
use std::sync::Arc;

use council_core::State;
use council_core::journal::{Envelope, StoredRecord, StoredRedirect, StoredSuccessors};
use council_llm::{Agent, Blueprint, CRITIC, Council, MASTER, Usage};

use super::document::{NO_DOCUMENT, final_draft};
use super::projection_error::ProjectionError;
use super::superstep::Superstep;
use crate::wire::event::WireEvent;
use crate::wire::result::StoppedBy;
use crate::wire::status::RunStatus;

/// The fold of the records of a run.
#[derive(Default)]
pub(super) struct RunProjection {
    /// Whether the run pauses before each node.
    pub(super) god_mode: bool,
    /// A copy of the state, to which every update is applied.
    pub(super) council: Council,
    pub(super) status: RunStatus,
    pub(super) error: Option<String>,
    pub(super) valve_opened: bool,
    /// The nodes that run, or run next.
    pub(super) next: Vec<Arc<str>>,
    /// The updates of the current superstep.
    pub(super) superstep: Superstep,
    /// The node that completed last; of parallel nodes, the one whose decision counts.
    pub(super) last: Option<Arc<str>>,
    /// Whether the chair has answered the pause before this superstep.
    pub(super) pause_acknowledged: bool,
    /// When the superstep started, in milliseconds since 1970.
    pub(super) started_at: u64,
}

/// The receiver of events.
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

    /// The blueprint; `None` for the built-in council.
    pub(super) fn blueprint(&self) -> Option<&Arc<Blueprint>> {
        self.council.blueprint.as_ref()
    }

    /// The role of a node, if it is an agent of a blueprint.
    pub(super) fn role(&self, node: &str) -> Option<&'static str> {
        let agents = &self.blueprint()?.nodes;
        let is_critic = agents.iter().find(|agent| agent.id == node).is_some_and(Agent::is_critic);
        Some(if is_critic { "critic" } else { "agent" })
    }

    /// The state of the run, without the updates of the current superstep.
    pub(super) fn council(&self) -> &Council {
        &self.council
    }

    /// The usage of the models so far.
    pub(super) fn usage(&self) -> Usage {
        self.council.usage
    }

    /// The current round.
    pub(super) fn round(&self) -> u32 {
        self.council.iteration
    }

    /// The node that completed last.
    pub(super) fn last(&self) -> Option<&str> {
        self.last.as_deref()
    }

    /// Whether the node that completed last is a critic of a blueprint.
    pub(super) fn last_is_critic(&self) -> bool {
        self.last().and_then(|node| self.agent(node)).is_some_and(Agent::is_critic)
    }

    /// Applies a record, and emits its events. Records after the last event emit nothing.
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
                self.start_nodes_unless_paused(at, emit);
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
        // The update of a critic can start the next round, but the event belongs to the current one.
        self.node_completed(node, self.round_of(node), update.score.flatten(), at, emit);
        self.superstep.wrote(node, item, update);
    }

    fn committed(&mut self, committed: &StoredSuccessors<'_>, at: u64, emit: Emit<'_>) -> Result<(), ProjectionError> {
        self.merged()?;
        self.valve_opened |= !committed.opened_valves.is_empty();
        self.follow(&committed.next);
        self.pause_acknowledged = false;
        self.start_nodes_unless_paused(at, emit);
        Ok(())
    }

    fn merged(&mut self) -> Result<(), ProjectionError> {
        if let Some(decider) = self.superstep.decider(|node| self.is_critic(node)).cloned() {
            self.last = Some(decider);
        }
        Ok(self.superstep.end(&mut self.council)?)
    }

    /// Sets the nodes that run next.
    fn follow(&mut self, next: &[Cow<'_, str>]) {
        self.next = next.iter().map(|node| Arc::from(&**node)).collect();
        self.superstep = Superstep::of(&self.next);
    }

    /// Starts the next nodes; in god mode they wait for the chair.
    fn start_nodes_unless_paused(&mut self, at: u64, emit: Emit<'_>) {
        if !self.god_mode {
            self.start_nodes(at, emit);
        }
    }

    fn start_nodes(&mut self, at: u64, emit: Emit<'_>) {
        self.started_at = at;
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
            duration_ms: at.saturating_sub(self.started_at),
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

    /// The chair has answered, the run leaves the queue, or the server was restarted. A held run is queued.
    fn resumed(&mut self, is_held: bool, at: u64, emit: Emit<'_>) {
        if self.status == RunStatus::Paused {
            self.status = if is_held { RunStatus::Pending } else { RunStatus::Running };
            self.pause_acknowledged = true;
            emit(&WireEvent::RunResumed {});
        }
        if !is_held && (self.pause_acknowledged || !self.god_mode) {
            self.start_nodes(at, emit);
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

    /// The round of a node that runs next. In the built-in council each draft of the master starts a round. In a blueprint the first agent
    /// starts the first round, and each rework the next.
    fn round_of(&self, node: &str) -> u32 {
        match self.blueprint() {
            Some(_) => self.council.iteration.max(1),
            None => self.council.iteration + u32::from(node == MASTER),
        }
    }

    fn agent(&self, node: &str) -> Option<&Agent> {
        self.blueprint()?.nodes.iter().find(|agent| agent.id == *node)
    }

    /// The label of a node.
    fn label<'n>(&'n self, node: &'n str) -> &'n str {
        self.agent(node).map_or(node, |agent| &agent.label)
    }

    fn is_critic(&self, node: &str) -> bool {
        self.agent(node).map_or(node == CRITIC, Agent::is_critic)
    }

    /// Why the rounds ended without an approval: a valve has opened. In a blueprint the critic itself is the valve.
    pub(super) fn stopped_by(&self) -> Option<StoppedBy> {
        (self.valve_opened || self.council.valve_opened).then_some(StoppedBy::MaxIterations)
    }
}

/// The reason with which a cancelled run is closed. A run that is closed with another reason has failed.
pub(super) const CANCELLED: &str = "Cancelled by user.";
