//! Well-known providers as data: address, variables, and what each expects.

use super::api_dialect::ApiDialect;
use super::settings::ProviderSettings;

/// A well-known provider.
pub(super) struct Preset {
    pub(super) name: &'static str,
    base_url: Option<&'static str>,
    /// The variable of the key; `None` for a server on this machine, which needs none.
    key_variable: Option<&'static str>,
    /// The variable of the address, for a provider that has one address for each customer.
    pub(super) address_variable: Option<&'static str>,
    key_header: Option<&'static str>,
    query: &'static [(&'static str, &'static str)],
    stream_usage: bool,
}

impl Preset {
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        PRESETS.iter().find(|preset| preset.name == name)
    }

    /// The settings of the preset, with the key and the address that the variables hold.
    pub(super) fn settings(&self, variable: impl Fn(&str) -> Option<String>) -> ProviderSettings {
        let mut settings = ProviderSettings::new(ApiDialect::OpenAi).stream_usage(self.stream_usage);
        let address = self.address_variable.and_then(&variable).filter(|address| !address.trim().is_empty());
        settings.base_url = address.or(self.base_url.map(str::to_owned));
        settings.base_url_variable = self.address_variable.map(str::to_owned);
        settings.needs_base_url = self.address_variable.is_some();
        settings.key = self.key_variable.and_then(&variable);
        settings.key_variable = self.key_variable.map(str::to_owned);
        settings.needs_key = self.key_variable.is_some();
        settings.key_header = self.key_header.map(str::to_owned);
        settings.query = self.query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        settings
    }

    /// The variables from which the preset is set up.
    pub(super) fn variables(&self) -> impl Iterator<Item = &'static str> {
        self.key_variable.into_iter().chain(self.address_variable)
    }
}

impl ProviderSettings {
    /// A well-known provider with the key of the process's environment: `azure`, `deepseek`, `gemini`, `groq`, `llamacpp`, `lmstudio`,
    /// `mistral`, `openrouter` or `vllm`.
    ///
    /// ```
    /// use council_llm::ProviderSettings;
    ///
    /// let groq = ProviderSettings::preset("groq").unwrap();
    /// assert_eq!(groq.base_url.as_deref(), Some("https://api.groq.com/openai/v1"));
    /// assert_eq!(groq.key_variable.as_deref(), Some("GROQ_API_KEY"));
    /// assert!(ProviderSettings::preset("hal").is_none());
    /// ```
    #[must_use]
    pub fn preset(name: &str) -> Option<Self> {
        Some(Preset::named(name)?.settings(|variable| std::env::var(variable).ok()))
    }

    /// The names of the well-known providers.
    ///
    /// ```
    /// use council_llm::ProviderSettings;
    ///
    /// assert!(ProviderSettings::presets().any(|name| name == "openrouter"));
    /// ```
    pub fn presets() -> impl Iterator<Item = &'static str> {
        PRESETS.iter().map(|preset| preset.name)
    }
}

const REMOTE: Preset = Preset {
    name: "",
    base_url: None,
    key_variable: None,
    address_variable: None,
    key_header: None,
    query: &[],
    stream_usage: true,
};

/// All presets, by name.
pub(super) const PRESETS: [Preset; 9] = [
    Preset {
        name: "azure",
        key_variable: Some("AZURE_OPENAI_API_KEY"),
        // `https://RESOURCE.openai.azure.com/openai/deployments/{model}`
        address_variable: Some("AZURE_OPENAI_BASE_URL"),
        key_header: Some("api-key"),
        query: &[("api-version", "2024-10-21")],
        ..REMOTE
    },
    Preset {
        name: "deepseek",
        base_url: Some("https://api.deepseek.com/v1"),
        key_variable: Some("DEEPSEEK_API_KEY"),
        ..REMOTE
    },
    Preset {
        name: "gemini",
        base_url: Some("https://generativelanguage.googleapis.com/v1beta/openai"),
        key_variable: Some("GEMINI_API_KEY"),
        ..REMOTE
    },
    Preset {
        name: "groq",
        base_url: Some("https://api.groq.com/openai/v1"),
        key_variable: Some("GROQ_API_KEY"),
        ..REMOTE
    },
    Preset { name: "llamacpp", base_url: Some("http://127.0.0.1:8080/v1"), ..REMOTE },
    Preset { name: "lmstudio", base_url: Some("http://127.0.0.1:1234/v1"), ..REMOTE },
    Preset {
        name: "mistral",
        base_url: Some("https://api.mistral.ai/v1"),
        key_variable: Some("MISTRAL_API_KEY"),
        // Mistral refuses fields that it does not know, and reports the tokens without being asked.
        stream_usage: false,
        ..REMOTE
    },
    Preset {
        name: "openrouter",
        base_url: Some("https://openrouter.ai/api/v1"),
        key_variable: Some("OPENROUTER_API_KEY"),
        ..REMOTE
    },
    Preset { name: "vllm", base_url: Some("http://127.0.0.1:8000/v1"), ..REMOTE },
];
