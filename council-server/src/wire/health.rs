//! The answers to checks of health and readiness.

use serde::Serialize;
use utoipa::ToSchema;

/// The answer to a health check.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    status: &'static str,
    service: &'static str,
}

impl Health {
    /// The process is alive. The service has the name of the original, which clients compare.
    pub(crate) const OK: Self = Self { status: "ok", service: "CouncilOS API" };
}

/// The answer of a server that accepts runs.
#[derive(Serialize, ToSchema)]
pub(crate) struct Ready {
    status: &'static str,
}

impl Ready {
    pub(crate) const READY: Self = Self { status: "ready" };
}
