//! Chat models, the agents of a council, and the council graph.

mod chat;

pub use chat::{ChatError, ChatEvent, ChatModel, ChatReply, ChatRequest, ChatStream, End, Message, Role, Usage};
