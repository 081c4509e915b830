//! Pages of lists.

use expect_test::expect;
use serde_json::Value;

use crate::blueprints::pair;
use crate::harness::TestServer;
use crate::models::two_rounds;

/// The values of a field in a list.
fn values(list: &Value, field: &str) -> String {
    let items = list.as_array().unwrap().iter().map(|item| item[field].to_string());
    items.collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn every_list_has_pages() {
    let server = TestServer::start(two_rounds()).await;
    for id in ["one", "two", "three"] {
        let mut blueprint = pair();
        blueprint["id"] = id.into();
        assert_eq!(server.post("/api/councils/", blueprint.to_string()).await.status, 201);
    }
    let id = server.run("Rust").await;
    server.when(&id, "completed").await;
    let mut picture = Vec::new();
    for (path, field) in [
        ("/api/councils/", "id"),
        ("/api/councils/?limit=2", "id"),
        ("/api/councils/?limit=2&offset=2", "id"),
        ("/api/councils/?offset=3", "id"),
        ("/api/runs/?limit=1", "input_topic"),
        ("/api/runs/?offset=1", "input_topic"),
        ("/api/runs/ID/rounds", "round"),
        ("/api/runs/ID/rounds?limit=2&offset=1", "round"),
        ("/api/runs/ID/events?after=2&limit=3", "seq"),
        ("/api/runs/ID/events?after=99", "seq"),
    ] {
        let list = server.get(&path.replace("ID", &id)).await;
        assert_eq!(list.status, 200, "{}", list.text);
        picture.push(format!("{path}: {}", values(&list.json(), field)));
    }
    for path in ["/api/councils/?limit=0&offset=x", "/api/runs/ID/rounds?limit=0", "/api/runs/ID/events?limit=0"] {
        let refused = server.get(&path.replace("ID", &id)).await;
        picture.push(format!("{path}: {} {}", refused.status, values(&refused.json()["detail"], "msg")));
    }
    expect![[r#"
        /api/councils/: "three" "two" "one"
        /api/councils/?limit=2: "three" "two"
        /api/councils/?limit=2&offset=2: "one"
        /api/councils/?offset=3: 
        /api/runs/?limit=1: "Rust"
        /api/runs/?offset=1: 
        /api/runs/ID/rounds: 1 1 2 2 2
        /api/runs/ID/rounds?limit=2&offset=1: 1 2
        /api/runs/ID/events?after=2&limit=3: 3 4 5
        /api/runs/ID/events?after=99: 
        /api/councils/?limit=0&offset=x: 422 "Input should be greater than or equal to 1" "Input should be a valid integer, unable to parse string as an integer"
        /api/runs/ID/rounds?limit=0: 422 "Input should be greater than or equal to 1"
        /api/runs/ID/events?limit=0: 422 "Input should be greater than or equal to 1""#]].assert_eq(&picture.join("\n"));
}
