//! The example with a person in the chair.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use expect_test::expect;

use crate::support::program;

#[test]
fn the_chair_is_asked_again_by_the_next_process() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("runs.db");
    let chair = |lines: &str| chair("Rust", &file, lines).replace(directory.path().to_str().unwrap(), "...");
    // An answer of the wrong type, a word that is none, and no more answers.
    expect![[r#"
        who is to read it? [newcomers, experts] martians
          the answer to `brief` has the wrong type, and was refused: unknown variant `martians`, expected `newcomers` or `experts` at line 1 column 10
        who is to read it? [newcomers, experts] newcomers
          brief is done
        draft 0, score none; next is master_agent
        approve, change <feedback>, reject or leave? perhaps
          `perhaps` is not one of the four
        approve, change <feedback>, reject or leave? approve
          master_agent is done
        draft 1, score none; next is critic_agent
        approve, change <feedback>, reject or leave? (no answer)
        the run waits in .../runs.db; to continue, give the same command again
    "#]].assert_eq(&chair("martians\nnewcomers\nperhaps\napprove\n"));
    expect![[r#"
        draft 1, score none; next is critic_agent
        approve, change <feedback>, reject or leave? approve
          critic_agent is done
        draft 1, score 4.8; next is master_agent
        approve, change <feedback>, reject or leave? approve
          master_agent is done
        draft 2, score 4.8; next is critic_agent
        approve, change <feedback>, reject or leave? approve
          critic_agent is done
        draft 2, score 7.7; next is master_agent
        approve, change <feedback>, reject or leave? leave
        the run waits in .../runs.db; to continue, give the same command again
    "#]]
    .assert_eq(&chair("approve\napprove\napprove\nleave\n"));
    // The critic is content, the chair is not: its word goes to the master.
    expect![[r#"
        draft 2, score 7.7; next is master_agent
        approve, change <feedback>, reject or leave? approve
          master_agent is done
        draft 3, score 7.7; next is critic_agent
        approve, change <feedback>, reject or leave? approve
          critic_agent is done
        draft 3, score 9.6; next is writer_agent
        approve, change <feedback>, reject or leave? change Name your sources.
          master_agent is done
        draft 4, score none; next is critic_agent
        approve, change <feedback>, reject or leave? approve
          critic_agent is done
        draft 4, score 9.6; next is writer_agent
        approve, change <feedback>, reject or leave? approve
          writer_agent is done
        9.6 of 10 after 4 drafts; the document has 653 words
    "#]]
    .assert_eq(&chair("approve\napprove\nchange Name your sources.\napprove\napprove\napprove\n"));
    expect![[r#"
        9.6 of 10 after 4 drafts; the document has 653 words
    "#]]
    .assert_eq(&chair(""));
}

#[test]
fn a_rejected_run_does_not_go_on() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("runs.db");
    let rejected = chair("Owls", &file, "experts\nreject\n");
    assert!(rejected.ends_with("rejected: the run has ended\n"), "{rejected}");
    let again = Command::new(program("chair")).arg("Owls").arg("--database").arg(&file).output().unwrap();
    let error = String::from_utf8(again.stderr).unwrap();
    assert_eq!(error, "Error: run `Owls`: the run was closed and cannot be resumed: reopen or fork it\n");
}

/// The output of the program with these answers.
fn chair(topic: &str, file: &Path, answers: &str) -> String {
    let mut command = Command::new(program("chair"));
    command.arg(topic).arg("--database").arg(file).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // It may leave before it has read all.
    let _ = child.stdin.take().unwrap().write_all(answers.as_bytes());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}
