//! What a repeated call and a call of another model write to the log, and what they do not.
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use council_llm::{ChatError, ChatModel, ChatRequest, ChatStream, Fallback, Retried, RetryPolicy, ScriptedModel};
use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber, span};

/// A subscriber that writes events down, a line each.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("council_llm")
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        writeln!(self.0.lock().unwrap(), "{}", line.0).unwrap();
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

struct Unreachable;

#[async_trait]
impl ChatModel for Unreachable {
    fn name(&self) -> &'static str {
        "fake/model"
    }

    async fn stream(&self, _: ChatRequest) -> Result<ChatStream, ChatError> {
        let source = std::io::Error::new(std::io::ErrorKind::ConnectionRefused, "connection refused");
        Err(ChatError::connection("fake", "host:1", source))
    }
}

#[tokio::test(start_paused = true)]
async fn a_repetition_is_a_warning_without_the_prompt() {
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let policy = RetryPolicy::default().attempts(3).longest_delay(Duration::from_millis(500));
    let request = ChatRequest::user("a private matter");
    Retried::new(Unreachable).policy(policy).complete(request).await.unwrap_err();
    expect_test::expect![[r#"
        WARN message=the call is repeated model="fake/model" attempt=1 error="the connection to fake at host:1 failed: connection refused" delay=500ms
        WARN message=the call is repeated model="fake/model" attempt=2 error="the connection to fake at host:1 failed: connection refused" delay=500ms
    "#]].assert_eq(&log.0.lock().unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_call_of_another_model_is_a_warning_with_the_cause() {
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let model = Fallback::new(Unreachable, ScriptedModel::new("second", ["Second."])).failures(1);
    model.complete(ChatRequest::user("a private matter")).await.unwrap();
    expect_test::expect![[r#"
        WARN message=another model is called model="fake/model" fallback="second" error="the connection to fake at host:1 failed: connection refused"
    "#]].assert_eq(&log.0.lock().unwrap());
}
