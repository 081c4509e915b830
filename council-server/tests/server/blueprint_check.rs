//! Check of blueprints: their faults and warnings, when they are saved and when they are only checked.

use std::collections::BTreeSet;

use expect_test::expect;
use serde_json::{Value, json};

use crate::blueprints::pair;
use crate::harness::TestServer;
use crate::models::two_rounds;

#[tokio::test]
async fn all_faults_of_a_blueprint_are_named_at_once() {
    let server = TestServer::start(two_rounds()).await;
    let mut picture = Vec::new();
    for body in [
        json!([]),
        json!({ "name": "", "nodes": {}, "edges": [7], "version": "one" }),
        json!({ "name": "n", "nodes": [{ "id": 1, "label": [], "position": "here", "role": "king", "maxTokens": 1.5 }],
                "edges": [{ "source": "a", "type": "round" }] }),
        json!({ "name": "n", "nodes": [{ "id": "a", "model": "hal-9000" }, { "id": "a", "model": "rehearsal" }],
                "edges": [{ "source": "a", "target": "ghost" }] }),
        json!({ "name": "n", "nodes": [{ "id": "a", "model": "hal-9000" }, { "id": 2, "model": "rehearsal", "temperature": "hot" }],
                "edges": [{ "source": "a", "target": "b", "type": "conditional" }, { "target": "a" }] }),
        json!({ "name": "n", "nodes": [{ "id": "a", "model": "rehearsal", "patience": -1,
                "timeouts": { "firstToken": 0, "betweenTokens": "long", "total": -1 } },
                { "id": "b", "model": "rehearsal", "timeouts": 60 }] }),
        json!({ "name": "n".repeat(256), "id": "graph" }),
        json!({ "name": "n", "id": ".." }),
        json!({ "name": "n", "id": "i".repeat(256) }),
    ] {
        let answer = server.post("/api/councils/", body.to_string()).await;
        picture.push(format!("{body:.200}\n  {}", answer.status));
        for fault in answer.json()["detail"].as_array().unwrap() {
            picture.push(format!("  {} {} {}", fault["type"], fault["loc"], fault["msg"]));
        }
    }
    expect![[r#"
        []
          422
          "model_attributes_type" ["body"] "Input should be a valid dictionary or object to extract fields from"
        {"edges":[7],"name":"","nodes":{},"version":"one"}
          422
          "int_type" ["body","version"] "Input should be a valid integer"
          "string_too_short" ["body","name"] "String should have at least 1 character"
          "list_type" ["body","nodes"] "Input should be a valid list"
          "model_attributes_type" ["body","edges",0] "Input should be a valid dictionary or object to extract fields from"
        {"edges":[{"source":"a","type":"round"}],"name":"n","nodes":[{"id":1,"label":[],"maxTokens":1.5,"position":"here","role":"king"}]}
          422
          "string_type" ["body","nodes",0,"id"] "Input should be a valid string"
          "string_type" ["body","nodes",0,"label"] "Input should be a valid string"
          "model_attributes_type" ["body","nodes",0,"position"] "Input should be a valid dictionary or object to extract fields from"
          "literal_error" ["body","nodes",0,"role"] "Input should be 'agent' or 'critic'"
          "int_type" ["body","nodes",0,"maxTokens"] "Input should be a valid integer"
          "missing" ["body","edges",0,"target"] "Field required"
          "literal_error" ["body","edges",0,"type"] "Input should be 'linear' or 'conditional'"
        {"edges":[{"source":"a","target":"ghost"}],"name":"n","nodes":[{"id":"a","model":"hal-9000"},{"id":"a","model":"rehearsal"}]}
          422
          "value_error" ["body","nodes",0,"model"] "node \"a\" has no usable model: unknown model `hal-9000` (`ollama/hal-9000`, or `hal-9000/MODEL` if `hal-9000` is a provider?): a model is `anthropic/...`, `openai/...`, `ollama/...`, `rehearsal`, or a name that begins with `claude-`, `gpt-`, `chatgpt-`, `o1`, `o3` or `o4`"
          "value_error" ["body","nodes",1,"id"] "node number 2 has the id \"a\", which node number 1 has already"
          "value_error" ["body","edges",0,"target"] "edge \"edge-1\" leads to \"ghost\", and no node has that id"
        {"edges":[{"source":"a","target":"b","type":"conditional"},{"target":"a"}],"name":"n","nodes":[{"id":"a","model":"hal-9000"},{"id":2,"model":"rehearsal","temperature":"hot"}]}
          422
          "string_type" ["body","nodes",1,"id"] "Input should be a valid string"
          "float_type" ["body","nodes",1,"temperature"] "Input should be a valid number"
          "missing" ["body","edges",1,"source"] "Field required"
          "value_error" ["body","nodes",0,"model"] "node \"a\" has no usable model: unknown model `hal-9000` (`ollama/hal-9000`, or `hal-9000/MODEL` if `hal-9000` is a provider?): a model is `anthropic/...`, `openai/...`, `ollama/...`, `rehearsal`, or a name that begins with `claude-`, `gpt-`, `chatgpt-`, `o1`, `o3` or `o4`"
          "value_error" ["body","edges",0,"condition"] "edge \"edge-1\" is conditional and has no condition: give it \"approve\" or \"rework\""
        {"name":"n","nodes":[{"id":"a","model":"rehearsal","patience":-1,"timeouts":{"betweenTokens":"long","firstToken":0,"total":-1}},{"id":"b","model":"rehearsal","timeouts":60}]}
          422
          "value_error" ["body","nodes",0,"timeouts","betweenTokens"] "`long` is not a time from 0 to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`"
          "greater_than_equal" ["body","nodes",0,"timeouts","total"] "Input should be greater than or equal to 0"
          "greater_than_equal" ["body","nodes",0,"patience"] "Input should be greater than or equal to 0"
          "model_attributes_type" ["body","nodes",1,"timeouts"] "Input should be a valid dictionary or object to extract fields from"
          "value_error" ["body","nodes",0,"timeouts","firstToken"] "node \"a\" has the time limit firstToken of 0 seconds: give it a time above 0"
        {"id":"graph","name":"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"}
          422
          "string_too_long" ["body","name"] "String should have at most 255 characters"
          "missing" ["body","nodes"] "Field required"
          "value_error" ["body","id"] "'graph' is part of the path of another route: choose another id"
        {"id":"..","name":"n"}
          422
          "missing" ["body","nodes"] "Field required"
          "value_error" ["body","id"] "'..' is part of the path of another route: choose another id"
        {"id":"iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii","name":"n"}
          422
          "missing" ["body","nodes"] "Field required"
          "string_too_long" ["body","id"] "String should have at most 255 characters""#]].assert_eq(&picture.join("\n"));
    assert_eq!(server.get("/api/councils/").await.line(), "200 []");
}

/// The answer to a check, line by line.
fn lines(answer: &Value) -> String {
    let list = |name: &str| answer[name].as_array().unwrap().iter();
    let faults = list("faults").map(|fault| format!("fault {} {} {}", fault["type"], fault["loc"], fault["msg"]));
    let warnings =
        list("warnings").map(|warning| format!("warning {} {} {}", warning["type"], warning["loc"], warning["msg"]));
    faults.chain(warnings).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_blueprint_is_checked_and_not_saved() {
    let server = TestServer::start(two_rounds()).await;
    let check = async |body: Value| server.post("/api/councils/check", body.to_string()).await.json();
    let fine = check(pair()).await;
    expect![[r#"
        warning "model_unavailable" ["body","nodes",0,"model"] "the model of node \"author\" is not available: `openai/author` needs a key: set OPENAI_API_KEY, or choose `rehearsal`, which needs none"
        warning "model_unavailable" ["body","nodes",1,"model"] "the model of node \"judge\" is not available: `openai/judge` needs a key: set OPENAI_API_KEY, or choose `rehearsal`, which needs none"
        warning "model_unavailable" ["body","nodes",2,"model"] "the model of node \"polish\" is not available: `openai/author` needs a key: set OPENAI_API_KEY, or choose `rehearsal`, which needs none""#]].assert_eq(&lines(&fine));
    assert_eq!(fine["providers"], json!(["openai", "openai", "openai"]));

    let mut odd = pair();
    odd["nodes"][2]["model"] = json!("hal-9000");
    odd["edges"][0]["target"] = json!("ghost");
    odd["edges"][2]["target"] = json!("author");
    let odd = check(odd).await;
    expect![[r#"
        fault "value_error" ["body","nodes",2,"model"] "node \"polish\" has no usable model: unknown model `hal-9000` (`ollama/hal-9000`, or `hal-9000/MODEL` if `hal-9000` is a provider?): a model is `anthropic/...`, `openai/...`, `ollama/...`, `rehearsal`, or a name that begins with `claude-`, `gpt-`, `chatgpt-`, `o1`, `o3` or `o4`"
        fault "value_error" ["body","edges",0,"target"] "edge \"e1\" leads to \"ghost\", and no node has that id"
        warning "model_unavailable" ["body","nodes",0,"model"] "the model of node \"author\" is not available: `openai/author` needs a key: set OPENAI_API_KEY, or choose `rehearsal`, which needs none"
        warning "model_unavailable" ["body","nodes",1,"model"] "the model of node \"judge\" is not available: `openai/judge` needs a key: set OPENAI_API_KEY, or choose `rehearsal`, which needs none"
        warning "unreachable" ["body","nodes",2] "no edge leads from the start to node \"polish\": it never runs""#]].assert_eq(&lines(&odd));
    assert_eq!(odd["providers"], json!(["openai", "openai", null]));
    assert_eq!(server.get("/api/councils/").await.line(), "200 []");
    assert_eq!(server.get("/api/councils/check").await.status, 405);
}

#[tokio::test]
async fn the_time_limits_of_a_model_are_checked() {
    let server = TestServer::start(two_rounds()).await;
    let mut limited = pair();
    limited["nodes"][0]["model"] = json!("ollama/a?first-token-timeout=20m");
    limited["nodes"][1]["model"] = json!("ollama/a?first-token-timout=20m");
    limited["nodes"][2]["model"] = json!("ollama/a?total-timeout=0");
    let answer = server.post("/api/councils/check", limited.to_string()).await.json();
    expect![[r#"
        fault "value_error" ["body","nodes",1,"model"] "node \"judge\" has no usable model: the time limits of `ollama/a?first-token-timout=20m` cannot be used: unknown limit `first-token-timout`: did you mean `first-token-timeout`?"
        fault "value_error" ["body","nodes",2,"model"] "node \"polish\" has no usable model: the time limits of `ollama/a?total-timeout=0` cannot be used: total-timeout: `0` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`""#]].assert_eq(&lines(&answer));
    assert_eq!(answer["providers"], json!(["ollama", null, null]));
    assert_eq!(server.post("/api/councils/", limited.to_string()).await.status, 422);
}

/// Clients may send fields of their own, so an unknown field is no fault. Fields that the server writes are known.
#[tokio::test]
async fn unknown_fields_are_warnings() {
    let server = TestServer::start(two_rounds()).await;
    let odd = json!({ "name": "n", "strat": "a", "colour": "red", "createdAt": "then", "nodes": [
        { "id": "a", "model": "rehearsal", "patienc": 60, "max_tokens": 9, "timeouts": { "first-token": 3 },
          "tools": { "websearch": true }, "position": { "x": 1, "z": 2 } },
        { "id": "b", "modle": "rehearsal" },
    ], "edges": [{ "source": "a", "target": "b", "typ": "linear" }] });
    let answer = server.post("/api/councils/check", odd.to_string()).await.json();
    expect![[r#"
        warning "unknown_field" ["body","nodes",0,"tools","websearch"] "unknown field `websearch`: did you mean `webSearch`?"
        warning "unknown_field" ["body","nodes",0,"position","z"] "unknown field `z`: did you mean `x`?"
        warning "unknown_field" ["body","nodes",0,"timeouts","first-token"] "unknown field `first-token`: did you mean `firstToken`?"
        warning "unknown_field" ["body","nodes",0,"max_tokens"] "unknown field `max_tokens`: did you mean `maxTokens`?"
        warning "unknown_field" ["body","nodes",0,"patienc"] "unknown field `patienc`: did you mean `patience`?"
        warning "unknown_field" ["body","nodes",1,"modle"] "unknown field `modle`: did you mean `model`?"
        warning "unknown_field" ["body","edges",0,"typ"] "unknown field `typ`: did you mean `type`?"
        warning "unknown_field" ["body","colour"] "unknown field `colour`: it is ignored"
        warning "unknown_field" ["body","strat"] "unknown field `strat`: did you mean `start`?""#]].assert_eq(&lines(&answer));

    let mut many = pair();
    let node = many["nodes"][0].as_object_mut().unwrap();
    node.extend((0..150).map(|number| (format!("field {number}"), json!(number))));
    let answer = server.post("/api/councils/check", many.to_string()).await.json();
    let warnings = answer["warnings"].as_array().unwrap();
    assert_eq!((warnings.len(), &warnings[100]["msg"]), (100 + 1 + 3, &json!("and 50 more")));
    assert_eq!(server.post("/api/councils/", many.to_string()).await.status, 201);
    let saved = server.get("/api/councils/pair").await.json();
    let answer = server.post("/api/councils/check", saved.to_string()).await.json();
    assert!(!answer.to_string().contains("unknown_field"), "{answer}");
}

/// The answer has the blueprint in version 2, with the guesses.
#[tokio::test]
async fn a_check_reads_version_1_as_version_2() {
    let server = TestServer::start(two_rounds()).await;
    let old = json!({ "name": "Old", "nodes": [
        { "id": "a", "model": "rehearsal" },
        { "id": "b", "model": "rehearsal", "systemPrompt": "Review it." },
    ] });
    let answer = server.post("/api/councils/check", old.to_string()).await.json();
    let read = &answer["blueprint"];
    assert_eq!(
        (&read["version"], &read["start"], &read["nodes"][1]["role"]),
        (&json!(2), &json!("a"), &json!("critic"))
    );
    assert_eq!(read["migrated"]["guessed"][1], json!({ "node": "b", "role": "critic" }));
}

/// The id is a part of the path of a blueprint, so a fixed part of a path beside it is refused as an id.
#[tokio::test]
async fn an_id_that_is_a_fixed_part_of_a_path_is_refused() {
    let document: Value = serde_json::from_str(council_server::openapi()).unwrap();
    let paths = document["paths"].as_object().unwrap().keys();
    let beside_ids = paths.filter_map(|path| path.strip_prefix("/api/councils/")?.split('/').next());
    let fixed: BTreeSet<_> = beside_ids.filter(|part| !part.is_empty() && !part.starts_with('{')).collect();
    assert_eq!(fixed, BTreeSet::from(["check", "graph", "run"]));
    let server = TestServer::start(two_rounds()).await;
    for id in fixed {
        let answer = server.post("/api/councils/", json!({ "name": "n", "id": id, "nodes": [] }).to_string()).await;
        let message = format!("'{id}' is part of the path of another route: choose another id");
        assert_eq!((answer.status, &answer.json()["detail"][0]["msg"]), (422, &json!(message)));
    }
}

/// Any other id can be used in the paths of its blueprint, in percent-encoding.
#[tokio::test]
async fn an_id_may_have_any_characters() {
    let server = TestServer::start(two_rounds()).await;
    for id in ["a/b", "check/", "50 %", "%2e", "?a=b#c", "ä", "...", "RUN"] {
        let blueprint = json!({ "name": "n", "id": id, "nodes": [{ "id": "a", "model": "rehearsal" }] });
        assert_eq!(server.post("/api/councils/", blueprint.to_string()).await.status, 201, "{id}");
        let path = id.bytes().fold("/api/councils/".to_owned(), |path, byte| path + &format!("%{byte:02X}"));
        assert_eq!(server.get(&path).await.json()["id"], id);
        assert_eq!(server.get(&format!("{path}/graph")).await.status, 200, "{id}");
        server.start_run(&format!("{path}/run"), &json!({ "input_topic": "Rust" })).await;
        assert_eq!(server.send(&format!("PUT {path}"), blueprint.to_string()).await.status, 200, "{id}");
        assert_eq!(server.send(&format!("DELETE {path}"), "").await.status, 204, "{id}");
    }
}

#[tokio::test]
async fn the_check_of_an_unreadable_body_names_the_fault() {
    let server = TestServer::start(two_rounds()).await;
    for (body, fault) in [
        ("", "missing"),
        ("{", "json_invalid"),
        ("[]", "model_attributes_type"),
        (r#"{"name": "n", "nodes": 7}"#, "list_type"),
        (r#"{"name": "n", "version": 3, "nodes": []}"#, "value_error"),
        (r#"{"name": "n", "id": "check", "nodes": []}"#, "value_error"),
    ] {
        let answer = server.post("/api/councils/check", body).await;
        assert_eq!(answer.status, 200, "{body}");
        let answer = answer.json();
        assert_eq!(answer["faults"][0]["type"], fault, "{answer}");
        assert_eq!(answer["blueprint"].is_null(), !body.contains("check"), "{answer}");
    }
}
