//! A server below a base path.

use council_server::Config;
use expect_test::expect;

use crate::harness::{TestServer, within};
use crate::http;
use crate::models::two_rounds;
use crate::socket::Watcher;

#[tokio::test]
async fn all_routes_are_below_the_base_path() {
    let config = Config::default().base_path("/tools/council/".parse().unwrap());
    let server = TestServer::with(config, two_rounds()).await;
    let get = async |path: &str| within(http::send_raw(server.address(), &request("GET", path))).await;
    let page = get("/tools/council/").await;
    let scripts: Vec<_> = page.text.split('"').filter(|text| text.contains("/assets/")).collect();
    assert!(!scripts.is_empty());
    for script in scripts {
        assert!(script.starts_with("/tools/council/assets/"), "{script}");
        assert_eq!(get(script).await.status, 200, "{script}");
    }
    let topic = r#"{"input_topic": "Rust"}"#;
    let start = format!(
        "POST /tools/council/api/councils/run HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{topic}",
        topic.len()
    );
    let start = within(http::send_raw(server.address(), start.as_bytes())).await;
    assert_eq!(start.status, 202, "{}", start.text);
    let id = start.json()["run_id"].as_str().unwrap().to_owned();
    let socket = format!("/tools/council/ws/council/{id}");
    let watcher = within(Watcher::connect(server.address(), &socket, &[])).await.ok().unwrap();
    assert_eq!(watcher.rest().await.close, Some(1000));

    let mut picture = Vec::new();
    for path in [
        "/tools/council",
        "/tools/council?token=x",
        "/tools/council/",
        "/tools/council/?token=x",
        "/tools/council/api/health",
        "/tools/council/api/runs?limit=7",
        "/tools/council/api/runs/?limit=7",
        "/tools/council/metrics",
        "/tools/council/nothing",
        "/tools/council//api/health",
        "/tools/council/tools/council/api/health",
        "/",
        "/tools",
        "/tools/",
        "/tools/councils",
        "/tools/council.x/api/health",
        "/api/health",
        "/TOOLS/council/api/health",
    ] {
        let answer = get(path).await;
        let location = answer.header("location").map(|location| format!(" -> {location}")).unwrap_or_default();
        picture.push(format!("{} {path}{location}", answer.status));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    }
    expect![[r#"
        307 /tools/council -> /tools/council/
        307 /tools/council?token=x -> /tools/council/?token=x
        200 /tools/council/
        200 /tools/council/?token=x
        200 /tools/council/api/health
        307 /tools/council/api/runs?limit=7 -> /tools/council/api/runs/?limit=7
        200 /tools/council/api/runs/?limit=7
        200 /tools/council/metrics
        404 /tools/council/nothing
        404 /tools/council//api/health
        404 /tools/council/tools/council/api/health
        404 /
        404 /tools
        404 /tools/
        404 /tools/councils
        404 /tools/council.x/api/health
        404 /api/health
        404 /TOOLS/council/api/health"#]]
    .assert_eq(&picture.join("\n"));
    assert_eq!(get("/").await.line(), r#"404 {"detail":"Not Found"}"#);
    let delete = within(http::send_raw(server.address(), &request("DELETE", "/tools/council/api/runs/"))).await;
    assert_eq!(delete.line(), r#"405 {"detail":"Method Not Allowed"}"#);
    let document = get("/tools/council/openapi.json").await.json();
    assert_eq!(document["servers"].to_string(), r#"[{"url":"/tools/council"}]"#);
    assert!(document["paths"]["/api/health"].is_object());
}

/// Below a base path the same routes are public, and the same accept the token in the query.
#[tokio::test]
async fn the_token_holds_below_the_base_path() {
    let config = Config::default().base_path("/council".parse().unwrap()).token("sesame".parse().unwrap());
    let server = TestServer::with(config, two_rounds()).await;
    let get = async |path: &str| within(http::send_raw(server.address(), &request("GET", path))).await;
    let login = get("/council/").await;
    assert_eq!(login.status, 401);
    assert!(login.text.contains(r#"<form action="/council/" method="get">"#), "{}", login.text);
    let script = login.text.split('"').find(|text| text.ends_with("/login.js")).unwrap();
    assert_eq!(get(script).await.status, 200);
    assert_eq!(get("/council/?token=sesame").await.status, 200);
    assert_eq!(get("/council/api/health").await.status, 200);
    assert_eq!(get("/council/api/runs/").await.status, 401);
    assert_eq!(get("/council/metrics").await.status, 401);
    let socket = async |path| within(Watcher::connect(server.address(), path, &[])).await.err();
    assert_eq!(socket("/council/ws/council/x").await, Some(401));
    assert_eq!(socket("/council/ws/council/x?token=sesame").await, None);
}

/// Hosts and origins are checked outside of the base path too.
#[tokio::test]
async fn foreign_hosts_are_refused_everywhere() {
    let config = Config::default().base_path("/council".parse().unwrap());
    let server = TestServer::with(config, two_rounds()).await;
    for path in ["/", "/council", "/council/", "/council/api/health", "/nothing"] {
        for (line, status) in [("host: evil.example", 421), ("host: localhost\r\norigin: http://evil.example", 403)] {
            let request = format!("GET {path} HTTP/1.1\r\n{line}\r\nconnection: close\r\n\r\n");
            let answer = within(http::send_raw(server.address(), request.as_bytes())).await;
            assert_eq!(answer.status, status, "{path} {line}");
        }
    }
}

#[test]
fn a_base_path_has_plain_segments() {
    let read = |text: &str| text.parse::<council_server::BasePath>().map(|path| path.to_string());
    for (text, path) in [("/", "/"), ("/council", "/council"), ("/a/b-c_d.e~1/", "/a/b-c_d.e~1")] {
        assert_eq!(read(text).as_deref(), Ok(path));
    }
    for text in [
        "",
        "council",
        "council/",
        "//",
        "/a//b",
        "/a//",
        "/a/../b",
        "/.",
        "/a b",
        "/a?b",
        "/{a}",
        "/%61",
        "http://x/a",
        "/ü",
    ] {
        assert!(read(text).is_err(), "{text}");
    }
}

fn request(method: &str, path: &str) -> Vec<u8> {
    format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").into_bytes()
}
