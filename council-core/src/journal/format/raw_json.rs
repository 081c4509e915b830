//! JSON of the user's own types, kept as text.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

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
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct RawJson<'a>(Cow<'a, RawValue>);

impl<'a> RawJson<'a> {
    /// The JSON of a value.
    ///
    /// ```
    /// # use council_core::journal::RawJson;
    /// assert_eq!(RawJson::of(&["a", "b"])?.text(), r#"["a","b"]"#);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The value cannot be written as JSON.
    pub fn of(value: &(impl Serialize + ?Sized)) -> serde_json::Result<RawJson<'static>> {
        serde_json::value::to_raw_value(value).map(|json| RawJson(Cow::Owned(json)))
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
    pub fn checked(text: &'a str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }

    /// The JSON as text.
    ///
    /// ```
    /// # use council_core::journal::RawJson;
    /// assert_eq!(RawJson::of(&8.5)?.text(), "8.5");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn text(&self) -> &str {
        self.0.get()
    }

    /// The value, parsed as this type.
    ///
    /// ```
    /// # use council_core::journal::RawJson;
    /// assert_eq!(RawJson::checked("8.5")?.parse::<f64>()?, 8.5);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The value has another type.
    pub fn parse<'s, T: Deserialize<'s>>(&'s self) -> serde_json::Result<T> {
        serde_json::from_str(self.text())
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

/// Reads an optional field that is present: `null` is a value, not an absent field.
pub(super) fn present<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Option<RawJson<'a>>, D::Error> {
    RawJson::deserialize(deserializer).map(Some)
}
