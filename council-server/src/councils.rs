//! The councils that a server can run: the built-in one, and those that blueprints describe.

use std::collections::BTreeMap;
use std::sync::Arc;

use council_core::Graph;
use council_llm::{
    Blueprint, BlueprintError, BlueprintWarning, Council, DEFAULT_THRESHOLD, Environment, MASTER, Models, Offer,
    Rehearsal,
};

use crate::wire::graph::GraphJson;

/// What a [`Server`](crate::Server) runs: one council that is always there, and where the agents of blueprints get their models.
///
/// A graph alone will do; blueprints then find only models that need no key.
///
/// ```
/// use council_llm::{CouncilBuilder, Environment, Models, Rehearsal};
/// use council_server::Councils;
///
/// let councils = Councils::new(CouncilBuilder::new(Rehearsal::new()).build()?)
///     .model_name("master_agent", "rehearsal")
///     .models(Models::from(Environment::from_env()));
/// # Ok::<(), council_llm::CouncilError>(())
/// ```
#[derive(Clone)]
pub struct Councils {
    council: Graph<Council>,
    model_names: BTreeMap<String, String>,
    threshold: f64,
    models: Models,
}

impl Councils {
    /// This graph is the built-in council.
    #[must_use]
    pub fn new(council: Graph<Council>) -> Self {
        let models = Models::from(Environment::default());
        Self { council, model_names: BTreeMap::new(), threshold: DEFAULT_THRESHOLD, models }
    }

    /// Says of a node of the built-in council which model plays it, for those who look at the graph.
    #[must_use]
    pub fn model_name(mut self, node: impl Into<String>, model: impl Into<String>) -> Self {
        self.model_names.insert(node.into(), model.into());
        self
    }

    /// The score from which the critic of the built-in council approves, for those who look at the graph: 8, unless the council was
    /// built with another.
    #[must_use]
    pub fn threshold(mut self, score: f64) -> Self {
        self.threshold = score;
        self
    }

    /// Where the agents of blueprints get their models.
    #[must_use]
    pub fn models(mut self, models: Models) -> Self {
        self.models = models;
        self
    }

    /// The graph of a blueprint, or of the built-in council.
    pub(crate) fn graph(&self, blueprint: Option<&Blueprint>) -> Result<Graph<Council>, BlueprintError> {
        match blueprint {
            Some(blueprint) => blueprint.graph(&self.models),
            None => Ok(self.council.clone()),
        }
    }

    /// The graph as a picture, whether or not its models can be had.
    pub(crate) fn drawing(&self, blueprint: Option<&Blueprint>) -> Result<GraphJson, BlueprintError> {
        let Some(blueprint) = blueprint else {
            let model = |node: &str| self.model_names.get(node).cloned();
            return Ok(GraphJson::of_council(self.council.drawing(), self.threshold, model));
        };
        let anyone = Models::new(|_| Ok(Arc::new(Rehearsal::new())));
        Ok(GraphJson::of_blueprint(blueprint.graph(&anyone)?.drawing(), blueprint))
    }

    /// What is likely not meant in a blueprint, with the models that are available here.
    pub(crate) fn warnings(&self, blueprint: &Blueprint) -> Vec<BlueprintWarning> {
        blueprint.warnings(&self.models)
    }

    /// The nodes of the built-in council.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = String> {
        self.council.nodes().map(str::to_owned)
    }

    /// Which models agents can be given. The usual one is that of the author in the built-in council.
    pub(crate) fn catalog(&self) -> Offer {
        let mut offer = self.models.offer();
        if let Some(model) = self.model_names.get(MASTER) {
            offer.default.clone_from(model);
        }
        offer
    }

    /// The names of all graphs that a run of this server may have.
    pub(crate) fn graph_names(&self) -> Vec<String> {
        vec![self.council.name().to_owned(), Blueprint::GRAPH.to_owned()]
    }

    /// Whether a run of this graph is one of this server's.
    pub(crate) fn has_graph(&self, graph: &str) -> bool {
        graph == self.council.name() || graph == Blueprint::GRAPH
    }
}

impl From<Graph<Council>> for Councils {
    fn from(council: Graph<Council>) -> Self {
        Self::new(council)
    }
}
