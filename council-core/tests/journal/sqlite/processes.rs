//! Other processes: a process that is killed, and a process that writes the same run. Both run this test program.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use council_core::journal::{Journal, JournalError, Sqlite};

use super::{append, integrity, place, records};

const PLACE: &str = "COUNCIL_TEST_JOURNAL";

fn child(test: &str, path: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("sqlite::processes::{test}"), "--nocapture", "--include-ignored"])
        .env(PLACE, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The journal that the parent process names. It is `None` if all tests are run.
async fn given() -> Option<Sqlite> {
    Some(Sqlite::open(std::env::var_os(PLACE)?).await.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the process that another test kills"]
async fn child_that_appends_for_ever() {
    let Some(journal) = given().await else { return };
    let writers: Vec<_> = (0..8).map(|run| tokio::spawn(append_for_ever(journal.clone(), run))).collect();
    for writer in writers {
        writer.await.unwrap();
    }
}

async fn append_for_ever(journal: Sqlite, run: u32) {
    for n in 0.. {
        journal.append(append(&format!("r{run}"), n, &format!("{n} {}", "x".repeat(1_500)))).await.unwrap();
        println!("done {run} {}", n + 1);
    }
}

#[tokio::test]
async fn records_acknowledged_before_a_kill_are_in_the_journal() {
    let (_directory, path) = place();
    let mut child = child("child_that_appends_for_ever", &path);
    let mut answered = [0_u64; 8];
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut note = |line: String| {
        // The test runner may print text before a line. A line that the kill cut off lacks a number or its end.
        let mut words = line.split("done ").nth(1)?.split(' ');
        let (run, count) = (words.next()?.parse::<usize>().ok()?, words.next()?.parse().ok()?);
        answered[run] = count;
        Some(())
    };
    for _ in 0..600 {
        note(lines.next().unwrap().unwrap());
    }
    child.kill().unwrap();
    lines.map_while(Result::ok).for_each(|line| _ = note(line));
    child.wait().unwrap();

    let journal = Sqlite::open(&path).await.unwrap();
    for (run, answered) in answered.into_iter().enumerate() {
        let kept = records(&journal, &format!("r{run}")).await;
        assert!(kept.len() as u64 >= answered, "run {run} has {} of {answered} answered records", kept.len());
        assert!(
            kept.iter().enumerate().all(|(n, record)| record.starts_with(&format!("{n} "))),
            "the records have gaps"
        );
    }
    journal.append(append("r0", records(&journal, "r0").await.len() as u64, "on")).await.unwrap();
    journal.close().await.unwrap();
    assert_eq!(integrity(&path), "ok");
}

const TOGETHER: u64 = 200;

#[tokio::test]
#[ignore = "the process that another test writes against"]
async fn child_that_writes_against_its_parent() {
    let Some(journal) = given().await else { return };
    println!("won {}", contend(&journal, "child").await);
}

/// Appends until the run is long enough. Returns the numbers of accepted and of refused appends.
async fn contend(journal: &Sqlite, name: &str) -> String {
    let (mut at, mut won, mut lost) = (0, 0, 0);
    while at < TOGETHER {
        match journal.append(append("r", at, name)).await {
            Ok(()) => (at, won) = (at + 1, won + 1),
            Err(JournalError::Conflict { found, .. }) => (at, lost) = (found, lost + 1),
            Err(error) => panic!("{error:?}"),
        }
    }
    format!("{won} {lost}")
}

#[tokio::test]
async fn each_place_is_written_by_one_of_two_processes() {
    let (_directory, path) = place();
    let journal = Sqlite::open(&path).await.unwrap();
    let child = child("child_that_writes_against_its_parent", &path);
    contend(&journal, "parent").await;
    let output = tokio::task::spawn_blocking(|| child.wait_with_output()).await.unwrap().unwrap();
    assert!(output.status.success());

    let output = String::from_utf8(output.stdout).unwrap();
    let said = output.split("won ").nth(1).unwrap().lines().next().unwrap();
    let won: usize = said.split(' ').next().unwrap().parse().unwrap();
    let kept = records(&journal, "r").await;
    assert_eq!(kept.len() as u64, TOGETHER);
    assert_eq!(
        kept.iter().filter(|name| *name == "child").count(),
        won,
        "the child has the records that were confirmed to it"
    );
}
