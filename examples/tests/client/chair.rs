//! The chair of a council, at the client.

use std::thread::sleep;
use std::time::{Duration, Instant};

use expect_test::expect;
use serde_json::Value;

use crate::program::{Server, client, refused};

/// Waits until the run waits for the chair, and shows the state as a person sees it.
fn paused(server: &Server, run: &str, before: &str) -> String {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let state = client(&server.address, &["state", "--json", run]);
        let state: Value = serde_json::from_str(&state.stdout).unwrap();
        if state["paused"] == true && state["next_nodes"][0] == before {
            return client(&server.address, &["state", run]).stdout;
        }
        assert!(Instant::now() < end, "{state}");
        sleep(Duration::from_millis(20));
    }
}

#[test]
fn the_chair_approves_changes_and_rejects() {
    let server = Server::start(&[]);
    let started = client(&server.address, &["start", "--chair", "Owls"]).stdout;
    let run = started.trim();
    let nothing = paused(&server, run, "master_agent");
    expect![[r#"
        RUN paused before master_agent
        topic: Owls
        draft 0, not scored
    "#]]
    .assert_eq(&nothing.replace(run, "RUN"));
    assert_eq!(client(&server.address, &["approve", run]).code, Some(0));

    let directory = tempfile::tempdir().unwrap();
    let draft = directory.path().join("draft.md");
    std::fs::write(&draft, "Owls fly at night.").unwrap();
    paused(&server, run, "critic_agent");
    let change = ["modify", run, "--draft", draft.to_str().unwrap(), "--feedback", "Say where."];
    assert_eq!(client(&server.address, &change).code, Some(0));

    let judged = paused(&server, run, "master_agent");
    assert!(judged.contains("Owls fly at night.\nfeedback: Say where.\nfeedback: Score: "), "{judged}");
    let rejected = client(&server.address, &["reject", run]).stdout;
    expect![[r#"
        RUN failed, 0 of 10 after 1 draft: Rejected by user in God Mode.
    "#]]
    .assert_eq(&rejected.replace(run, "RUN"));
    expect![[r#"
        client: Run 'RUN' is not paused in God Mode
    "#]]
    .assert_eq(&refused(&server.address, &["approve", run]).replace(run, "RUN"));

    let watched = client(&server.address, &["watch", run]);
    assert_eq!(watched.code, Some(1));
    expect!["  15  failed: Rejected by user in God Mode."].assert_eq(watched.stdout.lines().last().unwrap());
    let history = client(&server.address, &["history"]).stdout;
    assert!(history.starts_with(run) && history.ends_with("  Owls: Rejected by user in God Mode.\n"), "{history}");
}

#[test]
fn a_run_without_a_chair_has_no_state_and_takes_no_answer() {
    let server = Server::start(&[]);
    let run = client(&server.address, &["start", "Owls"]).stdout;
    let picture = ["state", "approve"].map(|command| refused(&server.address, &[command, run.trim()])).concat();
    expect![[r#"
        client: No God Mode session found for run 'RUN'
        client: Run 'RUN' is not paused in God Mode
    "#]]
    .assert_eq(&picture.replace(run.trim(), "RUN"));
}
