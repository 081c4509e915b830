//! Chat models, the agents of a council, and the council graph.

mod chat;
mod verdict;

pub use chat::{ChatError, ChatEvent, ChatModel, ChatReply, ChatRequest, ChatStream, End, Message, Role, Usage};
pub use verdict::Verdict;
