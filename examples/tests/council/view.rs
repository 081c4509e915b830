//! The view of a running council in a terminal.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use expect_test::expect;

use crate::program::council_at;
use crate::server::Reply::{Cut, Last, Refusal, Spent, Text, Withheld};
use crate::server::serve;

#[test]
fn a_run_reads_from_top_to_bottom() {
    let server = serve([
        Text(
            "# Rust\n\nRust is a language. It has an owner for each value, and one word follows another until the line is full.\n\n## Why\n\nBecause.",
        ),
        Text("SCORE: 6.5\nVERDICT: REWORK\nFEEDBACK:\n1. Say why, with one example.\n2. Name a source."),
        Text("# Rust\n\nWith an example."),
        Text("SCORE: 8\nVERDICT: APPROVE\nFEEDBACK: Good."),
        Text("# Rust for newcomers\n\nThe end."),
    ]);
    let outcome = council_at(&server.address, &["--preview", "4", "Rust for newcomers"]);
    expect![[r#"

        council
          Rust for newcomers

          ┌────────┐      ┌────────┐ score ≥ 8  ┌────────┐
          │ master ├─────▶│ critic ├───────────▶│ writer ├──▶ document
          └───▲────┘      └───┬────┘            └────────┘
              └── score < 8 ──┘
              at most 5 drafts

          model: openai/gpt-4o

        ● master  draft 1 of 5
          # Rust
          Rust is a language. It has an owner for each value, and one word follows
          another until the line is full.
          ## Why
          26 words, 0.0 s

        ● critic  on draft 1
          ··· 15 words, 0.0 s
          █████████████░░░┃░░░░  6.5 of 10, rework
          1. Say why, with one example.
          2. Name a source.

        ● master  draft 2 of 5
          # Rust
          With an example.
          5 words, 0.0 s

        ● critic  on draft 2
          · 6 words, 0.0 s
          ████████████████┃░░░░  8 of 10, approved
          Good.

        ● writer  the document
          # Rust for newcomers
          The end.
          6 words, 0.0 s

        ✓ approved  8 of 10 after 2 drafts, 0.0 s, 5,000 input tokens, 1,000 output tokens

    "#]]
    .assert_eq(&timeless(&outcome.stderr));
}

#[test]
fn the_valve_is_seen() {
    let server =
        serve([Text("A draft."), Text("I like it."), Text("I do."), Text("Still no score."), Text("The document.")]);
    let outcome = council_at(&server.address, &["--max-iterations", "1", "Rust"]);
    let seen = timeless(&outcome.stderr);
    let (_, work) = seen.split_once("● critic").unwrap();
    expect![[r#"
          on draft 1
          · 3 words, 0.0 s in 3 calls
          ░░░░░░░░░░░░░░░░┃░░░░  no clear score, rework
          Still no score.

        ▲ limit of 1 draft reached: next is the writer

        ● writer  the document
          The document.
          2 words, 0.0 s

        ▲ not approved  no score after 1 draft, 0.0 s, 5,000 input tokens, 1,000 output tokens

    "#]]
    .assert_eq(work);
}

#[test]
fn nothing_is_wider_than_the_view_or_steers_the_terminal() {
    let server = serve([
        Text(
            "\u{1b}[31mred\u{1b}[0m \u{7}aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa \
              铁锈是一门系统编程语言铁锈是一门系统编程语言铁锈是一门系统编程语言铁锈是一门系统编程语言铁锈是一门系统编程语言",
        ),
        Text("SCORE: 9\nFEEDBACK: \u{1b}]0;title\u{7} \u{9b}31m Good."),
        Text("\u{1b}[2JThe document."),
    ]);
    let outcome = council_at(&server.address, &["Rust"]);
    assert_eq!(outcome.stdout, "[2JThe document.\n");
    let steers = |character: char| character.is_control() && character != '\n';
    assert!(!outcome.stderr.contains(steers), "{:?}", outcome.stderr);
    for line in outcome.stderr.lines() {
        assert!(unicode_width::UnicodeWidthStr::width(line) <= 80, "{line}");
    }
}

#[test]
fn colours_come_only_where_they_are_wanted() {
    for (variable, coloured) in [("CLICOLOR_FORCE", true), ("NO_COLOR", false)] {
        let mut command = crate::program::command(&["--model", "ollama/none", "Rust"]);
        command.env(variable, "1").env("OLLAMA_HOST", "ftp://nowhere");
        let outcome = crate::program::run(command);
        assert_eq!(outcome.stderr.contains('\u{1b}'), coloured, "{variable}: {:?}", outcome.stderr);
    }
}

#[test]
fn a_call_that_is_tried_again_is_mentioned() {
    let server = serve([Refusal(503, "busy"), Text("A draft."), Text("SCORE: 9"), Text("The document.")]);
    let outcome = council_at(&server.address, &["Rust"]);
    let unwrapped = outcome.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    let (_, work) = unwrapped.split_once("openai answered HTTP 503: busy; trying again in ").unwrap();
    let (delay, work) = work.split_once(" s ").unwrap();
    assert!(work.starts_with("● master draft 1 of 5, attempt 2 A draft."), "{work}");
    assert_eq!(delay.split_once('.').map(|(_, tenths)| tenths.len()), Some(1), "{}", outcome.stderr);
    assert_eq!(outcome.stdout, "The document.\n");
}

#[test]
fn a_warning_stands_under_the_agent_that_it_is_about() {
    let server = serve([
        Refusal(400, "temperature is deprecated for this model"),
        Cut("A dra"),
        Text("ft."),
        Text("SCORE: 9"),
        Text("The document."),
    ]);
    let outcome = council_at(&server.address, &["Rust"]);
    let seen = timeless(&outcome.stderr);
    let (_, work) = seen.split_once("● ").unwrap();
    expect![[r#"
        master  draft 1 of 5
          ! the model has refused a request: it accepts no temperature
          A draft.
          2 words, 0.0 s in 2 calls

        ● critic  on draft 1
          2 words, 0.0 s
          ████████████████┃██░░  9 of 10, approved
          SCORE: 9

        ● writer  the document
          The document.
          2 words, 0.0 s

        ✓ approved  9 of 10 after 1 draft, 0.0 s, 4,000 input tokens, 800 output tokens

    "#]]
    .assert_eq(work);
}

#[test]
fn an_answer_that_is_cut_is_continued() {
    let server = serve([Text("A draft."), Text("SCORE: 9"), Cut("The docu"), Text("ment.")]);
    let outcome = council_at(&server.address, &["-q", "Rust"]);
    assert_eq!((outcome.code, outcome.stdout.as_str(), outcome.stderr.as_str()), (Some(0), "The document.\n", ""));
}

/// If the writer gives no text that can be used, the draft is the document, and that is said.
#[test]
fn a_draft_that_is_the_document_is_named() {
    let outcome = |flag: &str| {
        let withheld = (0..5).map(|_| Withheld("The docu"));
        let server = serve([Text("A draft."), Text("SCORE: 9")].into_iter().chain(withheld));
        let outcome = council_at(&server.address, &[flag, "Rust"]);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(0), "A draft.\n"));
        outcome.stderr
    };
    let seen = timeless(&outcome("--preview=4"));
    let (_, end) = seen.rsplit_once("● writer").unwrap();
    expect![[r#"
          the document, attempt 5
          The

          ! the document is the last draft, because the writer gave no text that can
          be used: model `openai/gpt-4o` gave no answer that can be used: the
          provider withheld it or a part of it (`content_filter`) (asked 5 times);
          change the topic, or choose another model

        ✓ approved  9 of 10 after 1 draft, 0.0 s, 7,000 input tokens, 1,400 output tokens

    "#]]
    .assert_eq(end);
    expect![[r#"
        warning: the document is the last draft, because the writer gave no text that can be used: model `openai/gpt-4o` gave no answer that can be used: the provider withheld it or a part of it (`content_filter`) (asked 5 times); change the topic, or choose another model
    "#]].assert_eq(&outcome("--quiet"));
}

#[test]
fn a_wait_for_the_quota_is_told_with_its_time() {
    let server = serve([Last("A draft."), Text("SCORE: 9"), Text("The document.")]);
    let outcome = council_at(&server.address, &["Rust"]);
    let unwrapped = outcome.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    let (_, wait) =
        unwrapped.split_once("on draft 1 a call of model `openai/gpt-4o` waits for the quota, for ").unwrap();
    let (time, work) = wait.split_once(" s ").unwrap();
    assert!((0.5..=1.0).contains(&time.parse::<f64>().unwrap()), "{time}");
    assert!(work.contains("9 of 10, approved"), "{work}");
}

/// A program that shows no progress says that it waits, which may take a day, and that it goes on.
#[test]
fn quiet_and_json_tell_when_a_wait_begins_and_ends() {
    for flags in [&["-q"][..], &["-q", "--json"]] {
        let server = serve([Text("A draft."), Last("SCORE: 9"), Text("The document.")]);
        let outcome = council_at(&server.address, &[flags, &["Rust"]].concat());
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        let (wait, end) = outcome.stderr.split_once('\n').unwrap();
        assert!(wait.starts_with("waiting: a call of model `openai/gpt-4o` waits for the quota, for "), "{wait}");
        assert_eq!(end, "the council goes on\n");
    }
}

#[test]
fn quiet_tells_of_a_long_pause_before_another_attempt() {
    let server = serve([Spent(3_600)]);
    let mut command = crate::program::command(&["-q", "Rust"]);
    command.env("OPENAI_BASE_URL", &server.address);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let expected = "waiting: model `openai/gpt-4o` gave no answer: openai answered HTTP 429: too many requests; trying again in 60 min 0";
    assert!(line.starts_with(expected), "{line}");
}

/// The same text with every duration as `0.0 s`.
fn timeless(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let timeless = words.iter().enumerate().map(|(place, word)| {
        let seconds = words.get(place + 1).is_some_and(|unit| unit.starts_with('s') && !unit.starts_with("sc"));
        if seconds && word.contains('.') && word.parse::<f64>().is_ok() { "0.0" } else { word }
    });
    timeless.collect::<Vec<_>>().join(" ")
}
