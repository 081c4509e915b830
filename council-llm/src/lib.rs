#![doc = include_str!("../README.md")]

mod agents;
#[cfg(feature = "anthropic")]
mod anthropic;
mod blueprint;
mod chat;
mod council;
mod credentials;
mod environment;
#[cfg(any(feature = "anthropic", feature = "openai"))]
mod http;
mod models;
mod offer;
#[cfg(feature = "openai")]
mod openai;
pub mod prompts;
mod rehearsal;
mod spec;
mod verdict;
mod voice;

pub use agents::{AgentError, Critic, Master, Writer};
#[cfg(feature = "anthropic")]
pub use anthropic::Anthropic;
pub use blueprint::{
    Agent, AgentRole, Blueprint, BlueprintEdge, BlueprintError, BlueprintFault, EdgeKind, FaultKind, Place, Step, Tools,
};
pub use chat::{
    Answer, ChatError, ChatEvent, ChatModel, ChatReply, ChatRequest, ChatStream, End, Message, Retry, RetryPolicy,
    Role, ScriptedModel, Usage,
};
pub use council::{
    CRITIC, Call, Council, CouncilBuilder, CouncilError, DEFAULT_MAX_ITERATIONS, DEFAULT_THRESHOLD, Decision, MASTER,
    WRITER,
};
pub use environment::Environment;
#[cfg(any(feature = "anthropic", feature = "openai"))]
pub use http::{AddressError, CallLimits};
pub use models::Models;
pub use offer::{Offer, Provider};
#[cfg(feature = "openai")]
pub use openai::OpenAi;
pub use rehearsal::Rehearsal;
pub use spec::{ModelSpec, SpecError};
pub use verdict::Verdict;

/// The programs of the workspace's README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
