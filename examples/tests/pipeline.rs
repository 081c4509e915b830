//! The example `pipeline`, run as a process.
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes these strings")]
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod support;

use expect_test::{Expect, expect};
use support::run;

#[test]
fn a_release_is_repaired_until_it_ships() {
    check(
        &[],
        &expect![[r#"
        fetched 1.4.0, lint found 1, test found 2, tried a repair, test found 1, tried a repair, published.

        1.4.0 is out: 2 repairs, 2844 cases, slowest check 60ms
    "#]],
    );
}

#[test]
fn the_valve_ends_a_hopeless_release() {
    check(
        &["--hopeless"],
        &expect![[r#"
        fetched 1.4.0, lint found 1, test found 2, tried a repair, lint found 1, test found 2, tried a repair, lint found 1, test found 2, tried a repair, lint found 1, test found 2, rolled back.

        1.4.0 stays in: 0 repairs, 3792 cases, slowest check 60ms
    "#]],
    );
}

#[test]
fn the_drawing_is_mermaid() {
    let drawing = run("pipeline", &["--mermaid"]);
    assert!(drawing.starts_with("flowchart TD\n"), "{drawing}");
    assert!(drawing.contains("after 3 visits"), "{drawing}");
}

#[test]
fn the_drawing_is_dot() {
    let drawing = run("pipeline", &["--dot"]);
    assert!(drawing.starts_with("digraph \"release\" {\n"), "{drawing}");
    assert!(drawing.contains(" after 3 visits "), "{drawing}");
}

#[test]
fn the_path_shows_the_repairs() {
    let drawing = run("pipeline", &["--path"]);
    assert!(drawing.contains("[\"fix<br>2 visits\"]"), "{drawing}");
    let drawing = run("pipeline", &["--path", "--hopeless"]);
    assert!(drawing.contains("after 3 visits, opened"), "{drawing}");
}

/// Compares the last words: the lines before them tell of durations.
fn check(arguments: &[&str], expected: &Expect) {
    let output = run("pipeline", arguments);
    let (_, last_words) = output.split_once("\n\n").unwrap();
    expected.assert_eq(last_words);
}
