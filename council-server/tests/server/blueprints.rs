//! Saving blueprints and finding them.

use council_server::{Config, Database};
use expect_test::expect;
use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::TestServer;
use crate::models::two_rounds;

/// A master and a critic, as the frontend of the original sends them.
pub(crate) fn pair() -> Value {
    json!({
        "version": 1, "id": "pair", "name": "Two of us",
        "nodes": [
            { "id": "author", "label": "Author", "systemPrompt": "Write an essay.", "model": "openai/author",
              "tools": { "webSearch": false, "pdfReader": false }, "position": { "x": 0.0, "y": 0.5 } },
            { "id": "judge", "label": "Judge", "systemPrompt": "You are a strict critic.", "model": "openai/judge",
              "tools": { "webSearch": false, "pdfReader": false }, "position": { "x": 250.0, "y": 0.5 } },
            { "id": "polish", "label": "Polish", "systemPrompt": "Polish it.", "model": "openai/author",
              "tools": { "webSearch": false, "pdfReader": false }, "position": { "x": 500.0, "y": 0.5 } }
        ],
        "edges": [
            { "id": "e1", "source": "author", "target": "judge", "type": "linear" },
            { "id": "e2", "source": "judge", "target": "author", "type": "conditional", "condition": "rework" },
            { "id": "e3", "source": "judge", "target": "polish", "type": "conditional", "condition": "approve" }
        ]
    })
}

/// The same as the server reads it: version 2, with the roles and the start that were guessed.
fn migrated(mut blueprint: Value) -> Value {
    blueprint["version"] = json!(2);
    blueprint["start"] = json!("author");
    let mut guessed = Vec::new();
    for node in blueprint["nodes"].as_array_mut().unwrap() {
        if node.get("role").is_none() {
            node["role"] = json!(if node["id"] == "judge" { "critic" } else { "agent" });
            guessed.push(json!({ "node": node["id"], "role": node["role"] }));
        }
    }
    blueprint["migrated"] = json!({ "from": 1, "guessed": guessed });
    blueprint
}

/// Without its times, which are the server's.
fn timeless(mut blueprint: Value) -> Value {
    for time in ["createdAt", "updatedAt"] {
        let text = blueprint.as_object_mut().unwrap().remove(time).unwrap();
        assert!(text.as_str().unwrap().ends_with('Z'), "{text}");
    }
    blueprint
}

#[tokio::test]
async fn a_blueprint_is_saved_found_replaced_and_deleted() {
    let server = TestServer::start(two_rounds()).await;
    assert_eq!(server.get("/api/councils/").await.line(), "200 []");
    let created = server.post("/api/councils/", pair().to_string()).await;
    assert_eq!(created.status, 201, "{}", created.text);
    let created = created.json();
    assert_eq!(timeless(created.clone()), migrated(pair()));
    assert_eq!(server.get("/api/councils/pair").await.json(), created);
    let again = server.post("/api/councils/", pair().to_string()).await;
    assert_eq!(again.line(), r#"409 {"detail":"Blueprint 'pair' already exists."}"#);

    let mut changed = pair();
    changed["name"] = json!("Two others");
    changed["nodes"][1]["temperature"] = json!(0.2);
    changed["nodes"][1]["role"] = json!("critic");
    changed["nodes"][0]["maxTokens"] = json!(100);
    let replaced = server.send("PUT /api/councils/pair", changed.to_string()).await;
    assert_eq!(replaced.status, 200, "{}", replaced.text);
    assert_eq!(timeless(replaced.json()), migrated(changed));
    assert_eq!(replaced.json()["createdAt"], created["createdAt"]);
    assert_eq!(server.get("/api/councils/").await.json(), json!([replaced.json()]));

    assert_eq!(server.send("DELETE /api/councils/pair", "").await.line(), "204 ");
    for (request, body) in
        [("GET", String::new()), ("PUT", pair().to_string()), ("DELETE", String::new()), ("GET", String::new())]
    {
        let answer = server.send(&format!("{request} /api/councils/pair"), body).await;
        assert_eq!(answer.line(), r#"404 {"detail":"Blueprint 'pair' not found."}"#);
    }
}

/// A client that says roles and start itself is asked for all of them, and nothing is guessed.
#[tokio::test]
async fn a_blueprint_of_version_2_is_stored_unchanged() {
    let server = TestServer::start(two_rounds()).await;
    let mut blueprint = migrated(pair());
    blueprint.as_object_mut().unwrap().remove("migrated");
    blueprint["nodes"][1]["systemPrompt"] = json!("Say what you think.");
    let created = server.post("/api/councils/", blueprint.to_string()).await;
    assert_eq!((created.status, timeless(created.json())), (201, blueprint.clone()));

    blueprint["nodes"][1].as_object_mut().unwrap().remove("role");
    blueprint.as_object_mut().unwrap().remove("start");
    let refused = server.send("PUT /api/councils/pair", blueprint.to_string()).await.json();
    let faults: Vec<_> = refused["detail"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| format!("{} {}", fault["type"], fault["loc"]))
        .collect();
    assert_eq!(faults, [r#""missing" ["body","start"]"#, r#""missing" ["body","nodes",1,"role"]"#]);

    blueprint["start"] = json!("ghost");
    blueprint["nodes"][1]["role"] = json!("critic");
    let refused = server.send("PUT /api/councils/pair", blueprint.to_string()).await.json();
    assert_eq!(refused["detail"][0]["msg"], r#"the start is "ghost", and no node has that id"#);
}

/// What an earlier version of the server saved is migrated when it is read.
#[tokio::test]
async fn a_saved_blueprint_of_version_1_is_migrated_when_it_is_read() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("council.db");
    let config = Config::default().database(Database::File(path.clone()));
    let server = TestServer::with(config, two_rounds()).await;
    let insert = "INSERT INTO blueprints (id, blueprint) VALUES ('pair', ?1)";
    Connection::open(path).unwrap().execute(insert, [pair().to_string()]).unwrap();
    assert_eq!(server.get("/api/councils/pair").await.json(), migrated(pair()));
    assert_eq!(server.get("/api/councils/").await.json(), json!([migrated(pair())]));
}

/// The server fills in what a client leaves out, and lists the blueprint that was changed last first.
#[tokio::test]
async fn a_blueprint_needs_only_a_name() {
    let server = TestServer::start(two_rounds()).await;
    let small = json!({ "name": "Small", "nodes": [{ "id": "a", "model": "rehearsal" }] });
    let mut small = server.post("/api/councils/", small.to_string()).await.json();
    let id = small["id"].take();
    assert_eq!(id.as_str().unwrap().len(), 36);
    expect![[r#"{"edges":[],"id":null,"migrated":{"from":1,"guessed":[{"node":"a","role":"agent"}]},"name":"Small","nodes":[{"id":"a","label":"a","model":"rehearsal","position":{"x":0.0,"y":0.0},"role":"agent","systemPrompt":"You are a.","tools":{"pdfReader":false,"webSearch":false}}],"start":"a","version":2}"#]]
        .assert_eq(&timeless(small).to_string());
    let empty = server.post("/api/councils/", json!({ "name": "Empty" }).to_string()).await;
    assert_eq!(empty.status, 201, "{}", empty.text);
    let names = async || {
        let list = server.get("/api/councils/").await.json();
        list.as_array().unwrap().iter().map(|blueprint| blueprint["name"].to_string()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names().await, r#""Empty" "Small""#);
    let path = format!("PUT /api/councils/{}", id.as_str().unwrap());
    server.send(&path, json!({ "name": "Bigger", "id": "of no interest" }).to_string()).await;
    assert_eq!(names().await, r#""Bigger" "Empty""#);
}

#[tokio::test]
async fn all_faults_of_a_blueprint_are_named_at_once() {
    let server = TestServer::start(two_rounds()).await;
    let mut picture = Vec::new();
    for body in [
        json!([]),
        json!({ "name": "", "nodes": {}, "edges": [7], "version": "one" }),
        json!({ "name": "n", "nodes": [{ "id": 1, "label": [], "position": "here", "role": "king", "maxTokens": 1.5 }],
                "edges": [{ "source": "a", "type": "round" }] }),
        json!({ "name": "n", "nodes": [{ "id": "a", "model": "hal/9000" }, { "id": "a", "model": "rehearsal" }],
                "edges": [{ "source": "a", "target": "ghost" }] }),
        json!({ "name": "n", "nodes": [{ "id": "a", "model": "hal/9000" }, { "id": 2, "model": "rehearsal", "temperature": "hot" }],
                "edges": [{ "source": "a", "target": "b", "type": "conditional" }, { "target": "a" }] }),
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
          "missing" ["body","nodes",0,"model"] "Field required"
          "model_attributes_type" ["body","nodes",0,"position"] "Input should be a valid dictionary or object to extract fields from"
          "literal_error" ["body","nodes",0,"role"] "Input should be 'agent' or 'critic'"
          "int_type" ["body","nodes",0,"maxTokens"] "Input should be a valid integer"
          "missing" ["body","edges",0,"target"] "Field required"
          "literal_error" ["body","edges",0,"type"] "Input should be 'linear' or 'conditional'"
        {"edges":[{"source":"a","target":"ghost"}],"name":"n","nodes":[{"id":"a","model":"hal/9000"},{"id":"a","model":"rehearsal"}]}
          422
          "value_error" ["body","nodes",0,"model"] "node \"a\" cannot have its model: unknown model `hal/9000`: a model is `anthropic/...`, `openai/...`, `ollama/...`, `rehearsal`, or a name that begins with `claude-`, `gpt-`, `chatgpt-`, `o1`, `o3` or `o4`"
          "value_error" ["body","nodes",1,"id"] "node number 2 has the id \"a\", which node number 1 has already"
          "value_error" ["body","edges",0,"target"] "edge \"edge-1\" leads to \"ghost\", and no node has that id"
        {"edges":[{"source":"a","target":"b","type":"conditional"},{"target":"a"}],"name":"n","nodes":[{"id":"a","model":"hal/9000"},{"id":2,"model":"rehearsal","temperature":"hot"}]}
          422
          "string_type" ["body","nodes",1,"id"] "Input should be a valid string"
          "float_type" ["body","nodes",1,"temperature"] "Input should be a valid number"
          "missing" ["body","edges",1,"source"] "Field required"
          "value_error" ["body","nodes",0,"model"] "node \"a\" cannot have its model: unknown model `hal/9000`: a model is `anthropic/...`, `openai/...`, `ollama/...`, `rehearsal`, or a name that begins with `claude-`, `gpt-`, `chatgpt-`, `o1`, `o3` or `o4`"
          "value_error" ["body","edges",0,"condition"] "edge \"edge-1\" is conditional and has no condition: give it \"approve\" or \"rework\""
        {"id":"graph","name":"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"}
          422
          "string_too_long" ["body","name"] "String should have at most 255 characters"
          "value_error" ["body","id"] "'graph' is part of the address of another route"
        {"id":"..","name":"n"}
          422
          "value_error" ["body","id"] "'..' is part of the address of another route"
        {"id":"iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii","name":"n"}
          422
          "string_too_long" ["body","id"] "String should have at most 255 characters""#]].assert_eq(&picture.join("\n"));
    assert_eq!(server.get("/api/councils/").await.line(), "200 []");
}

/// The answer to a check, line by line.
fn lines(answer: &Value) -> String {
    let list = |name: &str| answer[name].as_array().unwrap().iter();
    let faults = list("faults").map(|fault| format!("fault {} {} {}", fault["type"], fault["loc"], fault["msg"]));
    let warnings = list("warnings").map(|one| format!("warning {} {} {}", one["type"], one["loc"], one["msg"]));
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
    odd["nodes"][2]["model"] = json!("hal/9000");
    odd["edges"][0]["target"] = json!("ghost");
    odd["edges"][2]["target"] = json!("author");
    let odd = check(odd).await;
    expect![[r#"
        fault "value_error" ["body","nodes",2,"model"] "node \"polish\" cannot have its model: unknown model `hal/9000`: a model is `anthropic/...`, `openai/...`, `ollama/...`, `rehearsal`, or a name that begins with `claude-`, `gpt-`, `chatgpt-`, `o1`, `o3` or `o4`"
        fault "value_error" ["body","edges",0,"target"] "edge \"e1\" leads to \"ghost\", and no node has that id"
        warning "model_unavailable" ["body","nodes",0,"model"] "the model of node \"author\" is not available: `openai/author` needs a key: set OPENAI_API_KEY, or choose `rehearsal`, which needs none"
        warning "model_unavailable" ["body","nodes",1,"model"] "the model of node \"judge\" is not available: `openai/judge` needs a key: set OPENAI_API_KEY, or choose `rehearsal`, which needs none"
        warning "unreachable" ["body","nodes",2] "no edge leads from the start to node \"polish\": it never runs""#]].assert_eq(&lines(&odd));
    assert_eq!(odd["providers"], json!(["openai", "openai", null]));
    assert_eq!(server.get("/api/councils/").await.line(), "200 []");
    assert_eq!(server.get("/api/councils/check").await.status, 405);
}

/// A client that has a blueprint of version 1 learns what becomes of it.
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

#[tokio::test]
async fn a_check_of_what_cannot_be_read_says_why() {
    let server = TestServer::start(two_rounds()).await;
    for (body, fault) in [
        ("", "missing"),
        ("{", "json_invalid"),
        ("[]", "model_attributes_type"),
        (r#"{"name": "n", "nodes": 7}"#, "list_type"),
        (r#"{"name": "n", "version": 3}"#, "value_error"),
        (r#"{"name": "n", "id": "check"}"#, "value_error"),
    ] {
        let answer = server.post("/api/councils/check", body).await;
        assert_eq!(answer.status, 200, "{body}");
        let answer = answer.json();
        assert_eq!(answer["faults"][0]["type"], fault, "{answer}");
        assert_eq!(answer["blueprint"].is_null(), !body.contains("check"), "{answer}");
    }
}

#[tokio::test]
async fn graphs_are_drawn() {
    let server = TestServer::start(two_rounds()).await;
    server.post("/api/councils/", pair().to_string()).await;
    let mut picture = Vec::new();
    for path in [
        "/api/councils/graph",
        "/api/councils/graph?format=mermaid",
        "/api/councils/pair/graph",
        "/api/councils/pair/graph?format=mermaid",
        "/api/councils/pair/graph?format=dot",
        "/api/councils/ghost/graph",
    ] {
        let answer = server.get(path).await;
        picture.push(format!("{path} {}", answer.header("content-type").unwrap()));
        picture.push(answer.line());
    }
    expect![[r#"
        /api/councils/graph application/json
        200 {"name":"council","nodes":[{"id":"__start__","label":"start","kind":"start"},{"id":"master_agent","label":"master_agent","kind":"node","role":"agent"},{"id":"critic_agent","label":"critic_agent","kind":"node","role":"critic","threshold":8.0},{"id":"writer_agent","label":"writer_agent","kind":"node","role":"agent"},{"id":"__end__","label":"end","kind":"end"}],"edges":[{"source":"__start__","target":"master_agent","kind":"edge"},{"source":"master_agent","target":"critic_agent","kind":"edge"},{"source":"master_agent","target":"writer_agent","kind":"visit_limit","label":"after 5 visits","visit_limit":5},{"source":"critic_agent","target":"master_agent","kind":"route","label":"score < 8","conditions":["rework"]},{"source":"critic_agent","target":"writer_agent","kind":"route","label":"score >= 8","conditions":["approve"]},{"source":"writer_agent","target":"__end__","kind":"edge"}]}
        /api/councils/graph?format=mermaid text/plain; charset=utf-8
        200 flowchart TD
          n0(["start"])
          n1["master_agent"]
          n2["critic_agent"]
          n3["writer_agent"]
          n4(["end"])
          n0 --> n1
          n1 --> n2
          n1 --x|"after 5 visits"| n3
          n2 -.->|"score #lt; 8"| n1
          n2 -.->|"score #gt;= 8"| n3
          n3 --> n4

        /api/councils/pair/graph application/json
        200 {"name":"Two of us","nodes":[{"id":"__start__","label":"start","kind":"start"},{"id":"author","label":"Author","kind":"node","model":"openai/author","role":"agent"},{"id":"judge","label":"Judge","kind":"node","model":"openai/judge","role":"critic","threshold":8.0},{"id":"polish","label":"Polish","kind":"node","model":"openai/author","role":"agent"},{"id":"__end__","label":"end","kind":"end"}],"edges":[{"source":"__start__","target":"author","kind":"edge"},{"source":"author","target":"judge","kind":"edge"},{"source":"judge","target":"author","kind":"route","label":"rework","conditions":["rework"]},{"source":"judge","target":"polish","kind":"route","label":"approve","conditions":["approve"]},{"source":"polish","target":"__end__","kind":"edge"}]}
        /api/councils/pair/graph?format=mermaid text/plain; charset=utf-8
        200 flowchart TD
          n0(["start"])
          n1["Author"]
          n2["Judge"]
          n3["Polish"]
          n4(["end"])
          n0 --> n1
          n1 --> n2
          n2 -.->|"rework"| n1
          n2 -.->|"approve"| n3
          n3 --> n4

        /api/councils/pair/graph?format=dot application/json
        422 {"detail":[{"type":"literal_error","loc":["query","format"],"msg":"Input should be 'json' or 'mermaid'","input":"dot","ctx":{"expected":"'json' or 'mermaid'"}}]}
        /api/councils/ghost/graph application/json
        404 {"detail":"Blueprint 'ghost' not found."}"#]].assert_eq(&picture.join("\n"));
}

/// As FastAPI does, whose clients follow.
#[tokio::test]
async fn a_path_without_its_final_slash_is_redirected() {
    let server = TestServer::start(two_rounds()).await;
    for (request, to) in [
        ("GET /api/councils", "/api/councils/"),
        ("POST /api/councils", "/api/councils/"),
        ("GET /api/runs?limit=7&offset=1", "/api/runs/?limit=7&offset=1"),
    ] {
        let answer = server.send(request, "").await;
        assert_eq!((answer.status, answer.header("location")), (307, Some(to)));
    }
}

/// The models that an agent may be given, and what is missing for the others.
#[tokio::test]
async fn the_models_are_told() {
    let server = TestServer::start(two_rounds()).await;
    expect![[r#"200 {"default":"rehearsal","providers":[{"name":"anthropic","available":false,"needs":"ANTHROPIC_API_KEY","suggestions":["claude-sonnet-4-5","claude-haiku-4-5","claude-opus-4-5"]},{"name":"openai","available":false,"needs":"OPENAI_API_KEY","suggestions":["gpt-4o","gpt-4o-mini","gpt-4.1"]},{"name":"ollama","available":true,"needs":null,"suggestions":["ollama/llama3.2","ollama/qwen3","ollama/gemma3"]},{"name":"rehearsal","available":true,"needs":null,"suggestions":["rehearsal"]}]}"#]].assert_eq(&server.get("/api/models").await.line());
}
