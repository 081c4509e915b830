//! Graphs of councils, as JSON and as Mermaid text.

use expect_test::expect;
use serde_json::json;

use crate::blueprints::pair;
use crate::harness::TestServer;
use crate::models::two_rounds;

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

#[tokio::test]
async fn the_model_of_an_agent_is_drawn_without_its_time_limits() {
    let server = TestServer::start(two_rounds()).await;
    let mut blueprint = pair();
    let spec = json!("openai/author?first-token-timeout=20m");
    blueprint["nodes"][0]["model"] = spec.clone();
    let saved = server.post("/api/councils/", blueprint.to_string()).await.json();
    assert_eq!(saved["nodes"][0]["model"], spec);
    let graph = server.get("/api/councils/pair/graph").await.json();
    assert_eq!(graph["nodes"][1]["model"], "openai/author");
}
