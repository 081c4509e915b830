#![doc = include_str!("../README.md")]

// In reading order: a module imports only from those above it.
mod lock;

mod chat;

mod provider;

mod rehearsal;

mod models;

mod blueprint;

mod state;

mod agent;

mod council;

pub use agent::{
    AgentError, AgentSettings, CALL_WAITING, Call, CallWait, Critic, Doubt, Master, Reading, TOKENS_WITHDRAWN, Writer,
    agent_retry, prompts,
};
pub use blueprint::{
    Agent, AgentRole, Blueprint, BlueprintEdge, BlueprintError, BlueprintFault, BlueprintWarning, CanvasPosition,
    DEFAULT_MAX_CALLS, EdgeKind, FaultKind, GuessedRole, MigrationReport, PathStep, Tools, WarningKind,
};
pub use chat::{
    Budget, BudgetSpent, Cached, CallTimeouts, ChatError, ChatEvent, ChatModel, ChatReply, ChatRequest, ChatStream,
    CustomError, End, Fallback, InvalidTime, Limiter, Material, Message, Purpose, RateLimited, RateLimits, Retried,
    RetryPolicy, Role, ScriptedAnswer, ScriptedModel, StopKind, Usage, WaitReason, is_blank, parse_time,
    parse_time_limit,
};
pub use council::{CRITIC, CouncilBuilder, CouncilError, MASTER, WRITER};
pub use models::{ApiDialect, Environment, ModelCatalog, ModelSpec, Models, Provider, ProviderSettings, SpecError};
#[cfg(any(feature = "anthropic", feature = "openai"))]
pub use provider::AddressError;
#[cfg(feature = "anthropic")]
pub use provider::Anthropic;
pub use provider::CallLimits;
#[cfg(feature = "openai")]
pub use provider::OpenAi;
pub use rehearsal::Rehearsal;
pub use state::{
    CallReason, CallRecord, Council, DEFAULT_CLARIFICATIONS, DEFAULT_MAX_ITERATIONS, DEFAULT_THRESHOLD, Decision,
    Feedback, Review, StoredBlueprint, THRESHOLD, Verdict,
};
