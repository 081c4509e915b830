//! The decision after a verdict: approve or rework.

use serde::{Deserialize, Serialize};

/// The decision after a verdict.
///
/// ```
/// use council_llm::Decision;
///
/// assert_eq!(serde_json::to_string(&Decision::Approve)?, r#""approve""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Decision {
    /// The draft goes to the writer.
    Approve,
    /// The draft goes back to the master.
    Rework,
}

impl Decision {
    /// The decision for a score. No score means rework.
    pub(crate) fn of(score: Option<f64>, threshold: f64) -> Self {
        if score.is_some_and(|score| score >= threshold) { Self::Approve } else { Self::Rework }
    }

    /// The name of the decision, as in conditions of a [`Blueprint`](crate::Blueprint) and in the journal.
    ///
    /// ```
    /// use council_llm::Decision;
    ///
    /// assert_eq!([Decision::Approve, Decision::Rework].map(Decision::word), ["approve", "rework"]);
    /// ```
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Rework => "rework",
        }
    }
}

/// The key of a critic's threshold in the [metadata](council_core::Shape::metadata) of its node.
///
/// ```
/// use council_llm::{CouncilBuilder, Rehearsal, THRESHOLD};
///
/// let graph = CouncilBuilder::new(Rehearsal::new()).threshold(7.5).build()?;
/// let critic = &graph.drawing().nodes[2];
/// assert_eq!((&*critic.id, critic.metadata[THRESHOLD].text()), ("critic_agent", "7.5"));
/// # Ok::<(), council_llm::CouncilError>(())
/// ```
pub const THRESHOLD: &str = "threshold";
/// The default of the lowest score with which a draft passes.
///
/// ```
/// assert_eq!(council_llm::DEFAULT_THRESHOLD, 8.0);
/// ```
pub const DEFAULT_THRESHOLD: f64 = 8.0;
/// The default of the number of drafts after which the writer gets the draft whatever its score.
///
/// ```
/// assert_eq!(council_llm::DEFAULT_MAX_ITERATIONS, 5);
/// ```
pub const DEFAULT_MAX_ITERATIONS: u32 = 5;
/// How often a critic is asked again for an answer that is not clear, for each draft, unless the builder says otherwise.
pub const DEFAULT_CLARIFICATIONS: u32 = 2;
