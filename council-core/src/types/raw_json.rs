//! JSON of the user's own types, kept as text.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::json_error::JsonError;

/// A value of one of the user's types as JSON: a state, an update, items, a question, an answer.
///
/// It is parsed only when [`parse`](Self::parse) names its type.
///
/// ```
/// use council_core::journal::RawJson;
///
/// let score = RawJson::of(&8.5)?;
/// assert_eq!(score.text(), "8.5");
/// assert_eq!(score.parse::<f64>()?, 8.5);
/// assert!(RawJson::checked("8.").is_err());
/// # Ok::<(), council_core::journal::JsonError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RawJson<'a>(Cow<'a, RawValue>);

impl<'a> RawJson<'a> {
    /// The JSON of a value.
    ///
    /// ```
    /// # use council_core::journal::RawJson;
    /// assert_eq!(RawJson::of(&["a", "b"])?.text(), r#"["a","b"]"#);
    /// # Ok::<(), council_core::journal::JsonError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The value cannot be written as JSON.
    pub fn of(value: &(impl Serialize + ?Sized)) -> Result<RawJson<'static>, JsonError> {
        let json = serde_json::value::to_raw_value(value).map_err(JsonError::new)?;
        Ok(RawJson(Cow::Owned(json)))
    }

    /// Checks that a text is JSON, and wraps it.
    ///
    /// ```
    /// # use council_core::journal::RawJson;
    /// assert!(RawJson::checked(r#"{"score":8.5}"#).is_ok());
    /// assert!(RawJson::checked("{").is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// The text is not JSON.
    pub fn checked(text: &'a str) -> Result<Self, JsonError> {
        serde_json::from_str(text).map_err(JsonError::new)
    }

    /// The JSON as text.
    ///
    /// ```
    /// # use council_core::journal::RawJson;
    /// assert_eq!(RawJson::of(&8.5)?.text(), "8.5");
    /// # Ok::<(), council_core::journal::JsonError>(())
    /// ```
    pub fn text(&self) -> &str {
        self.0.get()
    }

    /// The value, parsed as this type.
    ///
    /// ```
    /// # use council_core::journal::RawJson;
    /// assert_eq!(RawJson::checked("8.5")?.parse::<f64>()?, 8.5);
    /// # Ok::<(), council_core::journal::JsonError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The value has another type.
    pub fn parse<'s, T: Deserialize<'s>>(&'s self) -> Result<T, JsonError> {
        serde_json::from_str(self.text()).map_err(JsonError::new)
    }

    /// The JSON of a text that a record contains; `null` if a loop by hand has recorded a text that is not JSON.
    pub(crate) fn or_null(text: &str) -> RawJson<'static> {
        let json = serde_json::from_str(text).map(Cow::Owned);
        RawJson(json.unwrap_or(Cow::Borrowed(RawValue::NULL)))
    }
}

/// The JSON as text.
impl fmt::Display for RawJson<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.text())
    }
}

impl PartialEq for RawJson<'_> {
    /// Whether the texts are equal.
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Serialize for RawJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for RawJson<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&RawValue>::deserialize(deserializer).map(|json| Self(Cow::Borrowed(json)))
    }
}
