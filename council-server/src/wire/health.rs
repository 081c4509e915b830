//! The answers of a server that is asked how it is.

use serde::Serialize;
use utoipa::ToSchema;

/// The answer to a health check.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    status: &'static str,
    service: &'static str,
}

impl Health {
    /// The server is up. The name is the original's, so that its clients know it.
    pub(crate) const OK: Self = Self { status: "ok", service: "CouncilOS API" };
}

/// The answer of a server that can be sent work.
#[derive(Serialize, ToSchema)]
pub(crate) struct Ready {
    status: &'static str,
}

impl Ready {
    pub(crate) const READY: Self = Self { status: "ready" };
}
