//! The parts of a call that differ between servers of one dialect: the provider's name, headers, the query, names of fields.

use std::borrow::Cow;
use std::error::Error;

use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use super::advice::Sources;
use crate::provider::redact::names_secret;

/// What a server expects beyond its dialect.
#[derive(Clone, Default)]
pub(crate) struct Extras {
    /// The name of the provider, if it is not that of the dialect.
    pub(crate) provider: Option<Cow<'static, str>>,
    /// The header that holds the key alone, instead of the dialect's header.
    pub(crate) key_header: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) query: Vec<(String, String)>,
    /// The name of the field that limits the length of the answer.
    pub(crate) max_tokens_field: Option<String>,
    /// Where the key and the address are set.
    pub(crate) sources: Sources,
    /// Whether the server refuses `stream_options`.
    pub(crate) refuses_stream_options: bool,
}

impl Extras {
    /// Adds the headers, which replace those of the dialect.
    pub(super) fn add_headers(&self, headers: &mut HeaderMap) -> Result<(), Box<dyn Error + Send + Sync>> {
        for (name, value) in &self.headers {
            let mut header = HeaderValue::try_from(value)?;
            header.set_sensitive(names_secret(name));
            headers.insert(HeaderName::try_from(name)?, header);
        }
        Ok(())
    }

    /// The header of the key.
    pub(super) fn key_header(
        &self,
        key: &str,
    ) -> Option<Result<(HeaderName, String), reqwest::header::InvalidHeaderName>> {
        let name = self.key_header.as_ref()?;
        Some(HeaderName::try_from(name).map(|name| (name, key.to_owned())))
    }

    /// Adds the query. A parameter that the address has already stays as it is.
    pub(super) fn add_query(&self, mut url: Url) -> Url {
        for (name, value) in &self.query {
            if !url.query_pairs().any(|(known, _)| known == *name) {
                url.query_pairs_mut().append_pair(name, value);
            }
        }
        url
    }

    /// The body with the names of fields that the server takes.
    pub(super) fn change_body(&self, mut body: Value) -> Value {
        let Some(fields) = body.as_object_mut() else { return body };
        if self.refuses_stream_options {
            fields.remove("stream_options");
        }
        if let Some(name) = &self.max_tokens_field {
            let limit = ["max_tokens", "max_completion_tokens"].iter().find_map(|name| fields.remove(*name));
            if let Some(limit) = limit {
                fields.insert(name.clone(), limit);
            }
        }
        body
    }

    /// The values that no error may show.
    pub(super) fn secrets(&self) -> impl Iterator<Item = String> {
        let all = self.headers.iter().chain(&self.query);
        all.filter(|(name, _)| names_secret(name)).map(|(_, value)| value.clone())
    }
}
