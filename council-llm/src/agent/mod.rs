//! The agents of a council: their prompts, the calls of their models, and the parser of a critic's answer.

mod ask;
mod brief;
mod call;
mod call_wait;
mod limits;
pub(crate) mod critic;
pub(crate) mod error;
mod error_text;
mod exchange;
pub(crate) mod master;
mod one_call;
mod prompter;
pub mod prompts;
mod recorded_call;
pub(crate) mod retry;
mod rounds;
mod seam;
pub(crate) mod settings;
mod verdict;
mod whole_answer;
pub(crate) mod writer;

pub use ask::TOKENS_WITHDRAWN;
pub use call::Call;
pub use call_wait::{CALL_WAITING, CallWait};
pub use critic::Critic;
pub use error::AgentError;
pub use master::Master;
pub use retry::agent_retry;
pub use settings::AgentSettings;
pub use verdict::{Doubt, Reading};
pub use writer::Writer;
