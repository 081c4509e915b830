//! Escaping: markup in names stays inside their quotes.

use council_core::{Drawing, StateGraph};
use proptest::prelude::*;

use super::{Doc, pass};

fn named(name: &str) -> Drawing {
    let mut graph = StateGraph::<Doc>::new(name);
    let node = graph.node(name, pass);
    let other = graph.node(format!("{name} too"), pass);
    graph.start(node);
    graph.route(node, [node, other], |_, [_, other]| other).labels([name, "ok"]);
    graph.guard(name, |_| false, other).end(other);
    graph.compile().unwrap().drawing()
}

/// The line without its quoted texts, by the quoting rules of the language.
fn without_quotes(line: &str, escape: Option<char>) -> String {
    let mut left = String::new();
    let mut quoted = false;
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => {
                quoted = !quoted;
                left.push('"');
            }
            _ if quoted && Some(character) == escape => drop(characters.next()),
            _ if quoted => {}
            _ => left.push(character),
        }
    }
    left
}

fn outside(text: &str, escape: Option<char>) -> Vec<String> {
    text.split('\n').map(|line| without_quotes(line, escape)).collect()
}

proptest! {
    #[test]
    fn no_name_breaks_out_of_its_quotes(name in "\\PC{1,12}|[\\x00-\\x7f]{1,20}|[\"\\\\#%&<>`*\n\r\t;:{}\\[\\]()|$-]{1,12}") {
        prop_assume!(!name.starts_with("__"));
        let (drawn, plain) = (named(&name), named("plain"));
        let mermaid = drawn.mermaid();
        prop_assert_eq!(outside(&mermaid, None), outside(&plain.mermaid(), None));
        prop_assert!(!mermaid.contains(['`', '\\', '%', '\r', '\0']));
        let dot = drawn.dot();
        prop_assert_eq!(outside(&dot, Some('\\')), outside(&plain.dot(), Some('\\')));
        prop_assert!(!dot.contains(['\r', '\0']));
    }
}

#[test]
fn markup_in_names_is_escaped() {
    let line = |name: &str| named(name).mermaid().lines().nth(2).unwrap().trim().to_owned();
    assert_eq!(line("1. first"), r##"n1["1#46; first"]"##);
    assert_eq!(line("- or this"), r##"n1["#45; or this"]"##);
    assert_eq!(line("half-baked, v1.2"), r##"n1["half-baked, v1.2"]"##);
    assert_eq!(line("`*x*` &amp; <b>"), r##"n1["#96;#42;x#42;#96; #amp;amp; #lt;b#gt;"]"##);
    assert_eq!(line("two\nlines"), r##"n1["two lines"]"##);
    assert_eq!(line("日本 é 🦀"), r##"n1["日本 é 🦀"]"##);
    let dot = named("a\\N \"b\" &lt;").dot();
    assert!(dot.contains(r#"n1 [label="a\\N \"b\" &amp;lt;"]"#), "{dot}");
}
