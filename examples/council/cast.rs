//! Which model plays which agent.

use std::sync::Arc;

use council_core::Graph;
use council_llm::{ChatModel, Council, CouncilBuilder, Environment, ModelSpec, SpecError};
use serde_json::{Value, json};

use crate::args::Arguments;
use crate::fault::Fault;

/// The models of the three agents.
pub(crate) struct Cast {
    pub(crate) master: Arc<dyn ChatModel>,
    pub(crate) critic: Arc<dyn ChatModel>,
    pub(crate) writer: Arc<dyn ChatModel>,
    /// Those who are played by rules.
    pub(crate) rehearsed: Vec<&'static str>,
}

impl Cast {
    /// The models that were asked for, and the environment's own choice for the rest.
    pub(crate) fn find(arguments: &Arguments, environment: &Environment) -> Result<Self, Fault> {
        let model = arguments.model().cloned().unwrap_or_else(|| environment.default_spec());
        let critic = arguments.critic_model().unwrap_or(&model);
        let writer = arguments.writer_model().unwrap_or(&model);
        let find = |flag, spec| environment.model(spec).map_err(|error| of_flag(flag, &error));
        let players = [("master", &model), ("critic", critic), ("writer", writer)];
        let rehearsed = players.iter().filter(|(_, spec)| **spec == ModelSpec::Rehearsal);
        Ok(Self {
            // What is wrong with the model of all three is found here, before a flag is blamed.
            master: environment.model(&model).map_err(|error| Fault::of(&error))?,
            critic: find("--critic-model", critic)?,
            writer: find("--writer-model", writer)?,
            rehearsed: rehearsed.map(|&(name, _)| name).collect(),
        })
    }

    /// The graph in which they play.
    pub(crate) fn graph(&self, arguments: &Arguments) -> Result<Graph<Council>, Fault> {
        CouncilBuilder::new(Arc::clone(&self.master))
            .critic_model(Arc::clone(&self.critic))
            .writer_model(Arc::clone(&self.writer))
            .threshold(arguments.threshold)
            .max_iterations(arguments.max_iterations)
            .build()
            .map_err(|error| Fault::of(&error))
    }

    /// One line for a person: one name if one model plays all three.
    pub(crate) fn line(&self) -> String {
        let (master, critic, writer) = (self.master.name(), self.critic.name(), self.writer.name());
        if master == critic && master == writer {
            master.to_owned()
        } else {
            format!("{master} (master), {critic} (critic), {writer} (writer)")
        }
    }

    pub(crate) fn json(&self) -> Value {
        json!({"master": self.master.name(), "critic": self.critic.name(), "writer": self.writer.name()})
    }
}

/// Why the model that a flag names cannot be had; what is to be done about it is done with that flag.
fn of_flag(flag: &str, error: &SpecError) -> Fault {
    match error {
        SpecError::MissingKey { spec, variable } => Fault::new(&format!(
            "{flag}: `{spec}` needs a key: set {variable}, or choose `rehearsal` (`{flag} rehearsal`), which needs none"
        )),
        error => {
            let fault = Fault::of(error);
            Fault { message: format!("{flag}: {}", fault.message), ..fault }
        }
    }
}
