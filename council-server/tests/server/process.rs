//! The program: flags, output, signals and exit codes.

use std::net::SocketAddr;
use std::process::{Output, Stdio};

use expect_test::expect;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::net::TcpListener;
use tokio::process::{Child, ChildStdout, Command};

use crate::harness::within;
use crate::http;
use crate::socket::Watcher;

/// The program with these arguments, without the environment variables that it reads.
pub(crate) fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_council-server"));
    for (name, _) in std::env::vars() {
        let is_read = ["COUNCIL_", "ANTHROPIC_", "OPENAI_", "OLLAMA_", "RUST_"];
        if is_read.iter().any(|prefix| name.starts_with(prefix)) || name.ends_with("_API_KEY") {
            command.env_remove(name);
        }
    }
    command.env("COUNCIL_DATABASE", ":memory:");
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// The exit code and standard error.
async fn refused(arguments: &[&str]) -> String {
    let Output { status, stdout, stderr } = within(program(arguments).output()).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&stdout), "");
    let line = String::from_utf8(stderr).unwrap();
    format!("{}: {}", status.code().unwrap(), line.trim_end())
}

/// A program that listens, its address, and the rest of its standard output.
pub(crate) async fn listening(mut command: Command) -> (Child, SocketAddr, Lines<BufReader<ChildStdout>>) {
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = within(lines.next_line()).await.unwrap().unwrap();
    let address = first.strip_prefix("council-server listening on http://").unwrap();
    (child, address.parse().unwrap(), lines)
}

#[cfg(unix)]
pub(crate) fn signal(child: &Child, signal: &str) {
    let pid = child.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").args([signal, &pid]).status().unwrap().success());
}

async fn run(address: SocketAddr) -> String {
    let body = json!({ "input_topic": "Rust" }).to_string();
    let answer = http::send(address, "POST /api/councils/run", &[], body.as_bytes()).await;
    answer.json()["run_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_wrong_flag_is_one_clear_line() {
    let mut picture = Vec::new();
    for arguments in [
        &["--model", "claude-x"][..],
        &["--model", "nonsense"],
        &["--model", "rehearsal", "--critic-model", "gpt-x"],
        &["--model", "rehearsal", "--threshold", "11"],
        &["--model", "rehearsal", "--max-iterations", "0"],
        &["--model", "rehearsal", "--token", " "],
        &["--model", "rehearsal", "--allowed-origins", "http://localhost:3000,*"],
        &["--model", "rehearsal", "--allowed-hosts", "localhost,council.example:8000"],
        &["--model", "rehearsal", "--base-path", "council"],
        &["--model", "rehearsal", "--listen", "0.0.0.0:0"],
        &["--model", "rehearsal", "--listen", "nonsense"],
    ] {
        picture.push(format!("{}\n  {}", arguments.join(" "), refused(arguments).await));
    }
    expect![[r#"
        --model claude-x
          2: council-server: --model: `anthropic/claude-x` needs a key: set ANTHROPIC_API_KEY, or choose `rehearsal`, which needs none
        --model nonsense
          2: council-server: --model: unknown model `nonsense` (`ollama/nonsense`, or `nonsense/MODEL` if `nonsense` is a provider?): a model is `anthropic/...`, `openai/...`, `ollama/...`, `rehearsal`, or a name that begins with `claude-`, `gpt-`, `chatgpt-`, `o1`, `o3` or `o4`
        --model rehearsal --critic-model gpt-x
          2: council-server: --critic-model: `openai/gpt-x` needs a key: set OPENAI_API_KEY, or choose `rehearsal`, which needs none
        --model rehearsal --threshold 11
          2: council-server: --threshold: `11` is not a number from 0 to 10
        --model rehearsal --max-iterations 0
          2: council-server: --max-iterations: `0` is not a whole number of drafts from 1 to 4294967295
        --model rehearsal --token  
          2: council-server: --token: the token is empty: set a token, or remove the setting
        --model rehearsal --allowed-origins http://localhost:3000,*
          2: council-server: --allowed-origins: `*` is not an origin: write `http://` or `https://`, a host, and the port if it is not the default
        --model rehearsal --allowed-hosts localhost,council.example:8000
          2: council-server: --allowed-hosts: `council.example:8000` is not a host: write a name such as `council.example`, or an IP address, without a scheme and a port
        --model rehearsal --base-path council
          2: council-server: --base-path: `council` is not a base path: write a path such as `/council`, of letters, digits, `-`, `_`, `.` and `~` between its slashes
        --model rehearsal --listen 0.0.0.0:0
          2: council-server: --listen: 0.0.0.0:0 can be reached from other machines, and anyone there could start runs: set a token, or insecure if this is intended
        --model rehearsal --listen nonsense
          2: council-server: --listen: cannot listen on nonsense: invalid socket address"#]].assert_eq(&picture.join("\n"));
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let complaint = refused(&["--model", "rehearsal", "--listen", &address]).await;
    assert!(complaint.starts_with(&format!("1: council-server: cannot listen on {address}: ")), "{complaint}");
    assert_eq!(complaint.lines().count(), 1, "{complaint}");
}

#[tokio::test]
async fn the_program_names_its_address_and_its_model() {
    let (_child, address, mut lines) = listening(program(&["--listen", "127.0.0.1:0"])).await;
    let second = within(lines.next_line()).await.unwrap().unwrap();
    expect!["model: rehearsal (a rule-based stand-in, not a language model)"].assert_eq(&second);
    assert_eq!(http::send(address, "GET /api/health", &[], b"").await.status, 200);
}

#[tokio::test]
async fn flags_can_come_from_the_environment() {
    let mut command = program(&[]);
    command.env("COUNCIL_LISTEN", "127.0.0.1:0").env("COUNCIL_TOKEN", "open sesame");
    let (_child, address, _lines) = listening(command).await;
    assert_eq!(http::send(address, "GET /api/health", &[], b"").await.status, 200);
    assert_eq!(http::send(address, "GET /api/councils/run/x", &[], b"").await.status, 401);
    let headers = [("authorization", "Bearer open sesame")];
    assert_eq!(http::send(address, "GET /api/councils/run/x", &headers, b"").await.status, 404);
}

/// The running run stops at its barrier, its watcher is closed with 1012, and the program exits with 0.
#[cfg(unix)]
#[tokio::test]
async fn sigterm_drains() {
    let (mut child, address, _lines) = listening(program(&["--listen", "127.0.0.1:0", "--model", "rehearsal"])).await;
    let id = run(address).await;
    let mut watcher = Watcher::connect(address, &format!("/ws/council/{id}"), &[]).await.unwrap();
    watcher.until("node_start").await;
    signal(&child, "-TERM");
    let seen = watcher.rest().await;
    assert_eq!(seen.close, Some(1012));
    assert_eq!(within(child.wait()).await.unwrap().code(), Some(0));
}

/// The model never answers and the grace is long, so only the second signal ends the program.
#[cfg(unix)]
#[tokio::test]
async fn a_second_signal_ends_at_once() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut command = program(&["--listen", "127.0.0.1:0", "--model", "openai/silent", "--grace", "86400"]);
    command.env("OPENAI_BASE_URL", format!("http://{}/v1", silent.local_addr().unwrap()));
    let (mut child, address, _lines) = listening(command).await;
    run(address).await;
    let (_connection, _) = within(silent.accept()).await.unwrap();

    let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
    signal(&child, "-INT");
    while !within(log.next_line()).await.unwrap().unwrap().contains("draining") {}
    signal(&child, "-INT");
    assert_eq!(within(child.wait()).await.unwrap().code(), Some(130));
}

/// A terminal that is closed sends SIGHUP, often more than once. The model never answers, so the server waits for the grace.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn sighup_drains_however_often_it_comes() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let flags = ["--listen", "127.0.0.1:0", "--model", "openai/silent", "--grace", "1"];
    // These tests may run under `nohup` themselves.
    let mut command = started_by(&["env", "--default-signal=HUP"], &flags);
    command.env("OPENAI_BASE_URL", format!("http://{}/v1", silent.local_addr().unwrap()));
    let (mut child, address, _lines) = listening(command).await;
    let id = run(address).await;
    let mut watcher = Watcher::connect(address, &format!("/ws/council/{id}"), &[]).await.unwrap();
    watcher.until("node_start").await;
    let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
    signal(&child, "-HUP");
    while !within(log.next_line()).await.unwrap().unwrap().contains("draining") {}
    signal(&child, "-HUP");
    assert_eq!(watcher.rest().await.close, Some(1012));
    assert_eq!(within(child.wait()).await.unwrap().code(), Some(0));
}

/// `nohup` starts a program with SIGHUP ignored, and it stays ignored.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_program_under_nohup_outlives_its_terminal() {
    let command = started_by(&["nohup"], &["--listen", "127.0.0.1:0", "--model", "rehearsal"]);
    let (child, _address, _lines) = listening(command).await;
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id().unwrap())).unwrap();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap().trim();
    assert_eq!(u64::from_str_radix(ignored, 16).unwrap() & 1, 1, "{ignored}");
}

/// The program with these flags, started by another program that becomes it.
#[cfg(target_os = "linux")]
fn started_by(outer: &[&str], flags: &[&str]) -> Command {
    let server = program(flags);
    let server = server.as_std();
    let mut command = Command::new(outer[0]);
    command.args(&outer[1..]).arg(server.get_program()).args(flags);
    for (name, value) in server.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

#[tokio::test]
async fn the_program_names_its_base_path() {
    let mut command = program(&["--listen", "127.0.0.1:0", "--base-path", "/council"]);
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = within(lines.next_line()).await.unwrap().unwrap();
    let address = first.strip_prefix("council-server listening on http://").unwrap().strip_suffix("/council/").unwrap();
    let request = "GET /council/ HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let answer = within(http::send_raw(address.parse().unwrap(), request.as_bytes())).await;
    assert_eq!(answer.status, 200);
}

/// The usual spellings of true and false are accepted. Other words are refused.
#[tokio::test]
async fn insecure_is_read_from_the_environment() {
    let flags = ["--model", "rehearsal", "--listen", "0.0.0.0:0"];
    for value in ["0", "no", "perhaps"] {
        let output = within(program(&flags).env("COUNCIL_INSECURE", value).output()).await.unwrap();
        assert_eq!(output.status.code(), Some(2), "{value}");
    }
    for value in ["1", "true", "yes"] {
        let mut command = program(&flags);
        command.env("COUNCIL_INSECURE", value);
        let (_child, address, _lines) = listening(command).await;
        assert!(address.ip().is_unspecified());
    }
}
