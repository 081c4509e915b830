//! The council that the settings describe, and who plays in it.

use std::sync::Arc;

use council_core::Graph;
use council_llm::{
    CRITIC, ChatModel, Council, CouncilBuilder, CouncilError, Environment, MASTER, ModelSpec, Rehearsal, SpecError,
    WRITER,
};

use super::known::{self, Setting};
use super::reading::Reading;

/// A model that can be had.
#[derive(Clone)]
struct Cast {
    spec: ModelSpec,
    model: Arc<dyn ChatModel>,
}

/// The council, and who plays what in one line for a person. Without one there is a fault.
pub(super) fn council(reading: &mut Reading, environment: &Environment) -> Option<(Graph<Council>, String)> {
    let master = cast(reading, &known::MODEL, environment, || default(environment));
    let critic = cast(reading, &known::CRITIC_MODEL, environment, || Ok(master.clone()));
    let writer = cast(reading, &known::WRITER_MODEL, environment, || Ok(master.clone()));
    let threshold = reading.number(&known::THRESHOLD, "number");
    let threshold = accepted(reading, &known::THRESHOLD, threshold, CouncilBuilder::threshold);
    let drafts = reading.number(&known::MAX_ITERATIONS, "number of drafts");
    let drafts = accepted(reading, &known::MAX_ITERATIONS, drafts, CouncilBuilder::max_iterations);
    let (master, critic, writer) = (master?, critic?, writer?);
    let models = told(&master.spec, &critic.spec, &writer.spec);
    let council = CouncilBuilder::new(master.model)
        .critic_model(critic.model)
        .writer_model(writer.model)
        .threshold(threshold?)
        .max_iterations(drafts?);
    match council.build() {
        Ok(graph) => Some((graph, models)),
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
    environment: &Environment,
    otherwise: impl FnOnce() -> Result<Option<Cast>, SpecError>,
) -> Option<Cast> {
    let spec = reading.text(setting).filter(|text| !text.trim().is_empty());
    let cast = match spec {
        Some(spec) => spec.parse().and_then(|spec| played(environment, spec)).map(Some),
        None => otherwise(),
    };
    cast.map_err(|error| reading.fault(setting, chain(&error))).ok().flatten()
}

fn default(environment: &Environment) -> Result<Option<Cast>, SpecError> {
    played(environment, environment.default_spec()).map(Some)
}

fn played(environment: &Environment, spec: ModelSpec) -> Result<Cast, SpecError> {
    Ok(Cast { model: environment.model(&spec)?, spec })
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
