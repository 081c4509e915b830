//! `council-server models`: asks providers for their models.

use std::fmt::Write;

use council_core::error_chain;
use council_llm::{Environment, Models};
use futures_util::future::join_all;

use super::settings::raw::FileProvider;

/// What providers have answered.
#[derive(Default)]
pub(crate) struct Listing {
    /// The models, one on a line.
    pub(crate) text: String,
    /// A line for each provider that has no list.
    pub(crate) faults: Vec<String>,
    /// Whether a provider has a list; the rehearsal counts only if it was asked for.
    pub(crate) has_list: bool,
}

/// Asks these providers at the same time, or all that can be called. A provider of the file that has a fault is not asked.
pub(crate) async fn models(environment: &Environment, of_file: &[FileProvider], providers: Vec<String>) -> Listing {
    let is_by_name = !providers.is_empty();
    let providers = if is_by_name { providers } else { available(environment) };
    let has_fault = |provider: &str| of_file.iter().any(|known| known.name == provider && !known.is_usable);
    let asked: Vec<_> = providers.into_iter().filter(|provider| !has_fault(provider)).collect();
    let answers = join_all(asked.iter().map(|provider| environment.list_models(provider))).await;
    let mut listing = Listing::default();
    for (provider, answer) in asked.iter().zip(answers) {
        match answer {
            Ok(ids) => {
                listing.add(provider, ids);
                // The rehearsal is always there, so it says nothing of the providers unless it was asked for.
                listing.has_list |= is_by_name || provider != "rehearsal";
            }
            Err(error) => listing.faults.push(error_chain(&error)),
        }
    }
    listing
}

impl Listing {
    fn add(&mut self, provider: &str, ids: Vec<String>) {
        for id in ids {
            let _ = match provider {
                "rehearsal" => writeln!(self.text, "{id}"),
                provider => writeln!(self.text, "{provider}/{id}"),
            };
        }
    }
}

fn available(environment: &Environment) -> Vec<String> {
    let providers = Models::from(environment.clone()).catalog().providers.into_iter();
    providers.filter(|provider| provider.available).map(|provider| provider.name).collect()
}
