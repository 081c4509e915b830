//! The condition of an edge: a decision of a critic, as it is stored.

use serde::{Deserialize, Deserializer};

/// The decision that the text means, in any case and with any blanks around it. Any other text stays as it is: no decision is equal to it.
pub(super) fn normal_condition(text: String) -> String {
    let meant = DECISIONS.into_iter().find(|word| text.trim().eq_ignore_ascii_case(word));
    meant.map_or(text, str::to_owned)
}

/// Reads a condition with serde.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::deserialize(deserializer)?.map(normal_condition))
}

/// The decisions of a critic.
pub(super) const DECISIONS: [&str; 2] = ["approve", "rework"];
