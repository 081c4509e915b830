//! Parts of the OpenAPI document that belong to no single route.

use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder, Schema, Server};
use utoipa::{Modify, OpenApi};

use crate::http::base_path::BasePath;
use crate::wire::error_body::{ErrorBody, FaultsBody};

/// The document without routes.
pub(crate) fn frame() -> utoipa::openapi::OpenApi {
    Frame::openapi()
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "council-server",
        description = "Runs councils of AI agents, streams their events, and lets a person approve or change each step."
    ),
    tags(
        (name = "runs", description = "Start, steer and watch runs, and read their history"),
        (name = "blueprints", description = "Save councils of your own"),
        (name = "server", description = "The server itself"),
    ),
    components(schemas(ErrorBody, FaultsBody)),
    modifiers(&Token),
    security((), ("token" = [])),
)]
struct Frame;

/// The security scheme of servers that have a token.
struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        document.components.get_or_insert_default().add_security_scheme("token", scheme);
    }
}

/// The document of a server at this base path, as JSON.
pub(crate) fn complete(mut document: utoipa::openapi::OpenApi, base_path: &BasePath) -> String {
    add_common_answers(&mut document);
    remove_examples(&mut document);
    if !base_path.prefix().is_empty() {
        document.servers = Some(vec![Server::new(base_path.prefix())]);
    }
    document.to_json().expect("texts and numbers become JSON")
}

/// Adds the error answers that all routes of a kind have.
fn add_common_answers(document: &mut utoipa::openapi::OpenApi) {
    for (path, item) in &mut document.paths.paths {
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            let is_about_runs = operation.tags.iter().flatten().any(|tag| tag != "server");
            add(operation, "421", "The host of the request is not a name of this server");
            add(operation, "403", "The origin of the page is not allowed");
            if !crate::http::access::is_public(path) {
                add(operation, "401", "The token is missing or wrong");
            }
            if operation.request_body.is_some() {
                add(operation, "400", "The body is incomplete, or the host is missing or unclear");
                add(operation, "408", "The body did not arrive in time");
                add(operation, "413", "The body is too large");
            }
            add(operation, "400", "The host is missing or unclear");
            if is_about_runs {
                add(operation, "500", "The stored data does not fit this server");
            }
            add(operation, "503", "The server is overloaded or shutting down, or its database cannot be used");
        }
    }
}

/// Cuts the examples in Rust out of the descriptions of the types that are also documented for Rust.
fn remove_examples(document: &mut utoipa::openapi::OpenApi) {
    let schemas = document.components.iter_mut().flat_map(|components| components.schemas.values_mut());
    for schema in schemas {
        let description = match schema {
            RefOr::T(Schema::Object(schema)) => &mut schema.description,
            RefOr::T(Schema::OneOf(schema)) => &mut schema.description,
            _ => continue,
        };
        if let Some(text) = description
            && let Some((before, _)) = text.split_once("```")
        {
            let before = before.trim_end();
            *text = before.strip_suffix(':').map_or_else(|| before.to_owned(), |before| format!("{before}."));
        }
    }
}

fn add(operation: &mut Operation, status: &str, description: &str) {
    let content = Content::new(Some(RefOr::Ref(Ref::from_schema_name("ErrorBody"))));
    let answer: Response = ResponseBuilder::new().description(description).content("application/json", content).build();
    operation.responses.responses.entry(status.to_owned()).or_insert(RefOr::T(answer));
}
