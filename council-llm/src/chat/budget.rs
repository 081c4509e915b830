//! A wrapper that ends calls when a number of calls or tokens is spent.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::StreamExt;

use super::custom_error::CustomError;
use super::error::ChatError;
use super::event::{ChatEvent, End, Usage};
use super::model::{ChatModel, ChatStream};
use super::request::ChatRequest;
use crate::lock::Lock;

/// Wraps a model, and refuses calls when a number of calls or tokens is spent.
///
/// A call counts if it may have cost something, as in [`Council::calls`](crate::Council::calls): also if its answer broke off, and not if the
/// connection or the request was refused, if the model was overloaded before it began to answer or reported tokens, or if it was given up in the queue of a
/// [`Limiter`](crate::Limiter). The tokens of a call count when its answer ends or breaks off, so the last calls may exceed the budget. They
/// count whatever an agent does with the answer, as in [`Council::usage`](crate::Council::usage): also if it was withheld, refused or empty.
/// The refusal is a [`BudgetSpent`] in a [`CustomError`], and is not retried. [`share`](Self::share) puts more models under the same budget.
///
/// The calls that a wrapper such as [`Retried`](crate::Retried) makes for one request are one call of a budget around it. A budget around the
/// model in the wrapper counts each of them.
///
/// ```
/// use council_llm::{Budget, ChatModel, ChatRequest, ScriptedAnswer, ScriptedModel, Usage};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), council_llm::ChatError> {
/// let answer = ScriptedAnswer::from("Hello.").usage(Usage::new(900, 100));
/// let model = Budget::new("essays", ScriptedModel::new("scripted", [answer]).repeating()).calls(50).tokens(1_500);
/// model.complete(ChatRequest::user("Say hello.")).await?;
/// model.complete(ChatRequest::user("Say hello.")).await?;
///
/// let error = model.complete(ChatRequest::user("Say hello.")).await.unwrap_err();
/// assert!(!error.is_retryable());
/// assert_eq!(council_core::error_chain(&error), "the call failed: the budget `essays` of 1500 tokens is spent");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Budget<M> {
    model: M,
    name: Arc<str>,
    calls: Option<u64>,
    tokens: Option<u64>,
    spent: Arc<Lock<Spent>>,
}

/// The part of a budget that is spent.
#[derive(Debug, Default)]
struct Spent {
    calls: u64,
    usage: Usage,
}

impl<M: ChatModel> Budget<M> {
    /// Wraps `model` with a budget that has a name for errors, and no limit yet.
    ///
    /// ```
    /// use council_llm::{Budget, ChatModel, ScriptedModel};
    ///
    /// let model = Budget::new("essays", ScriptedModel::new("author", ["A draft."])).calls(10);
    /// assert_eq!(model.name(), "author");
    /// ```
    #[must_use]
    pub fn new(name: &str, model: M) -> Self {
        Self { model, name: name.into(), calls: None, tokens: None, spent: Arc::default() }
    }

    /// Sets the number of calls.
    ///
    /// ```
    /// use council_llm::{Budget, ChatModel, ChatRequest, ScriptedModel};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), council_llm::ChatError> {
    /// let model = Budget::new("essays", ScriptedModel::new("author", ["A draft."]).repeating()).calls(1);
    /// model.complete(ChatRequest::user("Write.")).await?;
    /// assert!(model.complete(ChatRequest::user("Write.")).await.is_err());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn calls(self, calls: u64) -> Self {
        Self { calls: Some(calls), ..self }
    }

    /// Sets the number of tokens, of prompts and answers together.
    ///
    /// ```
    /// use council_llm::{Budget, ScriptedModel};
    ///
    /// let model = Budget::new("essays", ScriptedModel::new("author", ["A draft."])).tokens(1_000_000);
    /// ```
    #[must_use]
    pub fn tokens(self, tokens: u64) -> Self {
        Self { tokens: Some(tokens), ..self }
    }

    /// Wraps another model with the same budget.
    ///
    /// ```
    /// use council_llm::{Budget, ChatModel, ChatRequest, ScriptedModel};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), council_llm::ChatError> {
    /// let author = Budget::new("essays", ScriptedModel::new("author", ["A draft."])).calls(1);
    /// let critic = author.share(ScriptedModel::new("critic", ["SCORE: 9"]));
    /// author.complete(ChatRequest::user("Write.")).await?;
    /// assert!(critic.complete(ChatRequest::user("Judge.")).await.is_err());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn share<N: ChatModel>(&self, model: N) -> Budget<N> {
        let (name, spent) = (Arc::clone(&self.name), Arc::clone(&self.spent));
        Budget { model, name, calls: self.calls, tokens: self.tokens, spent }
    }

    /// The tokens that are spent.
    ///
    /// ```
    /// use council_llm::{Budget, ScriptedModel, Usage};
    ///
    /// let model = Budget::new("essays", ScriptedModel::new("author", ["A draft."])).tokens(1_000);
    /// assert_eq!(model.usage(), Usage::default());
    /// ```
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.spent.lock().usage
    }

    /// Counts a call, if the budget has room for it. It counts while it is at work, so that calls at the same time do not exceed the budget.
    fn begin(&self) -> Result<(), BudgetSpent> {
        let mut spent = self.spent.lock();
        let used = spent.usage.input_tokens.saturating_add(spent.usage.output_tokens);
        let limit = match (self.calls, self.tokens) {
            (Some(calls), _) if spent.calls >= calls => (calls, "calls"),
            (_, Some(tokens)) if used >= tokens => (tokens, "tokens"),
            _ => {
                spent.calls += 1;
                return Ok(());
            }
        };
        Err(BudgetSpent { name: self.name.as_ref().to_owned(), limit: limit.0, unit: limit.1 })
    }
}

#[async_trait]
impl<M: ChatModel> ChatModel for Budget<M> {
    fn name(&self) -> &str {
        self.model.name()
    }

    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ChatError> {
        self.begin().map_err(CustomError::new)?;
        let mut call = CountedCall { spent: Arc::clone(&self.spent), stage: Stage::Sent };
        match self.model.stream(request).await {
            Ok(items) => Ok(items.inspect(move |item| call.follow(item)).boxed()),
            Err(error) => {
                call.fail(&error);
                Err(error)
            }
        }
    }

    fn forget(&self, request: &ChatRequest) {
        self.model.forget(request);
    }
}

/// A call that has been counted.
struct CountedCall {
    spent: Arc<Lock<Spent>>,
    stage: Stage,
}

/// How far a call is.
#[derive(PartialEq)]
enum Stage {
    /// It waits before it is sent.
    Waiting,
    /// It is sent, and nothing of the answer has arrived.
    Sent,
    /// It is known whether it counts: a part of the answer or its tokens have arrived, or the call has failed.
    Settled,
}

impl CountedCall {
    fn follow(&mut self, item: &Result<ChatEvent, ChatError>) {
        match item {
            // A wrapper of several models may wait for the next one after an answer of the first one has broken off.
            Ok(ChatEvent::Waiting { .. } | ChatEvent::Sent) if self.stage == Stage::Settled => {}
            Ok(ChatEvent::Waiting { .. }) => self.stage = Stage::Waiting,
            Ok(ChatEvent::Sent) => self.stage = Stage::Sent,
            Ok(ChatEvent::Delta(_) | ChatEvent::Reasoning(_)) => self.stage = Stage::Settled,
            Ok(ChatEvent::Spent(usage) | ChatEvent::Done(End { usage, .. })) => {
                self.stage = Stage::Settled;
                self.spent.lock().usage += *usage;
            }
            Err(error) => self.fail(error),
        }
    }

    fn fail(&mut self, error: &ChatError) {
        if self.stage != Stage::Settled && !error.is_paid() {
            self.spent.lock().calls -= 1;
        }
        self.stage = Stage::Settled;
    }
}

impl Drop for CountedCall {
    /// Takes back a call that was given up before it was sent.
    fn drop(&mut self) {
        if self.stage == Stage::Waiting {
            self.spent.lock().calls -= 1;
        }
    }
}

/// The error of a [`Budget`] that is spent.
///
/// ```
/// use std::error::Error;
/// use council_llm::{Budget, BudgetSpent, ChatModel, ChatRequest, ScriptedModel};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let model = Budget::new("essays", ScriptedModel::new("author", ["A draft."])).calls(0);
/// let error = model.complete(ChatRequest::user("Write.")).await.unwrap_err();
/// let spent: &BudgetSpent = error.source().unwrap().downcast_ref().unwrap();
/// assert_eq!((spent.name(), spent.to_string().as_str()), ("essays", "the budget `essays` of 0 calls is spent"));
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BudgetSpent {
    name: String,
    limit: u64,
    unit: &'static str,
}

impl BudgetSpent {
    /// The name of the budget.
    ///
    /// ```
    /// use council_llm::BudgetSpent;
    ///
    /// fn report(error: &BudgetSpent) -> String {
    ///     format!("raise the budget {}", error.name())
    /// }
    /// ```
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for BudgetSpent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, limit, unit } = self;
        write!(f, "the budget `{name}` of {limit} {unit} is spent")
    }
}

impl std::error::Error for BudgetSpent {}
