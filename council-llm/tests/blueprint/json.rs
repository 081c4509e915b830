//! Blueprints as JSON, by themselves and in the state of a run.

use std::sync::Arc;

use council_core::journal::Memory;
use council_llm::{Agent, Blueprint, Council};
use expect_test::expect;

use crate::picture::{Cast, blueprint};

#[test]
fn the_json_of_an_editor_is_kept_unchanged() {
    let written = r#"{"version":2,"id":"b1","name":"Essays","start":"a","nodes":[{"id":"a","label":"A","systemPrompt":"Write.","model":"gpt-4o","tools":{"webSearch":true,"pdfReader":false},"position":{"x":1.5,"y":-2.0},"role":"agent","temperature":0.7,"maxTokens":100,"timeouts":{"firstToken":7200,"betweenTokens":0.5,"total":9},"patience":600}],"edges":[{"id":"e1","source":"a","target":"a","type":"conditional","condition":"rework"}],"createdAt":"2025-01-01T00:00:00Z","updatedAt":"2025-01-02T00:00:00Z"}"#;
    let blueprint: Blueprint = serde_json::from_str(written).unwrap();
    assert_eq!(serde_json::to_string(&blueprint).unwrap(), written);
}

#[test]
fn a_time_as_text_is_read_and_written_as_a_number_of_seconds() {
    let written = |time: &str| {
        format!(r#"{{"id":"a","label":"A","model":"gpt-4o","timeouts":{{"firstToken":{time}}},"patience":{time}}}"#)
    };
    for (text, seconds) in [("\"20m\"", "1200"), ("\"0.5s\"", "0.5"), ("0", "0"), ("null", "null"), ("1e300", "1e300")]
    {
        let [read, expected] = [text, seconds].map(|time| serde_json::from_str::<Agent>(&written(time)).unwrap());
        assert_eq!(read, expected, "{text}");
        let again = serde_json::to_string(&read).unwrap();
        assert_eq!(serde_json::from_str::<Agent>(&again).unwrap(), read, "{again}");
    }
    let refused = ["\"soon\"", "-1", "true"].map(|time| serde_json::from_str::<Agent>(&written(time)).unwrap_err());
    expect![[r#"
        `soon` is not a time from 0 to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h` at line 1 column 70
        `-1` is not a number of seconds from 0 at line 1 column 66
        invalid type: boolean `true`, expected a number of seconds, or a time such as `20m` at line 1 column 68"#]]
    .assert_eq(&refused.map(|error| error.to_string()).join("\n"));
}

#[test]
fn optional_fields_have_defaults() {
    let written =
        r#"{"id":"b1","name":"Essays","nodes":[{"id":"a","label":"A","model":"gpt-4o","tools":{},"more":1}]}"#;
    let blueprint: Blueprint = serde_json::from_str(written).unwrap();
    expect![[r#"{"version":2,"id":"b1","name":"Essays","start":"a","nodes":[{"id":"a","label":"A","systemPrompt":"","model":"gpt-4o","tools":{"webSearch":false,"pdfReader":false},"position":{"x":0.0,"y":0.0},"role":"agent"}],"edges":[],"migrated":{"from":1,"start":"a","guessed":[{"node":"a","role":"agent"}]}}"#]].assert_eq(&serde_json::to_string(&blueprint).unwrap());
}

#[test]
fn the_json_of_a_council_without_a_blueprint_has_no_blueprint() {
    let written = serde_json::to_string(&Council::new("Rust")).unwrap();
    expect![[r#"{"topic":"Rust","draft":"","feedback":[],"iteration":0,"score":null,"decision":null,"document":null,"usage":{"input_tokens":0,"output_tokens":0,"cached_tokens":0},"calls":[]}"#]].assert_eq(&written);
    assert_eq!(serde_json::from_str::<Council>(&written).unwrap(), Council::new("Rust"));
}

#[tokio::test]
async fn the_journal_of_a_run_contains_its_blueprint() {
    let (journal, blueprint) = (Arc::new(Memory::default()), Arc::new(blueprint(&["a", "b"], &["a -> b"])));
    let graph = blueprint.graph(&Cast::new([]).models()).unwrap();
    graph.run(Council::of(Arc::clone(&blueprint), "Rust")).id("r1").journal(Arc::clone(&journal)).await.unwrap();
    let position = graph.load(&*journal, "r1").await.unwrap();
    assert_eq!(position.state().blueprint, Some(blueprint));
}
