//! The minutes of a council: its state so far, folded from the events of its run.

use council_core::{Event, EventKind, State};
use council_llm::{CRITIC, Council, MASTER};

/// What is known of a run that is going on, so that nothing is lost however it ends.
pub(crate) struct Minutes {
    /// The state after every node that has ended.
    pub(crate) council: Council,
    /// What the node at work has written so far.
    pub(crate) writing: String,
    /// The score of the current draft; `None` until the critic has judged it.
    judged: Option<f64>,
}

impl Minutes {
    pub(crate) fn new(topic: &str) -> Self {
        Self { council: Council::new(topic), writing: String::new(), judged: None }
    }

    /// Takes an event down. The council never has two nodes at work, so one page is enough for what is being written.
    pub(crate) fn note(&mut self, event: &Event<Council>) {
        match &event.kind {
            EventKind::NodeStarted { .. } => self.writing.clear(),
            EventKind::Token { text, .. } => self.writing.push_str(text),
            EventKind::NodeCompleted { task, update: Some(update), .. } => {
                self.council.apply(update.clone());
                match &*task.node {
                    MASTER => self.judged = None,
                    CRITIC => self.judged = self.council.score,
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// The best there is when there is no document: a title for it, and the text.
    pub(crate) fn draft(&self) -> Option<(String, &str)> {
        let council = &self.council;
        if council.draft.is_empty() {
            let writing = self.writing.trim();
            return (!writing.is_empty()).then(|| ("the beginning of the first draft".to_owned(), writing));
        }
        let score = match self.judged {
            Some(score) => format!("scored {score}"),
            None => "not scored".to_owned(),
        };
        Some((format!("draft {}, {score}", council.iteration), &council.draft))
    }
}
