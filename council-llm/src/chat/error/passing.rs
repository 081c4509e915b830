//! The statuses and the names of errors after which the same request may succeed.

/// Whether the same request may succeed after this status.
pub(super) fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 409 | 425 | 429 | 500..=599)
}

/// Whether the same request may succeed after an error in a stream with this name, or with this status as its name.
pub(super) fn is_passing_kind(kind: &str) -> bool {
    match kind.parse() {
        Ok(status @ 100..=599) => is_passing(status),
        _ => !LASTING_KINDS.iter().any(|lasting| kind.eq_ignore_ascii_case(lasting)),
    }
}

/// The names that Anthropic, OpenAI, Gemini and vLLM give to errors that the same request meets again, in lower case.
const LASTING_KINDS: [&str; 24] = [
    "invalid_request_error",
    "invalid_request",
    "badrequesterror",
    "invalid_argument",
    "invalid_prompt",
    "request_too_large",
    "context_length_exceeded",
    "content_filter",
    "content_policy_violation",
    "authentication_error",
    "authenticationerror",
    "invalid_api_key",
    "unauthenticated",
    "permission_error",
    "permission_denied",
    "permissiondeniederror",
    "billing_error",
    "insufficient_quota",
    "not_found_error",
    "notfounderror",
    "not_found",
    "model_not_found",
    "unsupported_value",
    "unsupported_parameter",
];
