//! Advice for a failed call: which variable or setting a person has to change.

use crate::chat::error::{ChatError, START_AGAIN};

/// The names of the variables or settings that hold the key and the address of a model. The values are not here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sources {
    pub(crate) key: Option<String>,
    /// `None` if the model has the default address.
    pub(crate) address: Option<String>,
    /// Whether the call is for the list of models.
    pub(crate) is_for_all_models: bool,
}

/// A model, as far as advice depends on it.
#[derive(Debug, Default)]
pub(super) struct Advisor {
    pub(super) model: String,
    pub(super) is_ollama: bool,
    pub(super) has_key: bool,
    /// Whether the address contains a user.
    pub(super) has_user: bool,
    pub(super) sources: Sources,
}

impl Advisor {
    /// The error with advice, if a person can do something about it.
    pub(super) fn advise(&self, error: ChatError) -> ChatError {
        match self.advice(&error) {
            Some(advice) => error.advice(advice),
            None => error,
        }
    }

    fn advice(&self, error: &ChatError) -> Option<String> {
        match error {
            ChatError::Connection { .. } if self.is_ollama => {
                Some(format!("start Ollama with `ollama serve`, or set its address in {}", self.address("OLLAMA_HOST")))
            }
            ChatError::Connection { .. } => self.sources.address.as_ref().map(|address| format!("check {address}")),
            ChatError::Malformed { .. } => Some(self.other_server()),
            // The same call may succeed later.
            error if error.is_retryable() || error.is_context_overflow() => None,
            ChatError::Status { status, kind, message, .. } => self.refused(Some(*status), kind, message),
            ChatError::InStream { kind, message, .. } => self.refused(kind.parse().ok(), kind, message),
            _ => None,
        }
    }

    /// Advice for a request that the provider has refused for good.
    fn refused(&self, status: Option<u16>, kind: &str, message: &str) -> Option<String> {
        let (kind, message) = (kind.to_lowercase(), message.to_lowercase());
        let is = |names: &[&str]| names.iter().any(|name| kind.contains(name));
        match status {
            // An HTML page comes from another server, or from one that does not know the path.
            Some(400 | 403 | 404) if message.starts_with('<') => Some(self.other_server()),
            Some(405) => Some(self.other_server()),
            Some(401) => Some(self.key()),
            _ if is(&["authentication", "invalid_api_key", "unauthenticated"]) => Some(self.key()),
            // Gemini refuses a wrong key with status 400.
            Some(400 | 403) if message.contains("api key") => Some(self.key()),
            Some(403) => Some(format!("check the permissions of {}{}", self.owner(), self.retry())),
            Some(404) => Some(self.model()),
            _ if is(&["model_not_found", "not_found_error", "notfounderror"]) => Some(self.model()),
            Some(402 | 429) => Some(self.account()),
            _ if is(&["billing", "quota", "balance", "credit", "budget"]) => Some(self.account()),
            _ => None,
        }
    }

    fn key(&self) -> String {
        let restart = if self.sources.is_for_all_models { "" } else { ", restart the program" };
        let restart = format!("{restart}{}", self.retry());
        if !self.has_key && self.has_user {
            return format!("check user and password in {}{restart}", self.address("the address"));
        }
        match (&self.sources.key, self.has_key) {
            _ if self.is_ollama && !self.has_key => {
                format!("check {}: Ollama itself needs no key", self.address("OLLAMA_HOST"))
            }
            (Some(source), true) => format!("correct {source}{restart}"),
            (Some(source), false) => format!("the server requires a key: set {source}{restart}"),
            (None, true) => format!("give the model a valid key{restart}"),
            (None, false) => format!("the server requires a key: give the model one{restart}"),
        }
    }

    fn model(&self) -> String {
        if self.sources.is_for_all_models {
            return self.other_server();
        }
        let model = &self.model;
        if self.is_ollama {
            return format!("get the model with `ollama pull {model}`{}", self.retry());
        }
        let address = self.sources.address.as_ref().map(|address| format!(", and {address}")).unwrap_or_default();
        format!("check the name `{model}` of the model{address}")
    }

    fn account(&self) -> String {
        format!("check the credit and the quota of {}{}", self.owner(), self.retry())
    }

    /// The account to which the key belongs.
    fn owner(&self) -> String {
        match &self.sources.key {
            Some(source) if self.has_key => format!("the account that {source} belongs to"),
            _ => "the account".to_owned(),
        }
    }

    /// Advice for an answer that does not come from a model.
    fn other_server(&self) -> String {
        match &self.sources.address {
            Some(address) => format!("check the address of the model in {address}"),
            None => "a proxy or a login page may have answered instead of the provider".to_owned(),
        }
    }

    /// The end of advice about a call of a run. A call for the list of models belongs to no run.
    fn retry(&self) -> String {
        if self.sources.is_for_all_models { String::new() } else { format!(", then {START_AGAIN}") }
    }

    fn address<'a>(&'a self, default: &'a str) -> &'a str {
        self.sources.address.as_deref().unwrap_or(default)
    }
}
