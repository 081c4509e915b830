//! The providers of chat models: one file for each.

#[cfg(feature = "anthropic")]
pub(crate) mod anthropic;
#[cfg(any(feature = "anthropic", feature = "openai"))]
pub(crate) mod http;
#[cfg(any(feature = "anthropic", feature = "openai"))]
pub(crate) mod limiters;
pub(crate) mod limits;
#[cfg(feature = "openai")]
mod message;
#[cfg(feature = "openai")]
mod ollama;
#[cfg(feature = "openai")]
pub(crate) mod openai;
pub(crate) mod redact;

#[cfg(feature = "anthropic")]
pub use anthropic::Anthropic;
#[cfg(any(feature = "anthropic", feature = "openai"))]
pub use http::AddressError;
pub use limits::CallLimits;
#[cfg(feature = "openai")]
pub use openai::OpenAi;
