//! Lines of a terminal: Korean text, and a document that is wider than the terminal.

use expect_test::expect;

use crate::program::council_at;
use crate::server::Reply::Text;
use crate::server::serve;

#[test]
fn the_blanks_of_korean_stay() {
    let draft = "러스트는 메모리 안전을 보장하는 언어다. 소유권은 값마다 하나다.";
    let server = serve([Text(draft), Text("SCORE: 9\nFEEDBACK: 좋은 초안이다."), Text("The document.")]);
    let outcome = council_at(&server.address, &["러스트를 처음 배우는 사람"]);
    let shown = outcome.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [draft, "좋은 초안이다.", "러스트를 처음 배우는 사람"] {
        assert!(shown.contains(words), "{words}: {}", outcome.stderr);
    }
    for line in outcome.stderr.lines() {
        assert!(unicode_width::UnicodeWidthStr::width(line) <= 80, "{line}");
    }
}

/// `script` runs a program in a terminal of its own.
#[cfg(target_os = "linux")]
#[test]
fn in_a_terminal_the_lines_of_the_document_break_between_words() {
    let document = "An owl hears a mouse below the snow and flies.\n\n\
                    - The second item is as long as two lines.\n\n\
                    ```\nlet owl = \"This line of code is long, and stays.\";\n```\n\n\
                    러스트는 메모리 안전을 보장하는 언어다.";
    let server = serve([Text("A draft."), Text("SCORE: 9"), Text(document)]);
    let line = format!("stty rows 24 cols 30; '{}' --quiet Rust", crate::support::program("council").display());
    let mut command = crate::program::without_variables("script");
    command.env("OPENAI_BASE_URL", &server.address).env("OPENAI_API_KEY", crate::program::KEY);
    command.args(["-qec", &line, "/dev/null"]);
    let outcome = crate::program::run(command);
    expect![[r#"
        An owl hears a mouse below the
        snow and flies.

        - The second item is as long
          as two lines.

        ```
        let owl = "This line of code is long, and stays.";
        ```

        러스트는 메모리 안전을
        보장하는 언어다.
    "#]]
    .assert_eq(&outcome.stdout.replace('\r', ""));
    let server = serve([Text("A draft."), Text("SCORE: 9"), Text(document)]);
    assert_eq!(council_at(&server.address, &["--quiet", "Rust"]).stdout, format!("{document}\n"));
}
