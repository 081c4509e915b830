//! The graphs that blueprints make.

use expect_test::{Expect, expect};

use crate::picture::{Cast, blueprint};

fn drawn(agents: &[&str], edges: &[&str], expected: &Expect) {
    expected.assert_eq(&blueprint(agents, edges).graph(&Cast::new([]).models()).unwrap().mermaid());
}

#[test]
fn a_loop_with_a_critic() {
    drawn(
        &["author", "critic", "editor"],
        &["author -> critic", "critic -rework-> author", "critic -approve-> editor"],
        &expect![[r#"
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
        "#]],
    );
}
