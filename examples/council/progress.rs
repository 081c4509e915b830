//! The progress of a run: the state of the council so far, folded from the events.

use council_core::{Event, EventKind, State};
use council_llm::{CRITIC, CallRecord, Council, MASTER, TOKENS_WITHDRAWN};

/// The state of a run that has not ended. If the run fails, the last draft is still here.
pub(crate) struct Progress {
    /// The state after all nodes that have ended.
    pub(crate) council: Council,
    /// The text that the running node has written so far.
    pub(crate) writing: String,
    /// The score of the current draft; `None` until the critic has scored it.
    scored: Option<f64>,
}

impl Progress {
    pub(crate) fn new(topic: &str) -> Self {
        Self { council: Council::new(topic), writing: String::new(), scored: None }
    }

    /// Applies an event. The council runs one node at a time, so one text is enough for `writing`.
    pub(crate) fn apply(&mut self, event: &Event<Council>) {
        match &event.kind {
            EventKind::NodeStarted { .. } => self.writing.clear(),
            EventKind::Token { text, .. } => self.writing.push_str(text),
            EventKind::Custom { name, .. } if **name == *TOKENS_WITHDRAWN => self.writing.clear(),
            EventKind::NodeCompleted { task, update: Some(update), .. } => {
                self.council.apply(update.clone());
                match &*task.node {
                    MASTER => self.scored = None,
                    CRITIC => self.scored = self.council.score,
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// The calls of the agent that ended last.
    pub(crate) fn last_calls(&self) -> &[CallRecord] {
        let calls = self.council.calls.as_slice();
        let others = calls.iter().rposition(|call| Some(&call.node) != calls.last().map(|last| &last.node));
        &calls[others.map_or(0, |place| place + 1)..]
    }

    /// The last draft, or the beginning of the first one, with a title for it.
    pub(crate) fn draft(&self) -> Option<(String, &str)> {
        let council = &self.council;
        if council.draft.is_empty() {
            let writing = self.writing.trim();
            return (!writing.is_empty()).then(|| ("the beginning of the first draft".to_owned(), writing));
        }
        let score = match self.scored {
            Some(score) => format!("scored {score}"),
            None => "not scored".to_owned(),
        };
        Some((format!("draft {}, {score}", council.iteration), &council.draft))
    }
}
