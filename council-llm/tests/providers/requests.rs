//! Requests, as the provider receives them.

use council_llm::{Anthropic, CallLimits, ChatModel, ChatRequest, OpenAi};
use expect_test::{Expect, expect};

use crate::dialect::{Dialect, KEY};
use crate::picture::{picture, request};
use crate::server::{Reply, Server};

/// Makes a call and compares the received request with the expected text, without the headers that every HTTP client sends.
async fn check(call: ChatRequest, expected: Expect, model: impl FnOnce(&Server) -> Box<dyn ChatModel>) {
    let server = Server::answering([Reply::hang_up()]).await;
    model(&server).stream(call).await.err().unwrap();
    let request = server.received().remove(0);
    let mut drawn = format!("{}\n", request.line);
    for (name, value) in &request.headers {
        if !["host", "content-length", "accept"].contains(&name.as_str()) {
            drawn += &format!("{name}: {value}\n");
        }
    }
    expected.assert_eq(&format!("{drawn}{:#}\n", request.body));
}

#[tokio::test]
async fn the_request_to_anthropic() {
    check(
        request(),
        expect![[r#"
        POST /v1/messages HTTP/1.1
        anthropic-version: 2023-06-01
        x-api-key: sk-very-secret
        content-type: application/json
        user-agent: council-llm/0.1.0
        {
          "max_tokens": 64,
          "messages": [
            {
              "content": "Grüß Gott",
              "role": "user"
            }
          ],
          "model": "claude-test",
          "stream": true,
          "system": "You are terse.",
          "temperature": 0.7
        }
    "#]],
        |server| Dialect::Anthropic.model(server, CallLimits::default(), true),
    )
    .await;
}

#[tokio::test]
async fn the_request_to_openai() {
    check(
        request(),
        expect![[r#"
        POST /v1/chat/completions HTTP/1.1
        authorization: Bearer sk-very-secret
        content-type: application/json
        user-agent: council-llm/0.1.0
        {
          "max_tokens": 64,
          "messages": [
            {
              "content": "You are terse.",
              "role": "system"
            },
            {
              "content": "Grüß Gott",
              "role": "user"
            }
          ],
          "model": "gpt-test",
          "stream": true,
          "stream_options": {
            "include_usage": true
          },
          "temperature": 0.7
        }
    "#]],
        |server| Dialect::OpenAi.model(server, CallLimits::default(), true),
    )
    .await;
}

#[tokio::test]
async fn settings_that_are_not_given_are_not_sent() {
    let bare = || ChatRequest::user(&*request().messages[0].content);
    check(
        bare(),
        expect![[r#"
        POST /v1/messages HTTP/1.1
        anthropic-version: 2023-06-01
        x-api-key: sk-very-secret
        content-type: application/json
        user-agent: council-llm/0.1.0
        {
          "max_tokens": 128000,
          "messages": [
            {
              "content": "Grüß Gott",
              "role": "user"
            }
          ],
          "model": "claude-test",
          "stream": false
        }
    "#]],
        |server| Dialect::Anthropic.model(server, CallLimits::default(), false),
    )
    .await;
    check(
        bare(),
        expect![[r#"
        POST /v1/chat/completions HTTP/1.1
        content-type: application/json
        user-agent: council-llm/0.1.0
        {
          "messages": [
            {
              "content": "Grüß Gott",
              "role": "user"
            }
          ],
          "model": "gpt-test",
          "stream": false
        }
    "#]],
        |server| Box::new(OpenAi::new("gpt-test", None).streaming(false).base_url(&server.base_url()).unwrap()),
    )
    .await;
}

#[tokio::test]
async fn an_address_of_ollama_may_be_host_and_port() {
    check(
        request(),
        expect![[r#"
        POST /v1/chat/completions HTTP/1.1
        content-type: application/json
        user-agent: council-llm/0.1.0
        {
          "max_tokens": 64,
          "messages": [
            {
              "content": "You are terse.",
              "role": "system"
            },
            {
              "content": "Grüß Gott",
              "role": "user"
            }
          ],
          "model": "llama-test",
          "stream": true,
          "stream_options": {
            "include_usage": true
          },
          "temperature": 0.7
        }
    "#]],
        |server| Dialect::Ollama.model(server, CallLimits::default(), true),
    )
    .await;
}

#[tokio::test]
async fn credentials_of_an_address_are_sent_and_not_shown() {
    for answer in [Reply::hang_up(), Reply::new(401, "text/plain", "no such user: me:pass-word")] {
        let server = Server::answering([answer]).await;
        let base_url = format!("http://me:pass-word@127.0.0.1:{}/", server.port());
        let model = Anthropic::new("claude-test", KEY).base_url(&base_url).unwrap();
        let error = model.stream(request()).await.err().unwrap();
        for shown in [error.to_string(), format!("{error:?}"), format!("{model:?}")] {
            assert!(!shown.contains("pass-word") && !shown.contains(KEY), "{shown}");
        }
        let request = server.received().remove(0);
        assert_eq!(request.line, "POST /v1/messages HTTP/1.1");
        assert!(request.headers.contains(&("authorization".into(), "Basic bWU6cGFzcy13b3Jk".into())));
    }
}

/// Some services take their key in the address. If the provider repeats the key, no error shows it.
#[tokio::test]
async fn keys_in_an_address_are_sent_and_not_shown() {
    let echo = "no POST /v1/chat/completions?team=a&key=secret%2Bword for secret-token: bad key secret+word";
    let server = Server::answering([Reply::new(404, "text/plain", echo)]).await;
    let base_url = format!("http://secret-token@127.0.0.1:{}/v1?team=a&key=secret%2Bword", server.port());
    let model = OpenAi::new("gpt-test", None).base_url(&base_url).unwrap();
    expect!["final: openai answered HTTP 404: no POST /v1/chat/completions?*** for ***: bad key *** (check the name `gpt-test` of the model)"]
        .assert_eq(&picture(&model).await);
    assert_eq!(server.received()[0].line, "POST /v1/chat/completions?team=a&key=secret%2Bword HTTP/1.1");
}

#[tokio::test]
async fn a_key_that_is_no_valid_header_is_refused_before_a_request() {
    let model = OpenAi::new("gpt-test", Some("one\ntwo".into())).base_url("http://127.0.0.1:1").unwrap();
    expect!["final: the request to openai cannot be sent: failed to parse header value"]
        .assert_eq(&picture(&model).await);
}
