//! The interface to a language model: a request, a stream of deltas and one end. Also wrappers of models, the limiter of a provider, and the scripted model.

mod attempts;
mod budget;
mod cached;
pub(crate) mod chunks;
pub(crate) mod custom_error;
pub(crate) mod error;
pub(crate) mod event;
mod fallback;
pub(crate) mod limiter;
pub(crate) mod model;
pub(crate) mod purpose;
pub(crate) mod rate_limited;
pub(crate) mod reasoning;
pub(crate) mod request;
pub(crate) mod retry;
mod retry_policy;
pub(crate) mod scripted;
pub(crate) mod stop;
pub(crate) mod wait;

pub use budget::{Budget, BudgetSpent};
pub use cached::Cached;
pub use custom_error::CustomError;
pub use error::ChatError;
pub use event::{ChatEvent, ChatReply, End, Usage};
pub use fallback::Fallback;
pub use limiter::Limiter;
pub use limiter::settings::RateLimits;
pub use model::{ChatModel, ChatStream};
pub use purpose::{Material, Purpose};
pub use rate_limited::RateLimited;
pub use request::{ChatRequest, Message, Role};
pub use retry::Retry;
pub use retry_policy::RetryPolicy;
pub use scripted::{ScriptedAnswer, ScriptedModel};
pub use stop::StopKind;
pub use wait::WaitReason;
