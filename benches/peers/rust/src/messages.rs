//! The messages of the chain, merged by id.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Message {
    id: u64,
}

/// Replaces messages with a known id and appends the others.
pub(crate) fn merge_by_id(messages: &mut Vec<Message>, update: Vec<Message>) {
    for message in update {
        match messages.iter_mut().find(|known| known.id == message.id) {
            Some(known) => *known = message,
            None => messages.push(message),
        }
    }
}
