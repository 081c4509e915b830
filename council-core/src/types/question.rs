//! Questions that nodes put to a human, and why an answer is refused.

use serde::de::DeserializeOwned;

/// A question that a node has put to a human, and that is not answered; see
/// [`Context::ask`](crate::Context::ask).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Ask {
    /// What an answer names: `critic:2.1` is the first question of the second visit of `critic`. The tasks that lead into a
    /// subgraph stand in front, with a slash behind each, and the item of a worker stands in brackets.
    pub id: String,
    /// The node that asks.
    pub node: String,
    /// The question, as JSON.
    pub question: serde_json::Value,
}

impl Ask {
    /// The question as the type that the node asked with.
    ///
    /// # Errors
    ///
    /// It is of another type.
    pub fn question<Q: DeserializeOwned>(&self) -> serde_json::Result<Q> {
        Q::deserialize(&self.question)
    }
}

/// Why an answer was refused. Nothing has changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// Nobody asks this.
    #[error("no question `{id}` is open; open are: {}", if open.is_empty() { "none" } else { open })]
    Unknown {
        /// The id that was given.
        id: String,
        /// The ids of the open questions, as a list for a person.
        open: String,
    },
    /// The question has its answer.
    #[error("question `{id}` is answered already")]
    Answered {
        /// The id that was given.
        id: String,
    },
    /// The answer cannot be written as JSON.
    #[error("the answer to `{id}` cannot be written as JSON")]
    Unwritable {
        /// The id that was given.
        id: String,
        /// Why not.
        source: serde_json::Error,
    },
}
