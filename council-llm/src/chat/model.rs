//! The trait of a chat model.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;

use super::error::ChatError;
use super::event::{ChatEvent, ChatReply, Usage};
use super::request::ChatRequest;

/// A chat model: anything that answers a system prompt and a list of messages.
///
/// A name and a stream are required. Wrappers such as [`Retried`](crate::Retried) hold a model and are models themselves.
///
/// ```
/// use async_trait::async_trait;
/// use council_llm::{ChatError, ChatEvent, ChatModel, ChatRequest, ChatStream, End};
/// use futures_util::{StreamExt, stream};
///
/// /// A model that repeats what it is told.
/// struct Echo;
///
/// #[async_trait]
/// impl ChatModel for Echo {
///     fn name(&self) -> &str {
///         "echo"
///     }
///
///     async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ChatError> {
///         let text = request.messages.last().map_or(String::new(), |message| message.content.clone());
///         let events = [Ok(ChatEvent::Delta(text)), Ok(ChatEvent::Done(End::new("end_turn")))];
///         Ok(stream::iter(events).boxed())
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), ChatError> {
/// assert_eq!(Echo.complete(ChatRequest::user("Hello")).await?.text, "Hello");
/// # Ok(())
/// # }
/// ```
#[async_trait]
pub trait ChatModel: Send + Sync + 'static {
    /// The model's name for people, for example `anthropic/claude-sonnet-4-5`.
    ///
    /// ```
    /// use council_llm::{ChatModel, ScriptedModel};
    ///
    /// assert_eq!(ScriptedModel::new("critic", ["SCORE: 9"]).name(), "critic");
    /// ```
    fn name(&self) -> &str;

    /// Starts an answer.
    ///
    /// A stream may begin with [`ChatEvent::Waiting`], which [`ChatEvent::Sent`] ends. It yields any number of [`ChatEvent::Delta`] and
    /// [`ChatEvent::Reasoning`], and then exactly one last item: [`ChatEvent::Done`] or an error. To drop the stream cancels the call.
    ///
    /// ```
    /// use council_llm::{ChatEvent, ChatModel, ChatRequest, End, ScriptedModel};
    /// use futures_util::TryStreamExt;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), council_llm::ChatError> {
    /// let stream = ScriptedModel::new("scripted", ["one two"]).stream(ChatRequest::user("Count.")).await?;
    /// let events: Vec<_> = stream.try_collect().await?;
    /// let delta = |text: &str| ChatEvent::Delta(text.to_owned());
    /// assert_eq!(events, [delta("one "), delta("two"), ChatEvent::Done(End::new("end_turn"))]);
    /// # Ok(())
    /// # }
    /// ```
    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ChatError>;

    /// Drops the stored answer to this request, because the caller cannot use it: the same request is to be answered anew.
    ///
    /// By default nothing happens. [`Cached`](crate::Cached) forgets the answer. A wrapper passes the call on to its model. The agents of a
    /// council call it for answers that are empty, and for verdicts that are not clear.
    ///
    /// ```
    /// use council_llm::{Cached, ChatModel, ChatRequest, ScriptedModel};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), council_llm::ChatError> {
    /// let model = Cached::new(ScriptedModel::new("critic", ["Hm.", "SCORE: 9"]));
    /// let request = ChatRequest::user("Judge this draft.");
    /// assert_eq!(model.complete(request.clone()).await?.text, "Hm.");
    /// model.forget(&request);
    /// assert_eq!(model.complete(request).await?.text, "SCORE: 9");
    /// # Ok(())
    /// # }
    /// ```
    fn forget(&self, request: &ChatRequest) {
        let _ = request;
    }

    /// The whole text of the answer at once: [`stream`](Self::stream), collected, without the reasoning.
    ///
    /// ```
    /// use council_llm::{ChatModel, ChatRequest, ScriptedModel};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), council_llm::ChatError> {
    /// let reply = ScriptedModel::new("scripted", ["one two"]).complete(ChatRequest::user("Count.")).await?;
    /// assert_eq!(reply.text, "one two");
    /// # Ok(())
    /// # }
    /// ```
    async fn complete(&self, request: ChatRequest) -> Result<ChatReply, ChatError> {
        let mut stream = self.stream(request).await?;
        let (mut text, mut spent) = (String::new(), Usage::default());
        while let Some(event) = stream.next().await {
            match event? {
                ChatEvent::Delta(delta) => text.push_str(&delta),
                ChatEvent::Spent(usage) => spent += usage,
                ChatEvent::Done(mut end) => {
                    end.usage += spent;
                    return Ok(ChatReply { text, end });
                }
                ChatEvent::Reasoning(_) | ChatEvent::Waiting { .. } | ChatEvent::Sent => {}
            }
        }
        Err(ChatError::Truncated)
    }
}

/// A model behind a pointer is a model.
macro_rules! model_behind {
    ($($pointer:ident),*) => {$(
        #[async_trait]
        impl<M: ChatModel + ?Sized> ChatModel for $pointer<M> {
            fn name(&self) -> &str {
                (**self).name()
            }

            async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ChatError> {
                (**self).stream(request).await
            }

            fn forget(&self, request: &ChatRequest) {
                (**self).forget(request);
            }

            async fn complete(&self, request: ChatRequest) -> Result<ChatReply, ChatError> {
                (**self).complete(request).await
            }
        }
    )*};
}

model_behind!(Arc, Box);

/// The stream of an answer: deltas, then one end or one error.
///
/// ```
/// use council_llm::{ChatError, ChatEvent, ChatStream, End};
/// use futures_util::{StreamExt, stream};
///
/// /// An answer of one piece.
/// fn answer(text: &str) -> ChatStream {
///     let events = [ChatEvent::Delta(text.to_owned()), ChatEvent::Done(End::new("end_turn"))];
///     stream::iter(events.map(Ok)).boxed()
/// }
/// ```
pub type ChatStream = BoxStream<'static, Result<ChatEvent, ChatError>>;
