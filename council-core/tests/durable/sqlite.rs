//! Runs in a file: a full file, a file that cannot be written, and a file that two processes write.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use council_core::journal::{Journal, JournalError, ReadFrom, Sqlite, SqliteOptions};
use council_core::{Failure, Graph, NodeId, RunError, State, StateGraph, node};
use tempfile::TempDir;

use crate::{Doc, Lab, diamond, paused};

fn place() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("runs.db");
    (directory, path)
}

/// A loop that writes many bytes.
fn heavy(visits: u32) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("heavy");
    let heavy = node!(graph, "heavy", async move |_, context| {
        Ok(Doc::update().text("x".repeat(50_000)).notes(context.visit().to_string()))
    });
    graph.start(heavy).route(heavy, [heavy, NodeId::END], |_, [again, _]| again);
    graph.visit_limit(heavy, visits, NodeId::END);
    graph.compile().unwrap()
}

fn cause(error: &RunError<Doc>) -> &JournalError {
    match error.failure() {
        Failure::Journal { source } => source,
        other => panic!("{other:?}"),
    }
}

/// The run fails, its stored records are complete, and it resumes when there is space.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_whose_file_is_full_fails_and_resumes_when_there_is_space() {
    let (_directory, path) = place();
    let options = SqliteOptions { max_bytes: Some(1 << 20), ..SqliteOptions::default() };
    let journal = Sqlite::open_with(&path, options).await.unwrap();
    let graph = heavy(40);
    let error = graph.run(Doc::default()).id("r").journal(journal.clone()).await.unwrap_err();
    assert!(matches!(cause(&error), JournalError::Full { .. }), "{error:?}");
    journal.close().await.unwrap();

    let journal = Sqlite::open(&path).await.unwrap();
    let position = graph.load(&journal, "r").await.unwrap();
    assert!(position.supersteps() > 5 && position.supersteps() < 40, "{position:?}");
    let done = graph.resume(position).journal(journal.clone()).await.unwrap().finished().unwrap();
    assert_eq!(done.notes, (1..=40).map(|visit| visit.to_string()).collect::<Vec<_>>());
    journal.close().await.unwrap();
}

/// No node runs whose record could not be stored, and no record is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_whose_file_cannot_be_written_fails_and_resumes_later() {
    let (_directory, path) = place();
    let lab = Lab::default();
    let journal = Sqlite::open(&path).await.unwrap();
    let run = diamond(&lab).run(Doc::default()).id("r").journal(journal.clone());
    let position = paused(run.pause_before(["left"]).await.unwrap());
    lab.take();
    // Another program makes the file unusable, and repairs it.
    let shell = rusqlite::Connection::open(&path).unwrap();
    shell
        .execute_batch("CREATE TRIGGER no BEFORE INSERT ON council_records BEGIN SELECT RAISE(ABORT, 'no'); END")
        .unwrap();
    let error = diamond(&lab).resume(position).journal(journal.clone()).await.unwrap_err();
    assert!(matches!(cause(&error), JournalError::Backend { .. }), "{error:?}");
    assert_eq!(lab.take(), "");
    shell.execute_batch("DROP TRIGGER no").unwrap();
    let outcome = diamond(&lab).resume(error.into_position()).journal(journal.clone()).await.unwrap();
    assert!(outcome.is_finished());
    assert_eq!(lab.take(), "left, right, both");
}

const PLACE: &str = "COUNCIL_TEST_DURABLE";

/// The other process: it resumes the run on a signal, and prints the result.
#[tokio::test]
#[ignore = "the process that another test competes with"]
async fn child_that_resumes() {
    let Some(path) = std::env::var_os(PLACE) else { return };
    let journal = Sqlite::open(path).await.unwrap();
    let graph = diamond(&Lab::default());
    let position = graph.load(&journal, "r").await.unwrap();
    println!("loaded");
    std::io::stdin().lines().next().unwrap().unwrap();
    match graph.resume(position).journal(journal).await {
        Ok(outcome) => println!("finished: {}", outcome.is_finished()),
        Err(error) => println!("refused: {}", matches!(cause(&error), JournalError::Conflict { .. })),
    }
}

fn child(path: &Path) -> std::process::Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "sqlite::child_that_resumes", "--nocapture", "--include-ignored"])
        .env(PLACE, path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// If two processes resume one run, one continues and the other gets a conflict.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_processes_that_resume_a_run_one_gets_a_conflict() {
    let (_directory, path) = place();
    let journal = Sqlite::open(&path).await.unwrap();
    let graph = diamond(&Lab::default());
    let run = graph.run(Doc::default()).id("r").journal(journal.clone());
    paused(run.pause_before(["left"]).await.unwrap());
    let children = [child(&path), child(&path)];
    let said = tokio::task::spawn_blocking(move || {
        let mut readers = children.map(|mut child| (BufReader::new(child.stdout.take().unwrap()).lines(), child));
        let until = |lines: &mut dyn Iterator<Item = std::io::Result<String>>, words: &[&str]| {
            lines
                .map(Result::unwrap)
                .find_map(|line| words.iter().find_map(|word| Some(line[line.find(word)?..].to_owned())))
        };
        for (lines, _) in &mut readers {
            until(lines, &["loaded"]).unwrap();
        }
        for (_, child) in &mut readers {
            std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"go\n").unwrap();
        }
        let mut said = readers.map(|(mut lines, mut child)| {
            let said = until(&mut lines, &["finished: ", "refused: "]).unwrap();
            child.wait().unwrap();
            said
        });
        said.sort();
        said
    });
    assert_eq!(said.await.unwrap(), ["finished: true", "refused: true"]);
    let position = graph.load(&journal, "r").await.unwrap();
    assert_eq!(position.state().notes, ["plan", "left", "right", "both"]);
    let stored = journal.read("r", ReadFrom::Record(0)).await.unwrap();
    let resumed = stored.entries.iter().filter(|entry| entry.json.contains("resumed")).count();
    assert_eq!(resumed, 1);
}
