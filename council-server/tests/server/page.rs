//! The page: what is sent, and what it allows itself.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use council_server::Config;
use expect_test::expect;
use sha2::{Digest, Sha256};

use crate::harness::{TestServer, within};
use crate::http::{self, Answer};
use crate::models::two_rounds;

#[tokio::test]
async fn the_page_comes_with_a_policy_that_lets_nothing_else_in() {
    let server = TestServer::start(two_rounds()).await;
    let page = server.get("/").await;
    assert_eq!(page.status, 200);
    let headers = ["content-type", "cache-control", "x-content-type-options", "referrer-policy"];
    let headers = headers.map(|name| format!("{name}: {}", page.header(name).unwrap_or("-")));
    expect![[r#"
        content-type: text/html; charset=utf-8
        cache-control: private, no-cache
        x-content-type-options: nosniff
        referrer-policy: no-referrer"#]]
    .assert_eq(&headers.join("\n"));
    let policy = page.header("content-security-policy").unwrap();
    let (script, style) = (hash(&page, "<script type=\"module\">", "</script>"), hash(&page, "<style>", "</style>"));
    let picture = policy.replace(&script, "<the script>").replace(&style, "<the style>").replace("; ", "\n");
    expect![[r#"
        default-src 'none'
        script-src '<the script>'
        style-src '<the style>'
        connect-src 'self'
        img-src 'self' data:
        base-uri 'none'
        form-action 'self'
        frame-ancestors 'none'
        require-trusted-types-for 'script'
        trusted-types 'none'"#]]
    .assert_eq(&picture);
}

/// Nothing of it comes from elsewhere, it is small, and it does nothing that its policy would refuse.
#[tokio::test]
async fn the_page_is_whole_and_small() {
    let server = TestServer::start(two_rounds()).await;
    let page = server.get("/").await.text;
    assert!(page.len() < 200_000, "{} bytes", page.len());
    // Names of XML, which nobody fetches.
    let own = page.replace("http://www.w3.org/2000/svg", "");
    for outside in ["src=\"http", "href=\"http", "url(http", "@import", "//cdn", "import("] {
        assert!(!own.contains(outside), "{outside}");
    }
    for refused in
        [" style=\"", "innerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", " onclick=\""]
    {
        assert!(!page.contains(refused), "{refused}");
    }
    for tag in ["<style>", "<script", "</script>"] {
        assert_eq!(page.matches(tag).count(), 1, "{tag}");
    }
}

#[tokio::test]
async fn a_browser_that_has_the_page_is_not_sent_it_again() {
    let server = TestServer::start(two_rounds()).await;
    let ask = async |request: &str, known: &str| {
        let headers = [("if-none-match", known)];
        within(http::send(server.address(), request, &headers, b"")).await
    };
    let tag = server.get("/").await.header("etag").unwrap().to_owned();
    for known in [&*tag, &*format!("\"other\", W/{tag}")] {
        let answer = ask("GET /", known).await;
        assert_eq!((answer.status, &*answer.text, answer.header("etag")), (304, "", Some(&*tag)), "{known}");
    }
    assert_eq!(ask("GET /", "\"other\"").await.status, 200);
    let head = ask("HEAD /", "\"other\"").await;
    assert_eq!((head.status, &*head.text, head.header("etag")), (200, "", Some(&*tag)));
    assert_eq!(server.post("/", "").await.line(), r#"405 {"detail":"Method Not Allowed"}"#);
}

#[tokio::test]
async fn with_a_token_a_person_is_asked_for_it_first() {
    let config = Config { token: Some("open sesame".parse().unwrap()), ..Config::default() };
    let server = TestServer::with(config, two_rounds()).await;
    for path in ["/", "/?token=open", "/?other=open+sesame"] {
        let login = server.get(path).await;
        assert_eq!((login.status, login.header("www-authenticate")), (401, Some("Bearer")), "{path}");
        assert!(login.text.contains("<input id=\"token\" name=\"token\" type=\"password\""), "{path}");
        assert!(!login.text.contains("open"), "{path} shows what was brought");
        let policy = login.header("content-security-policy").unwrap();
        assert!(policy.contains(&hash(&login, "<script type=\"module\">", "</script>")), "{policy}");
        assert!(policy.contains(&hash(&login, "<style>", "</style>")), "{policy}");
        assert_eq!(login.header("cache-control"), Some("no-store"));
    }
    let page = server.get("/?token=open+sesame").await;
    assert_eq!(page.status, 200);
    assert!(!page.text.contains("sesame"));
    let headers = [("authorization", "Bearer open sesame")];
    assert_eq!(within(http::send(server.address(), "GET /", &headers, b"")).await.text, page.text);
    assert_eq!(server.post("/", "").await.line(), r#"401 {"detail":"Not authenticated"}"#);
}

/// An answer of the API that a browser opens is data: nothing in it is run, shown in a frame, or kept.
#[tokio::test]
async fn answers_of_the_api_are_guarded_too() {
    let server = TestServer::start(two_rounds()).await;
    for path in ["/api/health", "/api/runs/", "/api/councils/run/x", "/nothing"] {
        let answer = server.get(path).await;
        let headers = ["x-content-type-options", "referrer-policy", "content-security-policy", "cache-control"];
        let headers = headers.map(|name| answer.header(name).unwrap_or("-").to_owned());
        let expected = ["nosniff", "no-referrer", "default-src 'none'; frame-ancestors 'none'", "no-store"];
        assert_eq!(headers, expected, "{path}");
    }
}

/// What stands between two tags, as a policy names it.
fn hash(page: &Answer, open: &str, close: &str) -> String {
    let (_, rest) = page.text.split_once(open).unwrap();
    let (text, _) = rest.split_once(close).unwrap();
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text)))
}
