//! The seam to a language model: a request, a stream of deltas, one end; and the models that need no provider.

pub(crate) mod chunks;
mod custom_error;
pub(crate) mod error;
pub(crate) mod event;
pub(crate) mod model;
pub(crate) mod purpose;
pub(crate) mod request;
pub(crate) mod retry;
pub(crate) mod scripted;

pub use custom_error::CustomError;
pub use error::ChatError;
pub use event::{ChatEvent, ChatReply, End, Usage};
pub use model::{ChatModel, ChatStream};
pub use purpose::{Material, Purpose};
pub use request::{ChatRequest, Message, Role};
pub use retry::{Retry, RetryPolicy};
pub use scripted::{ScriptedAnswer, ScriptedModel};
