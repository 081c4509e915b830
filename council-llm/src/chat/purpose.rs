//! The purpose of a call, as data.

use serde::{Deserialize, Serialize};

/// What the answer to a [`ChatRequest`](crate::ChatRequest) is for. No provider is sent it.
///
/// A model that is no language model, such as the [`Rehearsal`](crate::Rehearsal), works by it; a wrapper may log or route by it.
///
/// ```
/// use council_llm::{ChatRequest, Material, Purpose};
///
/// let material = Material::new("Rust for newcomers").draft("# Rust");
/// let purpose = Purpose::critique(material, 8.0);
/// let request = ChatRequest::user("Judge this draft.").purpose(purpose);
/// assert_eq!(request.purpose.unwrap().material().draft.as_deref(), Some("# Rust"));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Purpose {
    /// To be the first draft, or the one that replaces the draft of the material.
    Draft(Material),
    /// To score the draft of the material.
    #[non_exhaustive]
    Critique {
        /// What the call is about.
        material: Material,
        /// The score from which the draft passes, 0 to 10.
        threshold: f64,
    },
    /// To be the document that is made of the draft.
    Polish(Material),
}

impl Purpose {
    /// The purpose of a critic's call.
    ///
    /// ```
    /// use council_llm::{Material, Purpose};
    ///
    /// let purpose = Purpose::critique(Material::new("Rust").draft("# Rust"), 8.0);
    /// assert!(matches!(purpose, Purpose::Critique { threshold: 8.0, .. }));
    /// ```
    #[must_use]
    pub fn critique(material: Material, threshold: f64) -> Self {
        Self::Critique { material, threshold }
    }

    /// What the call is about.
    ///
    /// ```
    /// use council_llm::{Material, Purpose};
    ///
    /// assert_eq!(Purpose::Draft(Material::new("Rust")).material().topic, "Rust");
    /// ```
    #[must_use]
    pub fn material(&self) -> &Material {
        match self {
            Self::Draft(material) | Self::Critique { material, .. } | Self::Polish(material) => material,
        }
    }
}

/// What an agent works with: the topic, and where there are any the current draft and the feedback.
///
/// ```
/// use council_llm::Material;
///
/// let material = Material::new("Rust").draft("# Rust").feedback(["Score: 4/10\nToo short."]);
/// assert_eq!(material.feedback, ["Score: 4/10\nToo short."]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Material {
    /// What the document is about.
    pub topic: String,
    /// The current draft.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft: Option<String>,
    /// The feedback on the drafts so far, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub feedback: Vec<String>,
}

impl Material {
    /// A topic, without a draft.
    ///
    /// ```
    /// use council_llm::Material;
    ///
    /// let material = Material::new("Rust");
    /// assert_eq!((material.topic.as_str(), material.draft), ("Rust", None));
    /// ```
    pub fn new(topic: impl Into<String>) -> Self {
        Self { topic: topic.into(), ..Self::default() }
    }

    /// The same with a draft.
    ///
    /// ```
    /// use council_llm::Material;
    ///
    /// assert_eq!(Material::new("Rust").draft("# Rust").draft.as_deref(), Some("# Rust"));
    /// ```
    #[must_use]
    pub fn draft(self, draft: impl Into<String>) -> Self {
        Self { draft: Some(draft.into()), ..self }
    }

    /// The same with this feedback, oldest first.
    ///
    /// ```
    /// use council_llm::Material;
    ///
    /// let material = Material::new("Rust").feedback(["Too short.", "Still too short."]);
    /// assert_eq!(material.feedback, ["Too short.", "Still too short."]);
    /// ```
    #[must_use]
    pub fn feedback<T: Into<String>>(self, feedback: impl IntoIterator<Item = T>) -> Self {
        Self { feedback: feedback.into_iter().map(Into::into).collect(), ..self }
    }
}
