//! Names of models, and the keys and addresses that each model needs.
#![expect(clippy::unwrap_used, reason = "the helpers of a test are a test, too")]

use council_llm::{Environment, ModelSpec, SpecError};

fn named(name: &str) -> Result<String, SpecError> {
    name.parse::<ModelSpec>().map(|spec| spec.to_string())
}

#[test]
fn names_of_models_are_parsed() {
    for (name, meaning) in [
        ("anthropic/claude-sonnet-4-5", "anthropic/claude-sonnet-4-5"),
        ("anthropic/my-own", "anthropic/my-own"),
        ("anthropic/claude-3-5-sonnet", "anthropic/claude-3-5-sonnet-20241022"),
        ("claude-opus-4-1", "anthropic/claude-opus-4-1"),
        ("claude-3-5-sonnet", "anthropic/claude-3-5-sonnet-20241022"),
        ("claude-3-5-sonnet-20240620", "anthropic/claude-3-5-sonnet-20240620"),
        ("openai/gpt-4o", "openai/gpt-4o"),
        ("openai/meta-llama/Llama-3.1-8B", "openai/meta-llama/Llama-3.1-8B"),
        ("gpt-4o", "openai/gpt-4o"),
        ("gpt-5-mini", "openai/gpt-5-mini"),
        ("chatgpt-4o-latest", "openai/chatgpt-4o-latest"),
        ("o1", "openai/o1"),
        ("o3-mini", "openai/o3-mini"),
        ("o4-mini", "openai/o4-mini"),
        ("ollama/llama3.2", "ollama/llama3.2"),
        ("ollama/hf.co/some/model:7b", "ollama/hf.co/some/model:7b"),
        ("rehearsal", "rehearsal"),
        ("  gpt-4o\n", "openai/gpt-4o"),
    ] {
        assert_eq!(named(name).unwrap(), meaning, "{name:?}");
        assert_eq!(named(meaning).unwrap(), meaning, "what is shown can be read");
    }
}

#[test]
fn an_unknown_name_is_refused_with_the_known_forms() {
    for name in ["", "llama3.2", "claude", "o1x", "o2", "two words/x", "openai/", "/gpt-4o", "rehearsal/x", "Rehearsal"]
    {
        let error = named(name).unwrap_err().to_string();
        assert!(error.starts_with(&format!("unknown model `{name}`")), "{error}");
        for word in ["anthropic/", "openai/", "ollama/", "rehearsal", "claude-", "gpt-", "o3"] {
            assert!(error.contains(word), "{error}");
        }
    }
}

fn environment(variables: &[(&str, &str)]) -> Environment {
    Environment::from_variables(|name| {
        variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    })
}

#[test]
fn without_a_name_the_environment_chooses_the_model() {
    for (variables, spec) in [
        (&[][..], "rehearsal"),
        (&[("ANTHROPIC_API_KEY", "k")], "anthropic/claude-sonnet-4-5"),
        (&[("ANTHROPIC_API_KEY", "k"), ("OPENAI_API_KEY", "k")], "anthropic/claude-sonnet-4-5"),
        (&[("OPENAI_API_KEY", "k")], "openai/gpt-4o"),
        (&[("OPENAI_BASE_URL", "http://127.0.0.1:8080/v1")], "openai/gpt-4o"),
        (&[("ANTHROPIC_API_KEY", ""), ("OPENAI_API_KEY", " \n")], "rehearsal"),
        (&[("OLLAMA_HOST", "127.0.0.1"), ("ANTHROPIC_BASE_URL", "http://127.0.0.1")], "rehearsal"),
    ] {
        assert_eq!(environment(variables).default_spec().to_string(), spec, "{variables:?}");
    }
}

/// The name of the created model, or the error with its cause.
fn made(variables: &[(&str, &str)], name: &str) -> String {
    match environment(variables).model(&name.parse().unwrap()) {
        Ok(model) => model.name().to_owned(),
        Err(error) => match std::error::Error::source(&error) {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        },
    }
}

#[cfg(all(feature = "anthropic", feature = "openai"))]
#[test]
fn a_model_is_made_from_its_key_and_address() {
    let local = "http://127.0.0.1:8080/v1";
    for (variables, name, expected) in [
        (&[("ANTHROPIC_API_KEY", "k\n")][..], "claude-opus-4-1", "anthropic/claude-opus-4-1"),
        (&[("ANTHROPIC_API_KEY", "k"), ("ANTHROPIC_BASE_URL", local)], "anthropic/x", "anthropic/x"),
        (&[("OPENAI_API_KEY", "k")], "o3", "openai/o3"),
        (&[("OPENAI_BASE_URL", local)], "openai/qwen3", "openai/qwen3"),
        (&[], "ollama/llama3.2", "ollama/llama3.2"),
        (&[("OLLAMA_HOST", "gpu.example:11434")], "ollama/llama3.2", "ollama/llama3.2"),
        (
            &[],
            "claude-opus-4-1",
            "`anthropic/claude-opus-4-1` needs a key: set ANTHROPIC_API_KEY, or choose `rehearsal`, \
             which needs none",
        ),
        (
            &[("OPENAI_API_KEY", "")],
            "gpt-4o",
            "`openai/gpt-4o` needs a key: set OPENAI_API_KEY, or choose `rehearsal`, which needs none",
        ),
        (
            &[("OPENAI_BASE_URL", "user:secret@nowhere")],
            "gpt-4o",
            "OPENAI_BASE_URL cannot be used: `nowhere` is not an address of a chat model: it has to begin with http:// or https://",
        ),
        (
            &[("OLLAMA_HOST", "gpu:many")],
            "ollama/llama3.2",
            "OLLAMA_HOST cannot be used: `http://gpu:many/` is not an address of a chat model: invalid port number",
        ),
    ] {
        assert_eq!(made(variables, name), expected, "{name} with {variables:?}");
    }
}

#[cfg(not(feature = "anthropic"))]
#[test]
fn without_its_feature_there_is_no_anthropic() {
    let error = made(&[("ANTHROPIC_API_KEY", "k")], "claude-opus-4-1");
    assert!(error.contains("needs the cargo feature `anthropic`"), "{error}");
}

#[cfg(not(feature = "openai"))]
#[test]
fn without_its_feature_there_is_no_openai_and_no_ollama() {
    for name in ["gpt-4o", "ollama/llama3.2"] {
        let error = made(&[("OPENAI_API_KEY", "k")], name);
        assert!(error.contains("needs the cargo feature `openai`"), "{error}");
    }
}

#[test]
fn no_key_is_shown() {
    let environment = environment(&[
        ("ANTHROPIC_API_KEY", "secret"),
        ("OPENAI_API_KEY", "secret"),
        ("OPENAI_BASE_URL", "http://user:secret@host/v1?key=secret"),
        ("OLLAMA_HOST", "gpu"),
    ]);
    let shown = format!("{environment:?}");
    assert!(!shown.contains("secret") && shown.contains("host/v1") && shown.contains("gpu"), "{shown}");
}
