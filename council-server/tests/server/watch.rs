//! What a watcher of a run is told.

use council_llm::{CouncilBuilder, ScriptedModel};
use council_server::Config;
use expect_test::expect;
use tokio_tungstenite::tungstenite::Message;

use crate::harness::{TestServer, within};
use crate::models::{Gated, two_rounds};
use crate::socket::{Watcher, mask};

#[tokio::test]
async fn a_watcher_reads_along() {
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
        {"event":"run_complete","seq":16,at,"final_draft":"The document.","critic_score":9.0,"iteration_count":2,"approved":true,"stopped_by":null}
        closed with 1000"#]].assert_eq(&seen.picture());
}

#[tokio::test]
async fn a_late_watcher_gets_everything_but_the_fleeting() {
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
        {"event":"run_complete","seq":16,at,"final_draft":"The document.","critic_score":9.0,"iteration_count":2,"approved":true,"stopped_by":null}
        closed with 1000"#]].assert_eq(&seen.picture());
}

/// Whatever has been seen before, the rest comes in order, once, and to its end: from a run that goes on as from one that
/// has ended.
#[tokio::test]
async fn a_connection_goes_on_after_any_event() {
    let model = Gated::new(two_rounds());
    let server = TestServer::start(model.clone()).await;
    let id = server.run("Rust").await;
    model.allow(2);
    server.result_when(&id, |result| result["iteration_count"] == 1 && result["next_nodes"][0] == "master_agent").await;
    let mut early = Vec::new();
    for after in 0..=8 {
        let mut watcher = server.watch(&id, after).await;
        watcher.next().await;
        early.push(watcher);
    }
    model.allow(3);
    let all = server.watch(&id, 0).await.rest().await;
    let all = all.numbered();
    assert_eq!(all.len(), 16);
    for (after, watcher) in early.into_iter().enumerate() {
        let seen = within(watcher.rest()).await;
        assert_eq!((seen.numbered(), seen.close), (all[after..].to_vec(), Some(1000)), "after {after}");
    }
    for after in 0..=20 {
        let seen = server.watch(&id, after).await.rest().await;
        assert_eq!((seen.numbered(), seen.close), (all[after.min(16)..].to_vec(), Some(1000)), "after {after}");
    }
}

/// A number that is yet to come is that of another run or of nothing; the last event still arrives.
#[tokio::test]
async fn a_number_from_the_future_is_the_newest() {
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
async fn ten_watchers_see_the_same() {
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
async fn an_unknown_run_is_named_and_closed() {
    let server = TestServer::start(two_rounds()).await;
    let mut watcher = server.watch("nobody", 0).await;
    let error = mask(&watcher.next().await);
    expect![[r#"{"event":"error",at,"message":"Run 'RUN' not found."}"#]].assert_eq(&error);
    assert_eq!(watcher.rest().await.close, Some(4404));
}

#[tokio::test]
async fn what_a_client_says_is_ignored_and_pings_are_answered() {
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
async fn a_message_that_is_too_long_ends_the_connection_alone() {
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
async fn a_watcher_may_leave_at_any_time() {
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

/// Watchers that come at any moment of a busy run: each gets every numbered event once, in order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_moment_to_connect_loses_an_event() {
    let author = ScriptedModel::new("author", ["A text."]).repeating();
    let graph = CouncilBuilder::new(author)
        .critic_model(ScriptedModel::new("critic", ["SCORE: 5"]).repeating())
        .max_iterations(400)
        .build()
        .unwrap();
    let config = Config { watcher_queue: 1 << 15, ..Config::default() };
    let server = TestServer::of(config, graph).await;
    let id = server.run("Rust").await;
    let mut watchers = Vec::new();
    for _ in 0..40 {
        let watcher = server.watch(&id, 0).await;
        watchers.push(tokio::spawn(watcher.rest()));
    }
    let all = server.watch(&id, 0).await.rest().await;
    assert_eq!((all.numbered().len(), all.close), (400 * 6 + 3 + 1, Some(1000)));
    let mut live = 0;
    for watcher in watchers {
        let seen = watcher.await.unwrap();
        assert_eq!((seen.numbered(), seen.close), (all.numbered(), Some(1000)));
        live += usize::from(seen.events.len() > all.events.len());
    }
    assert!(live > 0, "every watcher came after the end: nothing was tried");
}
