//! The example that survives a `kill -9`.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{program, run};

#[test]
fn a_killed_council_goes_on_and_no_agent_works_twice() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("runs.db");
    // The next draft takes more than four seconds, so it dies in the middle of that.
    let first = kill_after("saved: critic_agent on draft 1, 4.8 of 10", &file);
    assert_eq!(saved(&first), ["saved: master_agent, draft 1", "saved: critic_agent on draft 1, 4.8 of 10"]);

    let second = go_on(&file);
    assert_eq!(second.lines().next(), Some("continues after draft 1, 4.8 of 10; next is master_agent"));
    assert_eq!(
        saved(&second),
        [
            "saved: master_agent, draft 2",
            "saved: critic_agent on draft 2, 7.7 of 10",
            "saved: master_agent, draft 3",
            "saved: critic_agent on draft 3, 9.6 of 10",
            "saved: writer_agent, the document",
        ]
    );
    assert!(second.contains("9.6 of 10 after 3 drafts"), "{second}");

    let third = go_on(&file);
    assert_eq!(third.lines().next(), Some("continues after draft 3, 9.6 of 10; it has ended"));
    assert_eq!(saved(&third), [""; 0]);
    assert_eq!(third.lines().last(), second.lines().last());
}

#[test]
fn a_file_that_cannot_be_opened_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("nowhere/runs.db");
    let output = Command::new(program("durable")).arg("Rust").arg("--database").arg(&file).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.starts_with(&format!("Error: the journal `{}` cannot be opened", file.display())), "{error}");
    assert_eq!(output.status.code(), Some(1));
}

/// The output until this line, after which the program is killed.
fn kill_after(line: &str, file: &Path) -> String {
    let mut command = Command::new(program("durable"));
    command.arg("Rust for newcomers").arg("--database").arg(file).args(["--pace", "10"]).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut printed = String::new();
    while !printed.trim_end().ends_with(line) {
        assert_ne!(output.read_line(&mut printed).unwrap(), 0, "the program ended before it was killed:\n{printed}");
    }
    child.kill().unwrap();
    output.read_to_string(&mut printed).unwrap();
    assert!(!child.wait().unwrap().success());
    printed
}

fn go_on(file: &Path) -> String {
    run("durable", &["Rust for newcomers", "--pace", "0", "--database", file.to_str().unwrap()])
}

/// The lines about saved records.
fn saved(printed: &str) -> Vec<&str> {
    printed.lines().map(str::trim).filter(|line| line.starts_with("saved")).collect()
}
