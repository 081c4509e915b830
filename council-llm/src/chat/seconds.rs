//! A time in JSON, written as a number of seconds, for `#[serde(with = "seconds")]`.

use std::fmt;
use std::time::Duration;

use serde::de::{Error, Visitor};
use serde::{Deserializer, Serialize, Serializer};

use super::time_text::parse_time;

/// Whole seconds are written without a fraction.
#[expect(clippy::ref_option, reason = "serde passes a reference to the field")]
pub(crate) fn serialize<S: Serializer>(time: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    match time {
        None => serializer.serialize_none(),
        Some(time) if time.subsec_nanos() == 0 => time.as_secs().serialize(serializer),
        Some(time) => time.as_secs_f64().serialize(serializer),
    }
}

/// A number of seconds, or a text such as `20m`. A number that is too long for a `Duration` is the longest one, which is no limit.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    deserializer.deserialize_option(OptionalTime)
}

struct OptionalTime;

impl<'de> Visitor<'de> for OptionalTime {
    type Value = Option<Duration>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of seconds, or a time such as `20m`")
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    #[expect(clippy::cast_precision_loss, reason = "a time of 2^53 seconds is no limit")]
    fn visit_u64<E: Error>(self, seconds: u64) -> Result<Self::Value, E> {
        self.visit_f64(seconds as f64)
    }

    #[expect(clippy::cast_precision_loss, reason = "a time of 2^53 seconds is no limit")]
    fn visit_i64<E: Error>(self, seconds: i64) -> Result<Self::Value, E> {
        self.visit_f64(seconds as f64)
    }

    fn visit_f64<E: Error>(self, seconds: f64) -> Result<Self::Value, E> {
        if seconds < 0.0 {
            return Err(E::custom(format!("`{seconds}` is not a number of seconds from 0")));
        }
        Ok(Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        parse_time(text).map(Some).map_err(E::custom)
    }
}

/// The schema of a time from 0.
#[cfg(feature = "openapi")]
pub(crate) enum TimeSchema {}

/// The schema of a time above 0.
#[cfg(feature = "openapi")]
pub(crate) enum TimeLimitSchema {}

#[cfg(feature = "openapi")]
mod schemas {
    use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
    use utoipa::openapi::{RefOr, Schema};
    use utoipa::{PartialSchema, ToSchema};

    use super::{TimeLimitSchema, TimeSchema};

    fn number_or_text() -> ObjectBuilder {
        ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::Number, Type::String]))
    }

    impl PartialSchema for TimeSchema {
        fn schema() -> RefOr<Schema> {
            number_or_text().minimum(Some(0)).into()
        }
    }

    impl PartialSchema for TimeLimitSchema {
        fn schema() -> RefOr<Schema> {
            number_or_text().exclusive_minimum(Some(0)).into()
        }
    }

    impl ToSchema for TimeSchema {}
    impl ToSchema for TimeLimitSchema {}
}
