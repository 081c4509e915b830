//! Which model plays which agent.

use std::sync::Arc;

use council_core::Graph;
use council_llm::{ChatModel, Council, CouncilBuilder, Environment, ModelSpec};
use serde_json::{Value, json};

use crate::args::Arguments;
use crate::fault::Fault;

/// The models of the three agents.
pub(crate) struct Cast {
    pub(crate) master: Arc<dyn ChatModel>,
    pub(crate) critic: Arc<dyn ChatModel>,
    pub(crate) writer: Arc<dyn ChatModel>,
    /// Whether any of them is played by rules.
    pub(crate) rehearsal: bool,
}

impl Cast {
    /// The models that were asked for, and the environment's own choice for the rest.
    pub(crate) fn find(arguments: &Arguments, environment: &Environment) -> Result<Self, Fault> {
        let model = arguments.model().cloned().unwrap_or_else(|| environment.default_spec());
        let specs = [&model, arguments.critic_model().unwrap_or(&model), arguments.writer_model().unwrap_or(&model)];
        let find = |spec| environment.model(spec).map_err(|error| Fault::of(&error));
        Ok(Self {
            master: find(specs[0])?,
            critic: find(specs[1])?,
            writer: find(specs[2])?,
            rehearsal: specs.contains(&&ModelSpec::Rehearsal),
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
