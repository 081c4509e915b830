//! The models of the three agents, resolved from flags and environment.

use std::sync::Arc;

use council_core::{Graph, error_chain};
use council_llm::{ChatModel, Council, CouncilBuilder, Environment, ModelSpec, SpecError};
use serde_json::{Value, json};

use crate::args::Arguments;
use crate::error::UserError;

/// One model for each agent.
pub(crate) struct ResolvedModels {
    pub(crate) master: Arc<dyn ChatModel>,
    pub(crate) critic: Arc<dyn ChatModel>,
    pub(crate) writer: Arc<dyn ChatModel>,
    /// The names of the agents whose model is the rehearsal.
    pub(crate) rehearsed: Vec<&'static str>,
}

impl ResolvedModels {
    /// Resolves the models of the flags. An agent without a flag gets the default model of the environment.
    pub(crate) fn resolve(arguments: &Arguments, environment: &Environment) -> Result<Self, UserError> {
        let model = arguments.model().cloned().unwrap_or_else(|| environment.default_spec());
        let critic = arguments.critic_model().unwrap_or(&model);
        let writer = arguments.writer_model().unwrap_or(&model);
        let resolve = |flag, spec| environment.model(spec).map_err(|error| error_of_flag(flag, &error));
        let agents = [("master", &model), ("critic", critic), ("writer", writer)];
        let rehearsed = agents.iter().filter(|(_, spec)| **spec == ModelSpec::Rehearsal);
        Ok(Self {
            // The shared model comes first, so that its error does not name the flag of another agent.
            master: environment.model(&model).map_err(|error| UserError::of(&error))?,
            critic: resolve("--critic-model", critic)?,
            writer: resolve("--writer-model", writer)?,
            rehearsed: rehearsed.map(|&(name, _)| name).collect(),
        })
    }

    /// The graph of the council with these models.
    pub(crate) fn graph(&self, arguments: &Arguments) -> Result<Graph<Council>, UserError> {
        CouncilBuilder::new(Arc::clone(&self.master))
            .critic_model(Arc::clone(&self.critic))
            .writer_model(Arc::clone(&self.writer))
            .threshold(arguments.threshold)
            .max_iterations(arguments.max_iterations)
            .max_tokens(arguments.calls.max_tokens())
            .retry(arguments.calls.retry())
            .build()
            .map_err(|error| UserError::of(&error))
    }

    /// One line with the names: a single name if all agents have the same model.
    pub(crate) fn line(&self) -> String {
        let (master, critic, writer) = (self.master.name(), self.critic.name(), self.writer.name());
        if master == critic && master == writer {
            format!("model: {master}")
        } else {
            format!("models: {master} (master), {critic} (critic), {writer} (writer)")
        }
    }

    pub(crate) fn json(&self) -> Value {
        json!({"master": self.master.name(), "critic": self.critic.name(), "writer": self.writer.name()})
    }
}

/// The error of a model that a flag names. Message and advice name that flag.
fn error_of_flag(flag: &str, error: &SpecError) -> UserError {
    match error {
        SpecError::MissingKey { spec, variable } => UserError::new(&format!(
            "{flag}: `{spec}` needs a key: set {variable}, or choose `rehearsal` (`{flag} rehearsal`), which needs none"
        )),
        error => UserError::new(&format!("{flag}: {}", error_chain(error))),
    }
}
