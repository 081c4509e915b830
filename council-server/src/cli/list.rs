//! `council-server models`: asks providers for their models.

use std::fmt::Write;

use council_llm::{Environment, Models};

/// The models of these providers, or of all that can be called, one on a line; then the errors.
pub(crate) async fn models(environment: &Environment, providers: Vec<String>) -> (String, Vec<String>) {
    let providers = if providers.is_empty() { available(environment) } else { providers };
    let (mut text, mut errors) = (String::new(), Vec::new());
    for provider in providers {
        match environment.list_models(&provider).await {
            Ok(ids) if provider == "rehearsal" => text += &(ids.concat() + "\n"),
            Ok(ids) => {
                for id in ids {
                    let _ = writeln!(text, "{provider}/{id}");
                }
            }
            Err(error) => errors.push(council_core::error_chain(&error)),
        }
    }
    (text, errors)
}

fn available(environment: &Environment) -> Vec<String> {
    let providers = Models::from(environment.clone()).catalog().providers.into_iter();
    providers.filter(|provider| provider.available).map(|provider| provider.name).collect()
}
