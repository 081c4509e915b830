//! Chat models, the agents of a council, and the council graph.

mod agents;
mod chat;
mod council;
mod pieces;
pub mod prompts;
mod scripted;
mod verdict;

pub use agents::{AgentError, Critic, Master, Writer};
pub use chat::{ChatError, ChatEvent, ChatModel, ChatReply, ChatRequest, ChatStream, End, Message, Role, Usage};
pub use council::{
    CRITIC, Council, CouncilBuilder, CouncilError, DEFAULT_MAX_ITERATIONS, DEFAULT_THRESHOLD, MASTER, WRITER,
};
pub use scripted::{Answer, ScriptedModel};
pub use verdict::Verdict;
