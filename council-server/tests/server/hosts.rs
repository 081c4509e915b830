//! The host of a request: a foreign name that leads to this server (DNS rebinding) is refused.

use std::net::SocketAddr;

use council_server::Config;
use expect_test::expect;

use crate::harness::{TestServer, bind, within};
use crate::http::{self, Answer};
use crate::models::two_rounds;

/// Sends a request with these lines between the request line and the end of the head.
async fn raw(address: SocketAddr, request_line: &str, lines: &[&str]) -> Answer {
    let lines: String = lines.iter().map(|line| [line, "\r\n"].concat()).collect();
    let request = format!("{request_line}\r\nconnection: close\r\n{lines}\r\n");
    within(http::send_raw(address, request.as_bytes())).await
}

/// The status of a request with this host, and with these lines.
async fn status(address: SocketAddr, host: &str, lines: &[&str]) -> u16 {
    let host = format!("host: {host}");
    raw(address, "GET /api/runs/ HTTP/1.1", &[&[host.as_str()], lines].concat()).await.status
}

async fn statuses(address: SocketAddr, hosts: &[&str]) -> String {
    let mut picture = Vec::new();
    for host in hosts {
        picture.push(format!("{} {host}", status(address, host, &[]).await));
    }
    picture.join("\n")
}

#[tokio::test]
async fn a_server_on_loopback_answers_for_loopback_only() {
    let server = TestServer::start(two_rounds()).await;
    let hosts = [
        "localhost",
        "localhost:8000",
        "LocalHost:1",
        "localhost.:8000",
        "localhost:",
        "council.localhost:8000",
        "127.0.0.1:8000",
        "127.9.9.9",
        "[::1]:8000",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]:8000",
        "evil.example",
        "evil.example:8000",
        "localhost.evil.example",
        "evillocalhost",
        "127.0.0.1.evil.example",
        "10.0.0.1:8000",
        "0.0.0.0:8000",
        "[::]",
        "127.1",
        "2130706433",
        "",
        ".",
        "localhost..",
        "localhost:65536",
        "localhost:+80",
        "localhost:80:80",
        "localhost:http",
        "::1",
        "[::1",
        "[::1]8000",
        "[localhost]",
        "me@localhost",
        "http://localhost",
        "localhost/",
        "local host",
        "localhost,evil.example",
    ];
    expect![[r#"
        200 localhost
        200 localhost:8000
        200 LocalHost:1
        200 localhost.:8000
        200 localhost:
        200 council.localhost:8000
        200 127.0.0.1:8000
        200 127.9.9.9
        200 [::1]:8000
        200 [0:0:0:0:0:0:0:1]
        200 [::ffff:127.0.0.1]:8000
        421 evil.example
        421 evil.example:8000
        421 localhost.evil.example
        421 evillocalhost
        421 127.0.0.1.evil.example
        421 10.0.0.1:8000
        421 0.0.0.0:8000
        421 [::]
        421 127.1
        421 2130706433
        400 
        400 .
        400 localhost..
        400 localhost:65536
        400 localhost:+80
        400 localhost:80:80
        400 localhost:http
        400 ::1
        400 [::1
        400 [::1]8000
        400 [localhost]
        400 me@localhost
        400 http://localhost
        400 localhost/
        400 local host
        400 localhost,evil.example"#]]
    .assert_eq(&statuses(server.address(), &hosts).await);
}

/// The answer names the host and the setting.
#[tokio::test]
async fn a_refusal_says_what_to_do() {
    let server = TestServer::start(two_rounds()).await;
    let refused = raw(server.address(), "GET /api/runs/ HTTP/1.1", &["host: Evil.example:8000"]).await;
    expect![[r#"421 {"detail":"Host 'evil.example' is not a name of this server. If it should be one, start the server with --allowed-hosts evil.example (COUNCIL_ALLOWED_HOSTS)."}"#]]
        .assert_eq(&refused.line());
    let unclear = raw(server.address(), "GET /api/runs/ HTTP/1.1", &["host: localhost:http"]).await;
    expect![[r#"400 {"detail":"The Host 'localhost:http' is not a name or an IP address with an optional port."}"#]]
        .assert_eq(&unclear.line());
}

#[tokio::test]
async fn every_route_refuses_a_foreign_name() {
    let server = TestServer::start(two_rounds()).await;
    let id = server.run("Rust").await;
    server.when(&id, "completed").await;
    let page = server.get("/").await;
    let asset = page.text.split('"').find(|text| text.ends_with("/main.js")).unwrap().to_owned();
    let upgrade = [
        "connection: upgrade",
        "upgrade: websocket",
        "sec-websocket-version: 13",
        "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
    ];
    let stream = ["accept: text/event-stream"];
    let requests = [
        ("GET /".to_owned(), &[][..]),
        (format!("GET {asset}"), &[]),
        ("GET /metrics".to_owned(), &[]),
        ("GET /openapi.json".to_owned(), &[]),
        ("GET /api/health".to_owned(), &[]),
        ("GET /api/ready".to_owned(), &[]),
        ("GET /api/runs/".to_owned(), &[]),
        (format!("GET /api/runs/{id}/events"), &stream),
        (format!("GET /ws/council/{id}"), &upgrade),
        ("POST /api/councils/run".to_owned(), &["content-length: 0"]),
        ("OPTIONS /api/councils/run".to_owned(), &["access-control-request-method: POST"]),
        ("GET /nothing".to_owned(), &[]),
        ("DELETE /".to_owned(), &[]),
    ];
    for (request, lines) in requests {
        let lines = [&["host: evil.example"], lines].concat();
        let answer = raw(server.address(), &format!("{request} HTTP/1.1"), &lines).await;
        assert_eq!(answer.status, 421, "{request}");
        let lines = [&["host: localhost"], &lines[1..]].concat();
        if !request.contains("/ws/") {
            let answer = raw(server.address(), &format!("{request} HTTP/1.1"), &lines).await;
            assert_ne!(answer.status, 421, "{request}");
        }
    }
}

/// RFC 9112, section 3.2: one host, and the target of the request counts before the header.
#[tokio::test]
async fn the_host_is_read_as_the_rfc_says() {
    let server = TestServer::start(two_rounds()).await;
    let cases: &[(&str, &[&str], u16)] = &[
        ("GET /api/runs/ HTTP/1.1", &[], 400),
        ("GET /api/runs/ HTTP/1.1", &["host: localhost", "host: localhost"], 400),
        ("GET /api/runs/ HTTP/1.1", &["host: localhost", "host: evil.example"], 400),
        ("GET /api/runs/ HTTP/1.0", &[], 200),
        ("GET /api/runs/ HTTP/1.0", &["host: localhost"], 200),
        ("GET /api/runs/ HTTP/1.0", &["host: evil.example"], 421),
        ("GET /api/runs/ HTTP/1.0", &["host: localhost", "host: localhost"], 400),
        ("GET http://localhost:8000/api/runs/ HTTP/1.1", &["host: evil.example"], 200),
        ("GET http://evil.example/api/runs/ HTTP/1.1", &["host: localhost"], 421),
        ("GET http://evil.example/api/runs/ HTTP/1.0", &[], 421),
        ("GET http://localhost/api/runs/ HTTP/1.1", &[], 400),
        ("GET http://me@localhost/api/runs/ HTTP/1.1", &["host: localhost"], 400),
    ];
    for (request_line, lines, status) in cases {
        let answer = raw(server.address(), request_line, lines).await;
        assert_eq!(answer.status, *status, "{request_line} {lines:?}: {}", answer.text);
    }
}

/// A rebound request carries a name, so an address of the machine needs no list.
#[tokio::test]
async fn a_server_on_all_addresses_answers_for_addresses() {
    let graph = council_llm::CouncilBuilder::new(two_rounds()).build().unwrap();
    let config =
        Config::default().listen("0.0.0.0:0").insecure(true).allowed_hosts(["council.example".parse().unwrap()]);
    let server = TestServer::run_bound(bind(config, graph).await);
    let address = ([127, 0, 0, 1], server.address().port()).into();
    let hosts = ["0.0.0.0:1", "192.168.1.5:8000", "[2001:db8::1]", "localhost", "council.example", "evil.example"];
    expect![[r#"
        200 0.0.0.0:1
        200 192.168.1.5:8000
        200 [2001:db8::1]
        200 localhost
        200 council.example
        421 evil.example"#]]
    .assert_eq(&statuses(address, &hosts).await);
}

/// The page of an allowed host may call its server. The host of an allowed origin is an allowed host.
#[tokio::test]
async fn allowed_hosts_are_names_of_the_server() {
    let config = Config::default()
        .allowed_hosts(["Council.example.".parse().unwrap(), "::2".parse().unwrap()])
        .allowed_origins(["https://page.example".parse().unwrap()]);
    let server = TestServer::with(config, two_rounds()).await;
    let cases: &[(&str, &[&str], u16)] = &[
        ("council.example", &[], 200),
        ("COUNCIL.example.:8443", &[], 200),
        ("[::2]:1", &[], 200),
        ("page.example", &[], 200),
        ("localhost", &[], 200),
        ("evil.council.example", &[], 421),
        ("council.example", &["origin: https://council.example"], 200),
        ("council.example:8443", &["origin: https://council.example:8443"], 200),
        ("council.example:8443", &["origin: https://council.example"], 403),
        ("council.example", &["origin: https://evil.example"], 403),
        ("evil.example", &["origin: https://evil.example"], 421),
    ];
    for (host, lines, expected) in cases {
        assert_eq!(status(server.address(), host, lines).await, *expected, "{host} {lines:?}");
    }
}

/// A foreign page does not know the token. Its origin is not the server's own, even if it is the host of the request.
#[tokio::test]
async fn with_a_token_other_hosts_are_refused_only_on_request() {
    let authorized = "authorization: Bearer open sesame";
    let config = Config::default().token("open sesame".parse().unwrap());
    let server = TestServer::with(config.clone(), two_rounds()).await;
    assert_eq!(status(server.address(), "council.example", &[authorized]).await, 200);
    assert_eq!(status(server.address(), "council.example", &[]).await, 401);
    assert_eq!(status(server.address(), "council.example", &[authorized, "origin: http://council.example"]).await, 403);
    assert_eq!(raw(server.address(), "GET /api/runs/ HTTP/1.1", &[authorized]).await.status, 400);

    let config = config.allowed_hosts(["council.example".parse().unwrap()]);
    let server = TestServer::with(config, two_rounds()).await;
    assert_eq!(status(server.address(), "council.example", &[authorized]).await, 200);
    assert_eq!(status(server.address(), "council.example", &[authorized, "origin: http://council.example"]).await, 200);
    assert_eq!(status(server.address(), "evil.example", &[authorized]).await, 421);
}
