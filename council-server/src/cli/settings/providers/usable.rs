//! The check of a provider whose fields have been read: whether its models can be called.

use council_core::error_chain;
use council_llm::{ApiDialect, Environment, ProviderSettings, SpecError};

/// What has to be changed before the provider can be called. A fault that may be the consequence of an unread field is left out.
pub(super) fn faults(settings: &ProviderSettings, unread: &[&str]) -> Vec<String> {
    let are_read = |fields: &[&str]| !fields.iter().any(|field| unread.contains(field));
    let has_key = settings.key.as_deref().is_some_and(|key| !key.trim().is_empty());
    let mut faults = Vec::new();
    if let Some(variable) = settings.key_variable.as_deref().filter(|_| settings.needs_key && !has_key)
        && are_read(&["key", "key-env"])
    {
        faults.push(format!(
            "the provider needs a key: set the variable {variable}, name another variable in `key-env`, or write `key = \"\"` if the server \
             needs no key"
        ));
    }
    if let Some(variable) = settings.clone().key("any").needs()
        && are_read(&["base-url"])
    {
        faults.push(format!("the provider needs an address: set `base-url` or the variable {variable}"));
    }
    let is_remote = settings.base_url.is_none() && settings.dialect != ApiDialect::Ollama;
    if is_remote
        && settings.key.is_none()
        && settings.key_variable.is_none()
        && are_read(&["base-url", "key", "key-env"])
    {
        faults.push("set `base-url`, or name the variable that holds the key in `key-env`".to_owned());
    }
    faults.extend(address(settings));
    faults.extend(headers(settings));
    faults
}

/// The fault of the address.
fn address(settings: &ProviderSettings) -> Option<String> {
    let why = refused(ProviderSettings::new(settings.dialect).base_url(settings.base_url.as_ref()?))?;
    let source = settings.base_url_variable.as_deref().unwrap_or("base-url");
    Some(format!("{source} cannot be used: {why}"))
}

/// The faults of what is sent in headers. No key is shown.
fn headers(settings: &ProviderSettings) -> Vec<String> {
    let plain = || ProviderSettings::new(settings.dialect).base_url("http://localhost");
    let key = settings.key.iter().map(|key| ("key".to_owned(), plain().key(key)));
    let key_header = settings.key_header.iter();
    let key_header = key_header.map(|name| (format!("key-header `{name}`"), plain().key("any").key_header(name)));
    let organization = settings.organization.iter();
    let organization = organization.map(|organization| ("organization".to_owned(), plain().organization(organization)));
    let headers = settings.headers.iter();
    let headers = headers.map(|(name, value)| (format!("header `{name}`"), plain().header(name, value)));
    let all = key.chain(key_header).chain(organization).chain(headers);
    all.filter_map(|(what, alone)| Some(format!("{what} cannot be sent: {}", refused(alone)?))).collect()
}

/// Why no model can be made with these settings.
fn refused(settings: ProviderSettings) -> Option<String> {
    let spec = "any/model".parse();
    let model = spec.and_then(|spec| Environment::default().provider("any", settings).model(&spec));
    match model.err()? {
        SpecError::Settings { why, .. } => Some(why),
        SpecError::Address { source, .. } => Some(error_chain(&*source)),
        error => Some(error_chain(&error)),
    }
}
