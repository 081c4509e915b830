//! Councils that a server can run: the built-in one, and those of blueprints.

use std::collections::BTreeMap;
use std::sync::Arc;

use council_core::Graph;
use council_llm::{
    Blueprint, BlueprintError, BlueprintWarning, Council, Environment, MASTER, MigrationReport, ModelCatalog, Models,
    Rehearsal, StoredBlueprint,
};

use crate::wire::graph::GraphJson;
use crate::wire::model_name::without_timeouts;

/// The councils of a [`Server`](crate::Server): the built-in one, and the models for the agents of blueprints.
///
/// A graph alone is enough; then blueprints have only models that need no key.
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
    /// The name of the master's model, with its time limits.
    default_model: Option<String>,
    models: Models,
}

/// What [`Councils::check`] says about a blueprint that could be saved and run.
///
/// ```
/// use council_llm::{CouncilBuilder, Rehearsal};
/// use council_server::Councils;
///
/// let councils = Councils::new(CouncilBuilder::new(Rehearsal::new()).build()?);
/// let blueprint = br#"{"name": "Essays", "nodes": [{"id": "author", "model": "rehearsal", "patienc": 60}]}"#;
/// let checked = councils.check(blueprint).unwrap();
/// assert_eq!(checked.warnings, ["nodes.0.patienc: unknown field `patienc`: did you mean `patience`?"]);
/// # Ok::<(), council_llm::CouncilError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CheckedBlueprint {
    /// What was guessed, if the blueprint has version 1.
    pub migrated: Option<MigrationReport>,
    /// Likely mistakes, such as unknown fields, each with its location in the JSON.
    pub warnings: Vec<String>,
}

impl Councils {
    /// Makes this graph the built-in council. Blueprints have only models that need no key, until [`models`](Self::models) is set.
    ///
    /// ```
    /// use council_llm::{CouncilBuilder, Rehearsal};
    /// use council_server::Councils;
    ///
    /// let councils = Councils::new(CouncilBuilder::new(Rehearsal::new()).build()?);
    /// # Ok::<(), council_llm::CouncilError>(())
    /// ```
    #[must_use]
    pub fn new(council: Graph<Council>) -> Self {
        let models = Models::from(Environment::default());
        Self { council, model_names: BTreeMap::new(), default_model: None, models }
    }

    /// Names the model of a node of the built-in council. The drawing of the graph shows it. A name of the master's model is also the
    /// default model of new agents, with its time limits. A run keeps the names with which it began. On a server with other names it is pending until a client
    /// retries it, so no run changes its models unnoticed. Otherwise a name is kept without the time limits of a [`ModelSpec`](council_llm::ModelSpec),
    /// so the same model with other limits is no other model.
    ///
    /// ```
    /// # use council_llm::{CouncilBuilder, MASTER, Rehearsal};
    /// # use council_server::Councils;
    /// # let graph = CouncilBuilder::new(Rehearsal::new()).build()?;
    /// let councils = Councils::new(graph).model_name(MASTER, "ollama/llama3.2");
    /// # Ok::<(), council_llm::CouncilError>(())
    /// ```
    #[must_use]
    pub fn model_name(mut self, node: impl Into<String>, model: impl Into<String>) -> Self {
        let (node, model) = (node.into(), model.into());
        self.model_names.insert(node.clone(), without_timeouts(&model));
        if node == MASTER {
            self.default_model = Some(model);
        }
        self
    }

    /// Sets the models for the agents of blueprints. Default: models that need no key.
    ///
    /// ```
    /// # use council_llm::{CouncilBuilder, Environment, Models, Rehearsal};
    /// # use council_server::Councils;
    /// # let graph = CouncilBuilder::new(Rehearsal::new()).build()?;
    /// let councils = Councils::new(graph).models(Models::from(Environment::from_env()));
    /// # Ok::<(), council_llm::CouncilError>(())
    /// ```
    #[must_use]
    pub fn models(mut self, models: Models) -> Self {
        self.models = models;
        self
    }

    /// The graph of a blueprint, or of the built-in council. A graph of a blueprint is built anew.
    pub(crate) fn graph(&self, blueprint: Option<&Blueprint>) -> Result<Graph<Council>, BlueprintError> {
        match blueprint {
            Some(blueprint) => blueprint.graph(&self.models),
            None => Ok(self.council.clone()),
        }
    }

    /// The state of a new run, of a blueprint with this name or of the built-in council.
    pub(crate) fn council(&self, blueprint: Option<StoredBlueprint>, topic: String) -> Council {
        if let Some(blueprint) = blueprint {
            return Council::of_stored(blueprint, topic);
        }
        let mut council = Council::new(topic);
        council.models.clone_from(&self.model_names);
        council
    }

    /// The names of the models of the built-in council, by node.
    pub(crate) fn model_names(&self) -> &BTreeMap<String, String> {
        &self.model_names
    }

    /// The drawing of a graph, also if its models are not available. `models` replace the names of this server in the built-in council.
    pub(crate) fn drawing(
        &self,
        blueprint: Option<&Blueprint>,
        models: &BTreeMap<String, String>,
    ) -> Result<GraphJson, BlueprintError> {
        let Some(blueprint) = blueprint else {
            let model = |node: &str| models.get(node).or_else(|| self.model_names.get(node)).cloned();
            return Ok(GraphJson::of_council(self.council.drawing(), model));
        };
        let anyone = Models::new(|_| Ok(Arc::new(Rehearsal::new())));
        Ok(GraphJson::of_blueprint(blueprint.graph(&anyone)?.drawing(), blueprint))
    }

    /// The warnings about a blueprint, with the models that are available here.
    pub(crate) fn warnings(&self, blueprint: &Blueprint) -> Vec<BlueprintWarning> {
        blueprint.warnings(&self.models)
    }

    /// The nodes of the built-in council.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = String> {
        self.council.nodes().map(str::to_owned)
    }

    /// The model of an agent that names none: that of the master in the built-in council.
    pub(crate) fn default_model(&self) -> String {
        self.default_model.clone().unwrap_or_else(|| self.models.default_spec().to_string())
    }

    /// The models that agents can have. The default is the model of the master in the built-in council.
    pub(crate) fn catalog(&self) -> ModelCatalog {
        let mut catalog = self.models.catalog();
        catalog.default = self.default_model();
        catalog
    }

    /// The names of all graphs that this server runs.
    pub(crate) fn graph_names(&self) -> Vec<String> {
        vec![self.council.name().to_owned(), Blueprint::GRAPH.to_owned()]
    }

    /// Whether this server runs the graph with this name.
    pub(crate) fn has_graph(&self, graph: &str) -> bool {
        graph == self.council.name() || graph == Blueprint::GRAPH
    }
}

impl From<Graph<Council>> for Councils {
    fn from(council: Graph<Council>) -> Self {
        Self::new(council)
    }
}
