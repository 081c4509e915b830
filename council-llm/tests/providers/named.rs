//! Providers with names, headers, queries and fields of their own, and the lists of their models.

use council_llm::{Anthropic, ApiDialect, ChatModel, Environment, ModelSpec, OpenAi, ProviderSettings};
use expect_test::{Expect, expect};
use serde_json::json;

use crate::dialect::{Dialect, KEY};
use crate::picture::{picture, request};
use crate::server::{Reply, Server};

fn local(server: &Server, key: &str) -> OpenAi {
    OpenAi::new("qwen3", Some(key.into())).base_url(&server.base_url()).unwrap().provider_name("local")
}

#[tokio::test]
async fn a_server_gets_what_it_expects() {
    let server = Server::answering([Reply::hang_up()]).await;
    let model = local(&server, KEY)
        .key_header("api-key")
        .header("x-title", "Council")
        .organization("org-1")
        .query("api-version", "2024-10-21")
        .max_tokens_field("max_output")
        .stream_usage(false);
    assert_eq!(model.name(), "local/qwen3");
    model.stream(request()).await.err().unwrap();
    let received = server.received().remove(0);
    assert_eq!(received.line, "POST /v1/chat/completions?api-version=2024-10-21 HTTP/1.1");
    let header = |name: &str| received.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    assert_eq!(header("api-key"), Some(KEY));
    assert_eq!(header("authorization"), None);
    assert_eq!(header("x-title"), Some("Council"));
    assert_eq!(header("openai-organization"), Some("org-1"));
    assert_eq!((&received.body["max_output"], &received.body["max_tokens"]), (&json!(64), &json!(null)));
    assert_eq!(received.body["stream_options"], json!(null));
}

#[tokio::test]
async fn the_name_of_a_model_cannot_lead_to_another_address() {
    let mut lines = String::new();
    for name in ["gpt-4.1_x~", "a/../../x?y=#", "%2e%2e", "llama 3:ü", "..", "."] {
        let server = Server::answering([Reply::hang_up()]).await;
        let base_url = format!("http://127.0.0.1:{}/deployments/{{model}}", server.port());
        let settings = ProviderSettings::new(ApiDialect::OpenAi).base_url(base_url);
        let spec = ModelSpec::OpenAi(name.to_owned());
        let line = match Environment::default().provider("openai", settings).model(&spec) {
            Ok(model) => {
                model.stream(request()).await.err().unwrap();
                server.received().remove(0).line
            }
            Err(error) => error.to_string(),
        };
        lines += &format!("{name}: {line}\n");
    }
    expect![[r#"
        gpt-4.1_x~: POST /deployments/gpt-4.1_x~/chat/completions HTTP/1.1
        a/../../x?y=#: POST /deployments/a%2F..%2F..%2Fx%3Fy%3D%23/chat/completions HTTP/1.1
        %2e%2e: POST /deployments/%252e%252e/chat/completions HTTP/1.1
        llama 3:ü: POST /deployments/llama%203%3A%C3%BC/chat/completions HTTP/1.1
        ..: the settings of `openai` cannot be used: its address contains {model}, and `..` cannot be a part of an address
        .: the settings of `openai` cannot be used: its address contains {model}, and `.` cannot be a part of an address
    "#]]
    .assert_eq(&lines);
}

#[tokio::test]
async fn an_error_names_the_provider() {
    let server = Server::answering([Reply::json(500, &Dialect::OpenAi.error("server_error", "Not now"))]).await;
    assert_eq!(picture(&local(&server, KEY)).await, "passing: local answered HTTP 500: Not now");
    let bad = local(&server, KEY).header("no name", "x");
    assert_eq!(picture(&bad).await, "final: the request to local cannot be sent: invalid HTTP header name");
}

#[tokio::test]
async fn a_short_or_dummy_key_stays_in_messages() {
    for key in ["x", "none", "EMPTY", "not-needed"] {
        let message = format!("the model {key} does not exist, nor does max");
        let server = Server::answering([Reply::json(404, &Dialect::OpenAi.error("not_found", &message))]).await;
        let advice = "(check the name `qwen3` of the model)";
        assert_eq!(picture(&local(&server, key)).await, format!("final: local answered HTTP 404: {message} {advice}"));
    }
}

#[tokio::test]
async fn a_secret_header_or_parameter_is_masked() {
    let message = "no access for team-key-1 with sig-123456";
    let server = Server::answering([Reply::json(403, &Dialect::OpenAi.error("forbidden", message))]).await;
    let model = local(&server, "x").header("x-auth-token", "team-key-1").query("signature", "sig-123456");
    assert_eq!(
        picture(&model).await,
        "final: local answered HTTP 403: no access for *** with *** (check the permissions of the account, then start again, or retry a stored run)"
    );
}

/// Asks for the models, and compares the list or the error with the expected text.
async fn check(replies: Vec<(&str, Reply)>, expected: Expect) {
    let mut lines = String::new();
    for (name, reply) in replies {
        let server = Server::answering([reply]).await;
        let line = match local(&server, KEY).list_models().await {
            Ok(ids) => ids.join(", "),
            Err(error) => error.to_string(),
        };
        assert_eq!(server.received()[0].line, "GET /v1/models HTTP/1.1");
        lines += &format!("{name}: {line}\n");
    }
    expected.assert_eq(&lines);
}

#[tokio::test]
async fn the_models_are_listed_by_the_provider() {
    let replies = vec![
        ("OpenAI", Reply::json(200, &json!({ "object": "list", "data": [{ "id": "a" }, { "id": "b" }] }))),
        ("Gemini", Reply::json(200, &json!({ "data": [{ "id": "models/gemini" }] }))),
        ("llama.cpp", Reply::json(200, &json!({ "models": [{ "name": "a", "model": "a" }], "object": "list" }))),
        ("Together", Reply::json(200, &json!([{ "id": "a/b" }]))),
        ("none", Reply::json(200, &json!({ "data": [] }))),
        ("no list", Reply::json(200, &json!({ "status": "ok" }))),
        ("no JSON", Reply::new(200, "text/html", "<html>")),
        ("not found", Reply::json(404, &json!({ "detail": "Not Found" }))),
        ("a bad key", Reply::json(401, &Dialect::OpenAi.error("auth", &format!("{KEY} is no key")))),
        ("no access", Reply::json(403, &Dialect::OpenAi.error("forbidden", "no access"))),
        ("no credit", Reply::json(402, &Dialect::OpenAi.error("billing", "pay first"))),
    ];
    check(
        replies,
        expect![[r#"
            OpenAI: a, b
            Gemini: gemini
            llama.cpp: a
            Together: a/b
            none: 
            no list: local sent an answer that cannot be read: the JSON holds no list of models
            no JSON: local sent an answer that cannot be read: expected value at line 1 column 1
            not found: local answered HTTP 404: Not Found (a proxy or a login page may have answered instead of the provider)
            a bad key: local answered HTTP 401: *** is no key (give the model a valid key)
            no access: local answered HTTP 403: no access (check the permissions of the account)
            no credit: local answered HTTP 402: pay first (check the credit and the quota of the account)
        "#]],
    )
    .await;

    let server = Server::answering([Reply::json(200, &json!({ "data": [{ "id": "claude" }] }))]).await;
    let model = Anthropic::new("claude", KEY).base_url(&server.base_url()).unwrap();
    assert_eq!(model.list_models().await.unwrap(), ["claude"]);
    assert_eq!(server.received()[0].line, "GET /v1/models?limit=1000 HTTP/1.1");
}

/// Advice names the variable or the setting that holds the key or the address, and the model, and no key.
#[tokio::test]
async fn a_refusal_says_what_a_person_can_do() {
    let error = |status, message: &str| Reply::json(status, &json!({ "error": { "message": message } }));
    let refusals = || {
        [
            error(401, "no such key"),
            error(400, "API key not valid. Please pass a valid API key."),
            error(403, "not in your region"),
            error(402, "pay first"),
            error(404, "no such model"),
            Reply::new(404, "text/html", "<html>"),
            Reply::json(200, &json!({ "error": { "type": "authentication_error", "message": "no" } })),
            Reply::new(200, "text/html", "<html>"),
            error(503, "busy"),
        ]
    };
    let mut told = String::new();
    for (spec, key) in [("openai/gpt-5", KEY), ("openai/gpt-5", ""), ("desk/qwen3", KEY), ("ollama/qwen3", "")] {
        told += &format!("{spec} {}\n", if key.is_empty() { "without a key" } else { "with a key" });
        for reply in refusals() {
            let server = Server::answering([reply]).await;
            let address = server.base_url();
            let desk = ProviderSettings::new(ApiDialect::OpenAi).base_url(&address).key(key);
            let environment =
                Environment::default().openai_base_url(&address).openai_api_key(key).ollama_host(&address);
            let model = environment.provider("desk", desk).model(&spec.parse().unwrap()).unwrap();
            let error = model.complete(request()).await.unwrap_err();
            told += &format!("  {error}\n");
        }
    }
    assert!(!told.contains(KEY));
    expect![[r#"
        openai/gpt-5 with a key
          openai answered HTTP 401: no such key (correct OPENAI_API_KEY, restart the program, then start again, or retry a stored run)
          openai answered HTTP 400: API key not valid. Please pass a valid API key. (correct OPENAI_API_KEY, restart the program, then start again, or retry a stored run)
          openai answered HTTP 403: not in your region (check the permissions of the account that OPENAI_API_KEY belongs to, then start again, or retry a stored run)
          openai answered HTTP 402: pay first (check the credit and the quota of the account that OPENAI_API_KEY belongs to, then start again, or retry a stored run)
          openai answered HTTP 404: no such model (check the name `gpt-5` of the model, and OPENAI_BASE_URL)
          openai answered HTTP 404: <html> (check the address of the model in OPENAI_BASE_URL)
          openai reported an error while answering: authentication_error: no (correct OPENAI_API_KEY, restart the program, then start again, or retry a stored run)
          openai sent an answer that cannot be read: neither events nor JSON, but "text/html" (check the address of the model in OPENAI_BASE_URL)
          openai answered HTTP 503: busy
        openai/gpt-5 without a key
          openai answered HTTP 401: no such key (the server requires a key: set OPENAI_API_KEY, restart the program, then start again, or retry a stored run)
          openai answered HTTP 400: API key not valid. Please pass a valid API key. (the server requires a key: set OPENAI_API_KEY, restart the program, then start again, or retry a stored run)
          openai answered HTTP 403: not in your region (check the permissions of the account, then start again, or retry a stored run)
          openai answered HTTP 402: pay first (check the credit and the quota of the account, then start again, or retry a stored run)
          openai answered HTTP 404: no such model (check the name `gpt-5` of the model, and OPENAI_BASE_URL)
          openai answered HTTP 404: <html> (check the address of the model in OPENAI_BASE_URL)
          openai reported an error while answering: authentication_error: no (the server requires a key: set OPENAI_API_KEY, restart the program, then start again, or retry a stored run)
          openai sent an answer that cannot be read: neither events nor JSON, but "text/html" (check the address of the model in OPENAI_BASE_URL)
          openai answered HTTP 503: busy
        desk/qwen3 with a key
          desk answered HTTP 401: no such key (correct `key` of the provider `desk`, restart the program, then start again, or retry a stored run)
          desk answered HTTP 400: API key not valid. Please pass a valid API key. (correct `key` of the provider `desk`, restart the program, then start again, or retry a stored run)
          desk answered HTTP 403: not in your region (check the permissions of the account that `key` of the provider `desk` belongs to, then start again, or retry a stored run)
          desk answered HTTP 402: pay first (check the credit and the quota of the account that `key` of the provider `desk` belongs to, then start again, or retry a stored run)
          desk answered HTTP 404: no such model (check the name `qwen3` of the model, and `base-url` of the provider `desk`)
          desk answered HTTP 404: <html> (check the address of the model in `base-url` of the provider `desk`)
          desk reported an error while answering: authentication_error: no (correct `key` of the provider `desk`, restart the program, then start again, or retry a stored run)
          desk sent an answer that cannot be read: neither events nor JSON, but "text/html" (check the address of the model in `base-url` of the provider `desk`)
          desk answered HTTP 503: busy
        ollama/qwen3 without a key
          ollama answered HTTP 401: no such key (check OLLAMA_HOST: Ollama itself needs no key)
          ollama answered HTTP 400: API key not valid. Please pass a valid API key. (check OLLAMA_HOST: Ollama itself needs no key)
          ollama answered HTTP 403: not in your region (check the permissions of the account, then start again, or retry a stored run)
          ollama answered HTTP 402: pay first (check the credit and the quota of the account, then start again, or retry a stored run)
          ollama answered HTTP 404: no such model (get the model with `ollama pull qwen3`, then start again, or retry a stored run)
          ollama answered HTTP 404: <html> (check the address of the model in OLLAMA_HOST)
          ollama reported an error while answering: authentication_error: no (check OLLAMA_HOST: Ollama itself needs no key)
          ollama sent an answer that cannot be read: neither events nor JSON, but "text/html" (check the address of the model in OLLAMA_HOST)
          ollama answered HTTP 503: busy
    "#]].assert_eq(&told);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_with_its_setting() {
    let address = "http://127.0.0.1:1/v1";
    let environment = Environment::default().openai_base_url(address).ollama_host(address);
    let mut told = String::new();
    for spec in ["openai/gpt-5", "ollama/qwen3"] {
        let error = environment.model(&spec.parse().unwrap()).unwrap().complete(request()).await.unwrap_err();
        told += &format!("{error}\n");
    }
    expect![[r#"
        the connection to openai at 127.0.0.1:1 failed (check OPENAI_BASE_URL)
        the connection to ollama at 127.0.0.1:1 failed (start Ollama with `ollama serve`, or set its address in OLLAMA_HOST)
    "#]].assert_eq(&told);
}
