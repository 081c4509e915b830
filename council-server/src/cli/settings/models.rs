//! The council that the settings describe, and who plays in it.

use std::sync::Arc;

use council_llm::{
    CRITIC, ChatModel, CouncilBuilder, CouncilError, MASTER, ModelSpec, Models, Rehearsal, SpecError, WRITER,
};
use council_server::Councils;

use super::known::{self, Setting};
use super::reading::Reading;

/// A model that can be had.
#[derive(Clone)]
struct Cast {
    spec: ModelSpec,
    model: Arc<dyn ChatModel>,
}

/// The council, and who plays what in one line for a person. Without one there is a fault.
pub(super) fn councils(reading: &mut Reading, models: Models) -> Option<(Councils, String)> {
    let master = cast(reading, &known::MODEL, &models, || default(&models));
    let critic = cast(reading, &known::CRITIC_MODEL, &models, || Ok(master.clone()));
    let writer = cast(reading, &known::WRITER_MODEL, &models, || Ok(master.clone()));
    let threshold = reading.number(&known::THRESHOLD, "number");
    let threshold = accepted(reading, &known::THRESHOLD, threshold, CouncilBuilder::threshold);
    let drafts = reading.number(&known::MAX_ITERATIONS, "number of drafts");
    let drafts = accepted(reading, &known::MAX_ITERATIONS, drafts, CouncilBuilder::max_iterations);
    let (master, critic, writer) = (master?, critic?, writer?);
    let told = told(&master.spec, &critic.spec, &writer.spec);
    let council = CouncilBuilder::new(master.model)
        .critic_model(critic.model)
        .writer_model(writer.model)
        .threshold(threshold?)
        .max_iterations(drafts?);
    match council.build() {
        Ok(graph) => {
            let councils = Councils::new(graph)
                .played_by(MASTER, master.spec.to_string())
                .played_by(CRITIC, critic.spec.to_string())
                .played_by(WRITER, writer.spec.to_string())
                .models(models);
            Some((councils, told))
        }
        Err(error) => {
            reading.fault(&known::MODEL, error);
            None
        }
    }
}

/// The model that a setting names, or else this one.
fn cast(
    reading: &mut Reading,
    setting: &Setting,
    models: &Models,
    otherwise: impl FnOnce() -> Result<Option<Cast>, SpecError>,
) -> Option<Cast> {
    let spec = reading.text(setting).filter(|text| !text.trim().is_empty());
    let cast = match spec {
        Some(spec) => spec.parse().and_then(|spec| played(models, spec)).map(Some),
        None => otherwise(),
    };
    cast.map_err(|error| reading.fault(setting, chain(&error))).ok().flatten()
}

fn default(models: &Models) -> Result<Option<Cast>, SpecError> {
    played(models, models.default_spec()).map(Some)
}

fn played(models: &Models, spec: ModelSpec) -> Result<Cast, SpecError> {
    Ok(Cast { model: models.model(&spec)?, spec })
}

/// The value, if a council can be built with it.
fn accepted<T: Copy>(
    reading: &mut Reading,
    setting: &Setting,
    value: Option<T>,
    set: impl FnOnce(CouncilBuilder, T) -> CouncilBuilder,
) -> Option<T> {
    let tried = set(CouncilBuilder::new(Rehearsal::new()), value?).build();
    tried.map_err(|error: CouncilError| reading.fault(setting, error)).ok()?;
    value
}

/// Who plays what: `model: openai/gpt-4o`.
fn told(master: &ModelSpec, critic: &ModelSpec, writer: &ModelSpec) -> String {
    if master == critic && master == writer {
        return format!("model: {}", named(master));
    }
    format!("models: {MASTER} {}; {CRITIC} {}; {WRITER} {}", named(master), named(critic), named(writer))
}

/// The name of a model; the stand-in has to say what it is.
fn named(model: &ModelSpec) -> String {
    match model {
        ModelSpec::Rehearsal => format!("{model} (a rule-based stand-in, no language model)"),
        model => model.to_string(),
    }
}

/// An error with all that led to it.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
