//! The questions of the tasks of a run: applies their records, and lists the questions that are open.

use super::progress::{Asked, Node, Progress};
use crate::journal::format::record::StoredRecord;
use crate::journal::replay_error::ReplayError;
use crate::types::question::{Ask, task_id};
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
            StoredRecord::Answered { node, item, ask, .. } => self.answer(node, *item, *ask, true),
            StoredRecord::Refused { node, item, ask, .. } => self.answer(node, *item, *ask, false),
            _ => Ok(()),
        }
    }

    fn answer(&mut self, node: &str, item: Option<u32>, ask: usize, is_answered: bool) -> Result<(), ReplayError> {
        let place = self.place(node, item)?;
        let asked = self.task(place).asks.get_mut(ask).ok_or(ReplayError::NoQuestion { ask })?;
        asked.is_answered = is_answered;
        Ok(())
    }

    pub(super) fn list_asks(&self, before: &str, asks: &mut Vec<Ask>) {
        for (Node { name, visit, .. }, item, task) in self.open() {
            let id = task_id(before, name, *visit, item);
            for (number, asked) in (1..).zip(&task.asks).filter(|(_, asked)| !asked.is_answered) {
                let question = RawJson::or_null(&asked.question);
                asks.push(Ask { id: format!("{id}.{number}"), node: name.to_string(), question });
            }
            if let Some(nested) = &task.nested {
                nested.list_asks(&format!("{id}/"), asks);
            }
        }
    }
}
