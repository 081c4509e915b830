#![doc = include_str!("../README.md")]

mod agents;
mod blueprint;
mod chat;
mod council;
mod models;
pub mod prompts;
mod provider;
mod rehearsal;
mod verdict;
mod voice;

pub use agents::{AgentError, Critic, Master, Writer};
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
pub use models::{Environment, ModelSpec, Models, Offer, Provider, SpecError};
#[cfg(feature = "anthropic")]
pub use provider::Anthropic;
#[cfg(feature = "openai")]
pub use provider::OpenAi;
#[cfg(any(feature = "anthropic", feature = "openai"))]
pub use provider::{AddressError, CallLimits};
pub use rehearsal::Rehearsal;
pub use verdict::Verdict;

/// The programs of the workspace's README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
