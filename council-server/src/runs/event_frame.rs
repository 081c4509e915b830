//! An event in the form that watchers receive.

use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::wire::event::WireEvent;

/// An event in the form that is sent.
#[derive(Clone, Debug)]
pub(crate) struct EventFrame {
    /// Its number; `None` for events that are not stored.
    pub(crate) seq: Option<u64>,
    /// The JSON.
    pub(crate) text: Utf8Bytes,
}

impl WireEvent<'_> {
    pub(super) fn to_frame(&self, run_id: &str, seq: Option<u64>, at: u64) -> EventFrame {
        EventFrame { seq, text: self.to_text(run_id, seq, at) }
    }
}
