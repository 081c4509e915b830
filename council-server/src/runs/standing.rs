//! Where a run stands, as the fold of its records, and what each of them tells a watcher. No lock, no clock, no waiting.

use std::sync::Arc;

use council_core::State;
use council_core::journal::Line;
use council_llm::{Agent, Blueprint, CRITIC, Council, MASTER, Usage};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::document::{NO_DOCUMENT, final_draft, given};
use super::summary::Summary;
use super::superstep::Superstep;
use super::unreadable::Unreadable;
use crate::wire::chair::{ChairState, CurrentState, Message, word};
use crate::wire::event::Happening;
use crate::wire::result::{RunResult, StoppedBy};
use crate::wire::status::Status;

/// The fold of a run's records.
#[derive(Default)]
pub(super) struct Standing {
    /// Whether the run pauses before each node.
    god_mode: bool,
    /// The state of the run: every update goes into this copy too, as it does there.
    council: Council,
    status: Status,
    error: Option<String>,
    valve_opened: bool,
    /// The nodes that come next, or are at work.
    next: Vec<Arc<str>>,
    /// What the nodes at work have written so far.
    superstep: Superstep,
    /// The node that has ended last; of several side by side, the one whose word counts.
    last: Option<Arc<str>>,
    /// Whether the chair has let the run into this superstep.
    passed: bool,
    /// When the nodes at work began, in milliseconds since 1970.
    began: u64,
}

/// Whoever is told what happens.
type Tell<'t> = &'t mut dyn FnMut(&Happening<'_>);

impl Standing {
    pub(super) fn new(god_mode: bool) -> Self {
        Self { god_mode, ..Self::default() }
    }

    pub(super) fn status(&self) -> Status {
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
    pub(super) fn is_judged(&self) -> bool {
        self.last().and_then(|node| self.agent(node)).is_some_and(Agent::is_critic)
    }

    /// Takes a record, and tells what it means to a watcher. What comes after the last event is not told.
    pub(super) fn fold(&mut self, json: &str, at: u64, tell: Tell<'_>) -> Result<(), Unreadable> {
        let line = Line::read(json)?;
        if self.status.is_final() || !line.path.is_empty() {
            return Ok(());
        }
        if line.started.is_some() {
            self.started(&line)?;
        }
        // A critic's rework begins the next round, and belongs to the one before.
        let iteration = line.done.as_deref().map(|node| self.coming(node));
        if let Some(update) = line.update {
            let update: <Council as State>::Update = serde_json::from_str(update.get())?;
            if let (Some(node), Some(iteration)) = (&line.done, iteration) {
                self.done(node, iteration, update.score.flatten(), at, tell);
                self.superstep.wrote(node, line.item, update);
            } else {
                self.council.apply(update);
            }
        }
        let is_edit = line.edited.is_some();
        if line.merged || (line.next.is_some() && !is_edit) {
            if let Some(decider) = self.superstep.decider(|node| self.is_critic(node)).cloned() {
                self.last = Some(decider);
            }
            self.superstep.end(&mut self.council)?;
        }
        if let Some(next) = &line.next {
            self.valve_opened = !line.valves.is_empty() || (self.valve_opened && !is_edit);
            self.next = next.iter().map(|node| Arc::from(&**node)).collect();
            self.superstep = Superstep::of(&self.next);
            self.passed &= is_edit;
            // Where somebody sits in the chair, what comes next waits for them.
            if !self.god_mode && !is_edit && !line.held {
                self.begin(at, tell);
            }
        }
        if line.paused.is_some() {
            self.paused(tell);
        } else if line.resumed {
            self.resumed(line.held, at, tell);
        } else if line.finished {
            self.finished(tell);
        } else if let Some(error) = line.gave_up {
            self.fail(&error, tell);
        } else if let Some(reason) = line.closed {
            self.closed(&reason, tell);
        }
        Ok(())
    }

    fn started(&mut self, line: &Line<'_>) -> Result<(), Unreadable> {
        self.council = match (line.input, line.position) {
            (Some(input), _) => serde_json::from_str(input.get())?,
            (None, Some(position)) => state_of(position)?,
            (None, None) => Council::default(),
        };
        Ok(())
    }

    fn begin(&mut self, at: u64, tell: Tell<'_>) {
        self.began = at;
        if !self.next.is_empty() {
            self.status = Status::Running;
        }
        for node in &self.next {
            let iteration = self.coming(node);
            tell(&Happening::NodeStart { node, iteration });
            tell(&Happening::NodeActive { node: self.label(node), iteration });
        }
    }

    fn done(&mut self, node: &str, iteration: u32, score: Option<f64>, at: u64, tell: Tell<'_>) {
        self.next.retain(|open| **open != *node);
        self.last = Some(node.into());
        tell(&Happening::NodeComplete {
            node,
            iteration,
            score: score.filter(|_| self.is_critic(node)),
            duration_ms: at.saturating_sub(self.began),
        });
    }

    fn paused(&mut self, tell: Tell<'_>) {
        self.status = Status::Paused;
        tell(&Happening::RunPaused {
            next_nodes: &self.next,
            current_draft: &self.council.draft,
            critic_score: self.council.score,
            iteration_count: self.council.iteration,
        });
        for node in &self.next {
            tell(&Happening::NodeActive { node: self.label(node), iteration: self.coming(node) });
        }
    }

    /// The chair has answered, the run's turn has come, or the server was started again. A run that is held has its turn later.
    fn resumed(&mut self, is_held: bool, at: u64, tell: Tell<'_>) {
        if self.status == Status::Paused {
            self.status = if is_held { Status::Pending } else { Status::Running };
            self.passed = true;
            tell(&Happening::RunResumed {});
        }
        if !is_held && (self.passed || !self.god_mode) {
            self.begin(at, tell);
        }
    }

    fn finished(&mut self, tell: Tell<'_>) {
        self.next.clear();
        let Some(final_draft) = final_draft(&self.council) else {
            return self.fail(NO_DOCUMENT, tell);
        };
        self.status = Status::Completed;
        tell(&Happening::RunComplete {
            final_draft,
            critic_score: self.council.score,
            iteration_count: self.council.iteration,
            approved: self.stopped_by().is_none(),
            stopped_by: self.stopped_by(),
        });
    }

    fn closed(&mut self, reason: &str, tell: Tell<'_>) {
        if reason != CANCELLED {
            return self.fail(reason, tell);
        }
        self.next.clear();
        self.status = Status::Cancelled;
        tell(&Happening::RunCancelled {});
    }

    fn fail(&mut self, error: &str, tell: Tell<'_>) {
        let error = Some(error).filter(|error| !error.trim().is_empty()).unwrap_or("the run failed without a reason");
        self.next.clear();
        self.status = Status::Failed;
        tell(&Happening::RunFailed { error });
        self.error = Some(error.to_owned());
    }

    /// The round that a node which comes next belongs to. The master of the built-in council begins one with each draft; in a
    /// blueprint the first agent begins the first, and each rework the next.
    fn coming(&self, node: &str) -> u32 {
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
        let is_complete = self.status == Status::Completed;
        RunResult {
            run_id: run_id.to_owned(),
            status: self.status,
            final_draft: final_draft(council).filter(|_| is_complete).map(str::to_owned),
            critic_score: council.score,
            iteration_count: council.iteration,
            error: self.error.clone(),
            paused: self.status == Status::Paused,
            next_nodes: self.next.iter().map(ToString::to_string).collect(),
            current_draft: given(&council.draft).map(str::to_owned),
            approved: is_complete.then_some(self.stopped_by().is_none()),
            stopped_by: self.stopped_by().filter(|_| is_complete),
            usage: council.usage,
            queue_position: None,
        }
    }

    /// What the chair sees; `None` where the run has none.
    pub(super) fn chair(&self, run_id: &str) -> Option<ChairState> {
        let council = &self.council;
        let active = self.next.first().map_or(if self.status.is_final() { "done" } else { "" }, |node| &**node);
        self.god_mode.then(|| ChairState {
            run_id: run_id.to_owned(),
            paused: self.status == Status::Paused,
            next_nodes: self.next.iter().map(ToString::to_string).collect(),
            current_state: CurrentState {
                input_topic: council.topic.clone(),
                current_draft: council.draft.clone(),
                feedback_history: council.feedback.clone(),
                route_decision: word(council.decision),
                messages: council.calls.iter().flat_map(Message::of).collect(),
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
            cancelled: self.status == Status::Cancelled,
            ..Summary::of(&self.council, self.god_mode)
        }
    }
}

/// The state in a position that another program has given a new run.
fn state_of(position: &RawValue) -> serde_json::Result<Council> {
    #[derive(Deserialize)]
    struct Position {
        state: Council,
    }
    serde_json::from_str::<Position>(position.get()).map(|position| position.state)
}

/// With this reason a run is closed that somebody has cancelled; with any other it has failed.
pub(super) const CANCELLED: &str = "Cancelled by user.";
