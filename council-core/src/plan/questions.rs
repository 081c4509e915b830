//! The open questions of a run, and their answers.

use serde::Serialize;

use super::position::Position;
use crate::journal::entry::Status;
use crate::node::memory::Given;
use crate::state::State;
use crate::types::question::{AnswerError, Ask};

impl<S: State> Position<S> {
    /// Whether the run waits for a human: for the answers to [`asks`](Self::asks), or to be let on by
    /// [`Graph::resume`](crate::Graph::resume). So a program that finds it in a journal knows whether somebody is to be asked first.
    /// A run that was [closed](crate::journal::close) waits for nobody.
    pub fn is_paused(&self) -> bool {
        self.paused && self.saved.as_ref().is_none_or(|saved| saved.status != Status::Closed)
    }

    /// The questions that wait for an answer, in the order of their tasks, those of subgraphs included.
    pub fn asks(&self) -> Vec<Ask> {
        let mut asks = Vec::new();
        self.list_asks("", &mut asks);
        asks
    }

    /// Answers a question; the run takes the answer when it goes on, and records it first if it has a journal. There it turns out whether it is of the type that the node
    /// wants: if not, the run says so with [`Failure::WrongAnswer`](crate::Failure::WrongAnswer), and the question is open
    /// again.
    ///
    /// # Errors
    ///
    /// No such question is open, or it is answered already. Nothing has changed then.
    pub fn answer(&mut self, id: &str, answer: &(impl Serialize + ?Sized)) -> Result<(), AnswerError> {
        let text = serde_json::to_string(answer);
        let text = text.map_err(|source| AnswerError::Unwritable { id: id.to_owned(), source })?;
        let given = self.take_answer("", id, &text).unwrap_or_else(|| {
            let open: Vec<_> = self.asks().into_iter().map(|ask| ask.id).collect();
            Err(AnswerError::Unknown { id: id.to_owned(), open: open.join(", ") })
        });
        self.answers.push(given?);
        Ok(())
    }

    pub(crate) fn list_asks(&self, before: &str, asks: &mut Vec<Ask>) {
        // One that has ended waits for nothing, whatever it asked.
        for task in self.tasks.tasks.iter().filter(|task| !task.has_ended()) {
            let name = &self.names[task.node as usize];
            let task_id = id(before, name, task.visit, task.index());
            let remembered = self.remembered.iter().find(|known| (known.node, known.item) == (task.node, task.index()));
            for (number, ask) in (1..).zip(remembered.iter().flat_map(|known| &known.asks)) {
                if ask.answer.is_none() {
                    let question = serde_json::from_str(&ask.question).unwrap_or_default();
                    asks.push(Ask { id: format!("{task_id}.{number}"), node: name.to_string(), question });
                }
            }
            if let Some(kept) = task.rest.as_ref().and_then(|rest| rest.kept.as_ref()) {
                kept.asks(&format!("{task_id}/"), asks);
            }
        }
    }

    pub(crate) fn take_answer(&mut self, before: &str, id: &str, answer: &str) -> Option<Result<Given, AnswerError>> {
        for task in self.tasks.tasks.iter_mut().filter(|task| !task.has_ended()) {
            let (name, item) = (&self.names[task.node as usize], task.index());
            let task_id = self::id(before, name, task.visit, item);
            let Some(rest) = id.strip_prefix(&task_id) else { continue };
            if rest.starts_with('/')
                && let Some(kept) = task.rest.as_mut().and_then(|rest| rest.kept.as_mut())
            {
                let given = kept.answer(&format!("{task_id}/"), id, answer)?;
                return Some(given.map(|mut given| {
                    given.path.insert(0, (name.to_string(), item));
                    given
                }));
            }
            let number = rest.strip_prefix('.').and_then(|number| number.parse::<usize>().ok());
            let known = (task.node, item);
            let remembered = self.remembered.iter_mut().find(|task| (task.node, task.item) == known);
            let place = number.and_then(|number| number.checked_sub(1));
            let ask = remembered.zip(place).and_then(|(task, place)| task.asks.get_mut(place).zip(Some(place)));
            let Some((ask, place)) = ask else { continue };
            if ask.answer.is_some() {
                return Some(Err(AnswerError::Answered { id: id.to_owned() }));
            }
            ask.answer = Some(answer.to_owned());
            let (node, answer) = (name.to_string(), answer.to_owned());
            return Some(Ok(Given { path: Vec::new(), node, item, place, answer }));
        }
        None
    }
}

/// What the ids of a task's questions begin with.
fn id(before: &str, node: &str, visit: u32, item: Option<u32>) -> String {
    let item = item.map(|item| format!("[{item}]")).unwrap_or_default();
    format!("{before}{node}:{visit}{item}")
}
