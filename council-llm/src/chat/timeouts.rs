//! The time limits of one call, which a request may hold.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::seconds;

/// The time limits of one call. `None` is the limit of the model: that of its [`ModelSpec`](crate::ModelSpec), or else that of its client.
/// [`CallLimits`](crate::CallLimits) says what each limit counts.
///
/// As JSON the limits are numbers of seconds. A text in the form of [`parse_time`](crate::parse_time) can be read too:
///
/// ```
/// use std::time::Duration;
/// use council_llm::CallTimeouts;
///
/// let timeouts = CallTimeouts::default().first_token(Duration::from_secs(3_600)).total(Duration::from_millis(1_500));
/// assert_eq!(serde_json::to_string(&timeouts)?, r#"{"firstToken":3600,"total":1.5}"#);
/// assert_eq!(serde_json::from_str::<CallTimeouts>(r#"{"firstToken": "1h", "total": 1.5}"#)?, timeouts);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, rename_all = "camelCase")]
#[non_exhaustive]
pub struct CallTimeouts {
    /// The time until the first token of the answer or of the reasoning, in seconds or as a text such as `20m`.
    #[serde(with = "seconds", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<seconds::TimeLimitSchema>, inline))]
    pub first_token: Option<Duration>,
    /// The longest silence after a token, in seconds or as a text such as `20m`.
    #[serde(with = "seconds", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<seconds::TimeLimitSchema>, inline))]
    pub between_tokens: Option<Duration>,
    /// The time until the end of the answer, in seconds or as a text such as `20m`.
    #[serde(with = "seconds", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<seconds::TimeLimitSchema>, inline))]
    pub total: Option<Duration>,
}

impl CallTimeouts {
    /// Sets the time until the first token.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::CallTimeouts;
    ///
    /// let timeouts = CallTimeouts::default().first_token(Duration::from_secs(60));
    /// assert_eq!(timeouts.first_token, Some(Duration::from_secs(60)));
    /// ```
    #[must_use]
    pub fn first_token(self, limit: impl Into<Option<Duration>>) -> Self {
        Self { first_token: limit.into(), ..self }
    }

    /// Sets the longest silence after a token.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::CallTimeouts;
    ///
    /// let timeouts = CallTimeouts::default().between_tokens(Duration::from_secs(60));
    /// assert_eq!(timeouts.between_tokens, Some(Duration::from_secs(60)));
    /// ```
    #[must_use]
    pub fn between_tokens(self, limit: impl Into<Option<Duration>>) -> Self {
        Self { between_tokens: limit.into(), ..self }
    }

    /// Sets the time until the end of the answer.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::CallTimeouts;
    ///
    /// let timeouts = CallTimeouts::default().total(Duration::from_secs(3_600));
    /// assert_eq!(timeouts.total, Some(Duration::from_secs(3_600)));
    /// ```
    #[must_use]
    pub fn total(self, limit: impl Into<Option<Duration>>) -> Self {
        Self { total: limit.into(), ..self }
    }

    /// These limits, and the other ones where there is none here.
    pub(crate) fn or(self, others: Self) -> Self {
        Self {
            first_token: self.first_token.or(others.first_token),
            between_tokens: self.between_tokens.or(others.between_tokens),
            total: self.total.or(others.total),
        }
    }

    /// The names of the limits that are 0, as they are in the JSON.
    pub(crate) fn zeros(&self) -> impl Iterator<Item = &'static str> {
        let limits = [("firstToken", self.first_token), ("betweenTokens", self.between_tokens), ("total", self.total)];
        limits.into_iter().filter(|(_, limit)| *limit == Some(Duration::ZERO)).map(|(name, _)| name)
    }

    /// Whether every limit is that of the client.
    ///
    /// ```
    /// assert!(council_llm::CallTimeouts::default().is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
