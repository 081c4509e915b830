//! Providers of the settings file, with their faults, and the lists of their models.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use expect_test::expect;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::configuration::{check, directory, program_in};
use crate::harness::within;

#[tokio::test]
async fn a_master_at_one_and_a_critic_at_another_address() {
    let settings = r#"
model = "desk/qwen3"
critic-model = "gpu/org/judge"
writer-model = "groq/llama"

[providers.desk]
dialect = "openai"
base-url = "http://127.0.0.1:8080/v1"
first-token-timeout = 3600
total-timeout = 0.5
streaming = false
concurrency = 1

[providers.gpu]
dialect = "anthropic"
base-url = "https://me:secret@gpu.example/v1?key=secret"
key-env = "GPU_KEY"
max-tokens-field = "max_tokens"
headers = { x-title = "Council" }
models = ["org/judge"]

[providers.company]
preset = "azure"
base-url = "https://company.openai.azure.com/openai/deployments/{model}"
key = "secret"
query = { api-version = "2025-01-01" }
organization = "org-1"
stream-usage = false
"#;
    let directory = directory(settings);
    let mut command = program_in(&directory, &["check", "--config", "council.toml", "--log", "off"]);
    command.env("GPU_KEY", "secret").env("GROQ_API_KEY", "secret");
    let output = within(command.output()).await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert!(!said.contains("secret"), "{said}");
    let shown: Vec<_> = said.lines().filter(|line| line.contains("model") || line.contains("provider")).collect();
    expect![[r#"
        models: master_agent desk/qwen3; critic_agent gpu/org/judge; writer_agent groq/llama
        model = desk/qwen3 (council.toml: line 2)
        critic-model = gpu/org/judge (council.toml: line 3)
        writer-model = groq/llama (council.toml: line 4)
        model-patience = 24h (default)
        providers.company = openai at https://company.openai.azure.com/openai/deployments/{model}, key (not shown) (council.toml: line 22)
        providers.desk = openai at http://127.0.0.1:8080/v1, no key (council.toml: line 6)
        providers.gpu = anthropic at https://gpu.example/v1, key from GPU_KEY (council.toml: line 14)"#]].assert_eq(&shown.join("\n"));
}

#[tokio::test]
async fn every_fault_of_a_provider_is_named_with_its_line() {
    let settings = r#"
model = "hal/9000"
critic-model = "groq/llama"

[providers.keyless]
dialect = "openai"
key-env = "A_VARIABLE_THAT_IS_NOT_SET"

[providers.groq]

[providers.nowhere]
dialect = "openai"

[providers.far]
dialect = "openai"
base-url = "gpu.example"

[providers.types]
dialect = "openai"
base-url = 4
headers = ["x"]
streaming = "yes"
models = "qwen3"
total-timeout = 0
connect-timeout = "20x"
first-token-timeout = true
base_url = "http://gpu.example"
colour = "blue"

[providers.header]
dialect = "openai"
base-url = "gpu.example"
key-header = "no key"
organization = "a\tb\u0000"
headers = { "no name" = "x", good = "x", value = "\u0000" }

[providers.cohere]
dialect = "cohere"

[providers.other]
preset = "hal"
dialect = "cohere"
streaming = 1
first-token-timout = 60

[providers.both]
preset = "azure"
key-env = "A_VARIABLE_THAT_IS_NOT_SET"

[providers.neither]
base-url = "http://gpu.example"

[providers."No Name"]
dialect = "openai"

[providers.rehearsal]
dialect = 4

[providers.azure]
key = "secret"

[providers]
plain = "http://gpu.example"
"#;
    let directory = directory(settings);
    check(program_in(&directory, &["--config", "council.toml"]), expect![[r#"
        2
        council-server: council.toml: line 2: model: unknown provider `hal` in `hal/9000`: choose one of anthropic, azure, both, cohere, deepseek, far, gemini, groq, header, keyless, llamacpp, lmstudio, mistral, neither, nowhere, ollama, openai, openrouter, other, plain, rehearsal, types, vllm, or add `[providers.hal]` to the file of settings
        council-server: council.toml: line 5: providers.keyless: the provider needs a key: set the variable A_VARIABLE_THAT_IS_NOT_SET, name another variable in `key-env`, or write `key = ""` if the server needs no key
        council-server: council.toml: line 9: providers.groq: the provider needs a key: set the variable GROQ_API_KEY, name another variable in `key-env`, or write `key = ""` if the server needs no key
        council-server: council.toml: line 11: providers.nowhere: set `base-url`, or name the variable that holds the key in `key-env`
        council-server: council.toml: line 14: providers.far: base-url cannot be used: `gpu.example` is not an address of a chat model: it has to begin with http:// or https://
        council-server: council.toml: line 20: providers.types: base-url must be a string, not 4
        council-server: council.toml: line 21: providers.types: headers must be a table of strings, not a list
        council-server: council.toml: line 22: providers.types: streaming must be `true` or `false`, not a string
        council-server: council.toml: line 23: providers.types: models must be a list of strings, not a string
        council-server: council.toml: line 24: providers.types: total-timeout: `0` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
        council-server: council.toml: line 25: providers.types: connect-timeout: `20x` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
        council-server: council.toml: line 26: providers.types: first-token-timeout must be a time, such as `90`, `"90s"`, `"20m"` or `"1.5h"`, not a boolean
        council-server: council.toml: line 27: providers.types: unknown setting `base_url`: did you mean `base-url`?
        council-server: council.toml: line 28: providers.types: unknown setting `colour`
        council-server: council.toml: line 30: providers.header: base-url cannot be used: `gpu.example` is not an address of a chat model: it has to begin with http:// or https://
        council-server: council.toml: line 30: providers.header: key-header `no key` cannot be sent: invalid HTTP header name
        council-server: council.toml: line 30: providers.header: organization cannot be sent: failed to parse header value
        council-server: council.toml: line 30: providers.header: header `no name` cannot be sent: invalid HTTP header name
        council-server: council.toml: line 30: providers.header: header `value` cannot be sent: failed to parse header value
        council-server: council.toml: line 37: providers.cohere: `cohere` is no dialect: a dialect is `openai`, `anthropic` or `ollama`
        council-server: council.toml: line 40: providers.other: `cohere` is no dialect: a dialect is `openai`, `anthropic` or `ollama`
        council-server: council.toml: line 40: providers.other: there is no preset `hal`: the presets are azure, deepseek, gemini, groq, llamacpp, lmstudio, mistral, openrouter, vllm
        council-server: council.toml: line 43: providers.other: streaming must be `true` or `false`, not 1
        council-server: council.toml: line 44: providers.other: unknown setting `first-token-timout`: did you mean `first-token-timeout`?
        council-server: council.toml: line 46: providers.both: the provider needs a key: set the variable A_VARIABLE_THAT_IS_NOT_SET, name another variable in `key-env`, or write `key = ""` if the server needs no key
        council-server: council.toml: line 46: providers.both: the provider needs an address: set `base-url` or the variable AZURE_OPENAI_BASE_URL
        council-server: council.toml: line 50: providers.neither: set `dialect` to `openai`, `anthropic` or `ollama`, or `preset` to a preset
        council-server: council.toml: line 53: providers.No Name: a name consists of lower case letters, digits, `-`, `_` and `.`
        council-server: council.toml: line 53: providers.No Name: set `base-url`, or name the variable that holds the key in `key-env`
        council-server: council.toml: line 56: providers.rehearsal: the rehearsal is no provider, and has no settings
        council-server: council.toml: line 57: providers.rehearsal: dialect must be a string, not 4
        council-server: council.toml: line 59: providers.azure: the provider needs an address: set `base-url` or the variable AZURE_OPENAI_BASE_URL
        council-server: council.toml: line 63: providers.plain: a provider is a table, not a string
    "#]]).await;
    let directory = self::directory("providers = 4\n");
    check(
        program_in(&directory, &["--config", "council.toml"]),
        expect![[r#"
        2
        council-server: council.toml: line 1: providers must be a table, not a whole number
    "#]],
    )
    .await;
}

#[tokio::test]
async fn the_models_of_a_provider_are_listed() {
    let (address, _) = lists().await;
    let settings = format!(
        "[providers.desk]\ndialect = 'openai'\nbase-url = 'http://{address}/v1'\n\
         [providers.none]\ndialect = 'openai'\nbase-url = 'http://{address}/v2'\n"
    );
    let directory = directory(&settings);
    let models =
        |providers: &[&str]| program_in(&directory, &[&["models", "--config", "council.toml"], providers].concat());
    check(
        models(&["desk", "rehearsal"]),
        expect![[r#"
        0
        desk/qwen3
        desk/org/judge
        rehearsal
    "#]],
    )
    .await;
    check(models(&["none", "desk", "groq", "hal"]), expect![[r#"
        0
        desk/qwen3
        desk/org/judge
        council-server: none answered HTTP 404: Not Found (check the address of the model in `base-url` of the provider `none`)
        council-server: the request to groq cannot be sent: GROQ_API_KEY is not set
        council-server: the request to hal cannot be sent: it is unknown: the providers are anthropic, azure, deepseek, desk, gemini, groq, llamacpp, lmstudio, mistral, none, ollama, openai, openrouter, rehearsal, vllm
    "#]]).await;
    check(
        models(&["none", "groq"]),
        expect![[r#"
            1
            council-server: none answered HTTP 404: Not Found (check the address of the model in `base-url` of the provider `none`)
            council-server: the request to groq cannot be sent: GROQ_API_KEY is not set
        "#]],
    )
    .await;
}

/// The settings that a server could not start with do not keep the other providers from being asked.
#[tokio::test]
async fn models_are_listed_in_spite_of_faults() {
    let (address, _) = lists().await;
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let settings = format!(
        "model = 'hal/9000'\nmax-iterations = 0\n[providers.desk]\ndialect = 'openai'\nbase-url = 'http://{address}/v1'\n\
         [providers.keyless]\npreset = 'groq'\n[providers.wrong]\ndialect = 'cohere'\n"
    );
    let directory = directory(&settings);
    let mut command = program_in(&directory, &["models", "--config", "council.toml", "--connect-timeout", "0"]);
    command.env("OLLAMA_HOST", closed.to_string());
    let output = within(command.output()).await.unwrap();
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8(said).unwrap()).concat();
    expect![[r#"
        rehearsal
        desk/qwen3
        desk/org/judge
        council-server: council.toml: line 6: providers.keyless: the provider needs a key: set the variable GROQ_API_KEY, name another variable in `key-env`, or write `key = ""` if the server needs no key
        council-server: council.toml: line 8: providers.wrong: `cohere` is no dialect: a dialect is `openai`, `anthropic` or `ollama`
        council-server: --connect-timeout: `0` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
        council-server: the connection to ollama at ADDRESS failed (start Ollama with `ollama serve`, or set its address in OLLAMA_HOST): error sending request: client error (Connect): tcp connect error: Connection refused (os error 111)
    "#]].assert_eq(&said.replace(&closed.to_string(), "ADDRESS"));
    assert_eq!(output.status.code(), Some(0));

    // The rehearsal alone is no answer of a provider.
    let mut command = program_in(&directory, &["models"]);
    let output = within(command.env("OLLAMA_HOST", closed.to_string()).output()).await.unwrap();
    assert_eq!((output.status.code(), &*output.stdout), (Some(1), &b"rehearsal\n"[..]));
}

#[tokio::test]
async fn a_proxy_of_the_environment_is_used_except_for_this_machine() {
    let (address, lines) = lists().await;
    let settings = format!(
        "[providers.here]\ndialect = 'openai'\nbase-url = 'http://{address}/v1'\n\
         [providers.plain]\ndialect = 'openai'\nbase-url = 'http://gpu.example/v1'\n\
         [providers.secure]\ndialect = 'openai'\nbase-url = 'https://gpu.example/v1'\n"
    );
    let directory = directory(&settings);
    for provider in ["here", "plain", "secure"] {
        let mut command = program_in(&directory, &["models", "--config", "council.toml", provider]);
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
            command.env_remove(name).env_remove(name.to_lowercase());
        }
        let proxy = format!("http://{address}");
        command.env("HTTP_PROXY", &proxy).env("HTTPS_PROXY", &proxy);
        within(command.output()).await.unwrap();
    }
    let expected =
        ["GET /v1/models HTTP/1.1", "GET http://gpu.example/v1/models HTTP/1.1", "CONNECT gpu.example:443 HTTP/1.1"];
    assert_eq!(*lines.lock().unwrap(), expected);
}

/// A server that has a list of models below `/v1` and nothing else, also as a proxy, and the first lines of the requests to it.
async fn lists() -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let lines = Arc::<Mutex<Vec<String>>>::default();
    let seen = Arc::clone(&lines);
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            let (mut request, mut buffer) = (Vec::new(), [0; 1024]);
            while !request.ends_with(b"\r\n\r\n") {
                let read = socket.read(&mut buffer).await.unwrap();
                request.extend_from_slice(&buffer[..read]);
            }
            let line = String::from_utf8(request).unwrap().lines().next().unwrap().to_owned();
            let (status, body) = if line.starts_with("GET ") && line.contains("/v1/models ") {
                ("200 OK", r#"{"data":[{"id":"qwen3"},{"id":"org/judge"}]}"#)
            } else {
                ("404 Not Found", r#"{"detail":"Not Found"}"#)
            };
            let length = body.len();
            let head =
                format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n");
            seen.lock().unwrap().push(line);
            socket.write_all((head + body).as_bytes()).await.unwrap();
        }
    });
    (address, lines)
}
