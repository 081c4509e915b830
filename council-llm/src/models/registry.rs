//! Registry of the models: creates each model once.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use council_core::Retry;

use crate::chat::model::ChatModel;
use crate::lock::Lock;
use crate::models::environment::Environment;
use crate::models::spec::ModelSpec;
use crate::models::spec_error::SpecError;
use crate::models::with_timeouts::with_timeouts;

/// Models by their specs. Each is created once, because a model keeps a pool of connections. Specs that differ only in their time limits
/// share one model, and the limits hold also for models that a function creates.
///
/// Clones share the models. If there are more than 64, the registry drops the models that are not in use.
///
/// ```
/// use std::sync::Arc;
/// use council_llm::{ChatModel, Environment, ModelSpec, Models};
///
/// let models = Models::from(Environment::default());
/// let model = models.model(&models.default_spec())?;
/// assert_eq!(model.name(), "rehearsal");
/// assert!(Arc::ptr_eq(&model, &models.model(&ModelSpec::Rehearsal)?));
/// # Ok::<(), council_llm::SpecError>(())
/// ```
#[derive(Clone)]
pub struct Models {
    inner: Arc<Inner>,
    retry: Option<Retry>,
    max_tokens: Option<u32>,
    max_calls: Option<u32>,
}

struct Inner {
    make: Box<Make>,
    default_spec: ModelSpec,
    /// The providers with names of their own, and the models that are suggested of each.
    named: Vec<(String, Vec<String>)>,
    made: Lock<HashMap<ModelSpec, Arc<dyn ChatModel>>>,
}

type Make = dyn Fn(&ModelSpec) -> Result<Arc<dyn ChatModel>, SpecError> + Send + Sync;

impl Models {
    /// Models that a function creates, for example with wrappers of your own, or as scripted models. The default model is
    /// [`ModelSpec::Rehearsal`].
    ///
    /// ```
    /// use std::sync::Arc;
    /// use council_llm::{ChatModel, ModelSpec, Models, ScriptedModel};
    ///
    /// let models = Models::new(|spec| Ok(Arc::new(ScriptedModel::new(&spec.to_string(), ["SCORE: 9"]))));
    /// assert_eq!(models.model(&ModelSpec::OpenAi("gpt-4o".into()))?.name(), "openai/gpt-4o");
    /// # Ok::<(), council_llm::SpecError>(())
    /// ```
    pub fn new(make: impl Fn(&ModelSpec) -> Result<Arc<dyn ChatModel>, SpecError> + Send + Sync + 'static) -> Self {
        Self::with(ModelSpec::Rehearsal, Vec::new(), make)
    }

    fn with(
        default_spec: ModelSpec,
        named: Vec<(String, Vec<String>)>,
        make: impl Fn(&ModelSpec) -> Result<Arc<dyn ChatModel>, SpecError> + Send + Sync + 'static,
    ) -> Self {
        let inner = Inner { make: Box::new(make), default_spec, named, made: Lock::default() };
        Self { inner: Arc::new(inner), retry: None, max_tokens: None, max_calls: None }
    }

    /// Sets when a failed call of a model is retried in runs of blueprints; [`agent_retry`](crate::agent_retry) by default.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::{Environment, Models, agent_retry};
    ///
    /// let models = Models::from(Environment::default()).retry(agent_retry().total(Duration::from_secs(600)));
    /// ```
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = Some(retry);
        self
    }

    /// Sets the limit of an answer, in tokens of the model, for agents of blueprints without a limit of their own. By default, and with 0,
    /// the provider decides.
    ///
    /// ```
    /// use council_llm::{Environment, Models};
    ///
    /// let models = Models::from(Environment::default()).max_tokens(8_000);
    /// ```
    #[must_use]
    pub fn max_tokens(mut self, max_tokens: u32) -> Self {
        self.max_tokens = Some(max_tokens);
        self
    }

    pub(crate) fn retry_of_agents(&self) -> Option<Retry> {
        self.retry
    }

    /// Sets how many calls of models a run of a blueprint may make that has no `maxCalls` of its own.
    ///
    /// ```
    /// use council_llm::{Blueprint, Environment, Models};
    ///
    /// let models = Models::from(Environment::default()).max_calls(200);
    /// assert_eq!(Blueprint::new("b1", "Essays").call_limit(&models), 200);
    /// ```
    #[must_use]
    pub fn max_calls(mut self, calls: u32) -> Self {
        self.max_calls = Some(calls);
        self
    }

    /// How many calls a run of a blueprint without a limit of its own may make.
    pub(crate) fn max_calls_of_runs(&self) -> Option<u32> {
        self.max_calls
    }

    pub(crate) fn max_tokens_of_agents(&self) -> Option<u32> {
        self.max_tokens
    }

    /// The spec of the default model.
    ///
    /// ```
    /// use council_llm::{Environment, ModelSpec, Models};
    ///
    /// let models = Models::from(Environment::default().openai_api_key("the key"));
    /// assert_eq!(models.default_spec(), ModelSpec::OpenAi("gpt-4o".into()));
    /// ```
    #[must_use]
    pub fn default_spec(&self) -> ModelSpec {
        self.inner.default_spec.clone()
    }

    /// Returns the model, and creates it if necessary. Nothing is sent yet.
    ///
    /// ```
    /// use council_llm::{ChatModel, Environment, ModelSpec, Models};
    ///
    /// let models = Models::from(Environment::default());
    /// assert_eq!(models.model(&ModelSpec::Rehearsal)?.name(), "rehearsal");
    /// # #[cfg(feature = "openai")]
    /// assert!(matches!(models.model(&"gpt-4o".parse()?), Err(council_llm::SpecError::MissingKey { .. })));
    /// # Ok::<(), council_llm::SpecError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The model is unavailable: see [`Environment::model`]. The next call tries again.
    pub fn model(&self, spec: &ModelSpec) -> Result<Arc<dyn ChatModel>, SpecError> {
        Ok(with_timeouts(self.without_timeouts(spec.without_timeouts())?, spec.timeouts()))
    }

    /// Returns the model of a spec without time limits.
    fn without_timeouts(&self, spec: &ModelSpec) -> Result<Arc<dyn ChatModel>, SpecError> {
        let mut made = self.inner.made.lock();
        if let Some(model) = made.get(spec) {
            return Ok(Arc::clone(model));
        }
        let model = self.make(spec)?;
        if made.len() >= KEPT {
            made.retain(|_, model| Arc::strong_count(model) > 1);
        }
        made.insert(spec.clone(), Arc::clone(&model));
        Ok(model)
    }

    /// Creates a model that is not kept.
    pub(super) fn make(&self, spec: &ModelSpec) -> Result<Arc<dyn ChatModel>, SpecError> {
        (self.inner.make)(spec)
    }

    pub(super) fn named(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.inner.named.iter().map(|(name, models)| (name.as_str(), models.as_slice()))
    }
}

impl From<Environment> for Models {
    /// The models that are available with the environment's keys and addresses.
    fn from(environment: Environment) -> Self {
        let named = environment.providers.iter().map(|(name, settings)| (name.clone(), settings.models.clone()));
        Self::with(environment.default_spec(), named.collect(), move |spec| environment.model(spec))
    }
}

impl fmt::Debug for Models {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Models").field("default_spec", &self.inner.default_spec).finish_non_exhaustive()
    }
}

/// The number of models from which unused ones are dropped.
const KEPT: usize = 64;
