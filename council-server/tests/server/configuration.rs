//! Settings from a file, environment variables and flags, and their faults.

use std::process::Output;

use expect_test::{Expect, expect};
use tempfile::TempDir;
use tokio::process::Command;

use crate::harness::within;
use crate::http;
use crate::process::{listening, program};

/// A working directory with this file of settings.
pub(crate) fn directory(settings: &str) -> TempDir {
    let directory = TempDir::new().unwrap();
    std::fs::write(directory.path().join("council.toml"), settings).unwrap();
    directory
}

/// The program in that directory, without the settings that other tests share.
pub(crate) fn program_in(directory: &TempDir, arguments: &[&str]) -> Command {
    let mut command = program(arguments);
    command.current_dir(directory.path()).env_remove("COUNCIL_DATABASE");
    command
}

/// The exit code, standard output and standard error.
pub(crate) async fn check(mut command: Command, picture: Expect) {
    let Output { status, stdout, stderr } = within(command.output()).await.unwrap();
    let said = [stdout, stderr].map(|said| String::from_utf8(said).unwrap()).concat();
    picture.assert_eq(&format!("{}\n{said}", status.code().unwrap()));
}

const ALL_WRONG: &str = r#"
listen = "nonsense"
model = "nonsense"
critic-model = 4
writer_model = "rehearsal"
threshold = "high"
max-iterations = 0
token = 1234
allowed-origins = ["http://localhost:3000", "*", "council.example"]
allowed-hosts = ["council.example", "*", "council.example:8000"]
insecure = "yes"
database = "nowhere/council.db"
keep-runs = -1
grace = 1.5
log = "council_server=loud"
log-format = "xml"
colour = "blue"

[server]
port = 8000
"#;

#[tokio::test]
async fn every_fault_of_a_file_is_named_with_its_line() {
    let directory = directory(ALL_WRONG);
    check(program_in(&directory, &["--config", "council.toml"]), expect![[r#"
        2
        council-server: council.toml: line 2: listen: cannot listen on nonsense: invalid socket address
        council-server: council.toml: line 3: model: unknown model `nonsense` (`ollama/nonsense`, or `nonsense/MODEL` if `nonsense` is a provider?): a model is `anthropic/...`, `openai/...`, `ollama/...`, `rehearsal`, or a name that begins with `claude-`, `gpt-`, `chatgpt-`, `o1`, `o3` or `o4`
        council-server: council.toml: line 4: critic-model: it must be a string, not a whole number
        council-server: council.toml: line 5: unknown setting `writer_model`: did you mean `writer-model`?
        council-server: council.toml: line 6: threshold: it must be a number, not a string
        council-server: council.toml: line 7: max-iterations: `0` is not a whole number of drafts from 1 to 4294967295
        council-server: council.toml: line 8: token: it must be a string, not a whole number
        council-server: council.toml: line 9: allowed-origins: `*` is not an origin: write `http://` or `https://`, a host, and the port if it is not the default
        council-server: council.toml: line 9: allowed-origins: `council.example` is not an origin: write `http://` or `https://`, a host, and the port if it is not the default
        council-server: council.toml: line 10: allowed-hosts: `*` is not a host: write a name such as `council.example`, or an IP address, without a scheme and a port
        council-server: council.toml: line 10: allowed-hosts: `council.example:8000` is not a host: write a name such as `council.example`, or an IP address, without a scheme and a port
        council-server: council.toml: line 11: insecure: it must be `true` or `false`, not a string
        council-server: council.toml: line 12: database: `nowhere` is not a directory
        council-server: council.toml: line 13: keep-runs: `-1` is not a whole number of runs from 0 to 4294967295
        council-server: council.toml: line 15: log: `council_server=loud` is neither a level (`off`, `error`, `warn`, `info`, `debug`, `trace`) nor a target with its level, such as `council_server=debug`
        council-server: council.toml: line 16: log-format: `xml` is neither `text` nor `json`
        council-server: council.toml: line 17: unknown setting `colour`
        council-server: council.toml: line 19: unknown setting `server`
    "#]]).await;
}

#[tokio::test]
async fn every_fault_is_named_wherever_it_comes_from() {
    let directory = directory("threshold = 11\ngrace = 5\nkeep-rums = 1\n");
    let mut command =
        program_in(&directory, &["--max-iterations", "-1", "--model", "claude-x", "--critic-model", "gpt-x"]);
    command.env("COUNCIL_CONFIG", "council.toml").env("COUNCIL_KEEP_RUNS", "many").env("COUNCIL_TOKEN", " ");
    command.env("RUST_LOG", "council_server=loud").env("COUNCIL_GRACE", "");
    check(command, expect![[r#"
        2
        council-server: council.toml: line 1: threshold: `11` is not a number from 0 to 10
        council-server: council.toml: line 3: unknown setting `keep-rums`: did you mean `keep-runs`?
        council-server: COUNCIL_TOKEN: the token is empty: set a token, or remove the setting
        council-server: COUNCIL_KEEP_RUNS: `many` is not a whole number of runs from 0 to 4294967295
        council-server: RUST_LOG: `council_server=loud` is neither a level (`off`, `error`, `warn`, `info`, `debug`, `trace`) nor a target with its level, such as `council_server=debug`
        council-server: --model: `anthropic/claude-x` needs a key: set ANTHROPIC_API_KEY, or choose `rehearsal`, which needs none
        council-server: --critic-model: `openai/gpt-x` needs a key: set OPENAI_API_KEY, or choose `rehearsal`, which needs none
        council-server: --max-iterations: `-1` is not a whole number of drafts from 1 to 4294967295
    "#]]).await;
}

#[tokio::test]
async fn every_fault_of_the_syntax_is_named() {
    let directory = directory("listen = \nmodel = 'rehearsal\nthreshold = 8\nthreshold = 9\n");
    check(
        program_in(&directory, &["check", "--config", "council.toml", "--listen", "0.0.0.0:0"]),
        expect![[r#"
            2
            council-server: council.toml: line 1: string values must be quoted, expected literal string
            council-server: council.toml: line 2: invalid literal string, expected `'`
            council-server: council.toml: line 4: duplicate key
        "#]],
    )
    .await;
    check(
        program_in(&directory, &["--config", "elsewhere.toml", "--threshold", "11"]),
        expect![[r#"
            2
            council-server: elsewhere.toml: cannot read the settings: No such file or directory (os error 2)
            council-server: --threshold: `11` is not a number from 0 to 10
        "#]],
    )
    .await;
}

#[tokio::test]
async fn flags_come_before_variables_and_variables_before_the_file() {
    let settings = r#"
listen = "127.0.0.1:0"
threshold = 7
max-iterations = 3
grace = 0x10
insecure = true
token = "open sesame"
allowed-origins = ["https://council.example", "http://localhost:3000"]
"#;
    let directory = directory(settings);
    let mut command = program_in(&directory, &["check", "--config", "council.toml", "--grace", "1", "--insecure=no"]);
    command.env("COUNCIL_GRACE", "2").env("COUNCIL_MAX_ITERATIONS", "4").env("COUNCIL_INSECURE", "yes");
    check(
        command,
        expect![[r#"
            0
            ok
            model: rehearsal (a rule-based stand-in, not a language model)
            runs: stored in council.db
            listen = 127.0.0.1:0 (council.toml: line 2)
            threshold = 7 (council.toml: line 3)
            max-iterations = 4 (COUNCIL_MAX_ITERATIONS)
            model-patience = 24h (default)
            connect-timeout = 10s (default)
            between-tokens-timeout = 5m (default)
            token = (not shown) (council.toml: line 7)
            allowed-origins = https://council.example,http://localhost:3000 (council.toml: line 8)
            insecure = no (--insecure)
            base-path = / (default)
            database = council.db (default)
            grace = 1 (--grace)
            max-runs = 256 (default)
            max-waiting = 10000 (default)
            max-connections = 4096 (default)
            max-watchers = 3072 (default)
            log = info (default)
            log-format = text (default)
        "#]],
    )
    .await;
    assert!(!directory.path().join("council.db").exists(), "a check creates no database");
}

#[tokio::test]
async fn every_setting_has_a_default() {
    // The file in the directory is read only if `--config` names it.
    let directory = directory("threshold = 100");
    check(
        program_in(&directory, &["check"]),
        expect![[r#"
            0
            ok
            model: rehearsal (a rule-based stand-in, not a language model)
            runs: stored in council.db
            listen = 127.0.0.1:8000 (default)
            threshold = 8 (default)
            max-iterations = 5 (default)
            model-patience = 24h (default)
            connect-timeout = 10s (default)
            between-tokens-timeout = 5m (default)
            allowed-origins = http://localhost:3000 (default)
            insecure = false (default)
            base-path = / (default)
            database = council.db (default)
            grace = 10s (default)
            max-runs = 256 (default)
            max-waiting = 10000 (default)
            max-connections = 4096 (default)
            max-watchers = 3072 (default)
            log = info (default)
            log-format = text (default)
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_token_can_be_in_a_file() {
    let directory = directory("token-file = 'secret'\nlisten = '127.0.0.1:0'\ndatabase = ':memory:'");
    check(
        program_in(&directory, &["--config", "council.toml"]),
        expect![[r#"
            2
            council-server: council.toml: line 1: token-file: cannot read `secret`: No such file or directory (os error 2)
        "#]],
    )
    .await;
    std::fs::write(directory.path().join("secret"), "open sesame\n").unwrap();
    let (_child, address, _lines) = listening(program_in(&directory, &["--config", "council.toml"])).await;
    for (token, status) in [("open", 401), ("open sesame", 404)] {
        let headers = [("authorization", &*format!("Bearer {token}"))];
        assert_eq!(http::send(address, "GET /api/councils/run/x", &headers, b"").await.status, status, "{token}");
    }
    // The source with the higher precedence counts. Two tokens in one source are a fault.
    let near = program_in(&directory, &["--config", "council.toml", "--token", "near"]);
    let (_child, address, _lines) = listening(near).await;
    let headers = [("authorization", "Bearer near")];
    assert_eq!(http::send(address, "GET /api/councils/run/x", &headers, b"").await.status, 404);
    check(
        program_in(&directory, &["--token", "near", "--token-file", "secret"]),
        expect![[r#"
            2
            council-server: --token-file: the token is set too: use only one of the two
        "#]],
    )
    .await;
}

#[tokio::test]
async fn blueprints_are_checked() {
    let directory = directory("");
    let broken = r#"{"name": "", "nodes": [
        {"id": "a", "model": "rehearsal"}, {"id": "a", "model": "gpt-4o"}, {"id": "b", "model": 1}
    ], "edges": [{"source": "a"}]}"#;
    let faulty = r#"{"name": "Faulty", "nodes": [
        {"id": "a", "model": "rehearsal"}, {"id": "a", "model": "nonsense"}
    ], "edges": [{"source": "a", "target": "c"}]}"#;
    let costly = r#"{"name": "Costly", "nodes": [{"id": "a", "model": "gpt-4o"}, {"id": "b", "model": "claude-x"}],
        "edges": [{"source": "a", "target": "b"}]}"#;
    let good = r#"{"name": "Good", "nodes": [{"id": "a", "model": "rehearsal"}]}"#;
    let odd = r#"{"version": 2, "name": "Odd", "start": "a", "nodes": [
        {"id": "a", "role": "agent", "model": "rehearsal", "max_tokens": 9, "timeouts": {"first-token": 3}},
        {"id": "b", "role": "agent", "model": "rehearsal"}
    ]}"#;
    let files = [("broken", broken), ("faulty", faulty), ("costly", costly), ("good", good), ("odd", odd), ("no", "{")];
    for (name, text) in files {
        std::fs::write(directory.path().join(name), text).unwrap();
    }
    check(program_in(&directory, &["check", "broken", "faulty", "costly", "good", "no", "nowhere"]), expect![[r#"
        2
        good: ok; version 1 was read as version 2: the run starts with node "a"; by its prompt, node "a" is an agent
        council-server: broken: name: String should have at least 1 character
        council-server: broken: nodes.2.model: Input should be a valid string
        council-server: broken: edges.0.target: Field required
        council-server: broken: nodes.1.id: node number 2 has the id "a", which node number 1 has already
        council-server: faulty: nodes.1.model: node "a" has no usable model: unknown model `nonsense` (`ollama/nonsense`, or `nonsense/MODEL` if `nonsense` is a provider?): a model is `anthropic/...`, `openai/...`, `ollama/...`, `rehearsal`, or a name that begins with `claude-`, `gpt-`, `chatgpt-`, `o1`, `o3` or `o4`
        council-server: faulty: nodes.1.id: node number 2 has the id "a", which node number 1 has already
        council-server: faulty: edges.0.target: edge "edge-1" leads to "c", and no node has that id
        council-server: costly: nodes.0.model: node "a" has no usable model: `openai/gpt-4o` needs a key: set OPENAI_API_KEY, or choose `rehearsal`, which needs none
        council-server: costly: nodes.1.model: node "b" has no usable model: `anthropic/claude-x` needs a key: set ANTHROPIC_API_KEY, or choose `rehearsal`, which needs none
        council-server: no: character 1: JSON decode error: EOF while parsing an object
        council-server: nowhere: cannot read the file: No such file or directory (os error 2)
    "#]]).await;
    check(
        program_in(&directory, &["check", "good", "odd"]),
        expect![[r#"
            0
            good: ok; version 1 was read as version 2: the run starts with node "a"; by its prompt, node "a" is an agent
            odd: ok
            council-server: odd: warning: nodes.0.timeouts.first-token: unknown field `first-token`: did you mean `firstToken`?
            council-server: odd: warning: nodes.0.max_tokens: unknown field `max_tokens`: did you mean `maxTokens`?
            council-server: odd: warning: nodes.1: no edge leads from the start to node "b": it never runs
        "#]],
    )
    .await;
}
