//! The state of a council, and the merge of parallel writes.

pub(crate) mod call_record;
pub(crate) mod council;
pub(crate) mod decision;
pub(crate) mod feedback;
mod merge;
pub(crate) mod stored_blueprint;
pub(crate) mod verdict;

pub use call_record::{CallReason, CallRecord};
pub use council::Council;
pub use decision::{DEFAULT_CLARIFICATIONS, DEFAULT_MAX_ITERATIONS, DEFAULT_THRESHOLD, Decision, THRESHOLD};
pub use feedback::{Feedback, Review};
pub use stored_blueprint::StoredBlueprint;
pub use verdict::Verdict;
