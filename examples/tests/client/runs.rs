//! Runs at a real server.

use expect_test::expect;

use crate::program::{Server, at, client, refused};

/// Without what differs from run to run.
fn timeless(text: &str) -> String {
    let lines = text.lines().map(|line| match line.split_once(" is done in ") {
        Some((before, after)) => format!("{before} is done{}", after.split_once(" s").unwrap().1),
        None => line.to_owned(),
    });
    // The first line keeps the spaces of the others in the picture.
    ["events".to_owned()].into_iter().chain(lines).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_run_is_watched_to_its_end_and_read_afterwards() {
    let server = Server::start(&[]);
    let watched = client(&server.address, &["start", "--watch", "Rust", "for", "newcomers"]);
    assert_eq!(watched.code, Some(0));
    expect![[r#"
        events
           1  master_agent starts, round 1
           3  master_agent is done
           4  critic_agent starts, round 1
           6  critic_agent is done, 4.8 of 10
           7  master_agent starts, round 2
           9  master_agent is done
          10  critic_agent starts, round 2
          12  critic_agent is done, 7.7 of 10
          13  master_agent starts, round 3
          15  master_agent is done
          16  critic_agent starts, round 3
          18  critic_agent is done, 9.6 of 10
          19  writer_agent starts, round 3
          21  writer_agent is done
          22  completed, 9.6 of 10 after 3 drafts"#]]
    .assert_eq(&timeless(&watched.stdout));

    let run = watched.stderr.trim().strip_prefix("run ").unwrap();
    let late = client(&server.address, &["watch", run]);
    assert_eq!((late.stdout, late.code), (watched.stdout.clone(), Some(0)));
    let later = client(&server.address, &["watch", run, "--after", "21"]);
    assert_eq!(later.stdout.lines().count(), 1);
    let too_late = client(&server.address, &["watch", run, "--after", "22"]);
    assert_eq!((too_late.stdout.as_str(), too_late.code), ("", Some(0)));
    assert_eq!(too_late.stderr, "the run is completed; there is nothing after event 22\n");

    let result = client(&server.address, &["result", run]);
    assert!(result.stdout.starts_with("# Rust for newcomers\n"), "{}", result.stdout);
    assert_eq!(result.stderr, format!("{run} completed, 9.6 of 10 after 3 drafts\n"));
    let calls = client(&server.address, &["calls", run]).stdout;
    let calls: Vec<_> = calls.lines().map(|line| line.split_once(" out, ").unwrap().0).collect();
    expect![[r#"
        [
            "master_agent  rehearsal  0 tokens in, 0",
            "critic_agent  rehearsal  0 tokens in, 0",
            "master_agent  rehearsal  0 tokens in, 0",
            "critic_agent  rehearsal  0 tokens in, 0",
            "master_agent  rehearsal  0 tokens in, 0",
            "critic_agent  rehearsal  0 tokens in, 0",
            "writer_agent  rehearsal  0 tokens in, 0",
        ]
    "#]]
    .assert_debug_eq(&calls);
    assert_eq!(refused(&server.address, &["cancel", run]), format!("client: Run '{run}' has already ended\n"));
}

#[test]
fn a_run_is_cancelled() {
    let server = Server::start(&[]);
    let started = client(&server.address, &["start", "Owls"]);
    let run = started.stdout.trim();
    assert_eq!(client(&server.address, &["cancel", run]).code, Some(0));
    let watched = client(&server.address, &["watch", run]);
    assert_eq!(watched.code, Some(1));
    assert!(watched.stdout.ends_with("  cancelled\n"), "{}", watched.stdout);
}

#[test]
fn a_cancelled_run_is_taken_up_again_and_watched_to_its_end() {
    let server = Server::start(&[]);
    let started = client(&server.address, &["start", "Owls"]);
    let run = started.stdout.trim();
    assert_eq!(client(&server.address, &["cancel", run]).code, Some(0));
    let failed = refused(&server.address, &["result", run]);
    assert!(failed.contains(&format!(" cancelled (no document: retry it with `client retry {run}`")), "{failed}");
    let retried = client(&server.address, &["retry", run, "--watch"]);
    assert_eq!(retried.code, Some(0), "{}", retried.stderr);
    let watched = client(&server.address, &["watch", run]);
    assert_eq!(watched.code, Some(0), "{}", watched.stderr);
    let (_, after) = watched.stdout.split_once("  cancelled\n").unwrap();
    assert_eq!(retried.stdout, after);
    assert!(after.lines().next().unwrap().ends_with("  the run goes on"), "{after}");
    assert!(after.lines().last().unwrap().contains("  completed, "), "{after}");
    assert_eq!(refused(&server.address, &["retry", run]).lines().count(), 1);
}

/// Only a document is on standard output, unless the draft is wanted too.
#[test]
fn a_result_without_a_document_is_a_failure() {
    let server = Server::start(&[]);
    let started = client(&server.address, &["start", "--chair", "Owls"]).stdout;
    let run = started.trim();
    let first = refused_when(&server, run, "paused");
    let json = client(&server.address, &["result", "--json", run]);
    assert_eq!(json.code, Some(1));
    assert!(json.stdout.contains(r#""final_draft": null"#), "{}", json.stdout);
    assert_eq!(client(&server.address, &["approve", run]).code, Some(0));
    let drafted = refused_when(&server, run, "print its draft");
    expect![[r#"
        client: run RUN paused before master_agent (no document: answer for the chair with `client approve RUN`)
        client: run RUN paused before critic_agent (no document: answer for the chair with `client approve RUN`, or print its draft with --draft)
    "#]].assert_eq(&format!("{first}{drafted}").replace(run, "RUN"));
    let draft = client(&server.address, &["result", "--draft", run]);
    assert_eq!(draft.code, Some(0), "{}", draft.stderr);
    assert!(draft.stdout.starts_with("# Owls\n"), "{}", draft.stdout);
}

/// The refusal of the result, once it has these words.
fn refused_when(server: &Server, run: &str, words: &str) -> String {
    loop {
        let told = refused(&server.address, &["result", run]);
        if told.contains(words) {
            return told;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

#[test]
fn an_error_is_one_line() {
    let server = Server::start(&["--token", "secret"]);
    let closed = refused("http://127.0.0.1:1", &["history"]);
    let hint = "start one with `cargo run -p council-server`, or give its address with --server";
    assert!(closed.starts_with("client: there is no server at http://127.0.0.1:1/ ("), "{closed}");
    assert!(closed.ends_with(&format!("): {hint}\n")), "{closed}");
    assert_eq!(closed, refused("http://127.0.0.1:1", &["watch", "r"]));

    let long = "a".repeat(10_001);
    let picture: String = [
        &["start", "Owls"][..],
        &["watch", "r"],
        &["--token", "wrong", "watch", "r"],
        &["--token", "secret", "watch", "r"],
        &["--token", "secret", "result", "a/../b?c"],
        &["--token", "secret", "cancel", "r"],
        &["--token", "secret", "start", ""],
        &["--token", "secret", "start", &long],
    ]
    .map(|arguments| format!("{:.40}\n  {}", arguments.join(" ").trim_end(), refused(&server.address, arguments)))
    .concat();
    expect![[r#"
        start Owls
          client: Not authenticated: give the server's token with --token or in COUNCIL_TOKEN
        watch r
          client: Not authenticated: give the server's token with --token or in COUNCIL_TOKEN
        --token wrong watch r
          client: Not authenticated: give the server's token with --token or in COUNCIL_TOKEN
        --token secret watch r
          client: Run 'r' not found
        --token secret result a/../b?c
          client: Run 'a/../b?c' not found
        --token secret cancel r
          client: Run 'r' not found
        --token secret start
          client: input_topic: String should have at least 1 character
        --token secret start aaaaaaaaaaaaaaaaaaa
          client: input_topic: String should have at most 10000 characters
    "#]]
    .assert_eq(&picture);
}

#[test]
fn a_misspelt_variable_is_refused_with_the_name_that_was_meant() {
    let mut command = at("http://127.0.0.1:9", &["history"]);
    command.env("COUNCIL_TOKNE", "secret").env("COUNCIL_MODEL", "rehearsal").env("COUNCIL_TOKEN_FILE", "token");
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.starts_with("error: COUNCIL_TOKNE: unknown variable: did you mean COUNCIL_TOKEN?\n\n"), "{told}");
}
