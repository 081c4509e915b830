//! Values of variables and settings that count as given.

/// The value without white space around it, such as the line break of a pasted key; `None` if it is empty.
pub(super) fn given(value: Option<&str>) -> Option<&str> {
    value.map(str::trim).filter(|value| !value.is_empty())
}
