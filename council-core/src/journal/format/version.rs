//! The format number, which each record and each snapshot contains.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::FORMAT;
use super::error::FormatError;
use crate::types::json_error::JsonError;

/// The number [`FORMAT`]. Deserializing another number is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Version;

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(FORMAT)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            FORMAT => Ok(Self),
            found => Err(D::Error::custom(FormatError::OtherFormat { found })),
        }
    }
}

/// Parses an object that has a [`Version`] as `v`.
pub(super) fn parse<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, FormatError> {
    // An object of another format may lack any field. The error names its format, which says more than the first missing field.
    serde_json::from_str(json).map_err(|error| match serde_json::from_str(json) {
        Ok(Numbered { v }) if v != FORMAT => FormatError::OtherFormat { found: v },
        _ => FormatError::Malformed(JsonError::read(error)),
    })
}

#[derive(Deserialize)]
struct Numbered {
    v: u32,
}
