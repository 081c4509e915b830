//! JSON of the user's own types, kept as text.

use std::borrow::Cow;
use std::fmt;

use serde::de::Visitor;
use serde::de::value::{BorrowedStrDeserializer, MapDeserializer};
use serde::{Deserialize, Deserializer, Serialize, Serializer, forward_to_deserialize_any};
use serde_json::value::RawValue;

use super::json::write;
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
    /// The value cannot be written as JSON, or could not be read back equal. These are refused, with their place:
    ///
    /// - NaN and infinite numbers,
    /// - `Some` of a value that is null in JSON, such as `Some(None)` and `Some(())`,
    /// - keys of a map other than texts, numbers, booleans and variants without data,
    /// - an object with the same key twice, for example by a flattened map,
    /// - values that are nested more than 127 levels deep,
    /// - values whose `Serialize` fails.
    ///
    /// Two kinds of values are not refused, but are read as another value or not at all: variants of an untagged enum with the same form, and
    /// 128-bit numbers inside an untagged, internally tagged or flattened type.
    ///
    /// ```
    /// # use council_core::journal::RawJson;
    /// assert!(RawJson::of(&f64::NAN).is_err());
    /// assert!(RawJson::of(&Some(None::<u8>)).is_err());
    /// ```
    pub fn of(value: &(impl Serialize + ?Sized)) -> Result<RawJson<'static>, JsonError> {
        json_text(value).map(|text| BufferedJson(text).into_json())
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
        serde_json::from_str(text).map_err(JsonError::read)
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
        serde_json::from_str(self.text()).map_err(JsonError::read)
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

impl Eq for RawJson<'_> {}

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

/// The JSON of a value as text: see [`RawJson::of`].
pub(crate) fn json_text(value: &(impl Serialize + ?Sized)) -> Result<String, JsonError> {
    write(value, Vec::new(), false).map(as_text).map_err(JsonError::of_write)
}

/// The JSON of a value in a buffer that can be used again.
pub(crate) struct BufferedJson(String);

impl BufferedJson {
    /// Writes the JSON of an update into a buffer, in place of its content.
    pub(crate) fn of_update(update: &impl Serialize, buffer: String) -> Result<Self, JsonError> {
        // An update has a key for each field, so its keys are not compared.
        let out = write(update, buffer.into_bytes(), true);
        out.map(|out| Self(as_text(out))).map_err(|error| JsonError::of_write(error).in_an_update())
    }

    pub(crate) fn json(&self) -> RawJson<'_> {
        // `serde_json` wrote the text, so it is not parsed again.
        let json = <&RawValue>::deserialize(Unparsed(&self.0)).or_else(|_| serde_json::from_str(&self.0));
        RawJson(Cow::Borrowed(json.unwrap_or_else(|error| unreachable!("a value was written as JSON: {error}"))))
    }

    /// The JSON in a text of its exact size.
    pub(crate) fn into_json(self) -> RawJson<'static> {
        RawJson(Cow::Owned(self.json().0.into_owned()))
    }

    pub(crate) fn into_buffer(self) -> String {
        self.0
    }
}

fn as_text(json: Vec<u8>) -> String {
    String::from_utf8(json).unwrap_or_else(|error| unreachable!("JSON is UTF-8: {error}"))
}

/// Gives a `RawValue` its text in the way of the deserializer of `serde_json`: as a map from its name to the text.
struct Unparsed<'a>(&'a str);

impl<'de> Deserializer<'de> for Unparsed<'de> {
    type Error = serde_json::Error;

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> serde_json::Result<V::Value> {
        visitor.visit_map(MapDeserializer::new(std::iter::once((name, BorrowedStrDeserializer::new(self.0)))))
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> serde_json::Result<V::Value> {
        visitor.visit_borrowed_str(self.0)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}
