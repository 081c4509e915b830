//! What is wrong with a blueprint.

use council_llm::Blueprint;
use expect_test::{Expect, expect};

use crate::picture::blueprint;

fn check(blueprint: &Blueprint, expected: &Expect) {
    let faults: Vec<_> = blueprint.faults().iter().map(|fault| format!("{fault}\n")).collect();
    expected.assert_eq(&faults.concat());
}

#[test]
fn everything_is_named_at_once() {
    let mut all = blueprint(&["a", "a", "", "__start__"], &["a -> ghost", "ghost -> a", "a -x-> a", "a -> a"]);
    all.version = 2;
    all.name = String::new();
    all.edges[2].condition = None;
    all.edges[3].id = "e1".to_owned();
    all.nodes[0].model = "llama".to_owned();
    all.nodes[1].temperature = Some(2.5);
    all.nodes[1].max_tokens = Some(0);
    check(
        &all,
        &expect![[r#"
        version: the version is 2, and only 1 can be read
        name: the name is empty
        nodes/0/model: node "a" cannot have its model: unknown model `llama` (`ollama/llama`?): a model is `anthropic/...`, `openai/...`, `ollama/...`, `rehearsal`, or a name that begins with `claude-`, `gpt-`, `chatgpt-`, `o1`, `o3` or `o4`
        nodes/1/temperature: node "a" has the temperature 2.5, which is none from 0 to 2
        nodes/1/maxTokens: node "a" may answer with 0 tokens, and needs at least 1
        nodes/1/id: node number 2 has the id "a", which node number 1 has already
        nodes/2/id: node number 3 has an empty id
        nodes/2/model: node "" cannot have its model: unknown model `ollama/`: a model is `anthropic/...`, `openai/...`, `ollama/...`, `rehearsal`, or a name that begins with `claude-`, `gpt-`, `chatgpt-`, `o1`, `o3` or `o4`
        nodes/3/id: the id "__start__" is the graph's own; give the node another
        edges/0/target: edge "e1" leads to "ghost", and no node has that id
        edges/1/source: edge "e2" leaves "ghost", and no node has that id
        edges/2/condition: edge "e3" is conditional and has no condition: give it "approve" or "rework"
        edges/3/id: edge number 4 has the id "e1", which edge number 1 has already
    "#]],
    );
}
