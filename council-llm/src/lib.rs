//! Chat models, the agents of a council, and the council graph.

mod chat;
mod pieces;
pub mod prompts;
mod rehearsal;
mod scripted;
mod verdict;

pub use chat::{ChatError, ChatEvent, ChatModel, ChatReply, ChatRequest, ChatStream, End, Message, Role, Usage};
pub use rehearsal::Rehearsal;
pub use scripted::{Answer, ScriptedModel};
pub use verdict::Verdict;
