//! The council of the settings, and its models.

use std::sync::Arc;

use council_core::error_chain;
use council_llm::{CRITIC, ChatModel, CouncilBuilder, MASTER, ModelSpec, Models, SpecError, WRITER, agent_retry};
use council_server::Councils;

use super::calls;
use super::providers;
use super::reader::SettingsReader;
use super::table::{self, Setting};

/// A model and its spec.
#[derive(Clone)]
struct ResolvedModel {
    spec: ModelSpec,
    model: Arc<dyn ChatModel>,
}

/// The council, and its models in one line for people. `None` if there are faults.
pub(super) fn councils(reading: &mut SettingsReader, models: Models) -> Option<(Councils, String)> {
    let master = resolve(reading, &table::MODEL, &models, || default(&models));
    let critic = resolve(reading, &table::CRITIC_MODEL, &models, || Ok(master.clone()));
    let writer = resolve(reading, &table::WRITER_MODEL, &models, || Ok(master.clone()));
    let threshold = reading.number(&table::THRESHOLD);
    let drafts = reading.whole(&table::MAX_ITERATIONS);
    let max_calls = reading.whole(&table::MAX_CALLS);
    let patience = calls::patience(reading);
    let max_tokens = calls::max_tokens(reading);
    let (master, critic, writer) = (master?, critic?, writer?);
    let retry = agent_retry().total(patience?);
    let line = describe(&master.spec, &critic.spec, &writer.spec);
    let mut council = CouncilBuilder::new(master.model)
        .critic_model(critic.model)
        .writer_model(writer.model)
        .threshold(threshold?)
        .max_iterations(drafts?)
        .max_tokens(max_tokens)
        .retry(retry);
    let mut models = models.retry(retry).max_tokens(max_tokens);
    if let Some(calls) = max_calls {
        (council, models) = (council.max_calls(calls), models.max_calls(calls));
    }
    match council.build() {
        Ok(graph) => {
            let councils = Councils::new(graph)
                .model_name(MASTER, master.spec.to_string())
                .model_name(CRITIC, critic.spec.to_string())
                .model_name(WRITER, writer.spec.to_string())
                .models(models);
            Some((councils, line))
        }
        Err(error) => {
            reading.fault(&table::MODEL, error);
            None
        }
    }
}

/// The model that a setting names, or the fallback.
fn resolve(
    reading: &mut SettingsReader,
    setting: &Setting,
    models: &Models,
    fallback: impl FnOnce() -> Result<Option<ResolvedModel>, SpecError>,
) -> Option<ResolvedModel> {
    let spec = reading.text(setting).filter(|text| !text.trim().is_empty());
    let model = match spec {
        Some(spec) => spec.parse().and_then(|spec| load(models, spec)).map(Some),
        None => fallback(),
    };
    model.map_err(|error| reading.fault(setting, why(&error))).ok().flatten()
}

/// Why there is no such model. A provider can be added to the file of settings.
fn why(error: &SpecError) -> String {
    match error {
        SpecError::UnknownProvider { spec, .. } => {
            let table = format!("[{}.{}]", providers::KEY, spec.provider());
            format!("{}, or add `{table}` to the file of settings", error_chain(error))
        }
        error => error_chain(error),
    }
}

fn default(models: &Models) -> Result<Option<ResolvedModel>, SpecError> {
    load(models, models.default_spec()).map(Some)
}

fn load(models: &Models, spec: ModelSpec) -> Result<ResolvedModel, SpecError> {
    Ok(ResolvedModel { model: models.model(&spec)?, spec })
}

/// The models of the agents: `model: openai/gpt-4o`.
fn describe(master: &ModelSpec, critic: &ModelSpec, writer: &ModelSpec) -> String {
    if master == critic && master == writer {
        return format!("model: {}", display_name(master));
    }
    format!(
        "models: {MASTER} {}; {CRITIC} {}; {WRITER} {}",
        display_name(master),
        display_name(critic),
        display_name(writer)
    )
}

/// The name of a model. The name of the rehearsal includes that it is not a language model.
fn display_name(model: &ModelSpec) -> String {
    match model {
        ModelSpec::Rehearsal => format!("{model} (a rule-based stand-in, not a language model)"),
        model => model.to_string(),
    }
}
