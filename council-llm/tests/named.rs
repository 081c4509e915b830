//! Providers with names of their own: settings, presets, and the errors of what is missing.
#![cfg(all(feature = "anthropic", feature = "openai"))]

use council_core::error_chain;
use council_llm::{ApiDialect, Environment, Models, ProviderSettings};
use expect_test::expect;

fn environment(variables: &[(&str, &str)]) -> Environment {
    Environment::from_variables(|name| {
        variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    })
}

/// The name of the created model, or the error.
fn made(environment: &Environment, name: &str) -> String {
    let made = name.parse().and_then(|spec| environment.model(&spec));
    made.map_or_else(|error| error_chain(&error), |model| model.name().to_owned())
}

fn openai(base_url: &str) -> ProviderSettings {
    ProviderSettings::new(ApiDialect::OpenAi).base_url(base_url)
}

#[test]
fn a_model_is_found_by_the_name_of_its_provider() {
    let environment = Environment::default()
        .provider("desk", openai("http://127.0.0.1:8080/v1"))
        .provider("gpu", openai("https://gpu.example/v1").key("the key"))
        .provider("claude", ProviderSettings::new(ApiDialect::Anthropic).key("the key"))
        .provider("openai", openai("http://127.0.0.1:8080/v1"))
        .provider("far", openai("gpu.example"))
        .provider("closed", openai("http://gpu.example").key_env("A_VARIABLE_THAT_IS_NOT_SET"));
    let names = [
        "desk/qwen3",
        "DESK/Qwen3",
        "gpu/org/model:7b",
        "claude/opus",
        "gpt-4o",
        "vllm/qwen3",
        "far/qwen3",
        "closed/qwen3",
        "groq/llama",
        "azure/gpt-4o",
        "hal/9000",
        "two words/x",
    ];
    let lines: Vec<_> = names.iter().map(|name| format!("{name}: {}\n", made(&environment, name))).collect();
    expect![[r#"
        desk/qwen3: desk/qwen3
        DESK/Qwen3: desk/Qwen3
        gpu/org/model:7b: gpu/org/model:7b
        claude/opus: claude/opus
        gpt-4o: openai/gpt-4o
        vllm/qwen3: vllm/qwen3
        far/qwen3: the address of `far` cannot be used: `gpu.example` is not an address of a chat model: it has to begin with http:// or https://
        closed/qwen3: `closed/qwen3` needs a key: set A_VARIABLE_THAT_IS_NOT_SET, or choose `rehearsal`, which needs none
        groq/llama: `groq/llama` needs a key: set GROQ_API_KEY, or choose `rehearsal`, which needs none
        azure/gpt-4o: `azure/gpt-4o` needs a key: set AZURE_OPENAI_API_KEY, or choose `rehearsal`, which needs none
        hal/9000: unknown provider `hal` in `hal/9000`: choose one of anthropic, azure, claude, closed, deepseek, desk, far, gemini, gpu, groq, llamacpp, lmstudio, mistral, ollama, openai, openrouter, rehearsal, vllm
        two words/x: unknown model `two words/x`: a model is `anthropic/...`, `openai/...`, `ollama/...`, `rehearsal`, or a name that begins with `claude-`, `gpt-`, `chatgpt-`, `o1`, `o3` or `o4`
    "#]].assert_eq(&lines.concat());
}

#[test]
fn a_preset_is_set_up_by_its_variables() {
    let keyed = environment(&[
        ("GROQ_API_KEY", "secret"),
        ("AZURE_OPENAI_API_KEY", "secret"),
        ("AZURE_OPENAI_BASE_URL", "https://me.openai.azure.com/openai/deployments/{model}"),
        ("MISTRAL_API_KEY", " "),
    ]);
    let known: Vec<_> = keyed.providers.keys().map(String::as_str).collect();
    assert_eq!(known, ["azure", "groq"]);
    assert_eq!(made(&keyed, "groq/llama"), "groq/llama");
    assert_eq!(made(&keyed, "azure/gpt-4o"), "azure/gpt-4o");
    let no_address = environment(&[("AZURE_OPENAI_API_KEY", "secret")]);
    assert_eq!(made(&no_address, "azure/gpt-4o"), "`azure/gpt-4o` needs an address: set AZURE_OPENAI_BASE_URL");
    for name in ProviderSettings::presets() {
        let settings = ProviderSettings::preset(name).unwrap().key("secret").base_url("http://127.0.0.1:1/{model}");
        let environment = Environment::default().provider(name, settings);
        assert_eq!(made(&environment, &format!("{name}/a")), format!("{name}/a"));
        assert!(!format!("{environment:?}").contains("secret"));
    }
}

#[test]
fn the_catalog_has_the_named_providers() {
    let environment = Environment::default()
        .provider("desk", openai("http://127.0.0.1:8080/v1").models(["qwen3", "gemma3"]))
        .provider("closed", openai("http://gpu.example").key_env("A_VARIABLE_THAT_IS_NOT_SET"))
        .provider("openai", openai("http://127.0.0.1:8080/v1"));
    let catalog = Models::from(environment).catalog();
    let lines = catalog.providers.iter().map(|provider| {
        format!("{} {} {:?} {:?}\n", provider.name, provider.available, provider.needs, provider.suggestions)
    });
    expect![[r#"
        anthropic false Some("ANTHROPIC_API_KEY") ["claude-sonnet-4-5", "claude-haiku-4-5", "claude-opus-4-5"]
        openai true None ["gpt-4o", "gpt-4o-mini", "gpt-4.1"]
        ollama true None ["ollama/llama3.2", "ollama/qwen3", "ollama/gemma3"]
        rehearsal true None ["rehearsal"]
        closed false Some("A_VARIABLE_THAT_IS_NOT_SET") []
        desk true None ["desk/qwen3", "desk/gemma3"]
    "#]]
    .assert_eq(&lines.collect::<String>());
}

#[tokio::test]
async fn a_provider_without_a_list_says_why() {
    let environment = environment(&[
        ("AZURE_OPENAI_API_KEY", "secret"),
        ("AZURE_OPENAI_BASE_URL", "https://me.openai.azure.com/openai/deployments/{model}"),
    ]);
    let mut lines = Vec::new();
    for provider in ["azure", "groq", "hal"] {
        lines.push(environment.list_models(provider).await.unwrap_err().to_string());
    }
    expect![[r#"
        the request to azure cannot be sent: its address contains {model}, so it has no list of models
        the request to groq cannot be sent: GROQ_API_KEY is not set
        the request to hal cannot be sent: it is unknown: the providers are anthropic, azure, deepseek, gemini, groq, llamacpp, lmstudio, mistral, ollama, openai, openrouter, rehearsal, vllm"#]].assert_eq(&lines.join("\n"));
    assert_eq!(environment.list_models("rehearsal").await.unwrap(), ["rehearsal"]);
}
