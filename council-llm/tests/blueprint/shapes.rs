//! The graphs that blueprints make.

use expect_test::{Expect, expect};

use crate::picture::{Cast, blueprint};

/// Compares the edges of the drawing, by the ids of the agents, with the picture.
fn check(agents: &[&str], edges: &[&str], expected: &Expect) {
    let drawing = blueprint(agents, edges).graph(&Cast::new([]).models()).unwrap().drawing();
    let lines = drawing.edges.iter().map(|link| match &link.label {
        Some(label) => format!("{} -- {label} -> {}\n", link.source, link.target),
        None => format!("{} -> {}\n", link.source, link.target),
    });
    expected.assert_eq(&lines.collect::<String>());
}

#[test]
fn a_drawing_for_people() {
    let edges = ["author -> critic", "critic -rework-> author", "critic -approve-> editor"];
    let graph = blueprint(&["author", "critic", "editor"], &edges).graph(&Cast::new([]).models()).unwrap();
    assert_eq!(graph.name(), "blueprint");
    expect![[r#"
        flowchart TD
          n0(["start"])
          n1["author"]
          n2["critic"]
          n3["editor"]
          n4(["end"])
          n0 --> n1
          n1 --> n2
          n2 -.->|"rework"| n1
          n2 -.->|"approve"| n3
          n3 --> n4
    "#]]
    .assert_eq(&graph.mermaid());
}

#[test]
fn a_single_agent() {
    check(
        &["a"],
        &[],
        &expect![[r#"
        __start__ -> a
        a -> __end__
    "#]],
    );
}

#[test]
fn the_first_agent_without_an_incoming_edge_is_the_start() {
    check(
        &["c", "b", "a"],
        &["a -> b", "b -> c"],
        &expect![[r#"
        __start__ -> a
        c -> __end__
        b -> c
        a -> b
    "#]],
    );
}

#[test]
fn if_every_agent_has_an_incoming_edge_the_first_is_the_start() {
    check(
        &["b", "a"],
        &["a -> b", "b -> a"],
        &expect![[r#"
        __start__ -> b
        b -> a
        a -> b
    "#]],
    );
}

#[test]
fn unreachable_agents_are_left_out() {
    check(
        &["a", "b", "lost", "lost too"],
        &["a -> b", "lost -> b", "lost -> lost too"],
        &expect![[r#"
        __start__ -> a
        a -> b
        b -> __end__
    "#]],
    );
}

#[test]
fn a_loop_without_an_exit_makes_a_graph() {
    check(
        &["a", "b"],
        &["a -> b", "b -> a"],
        &expect![[r#"
        __start__ -> a
        a -> b
        b -> a
    "#]],
    );
    check(
        &["a"],
        &["a -> a"],
        &expect![[r#"
        __start__ -> a
        a -> a
    "#]],
    );
}

#[test]
fn duplicate_edges_are_one_edge() {
    check(
        &["a", "b"],
        &["a -> b", "a -> b"],
        &expect![[r#"
        __start__ -> a
        a -> b
        b -> __end__
    "#]],
    );
}

#[test]
fn a_linear_edge_beside_conditional_edges_is_the_default() {
    check(
        &["a", "b", "c"],
        &["a -approve-> b", "a -> c"],
        &expect![[r#"
        __start__ -> a
        a -- approve -> b
        a -- otherwise -> c
        b -> __end__
        c -> __end__
    "#]],
    );
}

#[test]
fn conditions_with_the_same_target_share_an_edge() {
    check(
        &["a", "b", "c"],
        &["a -approve-> b", "a -rework-> b", "a -> c", "a -> b"],
        &expect![[r#"
        __start__ -> a
        a -- approve or rework or otherwise -> b
        a -- otherwise -> c
        b -> __end__
        c -> __end__
    "#]],
    );
}

#[test]
fn ids_may_contain_any_characters() {
    check(
        &["a b", "\"c\"", "🦀"],
        &["a b -> \"c\"", "\"c\" -> 🦀"],
        &expect![[r#"
        __start__ -> a b
        a b -> "c"
        "c" -> 🦀
        🦀 -> __end__
    "#]],
    );
}
