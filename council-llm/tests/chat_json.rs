//! Requests and replies as JSON, as a wrapper stores them.

use std::fmt::Debug;
use std::time::Duration;

use council_llm::{CallTimeouts, ChatEvent, ChatReply, ChatRequest, End, Material, Message, Purpose, Usage};
use expect_test::{Expect, expect};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A value, as JSON, is as expected, and is read as the same value.
fn check<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, expected: &Expect) {
    let json = serde_json::to_string(value).expect("JSON");
    expected.assert_eq(&json);
    assert_eq!(serde_json::from_str::<T>(&json).expect("JSON of the same type"), *value);
}

#[test]
fn a_request() {
    let request = ChatRequest::user("Why?").message(Message::assistant("Because.")).system("Be brief.");
    check(
        &request.max_tokens(9).temperature(0.7),
        &expect![[
            r#"{"system":"Be brief.","messages":[{"role":"user","content":"Why?"},{"role":"assistant","content":"Because."}],"max_tokens":9,"temperature":0.7}"#
        ]],
    );
}

#[test]
fn the_time_limits_of_a_request_are_no_part_of_it() {
    let request = ChatRequest::user("Why?");
    let patient = request.clone().timeouts(CallTimeouts::default().total(Duration::from_secs(9)));
    assert_eq!(serde_json::to_string(&patient).unwrap(), serde_json::to_string(&request).unwrap());
}

#[test]
fn time_limits() {
    let limits = CallTimeouts::default().first_token(Duration::from_secs(3_600)).total(Duration::from_millis(1_500));
    check(&limits, &expect![[r#"{"firstToken":3600,"total":1.5}"#]]);
    check(
        &limits.between_tokens(Duration::MAX),
        &expect![[r#"{"firstToken":3600,"betweenTokens":1.8446744073709552e+19,"total":1.5}"#]],
    );
    let with_unit = serde_json::from_str::<CallTimeouts>(r#"{"firstToken":"1h","total":"1.5"}"#).unwrap();
    assert_eq!(with_unit, limits);
    for wrong in ["-1", "-0.5", "\"-1s\"", "\"1 day\"", "true"] {
        let read = serde_json::from_str::<CallTimeouts>(&format!(r#"{{"total":{wrong}}}"#));
        assert!(read.is_err(), "{wrong}: {read:?}");
    }
}

#[test]
fn the_purpose_of_a_request() {
    let material = Material::new("Rust").draft("# Rust").feedback(["Too short."]);
    check(
        &Purpose::Draft(material.clone()),
        &expect![[r##"{"draft":{"topic":"Rust","draft":"# Rust","feedback":["Too short."]}}"##]],
    );
    check(
        &Purpose::critique(Material::new("Rust"), 8.0),
        &expect![[r#"{"critique":{"material":{"topic":"Rust"},"threshold":8.0}}"#]],
    );
    check(
        &ChatRequest::default().purpose(Purpose::Polish(Material::new("Rust"))),
        &expect![[r#"{"messages":[],"max_tokens":0,"purpose":{"polish":{"topic":"Rust"}}}"#]],
    );
}

#[test]
fn a_reply_and_its_events() {
    let end = End::new("end_turn").usage(Usage::new(20, 2).cached(10));
    check(&ChatEvent::Delta("one ".to_owned()), &expect![[r#"{"delta":"one "}"#]]);
    check(&ChatEvent::Sent, &expect![[r#""sent""#]]);
    check(
        &ChatEvent::Spent(Usage::new(20, 1)),
        &expect![[r#"{"spent":{"input_tokens":20,"output_tokens":1,"cached_tokens":0}}"#]],
    );
    check(
        &ChatEvent::Done(end.clone()),
        &expect![[
            r#"{"done":{"stop_reason":"end_turn","kind":"completed","usage":{"input_tokens":20,"output_tokens":2,"cached_tokens":10}}}"#
        ]],
    );
    check(
        &ChatReply::new("one two", end),
        &expect![[
            r#"{"text":"one two","end":{"stop_reason":"end_turn","kind":"completed","usage":{"input_tokens":20,"output_tokens":2,"cached_tokens":10}}}"#
        ]],
    );
}

#[test]
fn a_missing_field_has_its_default() {
    assert_eq!(serde_json::from_str::<ChatRequest>("{}").unwrap(), ChatRequest::default());
    assert_eq!(serde_json::from_str::<ChatReply>(r#"{"text":"one"}"#).unwrap(), ChatReply::new("one", End::default()));
}
