//! Chat models, the agents of a council, and the council graph.

mod chat;

#[cfg(any(feature = "anthropic", feature = "openai"))]
mod http;

#[cfg(feature = "anthropic")]
mod anthropic;
#[cfg(feature = "openai")]
mod openai;

mod retry;

mod environment;
mod spec;

pub use chat::{ChatError, ChatEvent, ChatModel, ChatReply, ChatRequest, ChatStream, End, Message, Role, Usage};

#[cfg(any(feature = "anthropic", feature = "openai"))]
pub use http::{AddressError, CallLimits};

#[cfg(feature = "anthropic")]
pub use anthropic::Anthropic;
#[cfg(feature = "openai")]
pub use openai::OpenAi;

pub use retry::{Retry, RetryPolicy};

pub use environment::Environment;
pub use spec::{ModelSpec, SpecError};
