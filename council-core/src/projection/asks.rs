//! The questions of the tasks of a run: applies their records, and lists the questions that are open.

use super::progress::{Asked, Node, Progress};
use crate::journal::format::record::StoredRecord;
use crate::journal::replay_error::ReplayError;
use crate::types::ask_id::TaskId;
use crate::types::question::Ask;
use crate::types::raw_json::RawJson;

impl<U> Progress<U> {
    /// Applies a record of a question.
    pub(super) fn apply_question(&mut self, record: &StoredRecord<'_>) -> Result<(), ReplayError> {
        match record {
            StoredRecord::Asked { node, item, question } => {
                let asked = Asked { question: question.text().to_owned(), is_answered: false };
                let place = self.place(node, *item)?;
                self.task(place).asks.push(asked);
                Ok(())
            }
            StoredRecord::Reworded { node, item, ask, question } => {
                question.text().clone_into(&mut self.asked(node, *item, *ask)?.question);
                Ok(())
            }
            StoredRecord::Answered { node, item, ask, .. } => {
                self.asked(node, *item, *ask)?.is_answered = true;
                Ok(())
            }
            StoredRecord::Refused { node, item, ask, .. } => {
                self.asked(node, *item, *ask)?.is_answered = false;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn asked(&mut self, node: &str, item: Option<u32>, ask: usize) -> Result<&mut Asked, ReplayError> {
        let place = self.place(node, item)?;
        self.task(place).asks.get_mut(ask).ok_or(ReplayError::NoQuestion { ask })
    }

    pub(super) fn list_asks(&self, before: &str, asks: &mut Vec<Ask>) {
        for (Node { name, visit, .. }, item, task) in self.open() {
            let id = TaskId { node: name.as_ref().into(), visit: *visit, item };
            for (number, asked) in (1..).zip(&task.asks).filter(|(_, asked)| !asked.is_answered) {
                let question = RawJson::or_null(&asked.question);
                asks.push(Ask { id: format!("{before}{id}.{number}"), node: name.to_string(), question });
            }
            if let Some(nested) = &task.nested {
                nested.list_asks(&format!("{before}{id}/"), asks);
            }
        }
    }
}
