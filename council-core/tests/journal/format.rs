//! The format of records: each kind is read and written by one type, and malformed records are refused with a reason.

use std::collections::BTreeSet;
use std::error::Error;

use council_core::journal::{Envelope, FORMAT, FormatError};
use expect_test::{Expect, expect};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Every kind of record and its fields. A field with a question mark is optional. `$name` is any text, and `$value` is
/// any JSON.
fn kinds() -> [(&'static str, Value); 20] {
    let send = json!({ "worker": "$name", "items": "$value" });
    let goto = json!({ "to?": ["$name", null], "sends?": [send], "instead?": true });
    let successors = json!({
        "next": ["$name"], "sends?": [send, send], "deferred?": ["$name", "$name"], "deferred_sends?": [send],
        "end?": true, "guards?": ["$name"],
        "opened_valves?": [
            { "valve": { "visits": { "node": "$name", "visits": 5 } }, "to?": "$name" },
            { "valve": { "guard": { "name": "$name" } }, "to?": "$name" },
        ],
    });
    let memory = json!({
        "node": "$name", "item?": 2,
        "asks?": [{ "question": "$value", "answer?": "$value" }],
        "once?": [{ "name": "$name", "value": "$value" }],
    });
    let position = |nested: Value| {
        let task = json!({
            "node": "$name", "item?": 4, "attempt": 2, "update?": "$value", "goto?": goto, "nested?": nested,
        });
        json!({
            "supersteps": 7, "state": "$value", "committed": successors, "visits": { "critic": 3, "writer": 1 },
            "paused?": true, "pause_acknowledged?": true, "not_begun?": true, "merged?": true,
            "joins?": [{ "target": "$name", "arrived": ["$name"], "missing?": ["$name", "$name"] }], "memory?": [memory], "tasks?": [task],
        })
    };
    let empty = json!({ "supersteps": 0, "state": null, "committed": { "next": [] }, "visits": {} });
    let position = position(position(empty));
    let inner = json!({ "version?": 3, "fields?": { "add": ["n"] } });
    let program = json!({
        "version": 2, "fields?": { "append": ["list", "notes"] },
        "subgraphs?": { "inner": inner, "part": { "subgraphs?": { "inner": inner } } },
    });
    [
        ("upgraded", json!({ "program": program })),
        (
            "started",
            json!({ "graph": "$name", "program?": program, "input": "$value", "next?": ["$name"], "held?": true }),
        ),
        (
            "started_at",
            json!({ "graph": "$name", "program?": program, "position": position, "next?": ["$name"], "held?": true }),
        ),
        (
            "task_done",
            json!({ "node": "$name", "item?": 0, "update": "$value", "goto?": goto, "committed?": successors, "by?": "$name" }),
        ),
        ("task_failed", json!({ "node": "$name", "item?": 1, "error": "$name" })),
        ("committed", successors.clone()),
        ("merged", json!({})),
        ("asked", json!({ "node": "$name", "item?": 2, "question": "$value" })),
        ("reworded", json!({ "node": "$name", "item?": 2, "ask": 0, "question": "$value" })),
        ("answered", json!({ "node": "$name", "item?": 3, "ask": 0, "answer": "$value" })),
        ("refused", json!({ "node": "$name", "item?": 4, "ask": 1, "error": "$name" })),
        ("once", json!({ "node": "$name", "item?": 5, "name": "$name", "value": "$value" })),
        (
            "edited",
            json!({ "by": "$name", "update": "$value", "instead?": { "node": "$name", "committed": successors } }),
        ),
        ("paused", json!({ "nodes": ["$name", "$name"] })),
        ("resumed", json!({ "held?": true })),
        ("finished", json!({})),
        ("stopped", json!({ "reason": "$name" })),
        ("failed", json!({ "error": "$name" })),
        ("closed", json!({ "reason": "$name" })),
        ("reopened", json!({})),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// Reading and writing a record loses no field.
    #[test]
    fn a_record_of_any_kind_is_written_as_it_was_read((kind, fields) in prop::sample::select(kinds().to_vec()), choices in choices()) {
        let path = json!([{ "node": "$name", "item?": 6 }, { "node": "$name", "item?": 7 }]);
        let envelope = json!({ "v": FORMAT, "in?": path, "record": { kind: fields } });
        let json = choices.clone().fill(envelope).to_string();
        let envelope = Envelope::read(&json).map_err(|error| TestCaseError::fail(format!("{json}: {error:?}")))?;
        let written = envelope.to_json();
        prop_assert_eq!(Envelope::read(&written).unwrap(), envelope);
        prop_assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), serde_json::from_str::<Value>(&json).unwrap());
    }
}

/// The list above has all kinds: the error for an unknown kind lists them.
#[test]
fn every_kind_of_record_is_listed() {
    let error = chain(r#"{"v":3,"record":{"boiled":{"node":"egg"}}}"#);
    let named: BTreeSet<_> = error.split('`').skip(3).step_by(2).collect();
    assert_eq!(named, kinds().iter().map(|(kind, _)| *kind).collect(), "{error}");
}

#[test]
fn malformed_records_are_refused() {
    refused(
        r#"{"v":1,"done":"critic","update":{}}"#,
        &expect!["the text has format 1, but this program reads format 3"],
    );
    refused(
        r#"{"v":4,"record":{"paused":{"nodes":[]}}}"#,
        &expect!["the text has format 4, but this program reads format 3"],
    );
    refused(
        r#"{"v":3,"record":{"task_done":{"node":"critic"}}}"#,
        &expect!["the text is not a record of format 3: missing field `update` at line 1 column 46"],
    );
    refused(
        r#"{"v":3,"record":{"failed":{}}}"#,
        &expect!["the text is not a record of format 3: missing field `error` at line 1 column 28"],
    );
    refused(r#"{"v":3}"#, &expect!["the text is not a record of format 3: missing field `record` at line 1 column 7"]);
    refused(
        r#"{"record":{"merged":{}}}"#,
        &expect!["the text is not a record of format 3: missing field `v` at line 1 column 24"],
    );
    refused("a letter", &expect!["the text is not a record of format 3: expected value at line 1 column 1"]);
}

#[test]
fn format_errors_have_kinds() {
    assert!(matches!(Envelope::read(r#"{"v":1}"#), Err(FormatError::OtherFormat { found: 1 })));
    assert!(matches!(Envelope::read("{}"), Err(FormatError::Malformed(_))));
    assert_eq!(FORMAT, 3);
}

fn refused(json: &str, picture: &Expect) {
    picture.assert_eq(&chain(json));
}

fn chain(json: &str) -> String {
    let error = Envelope::read(json).unwrap_err();
    let source = error.source().map(|source| format!(": {source}"));
    format!("{error}{}", source.unwrap_or_default())
}

/// Names, values, and the presence of optional fields. Each list is used in a circle.
#[derive(Clone, Debug)]
struct Choices {
    names: Vec<String>,
    values: Vec<Value>,
    flags: Vec<bool>,
}

fn choices() -> impl Strategy<Value = Choices> {
    let value = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        prop::collection::vec(any::<u8>(), 0..3).prop_map(Value::from),
        any::<String>().prop_map(|text| json!({ "text": text, "=notes": [] })),
    ];
    let names = prop::collection::vec("[^$]{0,9}", 1..5);
    let parts = (names, prop::collection::vec(value, 1..4), prop::collection::vec(any::<bool>(), 1..30));
    parts.prop_map(|(names, values, flags)| Choices { names, values, flags })
}

impl Choices {
    fn fill(&mut self, template: Value) -> Value {
        match template {
            Value::String(text) if text == "$name" => next(&mut self.names).into(),
            Value::String(text) if text == "$value" => next(&mut self.values),
            Value::Array(items) => items.into_iter().map(|item| self.fill(item)).collect(),
            Value::Object(fields) => Value::Object(self.fields(fields)),
            other => other,
        }
    }

    fn fields(&mut self, fields: Map<String, Value>) -> Map<String, Value> {
        let mut filled = Map::new();
        for (key, template) in fields {
            match key.strip_suffix('?') {
                None => filled.insert(key, self.fill(template)),
                Some(key) if next(&mut self.flags) => filled.insert(key.to_owned(), self.fill(template)),
                Some(_) => None,
            };
        }
        filled
    }
}

fn next<T: Clone>(choices: &mut [T]) -> T {
    choices.rotate_left(1);
    choices[0].clone()
}
