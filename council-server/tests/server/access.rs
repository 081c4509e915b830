//! Access: tokens and origins.

use council_server::{BindError, Config, Server};
use expect_test::expect;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{TestServer, within};
use crate::http;
use crate::models::two_rounds;
use crate::socket::Watcher;

const RUN: &str = r#"{"input_topic": "Rust"}"#;

/// The status of requests, by route and by the place of the token.
#[tokio::test]
async fn every_route_needs_the_token() {
    let config = Config::default().token("open sesame\n".parse().unwrap());
    let server = TestServer::with(config, two_rounds()).await;
    let credentials = [
        "",
        "Bearer",
        "Bearer open",
        "Bearer open sesame!",
        "Basic open sesame",
        "open sesame",
        "Bearer open sesame",
        "bearer  open sesame",
    ];
    let requests = ["GET /api/health", "POST /api/councils/run", "GET /api/councils/run/x", "GET /nothing"];
    let mut picture = Vec::new();
    for credential in credentials {
        let headers = [("authorization", credential)];
        let headers = if credential.is_empty() { &[][..] } else { &headers };
        let mut statuses = Vec::new();
        for request in requests {
            let body = if request.starts_with("POST") { RUN } else { "" };
            let answer = within(http::send(server.address(), request, headers, body.as_bytes())).await;
            statuses.push(answer.status.to_string());
        }
        statuses.push(upgrade(&server, "/ws/council/x", headers).await.to_string());
        picture.push(format!("{:22} {}", format!("{credential:?}"), statuses.join(" ")));
    }
    expect![[r#"
        ""                     200 401 401 401 401
        "Bearer"               200 401 401 401 401
        "Bearer open"          200 401 401 401 401
        "Bearer open sesame!"  200 401 401 401 401
        "Basic open sesame"    200 401 401 401 401
        "open sesame"          200 401 401 401 401
        "Bearer open sesame"   200 202 404 404 101
        "bearer  open sesame"  200 202 404 404 101"#]]
    .assert_eq(&picture.join("\n"));
}

#[tokio::test]
async fn only_a_websocket_accepts_the_token_in_the_query() {
    let config = Config::default().token("open sesame".parse().unwrap());
    let server = TestServer::with(config, two_rounds()).await;
    assert_eq!(upgrade(&server, "/ws/council/x?after=1&token=open%20sesame", &[]).await, 101);
    assert_eq!(upgrade(&server, "/ws/council/x?token=open+sesame", &[]).await, 101);
    assert_eq!(upgrade(&server, "/ws/council/x?token=open", &[]).await, 401);
    let refused = server.get("/api/councils/run/x?token=open%20sesame").await;
    expect![[r#"401 {"detail":"Not authenticated"}"#]].assert_eq(&refused.line());
    assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
}

/// A browser sets no header of its own when it opens a WebSocket, and a token in an address stands in logs. The answer never has the token.
#[tokio::test]
async fn a_websocket_accepts_the_token_as_a_subprotocol() {
    let config = Config::default().token("öpen sesame?".parse().unwrap());
    let server = TestServer::with(config, two_rounds()).await;
    let ask = async |protocols: &[&str]| {
        let lines: String =
            protocols.iter().map(|value| ["sec-websocket-protocol: ", value, "\r\n"].concat()).collect();
        let request = format!(
            "GET /ws/council/x HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{lines}\r\n"
        );
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.windows(4).any(|bytes| bytes == b"\r\n\r\n") {
            assert_ne!(within(stream.read_buf(&mut answer)).await.unwrap(), 0);
        }
        let head = String::from_utf8_lossy(&answer).to_ascii_lowercase();
        let status = head.split(' ').nth(1).unwrap().to_owned();
        let chosen = head.lines().find_map(|line| line.strip_prefix("sec-websocket-protocol: ")).unwrap_or("-");
        assert!(!head.contains("w7zw"), "{head}");
        format!("{status} {chosen}")
    };
    let right = "council.token.w7ZwZW4gc2VzYW1lPw";
    let cases = [
        &[][..],
        &["council"],
        &["council.token."],
        &["council.token.b3Blbg"],
        &["council.token.w7ZwZW4gc2VzYW1lPw==", "council"],
        &["w7ZwZW4gc2VzYW1lPw", "council"],
        &[right],
        &["council", right],
        &["other, council.token.w7ZwZW4gc2VzYW1lPw,council"],
    ];
    let mut picture = Vec::new();
    for protocols in cases {
        picture.push(format!("{} {protocols:?}", ask(protocols).await));
    }
    expect![[r#"
        401 - []
        401 - ["council"]
        401 - ["council.token."]
        401 - ["council.token.b3Blbg"]
        401 - ["council.token.w7ZwZW4gc2VzYW1lPw==", "council"]
        401 - ["w7ZwZW4gc2VzYW1lPw", "council"]
        101 - ["council.token.w7ZwZW4gc2VzYW1lPw"]
        101 council ["council", "council.token.w7ZwZW4gc2VzYW1lPw"]
        101 council ["other, council.token.w7ZwZW4gc2VzYW1lPw,council"]"#]]
    .assert_eq(&picture.join("\n"));
    let rest = [("sec-websocket-protocol", right)];
    assert_eq!(within(http::send(server.address(), "GET /api/runs/", &rest, b"")).await.status, 401);
}

/// Pages of other origins can use neither REST nor sockets.
#[tokio::test]
async fn pages_of_other_origins_are_refused() {
    let config = Config::default().allowed_origins(["https://council.example".parse().unwrap()]);
    let server = TestServer::with(config, two_rounds()).await;
    let port = server.address().port();
    let own = format!("http://127.0.0.1:{port}");
    let neighbour = format!("http://127.0.0.1:{}", u32::from(port) + 1);
    let cases = [
        (own.as_str(), 202, 101),
        ("https://council.example", 202, 101),
        ("http://council.example", 403, 403),
        ("https://council.example.evil.example", 403, 403),
        ("http://localhost:3000", 403, 403),
        (neighbour.as_str(), 403, 403),
        ("null", 403, 403),
        ("", 403, 403),
    ];
    for (origin, rest, socket) in cases {
        let headers = [("origin", origin)];
        let answer = within(http::send(server.address(), "POST /api/councils/run", &headers, RUN.as_bytes())).await;
        assert_eq!(answer.status, rest, "{origin}: {}", answer.text);
        assert_eq!(upgrade(&server, "/ws/council/x", &headers).await, socket, "{origin}");
    }
    let headers = [("origin", "https://evil.example")];
    let refused = within(http::send(server.address(), "GET /api/health", &headers, b"")).await;
    expect![[r#"403 {"detail":"Origin 'https://evil.example' is not allowed."}"#]].assert_eq(&refused.line());
}

/// A page behind a proxy that hides its address must load to say why its calls are refused.
#[tokio::test]
async fn the_code_of_the_page_is_served_to_every_origin() {
    let server = TestServer::start(two_rounds()).await;
    let page = server.get("/").await.text;
    let (_, rest) = page.split_once("<script type=\"module\" src=\"").unwrap();
    let (module, _) = rest.split_once('"').unwrap();
    let headers = [("origin", "https://elsewhere.example")];
    let answer = within(http::send(server.address(), &format!("GET {module}"), &headers, b"")).await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, None));
}

/// The port of an origin is compared with that of the host, also if one of them leaves out the default port.
#[tokio::test]
async fn the_servers_own_origin_has_its_host_and_its_port() {
    let server = TestServer::start(two_rounds()).await;
    let cases = [
        ("localhost:8000", "http://localhost:8000", 200),
        ("LOCALHOST.:8000", "http://localhost:8000", 200),
        ("[::1]:8000", "http://[::1]:8000", 200),
        ("[0:0:0:0:0:0:0:1]:8000", "http://[::1]:8000", 200),
        ("127.0.0.1:80", "http://127.0.0.1", 200),
        ("127.0.0.1:443", "https://127.0.0.1", 200),
        ("127.0.0.1", "https://127.0.0.1", 200),
        ("127.0.0.1:8000", "http://127.0.0.1", 403),
        ("127.0.0.1:8000", "http://localhost:8000", 403),
    ];
    for (host, origin, status) in cases {
        let request =
            format!("GET /api/health HTTP/1.1\r\nhost: {host}\r\norigin: {origin}\r\nconnection: close\r\n\r\n");
        let answer = within(http::send_raw(server.address(), request.as_bytes())).await;
        assert_eq!(answer.status, status, "{host} {origin}");
    }
}

#[tokio::test]
async fn a_preflight_request_is_answered() {
    let config = Config::default().token("open sesame".parse().unwrap());
    let server = TestServer::with(config, two_rounds()).await;
    let headers = [
        ("origin", "http://localhost:3000"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "authorization,content-type"),
    ];
    let allowed = within(http::send(server.address(), "OPTIONS /api/councils/run", &headers, b"")).await;
    assert_eq!(allowed.status, 200);
    assert_eq!(allowed.header("access-control-allow-origin"), Some("http://localhost:3000"));
    assert_eq!(allowed.header("access-control-allow-methods"), Some("GET,POST,PUT,DELETE"));
    assert_eq!(allowed.header("access-control-allow-headers"), Some("authorization,content-type"));

    let unauthorised = within(http::send(server.address(), "POST /api/councils/run", &headers[..1], b"")).await;
    assert_eq!(unauthorised.status, 401);
    assert_eq!(unauthorised.header("access-control-allow-origin"), Some("http://localhost:3000"));

    let stranger = [("origin", "https://evil.example"), headers[1], headers[2]];
    let refused = within(http::send(server.address(), "OPTIONS /api/councils/run", &stranger, b"")).await;
    assert_eq!((refused.status, refused.header("access-control-allow-origin")), (403, None));
}

#[tokio::test]
async fn listening_beyond_loopback_needs_a_token_or_insecure() {
    let graph = council_llm::CouncilBuilder::new(two_rounds()).build().unwrap();
    let config = Config::default().listen("0.0.0.0:0");
    let refused = Server::bind(config.clone(), graph.clone()).await.err().unwrap();
    assert!(matches!(refused, BindError::Exposed { .. }), "{refused}");
    let insecure = config.clone().insecure(true);
    assert!(Server::bind(insecure, graph.clone()).await.is_ok());
    let guarded = config.token("open sesame".parse().unwrap());
    assert!(Server::bind(guarded, graph).await.is_ok());
}

/// The status of an upgrade.
async fn upgrade(server: &TestServer, path: &str, headers: &[(&'static str, &str)]) -> u16 {
    within(Watcher::connect(server.address(), path, headers)).await.err().unwrap_or(101)
}
