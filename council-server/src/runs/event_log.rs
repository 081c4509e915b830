//! The event log of a run: its projection, its numbered events, and its watchers.

use std::sync::Arc;

use council_core::journal::{Entry, ReplayError};
use council_core::projection::TypedRecord;
use tokio::sync::broadcast;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::projection::CouncilProjection;
use crate::wire::event::WireEvent;
use crate::wire::status::RunStatus;
use crate::wire::text::split_within;
use crate::wire::time::now;

/// The event log of a run. Events are made of stored records, so they have the same numbers after every restart.
pub(super) struct EventLog {
    run_id: Arc<str>,
    pub(super) projection: CouncilProjection,
    /// The number of records that have been applied.
    records: u64,
    /// The time of the first record, in milliseconds since 1970.
    began: u64,
    /// The event with `seq` n has the index n - 1.
    events: Vec<EventFrame>,
    /// The number of the last `run_paused`.
    last_pause: u64,
    /// The channel to the watchers, from the first watcher to the last event.
    live: Option<broadcast::Sender<EventFrame>>,
    /// Whether watchers are accepted.
    is_open: bool,
    watcher_queue: usize,
}

/// An event in the form that is sent.
#[derive(Clone, Debug)]
pub(crate) struct EventFrame {
    /// Its number; `None` for events that are not stored.
    pub(crate) seq: Option<u64>,
    /// The JSON.
    pub(crate) text: Utf8Bytes,
}

/// The events for a new watcher.
pub(crate) struct Subscription {
    /// The event `connected`.
    pub(crate) connected: EventFrame,
    /// The past events that the watcher has not seen.
    pub(crate) missed: Vec<EventFrame>,
    /// The live events; `None` after the end of the run.
    pub(crate) live: Option<broadcast::Receiver<EventFrame>>,
}

impl EventLog {
    pub(super) fn new(run_id: Arc<str>, god_mode: bool, watcher_queue: usize) -> Self {
        Self {
            run_id,
            projection: CouncilProjection::new(god_mode),
            records: 0,
            began: 0,
            events: Vec::new(),
            last_pause: 0,
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
        self.last_pause
    }

    /// Applies records. `first` is the index of the first of them; records that have been applied before are skipped.
    pub(super) fn apply(&mut self, first: u64, entries: &[Entry]) -> Result<(), ReplayError> {
        let known = usize::try_from(self.records.saturating_sub(first)).unwrap_or(usize::MAX);
        for Entry { at, json } in entries.iter().skip(known) {
            if self.records == 0 {
                self.began = *at;
            }
            let Self { run_id, projection, events, live, last_pause, .. } = self;
            projection.fold(TypedRecord::read(json)?, *at, &mut |event| {
                let seq = events.len() as u64 + 1;
                if let WireEvent::RunPaused { .. } = event {
                    *last_pause = seq;
                }
                let frame = event.to_frame(run_id, Some(seq), *at);
                if let Some(live) = live {
                    // An error means that no watcher is left.
                    let _ = live.send(frame.clone());
                }
                events.push(frame);
            })?;
            self.records += 1;
        }
        if self.status().is_final() {
            self.live = None;
        }
        Ok(())
    }

    /// The events after number `after`. A number in the future counts as the last number.
    pub(super) fn subscribe(&mut self, after: u64) -> Subscription {
        let seen = usize::try_from(after).unwrap_or(usize::MAX).min(self.events.len());
        let status = self.status();
        Subscription {
            connected: WireEvent::Connected { status }.to_frame(&self.run_id, None, now()),
            missed: self.events[seen..].to_vec(),
            live: (self.is_open && !status.is_final()).then(|| {
                let queue = self.watcher_queue;
                self.live.get_or_insert_with(|| broadcast::Sender::new(queue)).subscribe()
            }),
        }
    }

    /// Closes all watchers, and accepts no more.
    pub(super) fn close_watchers(&mut self) {
        self.live = None;
        self.is_open = false;
    }

    /// Sends a token to the watchers. It has no number and is not stored.
    pub(super) fn send_token(&self, node: &str, text: &str) {
        let Some(live) = self.live.as_ref().filter(|live| live.receiver_count() > 0) else { return };
        // The queue of a watcher is bounded by the number of events, so the size of a token has to be bounded too. Numbered events need no
        // bound: they are in memory anyway.
        let mut rest = text;
        while !rest.is_empty() {
            let (text, later) = split_within(rest, MAX_TOKEN_BYTES);
            let _ = live.send(WireEvent::Token { node, text }.to_frame(&self.run_id, None, now()));
            rest = later;
        }
    }
}

impl WireEvent<'_> {
    fn to_frame(&self, run_id: &str, seq: Option<u64>, at: u64) -> EventFrame {
        EventFrame { seq, text: self.to_text(run_id, seq, at) }
    }
}

/// The longest text of one token event, in bytes.
const MAX_TOKEN_BYTES: usize = 16 << 10;
