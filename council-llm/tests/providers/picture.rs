//! Answers as readable text.

use council_llm::{CallLimits, ChatError, ChatEvent, ChatModel, ChatRequest};
use expect_test::Expect;
use futures_util::StreamExt;

use crate::clock::on_a_slow_clock;
use crate::dialect::{Dialect, KEY};
use crate::server::{Reply, Server};

/// A reply of the server in each dialect, with a name.
pub(crate) struct Case {
    name: &'static str,
    reply: Box<dyn Fn(Dialect) -> Reply>,
}

pub(crate) fn case(name: &'static str, reply: impl Fn(Dialect) -> Reply + 'static) -> Case {
    Case { name, reply: Box::new(reply) }
}

/// Makes a streaming call for each case in each dialect, and compares the results with the expected text, a line for each case.
pub(crate) async fn check(cases: impl IntoIterator<Item = Case>, expected: Expect) {
    check_within(CallLimits::default(), true, cases, expected).await;
}

/// The same with other limits, or for calls without streaming.
pub(crate) async fn check_within(
    limits: CallLimits,
    streaming: bool,
    cases: impl IntoIterator<Item = Case>,
    expected: Expect,
) {
    let mut lines = String::new();
    for Case { name, reply } in cases {
        let mut drawn = Vec::new();
        for dialect in Dialect::BOTH {
            let server = Server::answering([reply(dialect)]).await;
            let picture = on_a_slow_clock(picture(&dialect.model(&server, limits, streaming))).await;
            assert!(!picture.contains(KEY), "{picture}");
            let picture = picture.replace(&format!("127.0.0.1:{}", server.port()), "ADDRESS");
            let picture = picture.replace("`gpt-test`", "`MODEL`").replace("`claude-test`", "`MODEL`");
            drawn.push(picture.replace(dialect.provider(), "PROVIDER").replace(dialect.stop(), "STOP"));
        }
        assert_eq!(drawn[0], drawn[1], "{name}");
        lines += &format!("{name}: {}\n", drawn[0]);
    }
    expected.assert_eq(&lines);
}

/// Calls `model` and shows the items of its answer in order: `"Gr" "üße" done stop, 12 in (3 cached), 5 out`.
///
/// It also checks that nothing follows the last item.
pub(crate) async fn picture(model: &impl ChatModel) -> String {
    let mut items = match model.stream(request()).await {
        Ok(items) => items,
        Err(error) => return failure(&error),
    };
    let mut text = String::new();
    loop {
        let (last, item) = match items.next().await.expect("a stream has a last item") {
            Ok(ChatEvent::Delta(delta)) => (false, format!("{delta:?} ")),
            Ok(ChatEvent::Reasoning(text)) => (false, format!("thinks {text:?} ")),
            Ok(ChatEvent::Done(end)) => {
                let usage = end.usage;
                let (input, cached, output) = (usage.input_tokens, usage.cached_tokens, usage.output_tokens);
                (true, format!("done {}, {input} in ({cached} cached), {output} out", end.stop_reason))
            }
            // Anthropic reports tokens before an answer breaks off, and OpenAI none. The picture of both is the same.
            Ok(ChatEvent::Spent(_)) => (false, String::new()),
            Ok(event) => panic!("{event:?} is not expected here"),
            Err(error) => (true, failure(&error)),
        };
        // A model that goes on thinking is drawn once.
        if !(item.starts_with("thinks") && text.ends_with(&item)) {
            text += &item;
        }
        if last {
            assert!(items.next().await.is_none(), "something follows the last item of {text}");
            return text;
        }
    }
}

/// An error as one line: whether it is retryable, the requested delay, and the message.
fn failure(error: &ChatError) -> String {
    let hope = if error.is_retryable() { "passing" } else { "final" };
    let wait = error.retry_after().map(|wait| format!(", wait {wait:?}")).unwrap_or_default();
    format!("{hope}{wait}: {error}")
}

/// A small request with all settings.
pub(crate) fn request() -> ChatRequest {
    ChatRequest::user("Grüß Gott").system("You are terse.").max_tokens(64).temperature(0.7)
}
