//! Limits of the calls to models, from flags, variables and the file.

use expect_test::expect;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::configuration::{check, directory, program_in};
use crate::harness::{eventually, within};
use crate::http;
use crate::process::listening;

/// A model that sends `answer` and nothing more.
async fn silent_after(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/v1", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((mut socket, _)) = listener.accept().await {
            // The request is not read to its end, because the answer does not depend on it.
            let _ = socket.read(&mut [0; 1024]).await;
            let _ = socket.write_all(answer.as_bytes()).await;
            kept.push(socket);
        }
    });
    address
}

const NOTHING: &str = "";
const ONE_TOKEN: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n\
    data: {\"choices\":[{\"delta\":{\"content\":\"Once\"}}]}\n\n";

#[tokio::test]
async fn a_silent_model_fails_the_run_at_the_limit_of_the_settings() {
    for (name, answer, expected) in [
        ("first-token-timeout", NOTHING, "openai sent no first token within 0.05 s"),
        ("between-tokens-timeout", ONE_TOKEN, "openai sent no further token within 0.05 s"),
        ("total-timeout", ONE_TOKEN, "openai did not finish within 0.05 s"),
    ] {
        let address = silent_after(answer).await;
        let settings = "model = 'openai/x'\nmodel-patience = 0\nlisten = '127.0.0.1:0'\ndatabase = ':memory:'\n";
        let with_limit = directory(&format!("{settings}{name} = 0.05\n"));
        let in_text = directory(&format!("{settings}{name} = '0.05s'\n"));
        let without = directory(settings);
        let flag = format!("--{name}");
        let variable = format!("COUNCIL_{}", name.replace('-', "_").to_uppercase());
        let mut by_variable = program_in(&without, &["--config", "council.toml"]);
        by_variable.env(variable, "0.05s");
        let spec = format!("openai/x?{name}=0.05s");
        for mut command in [
            program_in(&with_limit, &["--config", "council.toml"]),
            program_in(&in_text, &["--config", "council.toml"]),
            program_in(&without, &["--config", "council.toml", &flag, "0.05"]),
            by_variable,
            program_in(&without, &["--config", "council.toml", &flag, "1h", "--model", &spec]),
        ] {
            command.env("OPENAI_BASE_URL", &address);
            let (mut child, server, _lines) = listening(command).await;
            let body = json!({ "input_topic": "Rust" }).to_string();
            let started = http::send(server, "POST /api/councils/run", &[], body.as_bytes()).await.json();
            let path = format!("GET /api/councils/run/{}", started["run_id"].as_str().unwrap());
            let error = eventually(async || {
                let result = http::send(server, &path, &[], b"").await.json();
                (result["status"] == "failed").then(|| result["error"].to_string())
            })
            .await;
            assert!(error.contains(expected), "{error}");
            within(child.kill()).await.unwrap();
        }
    }
}

/// The body of the first request to a model.
async fn first_body(listener: TcpListener) -> Value {
    let (mut socket, _) = listener.accept().await.unwrap();
    let (mut received, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let read = socket.read(&mut buffer).await.unwrap();
        received.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&received);
        let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        match serde_json::from_str(body) {
            Ok(body) => return body,
            Err(_) => assert_ne!(read, 0, "{text}"),
        }
    }
}

#[tokio::test]
async fn the_limit_of_an_answer_is_sent_if_there_is_one() {
    for (flags, expected) in [(&["--max-tokens", "1234"][..], json!(1234)), (&[], json!(null))] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/v1", listener.local_addr().unwrap());
        let directory = directory("");
        let all = [&["--model", "openai/x", "--listen", "127.0.0.1:0", "--database", ":memory:"], flags].concat();
        let mut command = program_in(&directory, &all);
        command.env("OPENAI_BASE_URL", &address);
        let (_child, server, _lines) = listening(command).await;
        http::send(server, "POST /api/councils/run", &[], br#"{"input_topic": "Rust"}"#).await;
        assert_eq!(within(first_body(listener)).await["max_tokens"], expected);
    }
}

#[tokio::test]
async fn a_time_has_the_same_forms_in_every_place() {
    let names = [
        "model-patience",
        "connect-timeout",
        "first-token-timeout",
        "between-tokens-timeout",
        "total-timeout",
        "grace",
    ];
    for time in ["90", "0.5", "90s", "20m", "1.5h"] {
        let lines =
            |names: &[&str]| names.iter().map(|name| format!("{name} = '{time}'")).collect::<Vec<_>>().join("\n");
        let (in_file, of_provider) = (lines(&names), lines(&names[1..5]));
        let address = "dialect = 'openai'\nbase-url = 'http://gpu.example'\n";
        let directory = directory(&format!("{in_file}\n[providers.gpu]\n{address}{of_provider}"));
        let by_file = program_in(&directory, &["check", "--config", "council.toml"]);
        let flags: Vec<_> = names.iter().map(|name| format!("--{name}={time}")).collect();
        let flags: Vec<_> = std::iter::once("check").chain(flags.iter().map(String::as_str)).collect();
        let by_flags = program_in(&directory, &flags);
        let mut by_variables = program_in(&directory, &["check"]);
        let variable = |name: &str| format!("COUNCIL_{}", name.replace('-', "_").to_uppercase());
        by_variables.envs(names.iter().map(|name| (variable(name), time)));
        for mut command in [by_file, by_flags, by_variables] {
            let output = within(command.output()).await.unwrap();
            assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
            let shown = String::from_utf8(output.stdout).unwrap();
            for name in names {
                assert!(shown.contains(&format!("\n{name} = {time} (")), "{shown}");
            }
        }
    }
}

#[tokio::test]
async fn a_limit_that_is_no_time_or_number_above_0_is_refused() {
    let settings = r#"
connect-timeout = 0
first-token-timeout = true
between-tokens-timeout = -1
total-timeout = inf
model-patience = -1
max-tokens = 0
concurrency = 0
requests-per-minute = 0.5
tokens-per-minute = -1
"#;
    let directory = directory(settings);
    let mut command = program_in(&directory, &["--config", "council.toml", "--first-token-timeout", "1h30m"]);
    command.env("COUNCIL_CONCURRENCY", "many").env("COUNCIL_TOTAL_TIMEOUT", " ");
    check(
        command,
        expect![[r#"
            2
            council-server: council.toml: line 2: connect-timeout: `0` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
            council-server: council.toml: line 3: first-token-timeout: it must be a time, such as `90`, `"90s"`, `"20m"` or `"1.5h"`, not a boolean
            council-server: council.toml: line 4: between-tokens-timeout: `-1` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
            council-server: council.toml: line 5: total-timeout: `inf` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
            council-server: council.toml: line 6: model-patience: `-1` is not a time from 0 to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
            council-server: council.toml: line 7: max-tokens: `0` is not a whole number of tokens from 1 to 4294967295
            council-server: council.toml: line 9: requests-per-minute: it must be a whole number, not a number with a fraction
            council-server: council.toml: line 10: tokens-per-minute: `-1` is not a whole number of tokens from 1 to 4294967295
            council-server: COUNCIL_CONCURRENCY: `many` is not a whole number of calls from 1 to 4294967295
            council-server: --first-token-timeout: `1h30m` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
        "#]],
    )
    .await;
}

#[tokio::test]
async fn the_help_names_all_presets() {
    let directory = directory("");
    let output = within(program_in(&directory, &["--help"]).output()).await.unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    expect!["`anthropic/NAME`, `openai/NAME`, `ollama/NAME`, `rehearsal`, or `PROVIDER/NAME` of a provider of the file or of a preset: azure, deepseek, gemini, groq, llamacpp, lmstudio, mistral, openrouter, vllm. Time limits of its calls may follow: `openai/gpt-5?first-token-timeout=20m&between-tokens-timeout=90&total-timeout=1.5h`. Keys and addresses come from ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL, OPENAI_API_KEY, OPENAI_BASE_URL, OLLAMA_HOST, and for presets from AZURE_OPENAI_API_KEY, AZURE_OPENAI_BASE_URL, DEEPSEEK_API_KEY, GEMINI_API_KEY, GROQ_API_KEY, MISTRAL_API_KEY, OPENROUTER_API_KEY. A time is a number of seconds, or a number with `s`, `m` or `h`: `90`, `90s`, `20m`, `1.5h`. Exit codes: 0 after a shutdown or a check without faults, 1 after a failure, 2 for settings or blueprints with faults or a damaged database, 130 after a second signal."].assert_eq(help.rsplit_once(" A model is ").unwrap().1);
}
