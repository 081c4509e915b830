//! The example `council`, run as a process: its output, its errors and its exit code.
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes these strings")]
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod endings;
mod panics;
mod program;
mod server;
#[path = "../support/mod.rs"]
mod support;
mod view;
mod wrap;

use program::{VARIABLES, command, council, council_at, run};
use serde_json::{Value, json};
use server::Reply::Text;
use server::serve;

#[test]
fn standard_output_holds_the_document_and_nothing_else() {
    let server = serve([Text("A draft."), Text("SCORE: 9\nFEEDBACK: Good."), Text("# The document\n\nText.\n")]);
    let outcome = council_at(&server.address, &["Rust", "for", "newcomers"]);
    assert_eq!(outcome.stdout, "# The document\n\nText.\n");
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
}

#[test]
fn quiet_says_nothing() {
    let server = serve([Text("A draft."), Text("SCORE: 9"), Text("The document.")]);
    let outcome = council_at(&server.address, &["-q", "Rust"]);
    assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), ("The document.\n", ""));
}

#[test]
fn json_tells_all_of_it() {
    let server = serve([
        Text("A draft."),
        Text("SCORE: 6.5\nFEEDBACK: Say more."),
        Text("A longer draft."),
        Text("SCORE: 7\nFEEDBACK: Say less."),
        Text("The document."),
    ]);
    let outcome = council_at(&server.address, &["--json", "-q", "--max-iterations", "2", "Rust"]);
    let mut told: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let calls = told.as_object_mut().unwrap().remove("calls").unwrap();
    let calls: Vec<_> =
        calls.as_array().unwrap().iter().map(|call| (&call["node"], &call["model"], &call["kind"])).collect();
    let call = |node: &'static str| json!([node, "openai/gpt-4o", "completed"]);
    assert_eq!(
        json!(calls),
        json!(["master_agent", "critic_agent", "master_agent", "critic_agent", "writer_agent"].map(call))
    );
    let expected = json!({
        "topic": "Rust",
        "document": "The document.",
        "score": 7.0,
        "approved": false,
        "stopped_by": "max_iterations",
        "document_from": "writer",
        "document_fault": null,
        "iterations": 2,
        "feedback": ["Score: 6.5/10\nSay more.", "Score: 7/10\nSay less."],
        "usage": {"input_tokens": 5000, "output_tokens": 1000, "cached_tokens": 0},
        "models": {"master": "openai/gpt-4o", "critic": "openai/gpt-4o", "writer": "openai/gpt-4o"},
    });
    assert_eq!(outcome.stdout.lines().count(), 1);
    assert_eq!(told, expected);
}

#[test]
fn a_rehearsal_says_on_every_surface_that_it_is_one() {
    let outcome = council(&["--threshold", "0", "Rust for newcomers"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("This is a rehearsal"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("ANTHROPIC_API_KEY"), "{}", outcome.stderr);
    assert!(outcome.stdout.contains("not a language model"), "{}", outcome.stdout);
}

#[test]
fn a_rehearsal_beside_a_model_is_named() {
    for (arguments, notice) in [
        (&["--critic-model", "rehearsal"][..], "The critic is a rehearsal: the text comes from rules"),
        (
            &["--critic-model", "rehearsal", "--writer-model", "rehearsal"],
            "The critic and the writer are a rehearsal: the text comes from rules",
        ),
        (&["--model", "rehearsal", "--critic-model", "gpt-4o", "--writer-model", "gpt-4o"], "The master is a"),
    ] {
        let server = serve([Text("SCORE: 9"), Text("The document.")]);
        let outcome = council_at(&server.address, &[arguments, &["--max-iterations", "1", "Rust"]].concat());
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        assert!(outcome.stderr.contains(notice), "{}", outcome.stderr);
        assert!(!outcome.stderr.contains("For a real model"), "{}", outcome.stderr);
    }
}

#[test]
fn a_wrong_command_line_is_refused_before_anything_runs() {
    for (arguments, expected) in [
        (&[][..], "<TOPIC>"),
        (&["-"], "the topic is empty"),
        (&[" "], "the topic is empty"),
        (&["\u{a0}\u{3000}\u{200b}"], "the topic is empty"),
        (&["--threshold", "11", "Rust"], "from 0 to 10"),
        (&["--threshold", "NaN", "Rust"], "from 0 to 10"),
        (&["--threshold", "-1", "Rust"], "'--threshold <SCORE>': a score must be a number from 0 to 10"),
        (&["--max-iterations", "0", "Rust"], "'--max-iterations <DRAFTS>': the council needs at least one draft"),
        (&["--max-iterations", "-1", "Rust"], "a whole number from 1"),
        (&["--max-iterations", "many", "Rust"], "a whole number from 1"),
        (&["-", "Rust"], "cannot be combined with other words"),
        (&["Rust", "-"], "cannot be combined with other words"),
        (&["--model", "gtp-4", "Rust"], "unknown model `gtp-4`"),
        (
            &["--model", "gpt-4o?total-timout=1h", "Rust"],
            "'--model <SPEC>': the time limits of `gpt-4o?total-timout=1h` cannot be used: unknown limit `total-timout`: did you mean",
        ),
        (
            &["--critic-model", "nobody/knows", "Rust"],
            "unknown provider `nobody` in `nobody/knows`: choose one of anthropic, ",
        ),
        (
            &["--total-timeout", "0", "Rust"],
            "'--total-timeout <TIME>': `0` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`",
        ),
        (&["--connect-timeout", "-1", "Rust"], "'--connect-timeout <TIME>': `-1` is not a time above 0"),
        (&["--max-tokens", "-1", "Rust"], "'--max-tokens <TOKENS>': the limit must be a whole number from 1 to"),
        (&["--model-patience", "long", "Rust"], "'--model-patience <TIME>': `long` is not a time from 0"),
        (&["--colour", "Rust"], "--colour"),
    ] {
        let outcome = council(arguments);
        assert_eq!(outcome.code, Some(2), "{arguments:?}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(expected), "{arguments:?}: {}", outcome.stderr);
        assert_eq!(outcome.stdout, "");
    }
}

#[test]
fn the_help_names_all_presets() {
    let help = council(&["--help"]).stdout;
    assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
    for preset in council_llm::ProviderSettings::presets() {
        assert!(help.contains(&format!("`{preset}/...`")), "{preset}: {help}");
    }
}

#[test]
fn an_empty_variable_counts_as_unset() {
    let mut command = command(&["Rust for newcomers"]);
    for variable in VARIABLES.iter().filter(|variable| variable.starts_with("COUNCIL_")) {
        command.env(variable, "");
    }
    let outcome = run(command);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    for default in ["score ≥ 8", "at most 5 drafts", "model: rehearsal"] {
        assert!(outcome.stderr.contains(default), "{}", outcome.stderr);
    }
}

#[test]
fn a_bad_variable_is_refused_under_the_name_of_its_flag() {
    for (variable, value, flag) in [
        ("COUNCIL_MODEL", "gtp-4", "--model"),
        ("COUNCIL_CRITIC_MODEL", "gtp-4", "--critic-model"),
        ("COUNCIL_WRITER_MODEL", "gtp-4", "--writer-model"),
        ("COUNCIL_THRESHOLD", "11", "--threshold"),
        ("COUNCIL_MAX_ITERATIONS", "0", "--max-iterations"),
        ("COUNCIL_CONNECT_TIMEOUT", "0", "--connect-timeout"),
        ("COUNCIL_FIRST_TOKEN_TIMEOUT", "0", "--first-token-timeout"),
        ("COUNCIL_BETWEEN_TOKENS_TIMEOUT", "0", "--between-tokens-timeout"),
        ("COUNCIL_TOTAL_TIMEOUT", "0", "--total-timeout"),
        ("COUNCIL_MODEL_PATIENCE", "-1", "--model-patience"),
        ("COUNCIL_MAX_TOKENS", "0", "--max-tokens"),
    ] {
        let mut command = command(&["Rust"]);
        command.env(variable, value);
        let outcome = run(command);
        assert_eq!(outcome.code, Some(2), "{variable}: {}", outcome.stderr);
        let expected = format!("invalid value '{value}' for '{flag} <");
        assert!(outcome.stderr.contains(&expected), "{variable}: {}", outcome.stderr);
    }
}

#[test]
fn a_misspelt_variable_is_refused_with_the_name_that_was_meant() {
    // Some are of other programs: of the server, and of Kubernetes for a service with the name `council-model`.
    let others = ["COUNCIL_MAX_RUNS", "COUNCIL_MAX_WAITING", "COUNCIL_CONCURRENCY", "COUNCIL_MODEL_SERVICE_HOST"];
    let mut command = command(&["Rust"]);
    command.envs(["COUNCIL_MODLE", "COUNCIL_TRESHOLD"].into_iter().chain(others).map(|name| (name, "1")));
    let outcome = run(command);
    assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
    let faults: Vec<_> = outcome.stderr.lines().take(3).collect();
    assert_eq!(
        faults,
        [
            "error: COUNCIL_MODLE: unknown variable: did you mean COUNCIL_MODEL?",
            "COUNCIL_TRESHOLD: unknown variable: did you mean COUNCIL_THRESHOLD?",
            "",
        ]
    );
}
