//! What a watcher receives: the events so far when it connects, and the live events after them.

use tokio::sync::broadcast;

use super::event_frame::EventFrame;
use super::event_log::EventLog;
use crate::wire::event::WireEvent;
use crate::wire::time::now;
use crate::wire::waiting::RunWait;

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
    /// The events after number `after`. A number in the future counts as the last number.
    pub(super) fn subscribe(&mut self, after: u64) -> Subscription {
        let seen = usize::try_from(after).unwrap_or(usize::MAX).min(self.events.len());
        let (status, now) = (self.status(), now());
        let mut missed = self.events[seen..].to_vec();
        missed.extend(self.texts_so_far(after > 0));
        missed.extend(self.waiting().map(|wait| RunWait::to_frame(Some(&wait), &self.run_id)));
        missed.extend(self.stall_frame());
        Subscription {
            connected: WireEvent::Connected { status }.to_frame(&self.run_id, None, now),
            missed,
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
}
