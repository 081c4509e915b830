//! Cancelling a run.

use expect_test::expect;

use crate::calls::without_calls;
use crate::harness::TestServer;
use crate::models::{Gated, two_rounds};

/// A run is cancelled at once, also while its model is silent, and stays cancelled.
#[tokio::test]
async fn a_cancelled_run_ends_at_once_and_stays_cancelled() {
    let model = Gated::new(two_rounds());
    let server = TestServer::start(model.clone()).await;
    let id = server.run("Rust").await;
    model.allow(1);
    server.result_when(&id, |result| result["next_nodes"][0] == "critic_agent").await;
    let watcher = server.watch(&id, 0).await;

    let cancelled = server.post(&format!("/api/councils/run/{id}/cancel"), "").await;
    expect![[r#"{"approved":null,"critic_score":null,"current_draft":"First draft.","document_fault":null,"document_from":null,"error":null,"final_draft":null,"iteration_count":1,"next_nodes":[],"paused":false,"queue_position":null,"run_id":"RUN","status":"cancelled","stopped_by":null,"usage":{"cached_tokens":0,"input_tokens":0,"output_tokens":0},"waiting":null}"#]].assert_eq(&without_calls(&cancelled.json()).replace(&id, "RUN"));
    expect![[r#"
        {"event":"connected",at,"status":"running"}
        {"event":"node_start","seq":1,at,"node":"master_agent","iteration":1}
        {"event":"node_active","seq":2,at,"node":"master_agent","iteration":1}
        {"event":"node_complete","seq":3,at,"node":"master_agent","iteration":1,ms}
        {"event":"node_start","seq":4,at,"node":"critic_agent","iteration":1}
        {"event":"node_active","seq":5,at,"node":"critic_agent","iteration":1}
        {"event":"run_cancelled","seq":6,at}
        closed with 1000"#]]
    .assert_eq(&watcher.rest().await.picture());

    let again = server.post(&format!("/api/councils/run/{id}/cancel"), "").await;
    expect![[r#"409 {"detail":"Run 'RUN' has already ended."}"#]].assert_eq(&again.line().replace(&id, "RUN"));
    model.allow(5);
    assert_eq!(server.result(&id).await, cancelled.json());
}

#[tokio::test]
async fn a_completed_run_cannot_be_cancelled() {
    let server = TestServer::start(two_rounds()).await;
    let id = server.run("Rust").await;
    let result = server.when(&id, "completed").await;
    assert_eq!(server.post(&format!("/api/councils/run/{id}/cancel"), "").await.status, 409);
    assert_eq!(server.result(&id).await, result);
}
