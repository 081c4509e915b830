//! The example `blueprint`, run as a process.
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes these strings")]
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod support;

use std::process::Command;

use expect_test::expect;
use support::{program, run};

#[test]
fn a_panel_sends_a_draft_back_until_both_critics_are_content() {
    expect![[r#"
        An author, a panel, two editors on “Rust for newcomers”
          1 author     starts
          1 author     a draft of 297 words
          2 expert     starts
          2 expert     4.8 of 10
          2 reader     starts
          2 reader     4.8 of 10
          3 author     starts
          3 author     a draft of 472 words
          4 expert     starts
          4 expert     7.7 of 10
          4 reader     starts
          4 reader     7.7 of 10
          5 author     starts
          5 author     a draft of 567 words
          6 expert     starts
          6 expert     9.6 of 10
          6 reader     starts
          6 reader     9.6 of 10
          7 editor     starts
          7 editor     a draft of 570 words
          7 summary    starts
          7 summary    a draft of 570 words
        approved in round 3, 1141 words
    "#]]
    .assert_eq(&run("blueprint", &[]));
}

#[test]
fn help_and_a_missing_file_are_answered_in_words() {
    for example in ["blueprint", "fork", "pipeline", "drawing"] {
        let help = run(example, &["--help"]);
        assert!(help.contains("Usage:"), "{example}: {help}");
    }
    let output = Command::new(program("blueprint")).arg("none.json").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.starts_with("Error: none.json cannot be read: No such file"), "{error}");
}

#[test]
fn faults_of_a_blueprint_are_reported_before_it_runs() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("mine.json");
    let agents = r#"[{"id": "a", "label": "A", "model": "llama3.2"}, {"id": "a", "label": "B", "model": "rehearsal"}]"#;
    std::fs::write(&file, format!(r#"{{"id": "mine", "name": "Mine", "nodes": {agents}}}"#)).unwrap();
    let output = Command::new(program("blueprint")).arg(file).output().unwrap();
    assert!(!output.status.success());
    expect![[r#"
        Note: version 1 was read as version 2: the run starts with node "a"; by its prompt, node "a" is an agent and node "a" is an agent
        Error: blueprint "Mine" cannot run, 2 faults:
          - node "a" has no usable model: unknown model `llama3.2` (`ollama/llama3.2`, or `llama3.2/MODEL` if `llama3.2` is a provider?): a model is `anthropic/...`, `openai/...`, `ollama/...`, `rehearsal`, or a name that begins with `claude-`, `gpt-`, `chatgpt-`, `o1`, `o3` or `o4`
          - node number 2 has the id "a", which node number 1 has already
    "#]].assert_eq(&String::from_utf8(output.stderr).unwrap());
}
