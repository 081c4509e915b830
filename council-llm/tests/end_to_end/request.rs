//! Requests as they arrived.

use serde_json::Value;

use crate::dialect::{Dialect, KEY};
use crate::provider::Provider;
use crate::server::{Received, Server};

/// Draws all requests that a server got. What the providers call differently is checked here and not drawn, so that one
/// picture fits them all.
pub(crate) fn received(server: &Server, provider: Provider) -> String {
    server.received().iter().map(|request| drawn(request, provider)).collect()
}

/// Which agents asked the server, in order.
pub(crate) fn roles(server: &Server, provider: Provider) -> Vec<&'static str> {
    server.received().iter().map(|request| role(parts(request, provider).0)).collect()
}

fn drawn(request: &Received, provider: Provider) -> String {
    let body = &request.body;
    check_envelope(request, provider);
    let (system, [message]) = parts(request, provider) else { panic!("not one message: {body:#}") };
    let (material, _) = message["content"].as_str().unwrap().rsplit_once("\n\n").unwrap();
    let (role, from) = (role(system), &message["role"]);
    format!("{role}, temperature {}, {from}: {}\n", body["temperature"], material.replace('\n', " "))
}

/// Checks where the request went, for which model, under which key, and whether it asks for a stream.
fn check_envelope(request: &Received, provider: Provider) {
    let (path, key) = match provider.dialect {
        Dialect::Anthropic => ("/v1/messages", Some(("x-api-key", KEY.to_owned()))),
        Dialect::OpenAi => ("/v1/chat/completions", Some(("authorization", format!("Bearer {KEY}")))),
        Dialect::Ollama => ("/v1/chat/completions", None),
    };
    assert_eq!(request.line, format!("POST {path} HTTP/1.1"));
    let keys = request.headers.iter().filter(|(name, _)| ["x-api-key", "authorization"].contains(&name.as_str()));
    let keys: Vec<_> = keys.map(|(name, value)| (name.as_str(), value.clone())).collect();
    assert_eq!(keys, Vec::from_iter(key), "{provider:?}");
    assert_eq!(request.body["model"], provider.model_id());
    assert_eq!(request.body["stream"], provider.streaming);
    // Anthropic requires a limit. Elsewhere the provider decides.
    assert_eq!(request.body["max_tokens"].is_u64(), provider.dialect == Dialect::Anthropic);
}

/// The system prompt, and the messages beside it.
pub(crate) fn parts(request: &Received, provider: Provider) -> (&str, &[Value]) {
    let messages = request.body["messages"].as_array().unwrap();
    let (system, messages) = match (provider.dialect, messages.as_slice()) {
        (Dialect::Anthropic, messages) => (&request.body["system"], messages),
        (_, [first, messages @ ..]) if first["role"] == "system" => (&first["content"], messages),
        (_, messages) => panic!("no system prompt in {messages:?}"),
    };
    (system.as_str().unwrap(), messages)
}

/// Whom the system prompt names.
fn role(system: &str) -> &'static str {
    ["Master AI", "Critic AI", "Writer AI"].into_iter().find(|role| system.contains(role)).unwrap()
}
