//! Page: its headers, policy, size, modules and compression.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use council_server::Config;
use expect_test::expect;
use sha2::{Digest, Sha256};

use crate::harness::{TestServer, within};
use crate::http::{self, Answer};
use crate::models::two_rounds;

#[tokio::test]
async fn the_policy_of_the_page_allows_only_its_own_code() {
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
    let picture = policy.replace(&style_hash(&page), "<the style>").replace("; ", "\n");
    expect![[r#"
        default-src 'none'
        script-src 'self'
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

/// The page is small, loads nothing from other hosts, and has no code that its policy refuses.
#[tokio::test]
async fn the_page_is_small_and_complete() {
    let server = TestServer::start(two_rounds()).await;
    let page = server.get("/").await.text;
    let modules = modules(&server, &page).await;
    let loaded_at_once = modules.iter().filter(|(path, _)| page.contains(&format!("\"{path}\"")));
    let size = page.len() + loaded_at_once.map(|(_, text)| text.len()).sum::<usize>();
    assert!(size < 200_000, "{size} bytes");
    for text in modules.values().chain([&page]) {
        // This is a name of XML and is not fetched.
        let own = text.replace("http://www.w3.org/2000/svg", "");
        for outside in ["src=\"http", "href=\"http", "url(http", "@import", "//cdn", "from \"http", "import(\"http"] {
            assert!(!own.contains(outside), "{outside}");
        }
        for refused in
            [" style=\"", "innerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", " onclick=\""]
        {
            assert!(!text.contains(refused), "{refused}");
        }
    }
    for tag in ["<style>", "<script", "</script>"] {
        assert_eq!(page.matches(tag).count(), 1, "{tag}");
    }
}

/// The page lists each module that it imports at once, and no other, so the browser loads them in parallel.
#[tokio::test]
async fn all_modules_are_preloaded_except_those_on_demand() {
    let server = TestServer::start(two_rounds()).await;
    let page = server.get("/").await.text;
    let modules = modules(&server, &page).await;
    let mut at_once = BTreeSet::new();
    let mut found = attributes(&page, "<script type=\"module\" src=\"");
    while let Some(path) = found.pop() {
        if at_once.insert(path.clone()) {
            found.extend(attributes(&modules[&path], "from \"").iter().map(|name| resolved(&path, name)));
        }
    }
    let preloaded: BTreeSet<_> = attributes(&page, "<link rel=\"modulepreload\" href=\"").into_iter().collect();
    assert_eq!(preloaded, at_once);
    assert!(modules.len() > at_once.len(), "the editor is loaded on demand");
}

#[tokio::test]
async fn modules_are_cached_for_ever_and_unknown_ones_are_not_found() {
    let config = Config::default().token("open sesame".parse().unwrap());
    let server = TestServer::with(config, two_rounds()).await;
    let login = server.get("/").await.text;
    let [path] = &attributes(&login, "<script type=\"module\" src=\"")[..] else { panic!("{login}") };
    // The request has no token, because browsers send none for modules.
    let module = server.get(path).await;
    let headers = ["content-type", "cache-control", "x-content-type-options"].map(|name| module.header(name).unwrap());
    let expected = ["text/javascript; charset=utf-8", "public, max-age=31536000, immutable", "nosniff"];
    assert_eq!((module.status, headers), (200, expected));
    let (base, _) = path.rsplit_once('/').unwrap();
    for absent in
        [format!("{base}/x.js"), format!("{base}/lib/x.js"), "/assets/0/login.js".into(), format!("{base}/%ff")]
    {
        assert_eq!(server.get(&absent).await.line(), r#"404 {"detail":"Not Found"}"#, "{absent}");
    }
}

#[tokio::test]
async fn a_browser_with_the_current_page_receives_304() {
    let server = TestServer::start(two_rounds()).await;
    let ask = async |request: &str, known: &str| {
        let headers = [("if-none-match", known)];
        within(http::send(server.address(), request, &headers, b"")).await
    };
    let tag = server.get("/").await.header("etag").unwrap().to_owned();
    for known in [&*tag, &*format!("\"other\", {tag}")] {
        let answer = ask("GET /", known).await;
        assert_eq!((answer.status, &*answer.text, answer.header("etag")), (304, "", Some(&*tag)), "{known}");
    }
    assert_eq!(ask("GET /", "\"other\"").await.status, 200);
    let head = ask("HEAD /", "\"other\"").await;
    assert_eq!((head.status, &*head.text, head.header("etag")), (200, "", Some(&*tag)));
    assert_eq!(server.post("/", "").await.line(), r#"405 {"detail":"Method Not Allowed"}"#);
}

/// Browsers accept gzip. Other clients receive the same text uncompressed.
#[tokio::test]
async fn the_page_and_its_modules_are_compressed_for_clients_that_accept_gzip() {
    let server = TestServer::start(two_rounds()).await;
    let get = async |path: &str, accepted: &str| {
        let headers = [("accept-encoding", accepted)];
        within(http::send(server.address(), &format!("GET {path}"), &headers, b"")).await
    };
    let page = server.get("/").await;
    let (mut plain, mut compressed) = (0, 0);
    for path in modules(&server, &page.text).await.into_keys().chain(["/".to_owned()]) {
        let text = server.get(&path).await;
        let gzip = get(&path, "br, GZIP;q=0.5").await;
        assert_eq!(gzip.header("content-encoding"), Some("gzip"), "{path}");
        assert_eq!((&gzip.text, gzip.header("etag")), (&text.text, text.header("etag")), "{path}");
        for answer in [&gzip.head, &text.head] {
            assert!(answer.contains("vary: accept-encoding"), "{path}: {answer}");
        }
        plain += text.sent;
        compressed += gzip.sent;
    }
    assert!(compressed < plain * 2 / 5, "{compressed} of {plain} bytes");
    for refused in ["identity", "gzip;q=0", "br, deflate", "x-gzip;q=1"] {
        let answer = get("/", refused).await;
        assert_eq!((answer.header("content-encoding"), &answer.text), (None, &page.text), "{refused}");
    }
    let answer = get("/api/runs/", "gzip").await;
    assert_eq!(answer.header("content-encoding"), None, "answers of the API are sent as they are");
}

#[tokio::test]
async fn a_page_without_the_token_asks_for_it() {
    let config = Config::default().token("open sesame".parse().unwrap());
    let server = TestServer::with(config, two_rounds()).await;
    for path in ["/", "/?token=open", "/?other=open+sesame"] {
        let login = server.get(path).await;
        assert_eq!((login.status, login.header("www-authenticate")), (401, Some("Bearer")), "{path}");
        assert!(login.text.contains("<input id=\"token\" name=\"token\" type=\"password\""), "{path}");
        assert!(!login.text.contains("open"), "{path} shows the wrong token");
        let policy = login.header("content-security-policy").unwrap();
        assert!(policy.contains(&style_hash(&login)), "{policy}");
        assert_eq!(login.header("cache-control"), Some("no-store"));
    }
    let page = server.get("/?token=open+sesame").await;
    assert_eq!(page.status, 200);
    assert!(!page.text.contains("sesame"));
    let headers = [("authorization", "Bearer open sesame")];
    assert_eq!(within(http::send(server.address(), "GET /", &headers, b"")).await.text, page.text);
    assert_eq!(server.post("/", "").await.line(), r#"401 {"detail":"Not authenticated"}"#);
}

/// A browser that opens an answer of the API runs nothing, shows it in no frame, and caches nothing.
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

/// The hash of the style of a page, as in a policy.
fn style_hash(page: &Answer) -> String {
    let (_, rest) = page.text.split_once("<style>").unwrap();
    let (text, _) = rest.split_once("</style>").unwrap();
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text)))
}

/// All modules of a page by their paths: its script, and all direct and indirect imports.
async fn modules(server: &TestServer, page: &str) -> BTreeMap<String, String> {
    let mut modules = BTreeMap::new();
    let mut found = attributes(page, "<script type=\"module\" src=\"");
    while let Some(path) = found.pop() {
        if modules.contains_key(&path) {
            continue;
        }
        let module = server.get(&path).await;
        assert_eq!(module.status, 200, "{path}");
        let imported = [attributes(&module.text, "from \""), attributes(&module.text, "import(\"")].concat();
        found.extend(imported.iter().map(|name| resolved(&path, name)));
        modules.insert(path, module.text);
    }
    modules
}

/// The path of a relative import.
fn resolved(module: &str, name: &str) -> String {
    let mut steps: Vec<_> = module.split('/').collect();
    steps.pop();
    for step in name.split('/') {
        match step {
            "." => {}
            ".." => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    steps.join("/")
}

/// The texts after each occurrence of these words, up to the next quotation mark.
fn attributes(text: &str, words: &str) -> Vec<String> {
    text.split(words).skip(1).map(|rest| rest.split_once('"').unwrap().0.to_owned()).collect()
}
