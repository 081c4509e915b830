//! What the OpenAPI document says beside the routes, and of all of them.

use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{Modify, OpenApi};

use crate::wire::error_body::{ErrorBody, FaultsBody};

/// What the document says beside the routes.
pub(crate) fn frame() -> utoipa::openapi::OpenApi {
    Frame::openapi()
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "council-server",
        description = "Starts councils of AI agents, shows them while they happen, and lets a person take the chair."
    ),
    tags(
        (name = "runs", description = "Starting, steering and watching runs, and looking back at them"),
        (name = "blueprints", description = "Councils of one's own"),
        (name = "server", description = "The server itself"),
    ),
    components(schemas(ErrorBody, FaultsBody)),
    modifiers(&Token),
    security((), ("token" = [])),
)]
struct Frame;

/// A server may want a token, or none.
struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        document.components.get_or_insert_default().add_security_scheme("token", scheme);
    }
}

/// Adds to each route what any route of its kind may be answered with.
pub(crate) fn add_common_answers(document: &mut utoipa::openapi::OpenApi) {
    for (path, item) in &mut document.paths.paths {
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            let is_about_runs = operation.tags.iter().flatten().any(|tag| tag != "server");
            add(operation, "403", "A page of another origin calls");
            if !crate::http::access::is_public(path) {
                add(operation, "401", "The token is missing or wrong");
            }
            if operation.request_body.is_some() {
                add(operation, "400", "The body broke off");
                add(operation, "408", "The body did not arrive in time");
                add(operation, "413", "The body is too large");
            }
            if is_about_runs {
                add(operation, "500", "What is stored of it cannot be read by this server");
            }
            add(
                operation,
                "503",
                "There are too many connections, the server is about to end, or its database cannot be used",
            );
        }
    }
}

fn add(operation: &mut Operation, status: &str, description: &str) {
    let content = Content::new(Some(RefOr::Ref(Ref::from_schema_name("ErrorBody"))));
    let answer: Response = ResponseBuilder::new().description(description).content("application/json", content).build();
    operation.responses.responses.entry(status.to_owned()).or_insert(RefOr::T(answer));
}
