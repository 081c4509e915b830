//! Drafts and verdicts of a run.

use expect_test::expect;
use serde_json::json;

use crate::harness::TestServer;
use crate::models::two_rounds;

#[tokio::test]
async fn the_drafts_and_verdicts_of_a_run() {
    let server = TestServer::start(two_rounds()).await;
    let id = server.run("Rust").await;
    server.when(&id, "completed").await;
    let mut rounds = server.get(&format!("/api/runs/{id}/rounds")).await.json();
    let mut picture = Vec::new();
    for round in rounds.as_array_mut().unwrap() {
        assert!(round.as_object_mut().unwrap().remove("at").unwrap().as_str().unwrap().ends_with('Z'));
        picture.push(round.to_string());
    }
    expect![[r#"
        {"critic_score":null,"draft":"First draft.","feedback":null,"node":"master_agent","round":1,"score":null,"seq":3}
        {"critic_score":6.0,"draft":null,"feedback":"Say more.","node":"critic_agent","round":1,"score":6.0,"seq":6}
        {"critic_score":6.0,"draft":"Second draft.","feedback":null,"node":"master_agent","round":2,"score":null,"seq":9}
        {"critic_score":9.0,"draft":null,"feedback":"Good.","node":"critic_agent","round":2,"score":9.0,"seq":12}
        {"critic_score":9.0,"draft":"The document.","feedback":null,"node":"writer_agent","round":2,"score":null,"seq":15}"#]]
    .assert_eq(&picture.join("\n"));
    let answer = server.get("/api/runs/ghost/rounds").await;
    assert_eq!(answer.line(), r#"404 {"detail":"Run 'ghost' not found."}"#);
}

/// Changes by the chair are entries between those of the agents.
#[tokio::test]
async fn changes_by_the_chair_are_listed_among_the_rounds() {
    let server = TestServer::start(two_rounds()).await;
    let id = server.run_with_chair("Rust").await;
    server.when(&id, "paused").await;
    server.answer(&id, json!({ "action": "approve" })).await;
    server.result_when(&id, |result| result["paused"] == true && result["next_nodes"][0] == "critic_agent").await;
    let changes = json!({ "current_draft": "By hand.", "feedback_history": ["Shorter."] });
    server.answer(&id, json!({ "action": "modify", "modified_state": changes })).await;
    server.result_when(&id, |result| result["critic_score"] == 6.0).await;
    let rounds = server.get(&format!("/api/runs/{id}/rounds")).await.json();
    let who: Vec<_> =
        rounds.as_array().unwrap().iter().map(|round| format!("{} {}", round["node"], round["draft"])).collect();
    expect![[r#"
        "master_agent" "First draft."
        null "By hand."
        "critic_agent" null"#]]
    .assert_eq(&who.join("\n"));
    // Each entry has the number of its event.
    let events = server.get(&format!("/api/runs/{id}/events")).await.json();
    let told = events.as_array().unwrap().iter().filter(|event| event["event"] == "node_complete");
    let told: Vec<_> = told.map(|event| (&event["node"], &event["seq"])).collect();
    let named: Vec<_> = rounds.as_array().unwrap().iter().map(|round| (&round["node"], &round["seq"])).collect();
    assert_eq!(told, [named[0], named[2]]);
}
