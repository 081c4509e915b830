//! Databases whose content does not fit the server: the fault is reported, and other runs are not affected.

use council_llm::CouncilBuilder;
use council_server::{Config, Database, Server};
use expect_test::expect;
use rusqlite::Connection;
use serde_json::json;
use tempfile::TempDir;

use crate::configuration::program_in;
use crate::harness::{TestServer, bind, eventually, within};
use crate::models::{Silent, two_rounds};

/// A database with a run that is paused before the critic, and the id of the run.
async fn paused(directory: &TempDir) -> (Config, Connection, String) {
    let path = directory.path().join("council.db");
    let config = Config::default().database(Database::File(path.clone()));
    let server = TestServer::with(config.clone(), two_rounds()).await;
    let id = server.run_with_chair("Rust").await;
    server.when(&id, "paused").await;
    server.answer(&id, json!({ "action": "approve" })).await;
    server.result_when(&id, |result| result["next_nodes"] == json!(["critic_agent"])).await;
    within(server.stop()).await.unwrap();
    (config, Connection::open(path).unwrap(), id)
}

/// Replaces the last records of the run, and returns the server's answer to a request for its result.
async fn with_last_records(records: &[&str]) -> String {
    let directory = TempDir::new().unwrap();
    let (config, database, id) = paused(&directory).await;
    for (place, record) in records.iter().rev().enumerate() {
        let key = format!("(SELECT key FROM council_records ORDER BY key DESC LIMIT 1 OFFSET {place})");
        database
            .execute(&format!("UPDATE council_records SET record = ?1, checksum = NULL WHERE key = {key}"), [record])
            .unwrap();
    }
    let server = TestServer::with(config, two_rounds()).await;
    server.get(&format!("/api/councils/run/{id}")).await.line().replace(&id, "ID")
}

#[tokio::test]
async fn a_run_with_records_of_another_state_cannot_be_read() {
    let picture = [
        with_last_records(&[r#"{"v":3,"record":{"task_done":{"node":"master_agent","update":{"draft":7}}}}"#]).await,
        // The only task of the superstep ends twice.
        with_last_records(&[
            r#"{"v":3,"record":{"task_done":{"node":"master_agent","update":{"topic":"Rust"}}}}"#,
            r#"{"v":3,"record":{"task_done":{"node":"master_agent","update":{"topic":"Go"}}}}"#,
            r#"{"v":3,"record":{"committed":{"next":["critic_agent"]}}}"#,
        ])
        .await,
    ];
    expect![[r#"
        500 {"detail":"Run 'ID' cannot be read: record 4 does not fit: an update does not parse: did the type change?: invalid type: integer `7`, expected a string at line 1 column 10"}
        500 {"detail":"Run 'ID' cannot be read: record 3 does not fit: no task of `master_agent` was open"}"#]].assert_eq(&picture.join("\n"));
}

#[tokio::test]
async fn a_run_that_is_paused_before_a_removed_node_accepts_no_answer() {
    let directory = TempDir::new().unwrap();
    let (config, database, id) = paused(&directory).await;
    database
        .execute("UPDATE council_records SET record = replace(record, 'critic_agent', 'critic'), checksum = NULL", [])
        .unwrap();
    let server = TestServer::with(config, two_rounds()).await;
    let refused = server.answer(&id, json!({ "action": "approve" })).await;
    expect![[r#"500 {"detail":"Run 'ID' cannot resume: record 3 of run `ID` does not fit the graph `council`: the graph has no node `critic`: add it again, or restore its former name"}"#]].assert_eq(&refused.line().replace(&id, "ID"));
}

/// It has no driver, so it does not run.
#[tokio::test]
async fn an_unfinished_run_that_cannot_be_read_is_listed_with_the_reason() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("council.db");
    let config = Config::default().database(Database::File(path.clone()));
    let server = TestServer::with(config.clone(), Silent).await;
    let id = server.run("Rust").await;
    server.when(&id, "running").await;
    server.abort().await;
    let database = Connection::open(path).unwrap();
    database.execute("UPDATE council_records SET record = 'garbage', checksum = NULL", []).unwrap();
    let server = TestServer::with(config, two_rounds()).await;
    server.until_ready().await;
    let entry = server.get(&format!("/api/runs/{id}")).await.json();
    assert_eq!(server.get("/api/runs/").await.json(), json!([entry]));
    let picture = format!("{} {} {}", entry["status"], entry["error"], entry["completed_at"]).replace(&id, "ID");
    expect![[r#""pending" "Run 'ID' cannot be read: record 0 does not fit: the text is not a record of format 3: expected value at line 1 column 1" null"#]].assert_eq(&picture);
}

#[tokio::test]
async fn a_database_without_a_table_of_blueprints_is_refused() {
    let directory = TempDir::new().unwrap();
    let (config, database, _) = paused(&directory).await;
    database.execute_batch("DROP TABLE blueprints; CREATE INDEX blueprints ON council_runs (status)").unwrap();
    let graph = CouncilBuilder::new(two_rounds()).build().unwrap();
    let error = Server::bind(config.listen("127.0.0.1:0"), graph).await.err().unwrap();
    expect!["cannot use the blueprints in the database"].assert_eq(&error.to_string());
}

/// While runs cannot be listed, unfinished runs may not have resumed, so the server is not ready.
#[tokio::test]
async fn a_server_that_has_not_resumed_its_runs_is_not_ready() {
    let directory = TempDir::new().unwrap();
    let (config, database, _) = paused(&directory).await;
    let graph = CouncilBuilder::new(two_rounds()).build().unwrap();
    let server = bind(config.listen("127.0.0.1:0"), graph).await;
    database.execute_batch("ALTER TABLE council_runs RENAME TO hidden").unwrap();
    let server = TestServer::run_bound(server);
    let refused = server.get("/api/ready").await;
    expect![[r#"503 {"detail":"The server is starting: unfinished runs are being resumed."}"#]]
        .assert_eq(&refused.line());
    database.execute_batch("ALTER TABLE hidden RENAME TO council_runs").unwrap();
    server.until_ready().await;
    eventually(async || (server.get("/api/runs/").await.status == 200).then_some(())).await;
}

/// Bits that were changed in the file are noticed when they are read, and by a check of the file. Other runs are not affected.
#[tokio::test]
async fn changed_bits_are_noticed() {
    let directory = TempDir::new().unwrap();
    let (config, database, id) = paused(&directory).await;
    let check = async || {
        let output = within(program_in(&directory, &["check", "--database", "council.db"]).output()).await.unwrap();
        let said = [output.stdout, output.stderr].map(|said| String::from_utf8(said).unwrap()).concat();
        format!("{} {said}", output.status.code().unwrap()).replace(&id, "ID")
    };
    let mut picture = vec![check().await];
    let change = |change: &str| assert_eq!(database.execute(change, []).unwrap(), 1, "{change}");
    change("UPDATE council_records SET record = replace(record, 'Rust', 'Rusu') WHERE key & 0xffffffff = 0");
    // The hash of a blueprint's text is another one.
    change("INSERT INTO blueprint_versions VALUES ('HASH', '{}')");
    picture.push(check().await);
    let server = TestServer::with(config, two_rounds()).await;
    picture.push(server.get(&format!("/api/councils/run/{id}")).await.line().replace(&id, "ID"));
    picture.push(server.answer(&id, json!({ "action": "approve" })).await.line().replace(&id, "ID"));
    let cancelled = server.send(&format!("POST /api/councils/run/{id}/cancel"), "").await;
    picture.push(cancelled.line().replace(&id, "ID"));
    let other = server.run("Rust").await;
    server.when(&other, "completed").await;
    std::fs::write(directory.path().join("letter.db"), "Dear Sir or Madam").unwrap();
    for database in ["nowhere.db", "letter.db"] {
        let output = within(program_in(&directory, &["check", "--database", database]).output()).await.unwrap();
        picture.push(format!("{} {}", output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap()));
    }
    expect![[r#"
        0 ok
        runs: stored in council.db

        2 council-server: the checksum of record 0 of run `ID` differs
        council-server: the blueprint with the hash HASH is damaged: its text has another hash

        500 {"detail":"Run 'ID' cannot be read: the checksum of record 0 of run `ID` differs"}
        500 {"detail":"Run 'ID' cannot be read: the checksum of record 0 of run `ID` differs"}
        500 {"detail":"Run 'ID' cannot be read: the checksum of record 0 of run `ID` differs"}
        1 council-server: the journal `nowhere.db` cannot be opened: check that its directory exists and can be written: entity not found

        1 council-server: `letter.db` is not an SQLite database: name a journal of this version or a new file
    "#]].assert_eq(&picture.join("\n"));
}
