//! The names that a provider can have.

/// Whether a provider can have this name: lower case letters, digits, `-`, `_` and `.`.
pub(super) fn is_name(name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(is_part)
}
