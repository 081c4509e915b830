//! One run as its watchers see it: a mirror of its state and its numbered events. No lock, no waiting.

use std::sync::Arc;
use std::time::Duration;

use council_core::{Event, EventKind, State, StopReason, Task};
use council_llm::{CRITIC, Council, MASTER};
use tokio::sync::broadcast;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::wire::{Happening, RunResult, Status, StoppedBy};

/// What has happened in a run.
pub(super) struct Log {
    run_id: Arc<str>,
    /// The state of the run: every update of its nodes is applied to this copy too.
    council: Council,
    status: Status,
    error: Option<String>,
    valve_opened: bool,
    /// The nodes at work.
    active: Vec<Arc<str>>,
    /// The event with `seq` n is at place n - 1.
    events: Vec<Utf8Bytes>,
    /// Made for the first watcher, gone with the last event.
    live: Option<broadcast::Sender<Utf8Bytes>>,
    watcher_queue: usize,
}

/// How a run ends.
pub(super) enum Ending {
    Completed,
    Failed(String),
    Cancelled,
}

/// What a new watcher is given.
pub(crate) struct Watch {
    /// The event that says so.
    pub(crate) connected: Utf8Bytes,
    /// The events that it has not seen.
    pub(crate) missed: Vec<Utf8Bytes>,
    /// What comes after them, until it is closed; `None` if nothing does.
    pub(crate) live: Option<broadcast::Receiver<Utf8Bytes>>,
}

impl Log {
    pub(super) fn new(run_id: Arc<str>, council: Council, watcher_queue: usize) -> Self {
        Self {
            run_id,
            council,
            status: Status::Pending,
            error: None,
            valve_opened: false,
            active: Vec::new(),
            events: Vec::new(),
            live: None,
            watcher_queue: watcher_queue.max(1),
        }
    }

    pub(super) fn status(&self) -> Status {
        self.status
    }

    pub(super) fn failure(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// Takes note of what the run tells. Once there is a last event, nothing follows it.
    pub(super) fn observe(&mut self, event: &Event<Council>) {
        if self.status.is_final() {
            return;
        }
        match &event.kind {
            EventKind::NodeStarted { task } => self.node_started(task),
            EventKind::Token { task, text } => self.tell_token(&task.node, text),
            EventKind::NodeCompleted { task, update, duration, .. } => {
                if let Some(update) = update {
                    self.council.apply(update.clone());
                }
                self.node_completed(task, *duration);
            }
            EventKind::ValveOpened { .. } => self.valve_opened = true,
            EventKind::Finished => self.end(Ending::Completed),
            EventKind::Stopped { reason: StopReason::Cancelled } => self.end(Ending::Cancelled),
            EventKind::Stopped { reason } => self.end(Ending::Failed(format!("the run was stopped by {reason}"))),
            EventKind::Failed { error } => self.end(Ending::Failed(error.clone())),
            // A node that failed is followed by the run's own failure.
            _ => {}
        }
    }

    /// Writes the last event, unless there is one.
    pub(super) fn end(&mut self, ending: Ending) {
        if self.status.is_final() {
            return;
        }
        self.active.clear();
        match ending {
            Ending::Completed if self.final_draft().is_none() => {
                self.fail("the run ended without a document".to_owned());
            }
            Ending::Completed => self.complete(),
            Ending::Failed(error) if error.trim().is_empty() => self.fail("the run failed without a reason".to_owned()),
            Ending::Failed(error) => self.fail(error),
            Ending::Cancelled => {
                self.status = Status::Cancelled;
                self.tell(self.numbered(&Happening::RunCancelled {}));
            }
        }
        self.live = None;
    }

    /// What follows the event with the number `after`. A number that is yet to come counts as the newest one.
    pub(super) fn watch(&mut self, after: u64) -> Watch {
        let seen = usize::try_from(after).unwrap_or(usize::MAX).min(self.events.len());
        let status = self.status;
        Watch {
            connected: Happening::Connected { status }.to_text(&self.run_id, None),
            missed: self.events[seen..].to_vec(),
            live: (!status.is_final()).then(|| {
                let queue = self.watcher_queue;
                self.live.get_or_insert_with(|| broadcast::Sender::new(queue)).subscribe()
            }),
        }
    }

    pub(super) fn result(&self) -> RunResult {
        let council = &self.council;
        let is_complete = self.status == Status::Completed;
        RunResult {
            run_id: self.run_id.to_string(),
            status: self.status,
            final_draft: self.final_draft().filter(|_| is_complete).map(str::to_owned),
            critic_score: council.score,
            iteration_count: council.iteration,
            error: self.error.clone(),
            paused: false,
            next_nodes: self.active.iter().map(ToString::to_string).collect(),
            current_draft: given(&council.draft).map(str::to_owned),
            approved: is_complete.then_some(!self.valve_opened),
            stopped_by: self.stopped_by().filter(|_| is_complete),
            usage: council.usage,
        }
    }

    fn node_started(&mut self, task: &Task) {
        self.status = Status::Running;
        self.active.push(Arc::clone(&task.node));
        let (node, iteration) = (&*task.node, self.iteration(task));
        self.tell(self.numbered(&Happening::NodeStart { node, iteration }));
        self.tell(self.numbered(&Happening::NodeActive { node, iteration }));
    }

    fn node_completed(&mut self, task: &Task, duration: Duration) {
        self.active.retain(|node| *node != task.node);
        let (node, iteration) = (&*task.node, self.iteration(task));
        self.tell(self.numbered(&Happening::NodeComplete {
            node,
            iteration,
            score: self.council.score.filter(|_| node == CRITIC),
            duration_ms: u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
        }));
    }

    fn complete(&mut self) {
        self.status = Status::Completed;
        self.tell(self.numbered(&Happening::RunComplete {
            final_draft: self.final_draft().unwrap_or_default(),
            critic_score: self.council.score,
            iteration_count: self.council.iteration,
            approved: !self.valve_opened,
            stopped_by: self.stopped_by(),
        }));
    }

    fn fail(&mut self, error: String) {
        self.status = Status::Failed;
        self.tell(self.numbered(&Happening::RunFailed { error: &error }));
        self.error = Some(error);
    }

    /// The round that a task belongs to: the draft that the master writes, or that the others were given.
    fn iteration(&self, task: &Task) -> u32 {
        if &*task.node == MASTER { task.visit } else { self.council.iteration }
    }

    /// The document, or at least the draft of a graph that polishes none.
    fn final_draft(&self) -> Option<&str> {
        let document = self.council.document.as_deref().and_then(given);
        document.or_else(|| given(&self.council.draft))
    }

    /// The valve opens exactly when the last draft was not good enough.
    fn stopped_by(&self) -> Option<StoppedBy> {
        self.valve_opened.then_some(StoppedBy::MaxIterations)
    }

    /// The next event of the log.
    fn numbered(&self, happening: &Happening<'_>) -> Utf8Bytes {
        happening.to_text(&self.run_id, Some(self.events.len() as u64 + 1))
    }

    /// Keeps an event, and tells those who watch.
    fn tell(&mut self, event: Utf8Bytes) {
        if let Some(live) = &self.live {
            // It fails when nobody watches any more.
            let _ = live.send(event.clone());
        }
        self.events.push(event);
    }

    /// A token is fleeting: it has no number, and without a watcher it is not even written down.
    fn tell_token(&self, node: &str, text: &str) {
        if let Some(live) = self.live.as_ref().filter(|live| live.receiver_count() > 0) {
            let _ = live.send(Happening::Token { node, text }.to_text(&self.run_id, None));
        }
    }
}

/// A text that says something.
fn given(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.trim().is_empty())
}
