//! Records the questions and the `once` results of one call of a task.

use std::mem;

use super::record::Record;
use crate::node::recorder::{Saving, TaskRecorder};
use crate::state::State;
use crate::types::lock::Lock;
use crate::types::raw_json::RawJson;

/// The recorder of one call of a task.
#[derive(Default)]
pub(super) struct Notes(Lock<Vec<Note>>);

enum Note {
    Asked { question: String },
    Reworded { ask: usize, question: String },
    Refused { ask: usize },
    Once { name: String, value: String },
}

impl Notes {
    fn add(&self, note: Note) {
        self.0.lock().push(note);
    }

    /// The notes as records of the task in this place.
    pub(super) fn take<S: State>(&self, task: usize) -> Vec<Record<S>> {
        let notes = mem::take(&mut *self.0.lock());
        let record = |note| match note {
            Note::Asked { question } => Record::Asked { task, question },
            Note::Reworded { ask, question } => Record::Reworded { task, ask, question },
            Note::Refused { ask } => Record::Refused { task, ask },
            Note::Once { name, value } => Record::Once { task, name, value },
        };
        notes.into_iter().map(record).collect()
    }
}

impl TaskRecorder for Notes {
    fn asked(&self, _: &str, _: Option<u32>, question: &RawJson<'_>) {
        self.add(Note::Asked { question: question.text().to_owned() });
    }

    fn reworded(&self, _: &str, _: Option<u32>, place: usize, question: &RawJson<'_>) {
        self.add(Note::Reworded { ask: place, question: question.text().to_owned() });
    }

    fn refused(&self, _: &str, _: Option<u32>, place: usize, _: &str) {
        self.add(Note::Refused { ask: place });
    }

    fn once(&self, _: &str, _: Option<u32>, name: &str, value: &RawJson<'_>) {
        self.add(Note::Once { name: name.to_owned(), value: value.text().to_owned() });
    }

    fn save(&self) -> Saving<'_> {
        Box::pin(std::future::ready(Ok(())))
    }
}
