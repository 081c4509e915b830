//! Two servers and one file: the second server is refused, whatever name of the file it is given.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use expect_test::expect;
use tempfile::TempDir;

use crate::harness::within;
use crate::http;
use crate::lost_file::single;
use crate::process::{listening, program, signal};

/// The program on a database in this directory.
fn on(directory: &Path, database: &str) -> tokio::process::Command {
    let mut command = program(&["--listen", "127.0.0.1:0", "--model", "rehearsal", "--database", database]);
    command.current_dir(directory);
    command
}

/// The error of a program that cannot use its database.
async fn refused(directory: &Path, database: &str) -> String {
    let output = within(on(directory, database).output()).await.unwrap();
    assert_eq!(output.status.code(), Some(1), "{database}: {}", String::from_utf8_lossy(&output.stdout));
    let stderr = String::from_utf8(output.stderr).unwrap();
    format!("{database}: {}", stderr.lines().last().unwrap_or_default())
}

#[tokio::test]
async fn a_second_server_is_refused_under_every_name_of_the_file() {
    let directory = TempDir::new().unwrap();
    let directory = directory.path();
    let (mut first, address, _lines) = listening(on(directory, "council.db")).await;
    symlink("council.db", directory.join("symbolic.db")).unwrap();
    symlink(directory, directory.join("itself")).unwrap();
    fs::hard_link(directory.join("council.db"), directory.join("hard.db")).unwrap();
    // Earlier versions locked a file of this name.
    _ = fs::remove_file(directory.join("council.db.lock"));
    let mut picture = Vec::new();
    for database in ["council.db", "symbolic.db", "itself/council.db", "hard.db"] {
        picture.push(refused(directory, database).await);
    }
    fs::remove_file(directory.join("hard.db")).unwrap();
    fs::rename(directory.join("council.db"), directory.join("moved.db")).unwrap();
    picture.push(refused(directory, "moved.db").await);
    fs::rename(directory.join("moved.db"), directory.join("council.db")).unwrap();
    let started = http::send(address, "POST /api/councils/run", &[], br#"{"input_topic":"Rust"}"#).await;
    assert_eq!(started.status, 202, "{}", started.text);

    signal(&first, "-KILL");
    first.wait().await.unwrap();
    fs::hard_link(directory.join("council.db"), directory.join("hard.db")).unwrap();
    picture.push(refused(directory, "hard.db").await);
    fs::remove_file(directory.join("hard.db")).unwrap();
    // The lock ends with its process.
    drop(listening(on(directory, "symbolic.db")).await);
    expect![[r#"
        council.db: council-server: another server uses `council.db`: stop that server, or set another database
        symbolic.db: council-server: another server uses `symbolic.db`: stop that server, or set another database
        itself/council.db: council-server: another server uses `itself/council.db`: stop that server, or set another database
        hard.db: council-server: another server uses `hard.db`: stop that server, or set another database
        moved.db: council-server: another server uses `moved.db`: stop that server, or set another database
        hard.db: council-server: the journal `hard.db` has 2 names (hard links), and programs that open it by different names destroy it: remove the other names, or use a copy of the file"#]]
    .assert_eq(&picture.join("\n"));
}

/// SQLite would open `x.db` for the blueprints.
#[tokio::test]
async fn a_name_that_looks_like_a_uri_is_the_name_of_a_file() {
    let directory = TempDir::new().unwrap();
    let (child, address, _lines) = listening(on(directory.path(), "file:x.db")).await;
    let blueprint = single("b").to_string();
    let headers = [("content-type", "application/json")];
    let saved = http::send(address, "POST /api/councils/", &headers, blueprint.as_bytes()).await;
    assert_eq!(saved.status, 201, "{}", saved.text);
    drop(child);
    let names = fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| !name.ends_with("-wal") && !name.ends_with("-shm")).collect();
    names.sort();
    assert_eq!(names, ["file:x.db"]);
}
