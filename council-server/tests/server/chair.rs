//! Runs with a chair.

use expect_test::expect;
use serde_json::{Value, json};

use crate::harness::TestServer;
use crate::models::two_rounds;

/// Each node waits for the chair, and watchers receive the pause.
#[tokio::test]
async fn each_node_starts_after_an_approval() {
    let server = TestServer::start(two_rounds()).await;
    let id = server.run_with_chair("Rust").await;
    let watcher = server.watch(&id, 0).await;
    for next in ["master_agent", "critic_agent", "master_agent", "critic_agent", "writer_agent"] {
        let result = server.when(&id, "paused").await;
        assert_eq!((&result["paused"], &result["next_nodes"]), (&json!(true), &json!([next])));
        let answer = server.answer(&id, json!({ "action": "approve" })).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    let picture = watcher.rest().await.picture();
    let numbered: Vec<_> = picture.lines().filter(|line| !line.contains(r#""event":"token""#)).collect();
    expect![[r#"
        {"event":"connected",at,"status":"paused"}
        {"event":"run_paused","seq":1,at,"next_nodes":["master_agent"],"current_draft":"","critic_score":null,"iteration_count":0}
        {"event":"node_active","seq":2,at,"node":"master_agent","iteration":1}
        {"event":"run_resumed","seq":3,at}
        {"event":"node_start","seq":4,at,"node":"master_agent","iteration":1}
        {"event":"node_active","seq":5,at,"node":"master_agent","iteration":1}
        {"event":"node_complete","seq":6,at,"node":"master_agent","iteration":1,ms}
        {"event":"run_paused","seq":7,at,"next_nodes":["critic_agent"],"current_draft":"First draft.","critic_score":null,"iteration_count":1}
        {"event":"node_active","seq":8,at,"node":"critic_agent","iteration":1}
        {"event":"run_resumed","seq":9,at}
        {"event":"node_start","seq":10,at,"node":"critic_agent","iteration":1}
        {"event":"node_active","seq":11,at,"node":"critic_agent","iteration":1}
        {"event":"node_complete","seq":12,at,"node":"critic_agent","iteration":1,"score":6.0,ms}
        {"event":"run_paused","seq":13,at,"next_nodes":["master_agent"],"current_draft":"First draft.","critic_score":6.0,"iteration_count":1}
        {"event":"node_active","seq":14,at,"node":"master_agent","iteration":2}
        {"event":"run_resumed","seq":15,at}
        {"event":"node_start","seq":16,at,"node":"master_agent","iteration":2}
        {"event":"node_active","seq":17,at,"node":"master_agent","iteration":2}
        {"event":"node_complete","seq":18,at,"node":"master_agent","iteration":2,ms}
        {"event":"run_paused","seq":19,at,"next_nodes":["critic_agent"],"current_draft":"Second draft.","critic_score":6.0,"iteration_count":2}
        {"event":"node_active","seq":20,at,"node":"critic_agent","iteration":2}
        {"event":"run_resumed","seq":21,at}
        {"event":"node_start","seq":22,at,"node":"critic_agent","iteration":2}
        {"event":"node_active","seq":23,at,"node":"critic_agent","iteration":2}
        {"event":"node_complete","seq":24,at,"node":"critic_agent","iteration":2,"score":9.0,ms}
        {"event":"run_paused","seq":25,at,"next_nodes":["writer_agent"],"current_draft":"Second draft.","critic_score":9.0,"iteration_count":2}
        {"event":"node_active","seq":26,at,"node":"writer_agent","iteration":2}
        {"event":"run_resumed","seq":27,at}
        {"event":"node_start","seq":28,at,"node":"writer_agent","iteration":2}
        {"event":"node_active","seq":29,at,"node":"writer_agent","iteration":2}
        {"event":"node_complete","seq":30,at,"node":"writer_agent","iteration":2,ms}
        {"event":"run_complete","seq":31,at,"final_draft":"The document.","critic_score":9.0,"iteration_count":2,"approved":true,"stopped_by":null,"document_from":"writer","document_fault":null}
        closed with 1000"#]].assert_eq(&numbered.join("\n"));
    assert_eq!(server.answer(&id, json!({ "action": "approve" })).await.status, 400);
}

/// The state for the chair before the first draft, and after a verdict.
#[tokio::test]
async fn the_chair_sees_the_state() {
    let server = TestServer::start(two_rounds()).await;
    let id = server.run_with_chair("Rust").await;
    server.when(&id, "paused").await;
    let mut picture = vec![state(&server, &id).await];
    for next in ["critic_agent", "master_agent"] {
        server.answer(&id, json!({ "action": "approve" })).await;
        server.result_when(&id, |result| result["paused"] == true && result["next_nodes"][0] == next).await;
    }
    picture.push(state(&server, &id).await);
    expect![[r#"
        {"current_state":{"active_node":"master_agent","critic_score":null,"current_draft":"","feedback_history":[],"input_topic":"Rust","iteration_count":0,"messages":[],"route_decision":"","run_id":"RUN"},"next_nodes":["master_agent"],"paused":true,"run_id":"RUN"}
        {"current_state":{"active_node":"master_agent","critic_score":6.0,"current_draft":"First draft.","feedback_history":["Score: 6/10\nSay more."],"input_topic":"Rust","iteration_count":1,"messages":[{"content":"...","role":"system"},{"content":"...","role":"user"},{"content":"First draft.","role":"assistant"},{"content":"...","role":"system"},{"content":"...","role":"user"},{"content":"SCORE: 6\nVERDICT: rework\nFEEDBACK: Say more.","role":"assistant"}],"route_decision":"rework","run_id":"RUN"},"next_nodes":["master_agent"],"paused":true,"run_id":"RUN"}"#]].assert_eq(&picture.join("\n"));

    let unattended = server.run("Rust").await;
    let answer = server.get(&format!("/api/councils/run/{unattended}/state")).await;
    assert_eq!(answer.line(), format!(r#"404 {{"detail":"No God Mode session found for run '{unattended}'."}}"#));
}

async fn state(server: &TestServer, id: &str) -> String {
    let mut state: Value = server.get(&format!("/api/councils/run/{id}/state")).await.json();
    // Other tests check the texts of the messages.
    for message in state["current_state"]["messages"].as_array_mut().unwrap() {
        if message["role"] != "assistant" {
            message["content"] = json!("...");
        }
    }
    state.to_string().replace(id, "RUN")
}

#[tokio::test]
async fn a_rejected_run_fails_and_accepts_no_answer() {
    let server = TestServer::start(two_rounds()).await;
    let id = server.run_with_chair("Rust").await;
    server.when(&id, "paused").await;
    let rejected = server.answer(&id, json!({ "action": "reject" })).await;
    assert_eq!(rejected.status, 200);
    assert_eq!(rejected.json()["status"], "failed");
    assert_eq!(rejected.json()["error"], "Rejected by user in God Mode.");
    assert_eq!(server.result(&id).await, rejected.json());
    let seen = server.watch(&id, 0).await.rest().await;
    assert_eq!(seen.last()["event"], "run_failed");
    let again = server.answer(&id, json!({ "action": "approve" })).await;
    assert_eq!(again.line(), format!(r#"400 {{"detail":"Run '{id}' is not paused in God Mode."}}"#));
}

/// Changes go through the reducers. A score of the chair decides the route, as the critic's score does.
#[tokio::test]
async fn the_chair_changes_the_draft_the_feedback_and_the_score() {
    let model = two_rounds();
    let server = TestServer::start(model.clone()).await;
    let id = server.run_with_chair("Rust").await;
    for next in ["master_agent", "critic_agent"] {
        server.result_when(&id, |result| result["paused"] == true && result["next_nodes"][0] == next).await;
        server.answer(&id, json!({ "action": "approve" })).await;
    }
    server.result_when(&id, |result| result["paused"] == true && result["next_nodes"][0] == "master_agent").await;
    let changes = json!({ "current_draft": "By hand.", "feedback_history": ["Shorter."], "critic_score": 9.5 });
    server.answer(&id, json!({ "action": "modify", "modified_state": changes })).await;
    let result = server.when(&id, "completed").await;
    assert_eq!((&result["current_draft"], &result["critic_score"]), (&json!("By hand."), &json!(9.5)));
    assert_eq!((&result["approved"], &result["iteration_count"]), (&json!(true), &json!(1)));
    let state = server.get(&format!("/api/councils/run/{id}/state")).await.json();
    let feedback = &state["current_state"]["feedback_history"];
    assert_eq!(*feedback, json!(["Score: 6/10\nSay more.", "Shorter."]));
    assert!(model.requests().last().unwrap().messages[0].content.contains("By hand."));
}

/// The chair may approve a draft that the critic sent back.
#[tokio::test]
async fn the_chair_decides_in_the_critics_place() {
    let server = TestServer::start(two_rounds()).await;
    let id = server.run_with_chair("Rust").await;
    let mut picture = Vec::new();
    for action in [
        json!({ "action": "approve" }),
        json!({ "action": "approve" }),
        json!({ "action": "modify", "modified_state": { "route_decision": "approve" } }),
    ] {
        let result = server.when(&id, "paused").await;
        picture.push(format!("before {}: {action}", result["next_nodes"][0]));
        assert_eq!(server.answer(&id, action).await.status, 200);
        server.result_when(&id, |result| result["status"] != "running").await;
    }
    picture.push(server.result(&id).await["status"].to_string());
    expect![[r#"
        before "master_agent": {"action":"approve"}
        before "critic_agent": {"action":"approve"}
        before "master_agent": {"action":"modify","modified_state":{"route_decision":"approve"}}
        "completed""#]]
    .assert_eq(&picture.join("\n"));
}

#[tokio::test]
async fn faults_of_an_answer_are_named_all_at_once() {
    let server = TestServer::start(two_rounds()).await;
    let id = server.run_with_chair("Rust").await;
    server.when(&id, "paused").await;
    let mut picture = Vec::new();
    for body in [
        json!({}),
        json!({ "action": "maybe" }),
        json!({ "action": "modify", "modified_state": [] }),
        json!({ "action": "modify", "modified_state": { "iteration_count": 3, "input_topic": "" } }),
        json!({ "action": "modify", "modified_state": { "input_topic": " " } }),
        json!({ "action": "modify", "modified_state": { "feedback_history": ["good", 7], "current_draft": null } }),
        json!({ "action": 1, "modified_state": { "critic_score": 11, "route_decision": "perhaps" } }),
    ] {
        picture.push(format!("{body}\n  {}", server.answer(&id, body.clone()).await.line()));
    }
    expect![[r#"
        {}
          422 {"detail":[{"type":"missing","loc":["body","action"],"msg":"Field required","input":{}}]}
        {"action":"maybe"}
          422 {"detail":[{"type":"literal_error","loc":["body","action"],"msg":"Input should be 'approve', 'reject' or 'modify'","input":"maybe","ctx":{"expected":"'approve', 'reject' or 'modify'"}}]}
        {"action":"modify","modified_state":[]}
          422 {"detail":[{"type":"dict_type","loc":["body","modified_state"],"msg":"Input should be a valid dictionary","input":[]}]}
        {"action":"modify","modified_state":{"input_topic":"","iteration_count":3}}
          422 {"detail":[{"type":"string_too_short","loc":["body","modified_state","input_topic"],"msg":"String should have at least 1 character","input":"","ctx":{"min_length":1}},{"type":"extra_forbidden","loc":["body","modified_state","iteration_count"],"msg":"Extra inputs are not permitted","input":3}]}
        {"action":"modify","modified_state":{"input_topic":" "}}
          422 {"detail":[{"type":"string_too_short","loc":["body","modified_state","input_topic"],"msg":"String should have at least 1 character that is not white space","input":" ","ctx":{"min_length":1}}]}
        {"action":"modify","modified_state":{"current_draft":null,"feedback_history":["good",7]}}
          422 {"detail":[{"type":"string_type","loc":["body","modified_state","current_draft"],"msg":"Input should be a valid string","input":null},{"type":"string_type","loc":["body","modified_state","feedback_history",1],"msg":"Input should be a valid string","input":7}]}
        {"action":1,"modified_state":{"critic_score":11,"route_decision":"perhaps"}}
          422 {"detail":[{"type":"literal_error","loc":["body","action"],"msg":"Input should be 'approve', 'reject' or 'modify'","input":1,"ctx":{"expected":"'approve', 'reject' or 'modify'"}},{"type":"less_than_equal","loc":["body","modified_state","critic_score"],"msg":"Input should be less than or equal to 10","input":11,"ctx":{"le":10}},{"type":"literal_error","loc":["body","modified_state","route_decision"],"msg":"Input should be 'approve' or 'rework'","input":"perhaps","ctx":{"expected":"'approve' or 'rework'"}}]}"#]].assert_eq(&picture.join("\n"));
    assert_eq!(server.result(&id).await["status"], "paused");
}

/// An answer with the number of an earlier pause is refused.
#[tokio::test]
async fn an_answer_can_name_its_pause() {
    let server = TestServer::start(two_rounds()).await;
    let id = server.run_with_chair("Rust").await;
    server.when(&id, "paused").await;
    let first = json!({ "action": "approve", "seq": 1 });
    assert_eq!(server.answer(&id, first.clone()).await.status, 200);
    server.result_when(&id, |result| result["paused"] == true && result["next_nodes"][0] == "critic_agent").await;
    assert_eq!(server.answer(&id, first).await.status, 400);
    assert_eq!(server.answer(&id, json!({ "action": "approve", "seq": "7" })).await.status, 422);
    assert_eq!(server.answer(&id, json!({ "action": "approve", "seq": 7 })).await.status, 200);
}
