//! One run as its watchers see it: where it stands, and its numbered events.

use std::sync::Arc;

use council_core::journal::Entry;
use tokio::sync::broadcast;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::projection::RunProjection;
use super::projection_error::ProjectionError;
use crate::wire::event::WireEvent;
use crate::wire::status::RunStatus;
use crate::wire::text::split_within;
use crate::wire::time::now;

/// What has happened in a run. Its events are made of the records in the journal, so they have the same numbers whenever they are
/// read again.
pub(super) struct EventLog {
    run_id: Arc<str>,
    pub(super) projection: RunProjection,
    /// How many records have been taken.
    records: u64,
    /// The time of the first, in milliseconds since 1970.
    began: u64,
    /// The event with `seq` n is at place n - 1.
    events: Vec<EventFrame>,
    /// The number of the event that asked the chair last.
    asked: u64,
    /// Made for the first watcher, gone with the last event.
    live: Option<broadcast::Sender<EventFrame>>,
    /// Whether there may be watchers at all.
    is_open: bool,
    watcher_queue: usize,
}

/// An event as it is sent.
#[derive(Clone, Debug)]
pub(crate) struct EventFrame {
    /// Its number; what is fleeting has none.
    pub(crate) seq: Option<u64>,
    /// The JSON.
    pub(crate) text: Utf8Bytes,
}

/// What a new watcher is given.
pub(crate) struct Subscription {
    /// The event that says so.
    pub(crate) connected: EventFrame,
    /// The events that it has not seen.
    pub(crate) missed: Vec<EventFrame>,
    /// What comes after them, until it is closed; `None` if nothing does.
    pub(crate) live: Option<broadcast::Receiver<EventFrame>>,
}

impl EventLog {
    pub(super) fn new(run_id: Arc<str>, god_mode: bool, watcher_queue: usize) -> Self {
        Self {
            run_id,
            projection: RunProjection::new(god_mode),
            records: 0,
            began: 0,
            events: Vec::new(),
            asked: 0,
            live: None,
            is_open: true,
            watcher_queue: watcher_queue.max(1),
        }
    }

    pub(super) fn status(&self) -> RunStatus {
        self.projection.status()
    }

    pub(super) fn record_count(&self) -> u64 {
        self.records
    }

    /// When the run was accepted, in milliseconds since 1970.
    pub(super) fn began(&self) -> u64 {
        self.began
    }

    pub(super) fn last_pause_seq(&self) -> u64 {
        self.asked
    }

    /// Takes records of which the first has this place in the run. What was taken before is not taken again.
    pub(super) fn apply(&mut self, first: u64, entries: &[Entry]) -> Result<(), ProjectionError> {
        let known = usize::try_from(self.records.saturating_sub(first)).unwrap_or(usize::MAX);
        for Entry { at, json } in entries.iter().skip(known) {
            if self.records == 0 {
                self.began = *at;
            }
            let Self { run_id, projection, events, live, asked, .. } = self;
            projection.fold(json, *at, &mut |happening| {
                let seq = events.len() as u64 + 1;
                if let WireEvent::RunPaused { .. } = happening {
                    *asked = seq;
                }
                let event = happening.told(run_id, Some(seq), *at);
                if let Some(live) = live {
                    // It fails when nobody watches any more.
                    let _ = live.send(event.clone());
                }
                events.push(event);
            })?;
            self.records += 1;
        }
        if self.status().is_final() {
            self.live = None;
        }
        Ok(())
    }

    /// What follows the event with the number `after`. A number that is yet to come counts as the newest one.
    pub(super) fn subscribe(&mut self, after: u64) -> Subscription {
        let seen = usize::try_from(after).unwrap_or(usize::MAX).min(self.events.len());
        let status = self.status();
        Subscription {
            connected: WireEvent::Connected { status }.told(&self.run_id, None, now()),
            missed: self.events[seen..].to_vec(),
            live: (self.is_open && !status.is_final()).then(|| {
                let queue = self.watcher_queue;
                self.live.get_or_insert_with(|| broadcast::Sender::new(queue)).subscribe()
            }),
        }
    }

    /// Lets all watchers go, and takes no more.
    pub(super) fn close_watchers(&mut self) {
        self.live = None;
        self.is_open = false;
    }

    /// A token is fleeting: it has no number, and without a watcher it is not even written down.
    pub(super) fn send_token(&self, node: &str, text: &str) {
        let Some(live) = self.live.as_ref().filter(|live| live.receiver_count() > 0) else { return };
        // What waits for a watcher is bounded by its number: so each has to be bounded too. What is numbered is kept anyway.
        let mut rest = text;
        while !rest.is_empty() {
            let (text, later) = split_within(rest, LONGEST_TOKEN);
            let _ = live.send(WireEvent::Token { node, text }.told(&self.run_id, None, now()));
            rest = later;
        }
    }
}

impl WireEvent<'_> {
    fn told(&self, run_id: &str, seq: Option<u64>, at: u64) -> EventFrame {
        EventFrame { seq, text: self.to_text(run_id, seq, at) }
    }
}

/// How many bytes of what a model writes are told at once.
const LONGEST_TOKEN: usize = 16 << 10;
