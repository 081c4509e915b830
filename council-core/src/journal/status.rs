//! The status of a run, in words.

use std::fmt;
use std::str::FromStr;

/// The status of a run. As text it is the lower-case word.
///
/// ```
/// use council_core::journal::Status;
///
/// assert_eq!(Status::Paused.to_string(), "paused");
/// assert_eq!("finished".parse(), Ok(Status::Finished));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// The run is executing, or its process died.
    Running,
    /// The run waits for a person.
    Paused,
    /// The run reached its end.
    Finished,
    /// A limit or a cancellation stopped the run.
    Stopped,
    /// The run failed.
    Failed,
    /// The run was closed from outside and cannot be resumed; see [`close`](crate::journal::close()).
    Closed,
}

impl Status {
    const ALL: [Self; 6] = [Self::Running, Self::Paused, Self::Finished, Self::Stopped, Self::Failed, Self::Closed];

    fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Finished => "finished",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
            Self::Closed => "closed",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.word())
    }
}

impl FromStr for Status {
    type Err = UnknownStatus;

    fn from_str(word: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|status| status.word() == word).ok_or_else(|| UnknownStatus(word.to_owned()))
    }
}

/// A word that is not a [`Status`].
///
/// ```
/// # use council_core::journal::Status;
/// assert!("waiting".parse::<Status>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a status: write `running`, `paused`, `finished`, `stopped`, `failed` or `closed`")]
pub struct UnknownStatus(String);
