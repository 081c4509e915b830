//! OpenAPI document: every answer and event that a test receives is validated against it.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use council_server::Config;
use expect_test::expect;
use jsonschema::Validator;
use serde_json::{Map, Value, json};

use crate::harness::{TestServer, within};
use crate::http::{self, Answer};
use crate::models::two_rounds;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(council_server::openapi()).unwrap());

/// The schema of each answer, by operation, status and content type; `None` if the answer is not JSON.
static ANSWERS: LazyLock<HashMap<(String, String, String), Option<Validator>>> = LazyLock::new(|| {
    let mut answers = HashMap::new();
    for (operation, described) in operations() {
        for (status, answer) in described["responses"].as_object().unwrap() {
            let none = Map::from_iter([(String::new(), Value::Null)]);
            for (kind, content) in answer["content"].as_object().unwrap_or(&none) {
                let is_json = kind == "application/json";
                let validator = is_json.then(|| validator(&content["schema"]));
                answers.insert((operation.clone(), status.clone(), kind.clone()), validator);
            }
        }
    }
    answers
});

static EVENT: LazyLock<Validator> = LazyLock::new(|| validator(&json!({ "$ref": "#/components/schemas/RunEvent" })));

/// A validator of a schema with its references. Unknown fields are refused.
fn validator(schema: &Value) -> Validator {
    let mut schema = json!({ "allOf": [schema], "components": DOCUMENT["components"] });
    close(&mut schema);
    jsonschema::validator_for(&schema).unwrap()
}

fn close(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if fields.contains_key("properties") && fields.get("type") == Some(&json!("object")) {
                fields.insert("additionalProperties".into(), false.into());
            }
            fields.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

/// Each operation, such as `GET /api/health`, with its description in the document.
fn operations() -> impl Iterator<Item = (String, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().unwrap().iter();
    paths.flat_map(|(path, item)| {
        let operations = item.as_object().unwrap().iter();
        operations.map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation))
    })
}

/// The operation of a request, if it has one.
fn operation(request: &str) -> Option<String> {
    let (method, path) = request.split_once(' ')?;
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    let fits = |template: &&String| {
        let (steps, found): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        let fits = |(step, found): (&&str, &&str)| step == found || (step.starts_with('{') && !found.is_empty());
        steps.len() == found.len() && steps.iter().zip(&found).all(fits)
    };
    // A fixed segment has precedence over a parameter.
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let path = paths.keys().filter(fits).min_by_key(|path| path.matches('{').count())?;
    paths[path].get(method.to_lowercase()).map(|_| format!("{method} {path}"))
}

/// Validates an answer to a request.
pub(crate) fn check(request: &str, answer: &Answer) {
    if request.starts_with("HEAD ") {
        return;
    }
    let Some(operation) = operation(request) else {
        assert!(
            [401, 403, 404, 405].contains(&answer.status) || request.starts_with("OPTIONS"),
            "{request} is not documented: {}",
            answer.line()
        );
        return;
    };
    let kind = answer.header("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().to_owned();
    let documented = ANSWERS.get(&(operation, answer.status.to_string(), kind.clone()));
    let documented = documented.unwrap_or_else(|| panic!("{request}: {kind} is not documented: {}", answer.line()));
    if let Some(validator) = documented {
        fits(validator, &answer.json());
    }
    if kind == "text/event-stream" {
        answer.text.lines().filter_map(|line| line.strip_prefix("data: ")).for_each(check_event);
    }
}

/// Validates an event.
pub(crate) fn check_event(event: &str) {
    fits(&EVENT, &serde_json::from_str(event).unwrap());
}

fn fits(validator: &Validator, value: &Value) {
    let faults: Vec<_> = validator.iter_errors(value).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{value}\ndoes not fit the document:\n{}", faults.join("\n"));
}

#[test]
fn the_document_lists_all_routes_and_their_statuses() {
    let lines: BTreeSet<_> = operations()
        .map(|(operation, described)| {
            let statuses: Vec<_> = described["responses"].as_object().unwrap().keys().map(String::as_str).collect();
            let (method, path) = operation.split_once(' ').unwrap();
            format!("{path:33} {method:6} {}", statuses.join(" "))
        })
        .collect();
    expect![[r#"
        /                                 GET    200 304 400 401 403 421 503
        /api/councils                     GET    307 400 401 403 421 500 503
        /api/councils                     POST   307 400 401 403 421 500 503
        /api/councils/                    GET    200 400 401 403 421 422 500 503
        /api/councils/                    POST   201 400 401 403 408 409 413 421 422 500 503
        /api/councils/check               POST   200 400 401 403 408 413 421 500 503
        /api/councils/graph               GET    200 400 401 403 421 422 500 503
        /api/councils/run                 POST   202 400 401 403 408 409 413 421 422 429 500 503
        /api/councils/run/{id}            GET    200 400 401 403 404 421 500 503
        /api/councils/run/{id}/approve    POST   200 400 401 403 408 413 421 422 500 503
        /api/councils/run/{id}/cancel     POST   200 400 401 403 404 409 421 500 503
        /api/councils/run/{id}/retry      POST   202 400 401 403 404 409 421 422 429 500 503
        /api/councils/run/{id}/state      GET    200 400 401 403 404 421 500 503
        /api/councils/{id}                DELETE 204 400 401 403 404 421 500 503
        /api/councils/{id}                GET    200 400 401 403 404 421 500 503
        /api/councils/{id}                PUT    200 400 401 403 404 408 413 421 422 500 503
        /api/councils/{id}/graph          GET    200 400 401 403 404 421 422 500 503
        /api/councils/{id}/run            POST   202 400 401 403 404 408 409 413 421 422 429 500 503
        /api/health                       GET    200 400 403 421 503
        /api/models                       GET    200 400 401 403 421 500 503
        /api/ready                        GET    200 400 401 403 421 503
        /api/runs                         GET    307 400 401 403 421 500 503
        /api/runs/                        GET    200 400 401 403 421 422 500 503
        /api/runs/{id}                    GET    200 400 401 403 404 421 500 503
        /api/runs/{id}/events             GET    200 204 400 401 403 404 421 422 500 503
        /api/runs/{id}/graph              GET    200 400 401 403 404 421 422 500 503
        /api/runs/{id}/rounds             GET    200 400 401 403 404 421 422 500 503
        /assets/{version}/{file}          GET    200 400 403 404 421 503
        /assets/{version}/{folder}/{file} GET    200 400 403 404 421 503
        /metrics                          GET    200 400 401 403 421 503
        /openapi.json                     GET    200 400 401 403 421 503
        /ws/council/{id}                  GET    101 400 401 403 421 422 426 500 503"#]]
    .assert_eq(&lines.into_iter().collect::<Vec<_>>().join("\n"));
}

/// Each path is served for its documented methods only.
#[tokio::test]
async fn the_document_and_the_routes_agree() {
    let server = TestServer::start(two_rounds()).await;
    let operations: BTreeSet<_> = operations().map(|(operation, _)| operation).collect();
    let paths: BTreeSet<_> =
        operations.iter().filter_map(|operation| operation.split_once(' ')).map(|it| it.1).collect();
    for path in paths {
        for method in ["GET", "POST", "PUT", "DELETE", "PATCH"] {
            let request = format!("{method} {}", path.replace("{id}", "some"));
            let status = within(http::send(server.address(), &request, &[], b"")).await.status;
            let is_documented = operations.contains(&format!("{method} {path}"));
            assert_eq!(status != 405, is_documented, "{request}: {status}");
        }
    }
}

#[tokio::test]
async fn the_openapi_document_needs_the_token() {
    let config = Config::default().token("open sesame".parse().unwrap());
    let server = TestServer::with(config, two_rounds()).await;
    assert_eq!(server.get("/openapi.json").await.status, 401);
    let headers = [("authorization", "Bearer open sesame")];
    let answer = within(http::send(server.address(), "GET /openapi.json", &headers, b"")).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, council_server::openapi()));
}

#[test]
fn no_description_contains_an_example_in_rust() {
    assert!(!council_server::openapi().contains("```"));
}

#[test]
fn a_time_of_a_blueprint_is_a_number_or_a_text() {
    let limits = &DOCUMENT["components"]["schemas"]["CallTimeouts"]["properties"];
    let patience = &DOCUMENT["components"]["schemas"]["Agent"]["properties"]["patience"];
    for schema in [&limits["firstToken"], &limits["betweenTokens"], &limits["total"], patience] {
        let time = validator(schema);
        assert!(
            [json!(90), json!(0.5), json!("20m"), json!(null)].iter().all(|value| time.is_valid(value)),
            "{schema}"
        );
        assert!([json!(-1), json!(true), json!([])].iter().all(|value| !time.is_valid(value)), "{schema}");
        assert!(schema["description"].as_str().unwrap().contains("`20m`"), "{schema}");
    }
}

/// Each `$ref` of the document leads to a schema.
#[test]
fn every_reference_of_the_document_resolves() {
    let text = council_server::openapi();
    for reference in text.split(r#""$ref":""#).skip(1).filter_map(|rest| rest.split('"').next()) {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(DOCUMENT.pointer(pointer).is_some(), "{reference}");
    }
}

/// The validation of events is not empty: it refuses wrong events.
#[test]
fn an_event_outside_the_schema_is_refused() {
    let event = json!({ "event": "run_resumed", "run_id": "r1", "seq": 1, "at": "2026-01-01T00:00:00.000Z" });
    assert!(EVENT.is_valid(&event));
    for (field, value) in [("seq", json!("1")), ("event", json!("run_begun")), ("colour", json!("blue"))] {
        let mut event = event.clone();
        event[field] = value;
        assert!(!EVENT.is_valid(&event), "{event}");
    }
    let unnumbered = json!({ "event": "run_resumed", "run_id": "r1", "at": "2026-01-01T00:00:00.000Z" });
    assert!(!EVENT.is_valid(&unnumbered));
    let history = ("GET /api/runs/".to_owned(), "200".to_owned(), "application/json".to_owned());
    let history = ANSWERS[&history].as_ref().unwrap();
    assert!(history.is_valid(&json!([])) && !history.is_valid(&json!([{ "id": "r1" }])));
}
