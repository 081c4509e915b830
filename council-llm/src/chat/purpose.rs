//! The purpose of a call, as data.

use serde::{Deserialize, Serialize};

/// The purpose of the answer to a [`ChatRequest`](crate::ChatRequest). It is not sent to a provider.
///
/// A rule-based model such as [`Rehearsal`](crate::Rehearsal) reads it instead of the prompt. A wrapper may log it, or choose a model by
/// it.
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
    /// The answer is the first draft, or replaces the draft of the material.
    Draft(Material),
    /// The answer scores the draft of the material.
    #[non_exhaustive]
    Critique {
        /// The material of the call.
        material: Material,
        /// The score from which the draft passes, 0 to 10.
        threshold: f64,
    },
    /// The answer is the document, made from the draft of the material.
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

    /// The material of the call.
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

/// The material of a call: the topic, and the current draft and the feedback if there are any.
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
    /// The topic of the document.
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

    /// Sets the draft.
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

    /// Sets the feedback, oldest first.
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
