//! Retries of runs that have ended without a document.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use council_core::Limits;
use council_llm::{ChatError, ChatModel, ChatRequest, ChatStream, ScriptedAnswer, ScriptedModel};
use council_server::Config;
use expect_test::expect;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::TestServer;
use crate::http::Answer;
use crate::models::{Gated, two_rounds};

/// Refuses all calls until its key is mended.
#[derive(Clone)]
pub(crate) struct Locked<M> {
    pub(crate) inner: M,
    is_mended: Arc<AtomicBool>,
}

impl<M> Locked<M> {
    pub(crate) fn new(inner: M) -> Self {
        Self { inner, is_mended: Arc::default() }
    }

    pub(crate) fn mend(&self) {
        self.is_mended.store(true, Ordering::SeqCst);
    }
}

#[async_trait]
impl<M: ChatModel> ChatModel for Locked<M> {
    fn name(&self) -> &str {
        self.inner.name()
    }

    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ChatError> {
        if self.is_mended.load(Ordering::SeqCst) {
            return self.inner.stream(request).await;
        }
        Err(ChatError::status("a provider", 401, "invalid key", None))
    }
}

/// The critic's key is refused once.
fn refused_once() -> ScriptedModel {
    ScriptedModel::new(
        "scripted",
        [
            ScriptedAnswer::from("First draft."),
            ScriptedAnswer::error(|| ChatError::status("a provider", 401, "invalid key", None)),
            ScriptedAnswer::from("SCORE: 9"),
            ScriptedAnswer::from("The document."),
        ],
    )
}

pub(crate) async fn retry(server: &TestServer, id: &str) -> Answer {
    server.post(&format!("/api/councils/run/{id}/retry"), "").await
}

/// All events, without `node_active`.
pub(crate) async fn events(server: &TestServer, id: &str) -> String {
    let seen = server.watch(id, 0).await.rest().await;
    let picture = seen.picture();
    picture.lines().filter(|line| !line.contains("node_active")).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_failed_run_goes_on_from_its_last_position() {
    let model = refused_once();
    let server = TestServer::start(model.clone()).await;
    let id = server.run("Rust").await;
    let failed = server.when(&id, "failed").await;
    let before = server.watch(&id, 0).await.rest().await;

    let answer = retry(&server, &id).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    assert_eq!((&answer.json()["run_id"], &answer.json()["error"]), (&failed["run_id"], &Value::Null));
    server.when(&id, "completed").await;
    expect![[r#"
        {"event":"connected",at,"status":"completed"}
        {"event":"node_start","seq":1,at,"node":"master_agent","iteration":1}
        {"event":"node_complete","seq":3,at,"node":"master_agent","iteration":1,ms}
        {"event":"node_start","seq":4,at,"node":"critic_agent","iteration":1}
        {"event":"run_failed","seq":6,at,"error":"node `critic_agent` failed in superstep 2, attempt 1: model `scripted` gave no answer: a provider answered HTTP 401: invalid key","node":"critic_agent","attempt":1}
        {"event":"run_resumed","seq":7,at}
        {"event":"node_start","seq":8,at,"node":"critic_agent","iteration":1}
        {"event":"node_complete","seq":10,at,"node":"critic_agent","iteration":1,"score":9.0,ms}
        {"event":"node_start","seq":11,at,"node":"writer_agent","iteration":1}
        {"event":"node_complete","seq":13,at,"node":"writer_agent","iteration":1,ms}
        {"event":"run_complete","seq":14,at,"final_draft":"The document.","critic_score":9.0,"iteration_count":1,"approved":true,"stopped_by":null,"document_from":"writer","document_fault":null}
        closed with 1000"#]].assert_eq(&events(&server, &id).await);
    let again = server.watch(&id, 0).await.rest().await;
    assert_eq!(again.numbered()[..before.numbered().len()], before.numbered());
    assert_eq!(model.requests().len(), 4, "the draft is not written again");
    let history = server.get(&format!("/api/runs/{id}")).await.json();
    assert_eq!((&history["status"], &history["error"]), (&json!("completed"), &Value::Null));
    let metrics = server.get("/metrics").await.text;
    assert!(metrics.contains("\ncouncil_runs_retried_total 1\n"), "{metrics}");
}

/// A client that had the last event gets the next ones when it connects again.
#[tokio::test]
async fn a_watcher_of_a_retried_run_sees_the_next_events_live() {
    let model = Gated::new(refused_once());
    let server = TestServer::start(model.clone()).await;
    let id = server.run("Rust").await;
    model.allow(2);
    server.when(&id, "failed").await;
    assert_eq!(retry(&server, &id).await.status, 202);
    let watcher = server.watch(&id, 6).await;
    model.allow(2);
    let seen = watcher.rest().await;
    let picture = seen.picture();
    let numbered: Vec<_> = picture.lines().filter(|line| line.contains("seq")).take(2).collect();
    expect![[r#"
        {"event":"run_resumed","seq":7,at}
        {"event":"node_start","seq":8,at,"node":"critic_agent","iteration":1}"#]]
    .assert_eq(&numbered.join("\n"));
    assert_eq!((seen.last()["event"].clone(), seen.close), (json!("run_complete"), Some(1000)));
}

#[tokio::test]
async fn a_cancelled_run_goes_on() {
    let model = Gated::new(two_rounds());
    let server = TestServer::start(model.clone()).await;
    let id = server.run("Rust").await;
    model.allow(1);
    server.result_when(&id, |result| result["next_nodes"][0] == "critic_agent").await;
    server.post(&format!("/api/councils/run/{id}/cancel"), "").await;
    let answer = retry(&server, &id).await;
    assert_eq!((answer.status, &answer.json()["current_draft"]), (202, &json!("First draft.")));
    model.allow(4);
    server.when(&id, "completed").await;
    expect![[r#"
        {"event":"connected",at,"status":"completed"}
        {"event":"node_start","seq":1,at,"node":"master_agent","iteration":1}
        {"event":"node_complete","seq":3,at,"node":"master_agent","iteration":1,ms}
        {"event":"node_start","seq":4,at,"node":"critic_agent","iteration":1}
        {"event":"run_cancelled","seq":6,at}
        {"event":"run_resumed","seq":7,at}
        {"event":"node_start","seq":8,at,"node":"critic_agent","iteration":1}
        {"event":"node_complete","seq":10,at,"node":"critic_agent","iteration":1,"score":6.0,ms}
        {"event":"node_start","seq":11,at,"node":"master_agent","iteration":2}
        {"event":"node_complete","seq":13,at,"node":"master_agent","iteration":2,ms}
        {"event":"node_start","seq":14,at,"node":"critic_agent","iteration":2}
        {"event":"node_complete","seq":16,at,"node":"critic_agent","iteration":2,"score":9.0,ms}
        {"event":"node_start","seq":17,at,"node":"writer_agent","iteration":2}
        {"event":"node_complete","seq":19,at,"node":"writer_agent","iteration":2,ms}
        {"event":"run_complete","seq":20,at,"final_draft":"The document.","critic_score":9.0,"iteration_count":2,"approved":true,"stopped_by":null,"document_from":"writer","document_fault":null}
        closed with 1000"#]].assert_eq(&events(&server, &id).await);
    assert_eq!(model.calls(), 5);
}

/// A retry has the limits of a new run.
#[tokio::test]
async fn a_run_that_a_limit_has_stopped_goes_on() {
    let config = Config::default().limits(Limits { supersteps: 3, ..Limits::default() });
    let server = TestServer::with(config, two_rounds()).await;
    let id = server.run("Rust").await;
    server.when(&id, "failed").await;
    assert_eq!(retry(&server, &id).await.status, 202);
    assert_eq!(server.when(&id, "completed").await["final_draft"], "The document.");
}

/// The run fails in its last superstep but one, and three are left to do.
#[tokio::test]
async fn a_run_that_has_failed_has_its_limits_again() {
    let model = ScriptedModel::new(
        "scripted",
        [
            ScriptedAnswer::from("First draft."),
            ScriptedAnswer::from("SCORE: 6"),
            ScriptedAnswer::error(|| ChatError::status("a provider", 401, "invalid key", None)),
            ScriptedAnswer::from("Second draft."),
            ScriptedAnswer::from("SCORE: 9"),
            ScriptedAnswer::from("The document."),
        ],
    );
    let config = Config::default().limits(Limits { supersteps: 4, ..Limits::default() });
    let server = TestServer::with(config, model).await;
    let id = server.run("Rust").await;
    server.when(&id, "failed").await;
    assert_eq!(retry(&server, &id).await.status, 202);
    assert_eq!(server.when(&id, "completed").await["final_draft"], "The document.");
}

/// The chair has not allowed the agent, so the run waits for the chair again.
#[tokio::test]
async fn a_rejected_run_is_paused_again() {
    let model = two_rounds();
    let server = TestServer::start(model.clone()).await;
    let id = server.run_with_chair("Rust").await;
    server.when(&id, "paused").await;
    server.answer(&id, json!({ "action": "reject" })).await;
    let answer = retry(&server, &id).await;
    assert_eq!((answer.status, &answer.json()["status"]), (202, &json!("paused")));
    assert_eq!(model.requests().len(), 0);
    server.answer(&id, json!({ "action": "approve" })).await;
    server.result_when(&id, |result| result["next_nodes"][0] == "critic_agent").await;
    server.post(&format!("/api/councils/run/{id}/cancel"), "").await;
    expect![[r#"
        {"event":"connected",at,"status":"cancelled"}
        {"event":"run_paused","seq":1,at,"next_nodes":["master_agent"],"current_draft":"","critic_score":null,"iteration_count":0}
        {"event":"run_failed","seq":3,at,"error":"Rejected by user in God Mode."}
        {"event":"run_resumed","seq":4,at}
        {"event":"run_paused","seq":5,at,"next_nodes":["master_agent"],"current_draft":"","critic_score":null,"iteration_count":0}
        {"event":"run_resumed","seq":7,at}
        {"event":"node_start","seq":8,at,"node":"master_agent","iteration":1}
        {"event":"node_complete","seq":10,at,"node":"master_agent","iteration":1,ms}
        {"event":"run_paused","seq":11,at,"next_nodes":["critic_agent"],"current_draft":"First draft.","critic_score":null,"iteration_count":1}
        {"event":"run_cancelled","seq":13,at}
        closed with 1000"#]].assert_eq(&events(&server, &id).await);
}

#[tokio::test]
async fn only_a_run_that_has_ended_without_a_document_is_retried() {
    let model = Gated::new(two_rounds());
    let server = TestServer::start(model.clone()).await;
    let id = server.run("Rust").await;
    let chaired = server.run_with_chair("Rust").await;
    server.when(&chaired, "paused").await;
    let mut picture = vec![retry(&server, &id).await.line(), retry(&server, &chaired).await.line()];
    model.allow(5);
    server.when(&id, "completed").await;
    let completed = server.result(&id).await;
    picture.push(retry(&server, &id).await.line());
    assert_eq!(server.result(&id).await, completed);
    picture.push(retry(&server, "none").await.line());
    let picture = picture.join("\n").replace(&id, "RUN").replace(&chaired, "CHAIRED");
    expect![[r#"
        409 {"detail":"Run 'RUN' has not ended."}
        409 {"detail":"Run 'CHAIRED' has not ended."}
        409 {"detail":"Run 'RUN' is completed."}
        404 {"detail":"Run 'none' not found."}"#]]
    .assert_eq(&picture);
}

#[tokio::test]
async fn of_several_retries_at_once_one_counts() {
    let model = Locked::new(Gated::new(two_rounds()));
    let server = TestServer::start(model.clone()).await;
    let id = server.run("Rust").await;
    server.when(&id, "failed").await;
    model.mend();
    for _ in 0..3 {
        let answers = join_all((0..8).map(|_| retry(&server, &id))).await;
        let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [202, 409, 409, 409, 409, 409, 409, 409]);
        server.when(&id, "running").await;
        server.post(&format!("/api/councils/run/{id}/cancel"), "").await;
    }
    assert_eq!(retry(&server, &id).await.status, 202);
    model.inner.allow(5);
    server.when(&id, "completed").await;
    assert_eq!(model.inner.calls(), 5);
}

/// A retry is queued behind the runs that were accepted before it, and refused while the queue is full.
#[tokio::test]
async fn a_retry_goes_through_the_queue() {
    let model = Gated::new(ScriptedModel::new("scripted", ["SCORE: 9"]).repeating());
    let server = TestServer::with(Config::default().max_runs(1).max_waiting(2), model.clone()).await;
    let id = server.run("first").await;
    server.post(&format!("/api/councils/run/{id}/cancel"), "").await;
    let working = server.run("working").await;
    server.when(&working, "running").await;
    let others = [server.run("second").await, server.run("third").await];
    let refused = retry(&server, &id).await;
    expect![[r#"429 {"detail":"The queue is full: 2 runs are waiting. Try again later."}"#]].assert_eq(&refused.line());
    assert_eq!(server.result(&id).await["status"], "cancelled");
    server.post(&format!("/api/councils/run/{}/cancel", others[1]), "").await;
    let queued = retry(&server, &id).await.json();
    assert_eq!((&queued["status"], &queued["queue_position"]), (&json!("pending"), &json!(2)));
    model.allow(9);
    server.when(&id, "completed").await;
}
