//! The name of a blueprint that a program stores beside its runs.

use serde::{Deserialize, Serialize};

/// The name of a blueprint that a program stores itself, once for all runs of it.
///
/// The journal of a run that was started with [`Council::of_stored`](crate::Council::of_stored) has this name instead of the blueprint. The
/// program keeps the blueprint as long as a run names it: [`hashes`](Self::hashes) are all blueprints that the run needs.
///
/// ```
/// use council_llm::StoredBlueprint;
///
/// let first = StoredBlueprint::new("essays", "6c1f");
/// let second = first.replaced_by("a07b");
/// assert_eq!((second.id.as_str(), second.hash.as_str()), ("essays", "a07b"));
/// assert_eq!(second.hashes().collect::<Vec<_>>(), ["6c1f", "a07b"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StoredBlueprint {
    /// The id of the blueprint.
    pub id: String,
    /// The hash of the blueprint, as the program computes it.
    pub hash: String,
    /// The hashes of the blueprints that the run had before, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<String>,
}

impl StoredBlueprint {
    /// The name of a blueprint.
    ///
    /// ```
    /// use council_llm::StoredBlueprint;
    ///
    /// assert_eq!(StoredBlueprint::new("essays", "6c1f").earlier, [""; 0]);
    /// ```
    #[must_use]
    pub fn new(id: impl Into<String>, hash: impl Into<String>) -> Self {
        Self { id: id.into(), hash: hash.into(), earlier: Vec::new() }
    }

    /// The name of the blueprint that the run has from now on. The records of the run still name this one.
    ///
    /// ```
    /// use council_llm::StoredBlueprint;
    ///
    /// assert_eq!(StoredBlueprint::new("essays", "6c1f").replaced_by("a07b").earlier, ["6c1f"]);
    /// ```
    #[must_use]
    pub fn replaced_by(&self, hash: impl Into<String>) -> Self {
        let hash = hash.into();
        let earlier = self.hashes().filter(|earlier| *earlier != hash).map(str::to_owned).collect();
        Self { id: self.id.clone(), hash, earlier }
    }

    /// The hashes of all blueprints that the records of the run name.
    ///
    /// ```
    /// use council_llm::StoredBlueprint;
    ///
    /// assert_eq!(StoredBlueprint::new("essays", "6c1f").hashes().collect::<Vec<_>>(), ["6c1f"]);
    /// ```
    pub fn hashes(&self) -> impl Iterator<Item = &str> {
        self.earlier.iter().chain([&self.hash]).map(String::as_str)
    }
}
