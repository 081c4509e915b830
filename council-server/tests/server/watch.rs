//! Events of a run as a watcher receives them.

use council_llm::ScriptedModel;
use expect_test::expect;
use tokio_tungstenite::tungstenite::Message;

use crate::harness::{TestServer, eventually};
use crate::models::{Gated, Silent, two_rounds};
use crate::socket::{Watcher, mask};

#[tokio::test]
async fn a_watcher_receives_all_events_of_a_run() {
    let model = Gated::new(two_rounds());
    let server = TestServer::start(model.clone()).await;
    let id = server.run("Rust").await;
    server.when(&id, "running").await;
    let mut watcher = server.watch(&id, 0).await;
    let connected = watcher.next().await;
    model.allow(5);
    let mut seen = watcher.rest().await;
    seen.events.insert(0, connected);
    expect![[r#"
        {"event":"connected",at,"status":"running"}
        {"event":"node_start","seq":1,at,"node":"master_agent","iteration":1}
        {"event":"node_active","seq":2,at,"node":"master_agent","iteration":1}
        {"event":"token",at,"node":"master_agent","text":"First "}
        {"event":"token",at,"node":"master_agent","text":"draft."}
        {"event":"node_complete","seq":3,at,"node":"master_agent","iteration":1,ms}
        {"event":"node_start","seq":4,at,"node":"critic_agent","iteration":1}
        {"event":"node_active","seq":5,at,"node":"critic_agent","iteration":1}
        {"event":"token",at,"node":"critic_agent","text":"SCORE: "}
        {"event":"token",at,"node":"critic_agent","text":"6\n"}
        {"event":"token",at,"node":"critic_agent","text":"VERDICT: "}
        {"event":"token",at,"node":"critic_agent","text":"rework\n"}
        {"event":"token",at,"node":"critic_agent","text":"FEEDBACK: "}
        {"event":"token",at,"node":"critic_agent","text":"Say "}
        {"event":"token",at,"node":"critic_agent","text":"more."}
        {"event":"node_complete","seq":6,at,"node":"critic_agent","iteration":1,"score":6.0,ms}
        {"event":"node_start","seq":7,at,"node":"master_agent","iteration":2}
        {"event":"node_active","seq":8,at,"node":"master_agent","iteration":2}
        {"event":"token",at,"node":"master_agent","text":"Second "}
        {"event":"token",at,"node":"master_agent","text":"draft."}
        {"event":"node_complete","seq":9,at,"node":"master_agent","iteration":2,ms}
        {"event":"node_start","seq":10,at,"node":"critic_agent","iteration":2}
        {"event":"node_active","seq":11,at,"node":"critic_agent","iteration":2}
        {"event":"token",at,"node":"critic_agent","text":"SCORE: "}
        {"event":"token",at,"node":"critic_agent","text":"9\n"}
        {"event":"token",at,"node":"critic_agent","text":"VERDICT: "}
        {"event":"token",at,"node":"critic_agent","text":"approve\n"}
        {"event":"token",at,"node":"critic_agent","text":"FEEDBACK: "}
        {"event":"token",at,"node":"critic_agent","text":"Good."}
        {"event":"node_complete","seq":12,at,"node":"critic_agent","iteration":2,"score":9.0,ms}
        {"event":"node_start","seq":13,at,"node":"writer_agent","iteration":2}
        {"event":"node_active","seq":14,at,"node":"writer_agent","iteration":2}
        {"event":"token",at,"node":"writer_agent","text":"The "}
        {"event":"token",at,"node":"writer_agent","text":"document."}
        {"event":"node_complete","seq":15,at,"node":"writer_agent","iteration":2,ms}
        {"event":"run_complete","seq":16,at,"final_draft":"The document.","critic_score":9.0,"iteration_count":2,"approved":true,"stopped_by":null,"document_from":"writer","document_fault":null}
        closed with 1000"#]].assert_eq(&seen.picture());
}

/// That the text was reasoning is known at its closing mark.
#[tokio::test]
async fn reasoning_that_was_shown_is_withdrawn() {
    let model = ScriptedModel::new("scripted", ["Let me see. </think> A draft.", "SCORE: 9", "The document."]);
    let model = Gated::new(model);
    let server = TestServer::start(model.clone()).await;
    let id = server.run("Rust").await;
    server.when(&id, "running").await;
    let mut watcher = server.watch(&id, 2).await;
    watcher.next().await;
    model.allow(3);
    let picture = watcher.rest().await.picture();
    let first: Vec<_> = picture.lines().take_while(|line| !line.contains("node_start")).collect();
    expect![[r#"
        {"event":"token",at,"node":"master_agent","text":"Let "}
        {"event":"token",at,"node":"master_agent","text":"me "}
        {"event":"token",at,"node":"master_agent","text":"see. "}
        {"event":"tokens_withdrawn",at,"node":"master_agent","iteration":1}
        {"event":"token",at,"node":"master_agent","text":"A "}
        {"event":"token",at,"node":"master_agent","text":"draft."}
        {"event":"node_complete","seq":3,at,"node":"master_agent","iteration":1,ms}"#]]
    .assert_eq(&first.join("\n"));
}

#[tokio::test]
async fn a_watcher_of_an_ended_run_receives_every_numbered_event() {
    let server = TestServer::start(two_rounds()).await;
    let id = server.run("Rust").await;
    server.when(&id, "completed").await;
    let seen = server.watch(&id, 0).await.rest().await;
    expect![[r#"
        {"event":"connected",at,"status":"completed"}
        {"event":"node_start","seq":1,at,"node":"master_agent","iteration":1}
        {"event":"node_active","seq":2,at,"node":"master_agent","iteration":1}
        {"event":"node_complete","seq":3,at,"node":"master_agent","iteration":1,ms}
        {"event":"node_start","seq":4,at,"node":"critic_agent","iteration":1}
        {"event":"node_active","seq":5,at,"node":"critic_agent","iteration":1}
        {"event":"node_complete","seq":6,at,"node":"critic_agent","iteration":1,"score":6.0,ms}
        {"event":"node_start","seq":7,at,"node":"master_agent","iteration":2}
        {"event":"node_active","seq":8,at,"node":"master_agent","iteration":2}
        {"event":"node_complete","seq":9,at,"node":"master_agent","iteration":2,ms}
        {"event":"node_start","seq":10,at,"node":"critic_agent","iteration":2}
        {"event":"node_active","seq":11,at,"node":"critic_agent","iteration":2}
        {"event":"node_complete","seq":12,at,"node":"critic_agent","iteration":2,"score":9.0,ms}
        {"event":"node_start","seq":13,at,"node":"writer_agent","iteration":2}
        {"event":"node_active","seq":14,at,"node":"writer_agent","iteration":2}
        {"event":"node_complete","seq":15,at,"node":"writer_agent","iteration":2,ms}
        {"event":"run_complete","seq":16,at,"final_draft":"The document.","critic_score":9.0,"iteration_count":2,"approved":true,"stopped_by":null,"document_from":"writer","document_fault":null}
        closed with 1000"#]].assert_eq(&seen.picture());
}

/// At each stage of a run, and after its end, a watcher can continue after any event: it receives the rest, in order and once.
#[tokio::test]
async fn a_connection_continues_after_any_event() {
    let model = Gated::new(two_rounds());
    let server = TestServer::start(model.clone()).await;
    let id = server.run("Rust").await;
    let mut watchers = Vec::new();
    // The number of the last event before each call of a model.
    for told in [2, 5, 8, 11, 14] {
        let list = format!("/api/runs/{id}/events?after={}", told - 1);
        eventually(async || (server.get(&list).await.json().as_array().unwrap().len() == 1).then_some(())).await;
        for after in 0..=told {
            watchers.push((after, server.watch(&id, after).await));
        }
        model.allow(1);
    }
    let all = server.watch(&id, 0).await.rest().await;
    for after in 0..=20 {
        watchers.push((after, server.watch(&id, after).await));
    }
    let all = all.numbered();
    assert_eq!(all.len(), 16);
    for (after, watcher) in watchers {
        let seen = watcher.rest().await;
        assert_eq!((seen.numbered(), seen.close), (all[after.min(16)..].to_vec(), Some(1000)), "after {after}");
    }
}

/// A watcher that connects receives the text so far, which has no number. The list has numbered events only.
#[tokio::test]
async fn the_list_of_events_has_no_text_of_an_agent_that_writes() {
    let server = TestServer::start(Silent).await;
    let id = server.run("Rust").await;
    for after in 0..3 {
        server.watch(&id, after).await.until("token").await;
        let listed = server.get(&format!("/api/runs/{id}/events?after={after}")).await.json();
        let numbers: Vec<_> = listed.as_array().unwrap().iter().map(|event| event["seq"].as_u64()).collect();
        assert_eq!(numbers, (after as u64 + 1..=2).map(Some).collect::<Vec<_>>());
    }
}

/// With a number that the run has not reached, the last event still arrives.
#[tokio::test]
async fn an_after_beyond_the_last_event_counts_as_the_last() {
    let model = Gated::new(two_rounds());
    let server = TestServer::start(model.clone()).await;
    let id = server.run("Rust").await;
    server.when(&id, "running").await;
    let path = format!("/ws/council/{id}?after=99999999999999999999999");
    let mut watcher = Watcher::connect(server.address(), &path, &[]).await.unwrap();
    watcher.next().await;
    model.allow(5);
    let seen = watcher.rest().await;
    assert_eq!(seen.numbered().len(), 14);
    assert_eq!(seen.last()["event"], "run_complete");
}

#[tokio::test]
async fn ten_watchers_receive_the_same_events() {
    let model = Gated::new(two_rounds());
    let server = TestServer::start(model.clone()).await;
    let id = server.run("Rust").await;
    server.when(&id, "running").await;
    let mut watchers = Vec::new();
    for _ in 0..10 {
        let mut watcher = server.watch(&id, 0).await;
        watcher.next().await;
        watchers.push(tokio::spawn(watcher.rest()));
    }
    model.allow(5);
    let first = watchers.remove(0).await.unwrap();
    assert_eq!(first.last()["event"], "run_complete");
    for watcher in watchers {
        assert_eq!(watcher.await.unwrap().events, first.events);
    }
}

#[tokio::test]
async fn runs_do_not_mix() {
    let model = ScriptedModel::new("scripted", ["SCORE: 9 and more"]).repeating();
    let server = TestServer::start(model).await;
    let mut watchers = Vec::new();
    for number in 0..20 {
        let id = server.run(&format!("topic {number}")).await;
        let watcher = server.watch(&id, 0).await;
        watchers.push(tokio::spawn(async move { (id, watcher.rest().await) }));
    }
    for watcher in watchers {
        let (id, seen) = watcher.await.unwrap();
        assert!(seen.events.iter().all(|event| event.contains(&id)));
        assert_eq!((seen.numbered().len(), seen.close), (10, Some(1000)));
    }
}

#[tokio::test]
async fn a_watcher_of_an_unknown_run_receives_an_error_and_is_closed() {
    let server = TestServer::start(two_rounds()).await;
    let mut watcher = server.watch("nobody", 0).await;
    let error = mask(&watcher.next().await);
    expect![[r#"{"event":"error",at,"message":"Run 'RUN' not found."}"#]].assert_eq(&error);
    assert_eq!(watcher.rest().await.close, Some(4404));
}

#[tokio::test]
async fn messages_of_a_watcher_are_ignored_and_its_pings_are_answered() {
    let model = Gated::new(two_rounds());
    let server = TestServer::start(model.clone()).await;
    let id = server.run("Rust").await;
    server.when(&id, "running").await;
    let mut watcher = server.watch(&id, 2).await;
    watcher.next().await;
    watcher.send(Message::text("cancel!")).await;
    watcher.send(Message::binary(vec![0; 1_000])).await;
    watcher.send(Message::Ping("marco".into())).await;
    assert_eq!(watcher.next_message().await, Some(Message::Pong("marco".into())));
    model.allow(5);
    assert_eq!(watcher.rest().await.last()["event"], "run_complete");
}

#[tokio::test]
async fn a_message_that_is_too_long_ends_only_its_connection() {
    let model = Gated::new(two_rounds());
    let server = TestServer::start(model.clone()).await;
    let id = server.run("Rust").await;
    let mut loud = server.watch(&id, 0).await;
    loud.send(Message::binary(vec![0; 65_537])).await;
    let seen = loud.rest().await;
    assert!(seen.events.iter().all(|event| !event.contains("run_complete")));
    model.allow(5);
    assert_eq!(server.watch(&id, 0).await.rest().await.last()["event"], "run_complete");
}

#[tokio::test]
async fn a_watcher_may_disconnect_at_any_time() {
    let model = Gated::new(two_rounds());
    let server = TestServer::start(model.clone()).await;
    let id = server.run("Rust").await;
    let mut polite = server.watch(&id, 0).await;
    polite.next().await;
    polite.send(Message::Close(None)).await;
    polite.rest().await;
    drop(server.watch(&id, 0).await);
    model.allow(5);
    assert_eq!(server.watch(&id, 0).await.rest().await.close, Some(1000));
}
