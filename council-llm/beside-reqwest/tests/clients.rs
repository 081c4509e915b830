//! HTTP and TLS clients of a program that depends on council-llm, in the order in which a program may create them.

use council_llm::{ChatError, ChatModel, ChatRequest, OpenAi};

#[test]
fn a_plain_client_of_reqwest_is_created() {
    drop(reqwest::Client::new());
}

#[test]
fn rustls_finds_its_provider() {
    let roots = rustls::RootCertStore::empty();
    drop(rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth());
}

#[tokio::test(flavor = "current_thread")]
async fn a_model_calls_its_server() {
    for address in ["http://127.0.0.1:1/v1", "https://127.0.0.1:1/v1"] {
        let model = OpenAi::new("a", None).base_url(address).unwrap();
        let error = model.complete(ChatRequest::user("Hello")).await.unwrap_err();
        assert!(matches!(error, ChatError::Connection { .. }), "{error}");
    }
}
