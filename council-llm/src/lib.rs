//! Chat models, the agents of a council, and the council graph.

mod agents;
#[cfg(feature = "anthropic")]
mod anthropic;
mod chat;
mod council;
mod environment;
#[cfg(any(feature = "anthropic", feature = "openai"))]
mod http;
#[cfg(feature = "openai")]
mod openai;
mod pieces;
pub mod prompts;
mod rehearsal;
mod scripted;
mod spec;
mod verdict;

pub use agents::{AgentError, Critic, Master, Writer};
#[cfg(feature = "anthropic")]
pub use anthropic::Anthropic;
pub use chat::{ChatError, ChatEvent, ChatModel, ChatReply, ChatRequest, ChatStream, End, Message, Role, Usage};
pub use rehearsal::Rehearsal;
pub use scripted::{Answer, ScriptedModel};
pub use spec::{ModelSpec, SpecError};
pub use verdict::Verdict;
