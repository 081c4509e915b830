//! Runs that end without a document: nothing of the work is lost, and nothing of it is taken for the document.

use std::io::Read;
use std::process::Stdio;

use crate::program::{KEY, command, council, council_at, outcome, run};
use crate::server::Reply::{Page, Refusal, Silence, Spent, Text};
use crate::server::serve;

#[test]
fn a_missing_key_is_named() {
    let outcome = council(&["--model", "claude-sonnet-4-5", "Rust"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(2), ""));
    assert!(outcome.stderr.contains("set ANTHROPIC_API_KEY"), "{}", outcome.stderr);
}

#[test]
fn a_missing_key_is_told_of_the_flag_that_asks_for_it() {
    for flag in ["--critic-model", "--writer-model"] {
        let outcome = council(&[flag, "gpt-4o", "Rust"]);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(2), ""));
        let expected = format!(
            "{flag}: `openai/gpt-4o` needs a key: set OPENAI_API_KEY, or choose `rehearsal` (`{flag} rehearsal`)"
        );
        assert!(outcome.stderr.contains(&expected), "{}", outcome.stderr);
    }
}

#[test]
fn a_refused_key_is_explained_and_not_shown() {
    let server = serve([Refusal(401, "Incorrect API key provided: sk-not-to-be-seen")]);
    let outcome = council_at(&server.address, &["Rust"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(1), ""));
    let (_, error) = outcome.stderr.split_once("error: ").unwrap();
    expect_test::expect![[r#"
        the master failed: model `openai/gpt-4o` gave no answer: openai answered HTTP 401: Incorrect API key provided: *** (correct OPENAI_API_KEY, restart the program, then start again, or retry a stored run)
    "#]]
    .assert_eq(error);
    assert!(!outcome.stderr.contains(KEY));
}

#[test]
fn a_refused_call_without_a_key_asks_for_one() {
    let server = serve([Refusal(401, "Missing bearer authentication")]);
    let mut command = command(&["Rust"]);
    command.env("OPENAI_BASE_URL", &server.address);
    let outcome = run(command);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("(the server requires a key: set OPENAI_API_KEY, restart"), "{}", outcome.stderr);
}

#[test]
fn an_answer_that_cannot_be_read_puts_the_address_in_doubt() {
    let page = || Page("<!doctype html>");
    let refusals = [[Refusal(404, "<html>no such page</html>")], [Refusal(405, "not allowed")]];
    // An unreadable answer is retried, and a refusal is not.
    for replies in [vec![page(), page(), page(), page(), page()]].into_iter().chain(refusals.map(Vec::from)) {
        let server = serve(replies);
        let outcome = council_at(&server.address, &["Rust"]);
        assert_eq!(outcome.code, Some(1));
        let help = "(check the address of the model in OPENAI_BASE_URL)";
        assert!(outcome.stderr.contains(help), "{}", outcome.stderr);
    }
}

/// A file behind `>` is either the document or empty, also if the draft was approved.
#[test]
fn a_failure_shows_the_last_draft_on_standard_error() {
    let server = serve([Text("# A draft\n\nText."), Text("SCORE: 9"), Refusal(404, "no such model")]);
    let outcome = council_at(&server.address, &["-q", "Rust"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(1), ""));
    expect_test::expect![[r#"

        error: the writer failed: model `openai/gpt-4o` gave no answer: openai answered HTTP 404: no such model (check the name `gpt-4o` of the model, and OPENAI_BASE_URL)

        This is draft 1, scored 9:

        # A draft

        Text.
    "#]]
    .assert_eq(&outcome.stderr);
}

#[test]
fn a_call_ends_at_the_limits_of_the_flags() {
    for (flag, limit, expected) in [
        ("--between-tokens-timeout", "0.05", "openai sent no further token within 0.05 s"),
        ("--total-timeout", "0.05", "openai did not finish within 0.05 s"),
        ("--model", "gpt-4o?total-timeout=0.05s", "openai did not finish within 0.05 s"),
    ] {
        let server = serve([Silence]);
        let outcome = council_at(&server.address, &[flag, limit, "--model-patience", "0", "Rust"]);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(1), ""));
        assert!(outcome.stderr.contains(expected), "{}", outcome.stderr);
    }
}

#[test]
fn a_wait_beyond_the_patience_is_told() {
    let server = serve([Spent(10_800)]);
    let outcome = council_at(&server.address, &["-q", "--model-patience", "3600", "Rust"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(1), ""));
    expect_test::expect![[r#"

        error: the master failed: model `openai/gpt-4o` gave no answer (the next call can be made in 3 h, and the agent's patience is 1 h: raise `agent_retry().total(..)` (`--model-patience` at the command line), or the `patience` of the agent in its blueprint, then start again, or retry a stored run): openai answered HTTP 429: too many requests
    "#]].assert_eq(&outcome.stderr);
}

#[test]
fn a_reader_who_leaves_early_is_no_error() {
    let server = serve([Text("A draft."), Text("SCORE: 9"), Text("The document.")]);
    let mut command = command(&["Rust"]);
    command.env("OPENAI_BASE_URL", &server.address);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{stderr}");
    assert!(!stderr.contains("error") && !stderr.contains("panicked"), "{stderr}");
}

#[test]
#[cfg(unix)]
fn a_signal_shows_the_last_draft_and_ends_as_shells_expect() {
    for (signal, word, code) in [("-INT", "interrupted", 130), ("-TERM", "terminated", 143)] {
        let server = serve([Text("# A draft\n\nText."), Silence]);
        let mut command = command(&["-q", "Rust"]);
        command.env("OPENAI_BASE_URL", &server.address);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        for _ in 0..2 {
            server.calls.recv().unwrap();
        }
        let mut kill = std::process::Command::new("kill");
        assert!(kill.arg(signal).arg(child.id().to_string()).status().unwrap().success());
        let outcome = outcome(child.wait_with_output().unwrap());
        assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(code), ""));
        let expected = format!("\nerror: {word}\n\nThis is draft 1, not scored:\n\n# A draft\n\nText.\n");
        assert_eq!(outcome.stderr, expected);
    }
}

#[test]
fn an_address_that_cannot_be_called_is_named() {
    let mut command = command(&["--model", "ollama/none", "Rust"]);
    command.env("OLLAMA_HOST", "ftp://nowhere");
    let outcome = run(command);
    assert_eq!(outcome.code, Some(2));
    assert!(outcome.stderr.contains("OLLAMA_HOST cannot be used: "), "{}", outcome.stderr);
}
