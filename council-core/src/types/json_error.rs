//! The error of a value that cannot be written as JSON, or of JSON that does not parse.

use std::fmt::{self, Write};

use serde::ser;

/// Why a value cannot be written as JSON, or why JSON does not parse as a type. The text of a value names its place; the text of JSON
/// names the line and the column.
///
/// ```
/// use council_core::journal::{JsonError, RawJson};
///
/// let error: JsonError = RawJson::checked("8.").unwrap_err();
/// assert_eq!(error.to_string(), "invalid number at line 1 column 2");
///
/// let error = RawJson::of(&[Some(8.5), Some(f64::NAN)]).unwrap_err();
/// assert_eq!(error.path(), Some("[1]"));
/// assert!(error.to_string().starts_with("`[1]`: JSON cannot represent NaN"));
/// ```
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct JsonError(Cause);

#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error(transparent)]
    Read(serde_json::Error),
    #[error(transparent)]
    Write(Box<WriteError>),
}

/// A value that cannot be written: its path, and the reason.
#[derive(Debug, thiserror::Error)]
#[error("{}{reason}", prefix(path))]
struct WriteError {
    path: String,
    reason: String,
}

impl JsonError {
    /// The place of the value that cannot be written, such as `score` or `items[2].weight`. It is `None` if the whole value cannot be
    /// written, and for JSON that does not parse.
    ///
    /// ```
    /// # use council_core::journal::RawJson; use std::collections::BTreeMap;
    /// let prices = BTreeMap::from([("bus", vec![30.0, f32::INFINITY])]);
    /// assert_eq!(RawJson::of(&prices).unwrap_err().path(), Some("bus[1]"));
    /// ```
    pub fn path(&self) -> Option<&str> {
        match &self.0 {
            Cause::Write(error) if !error.path.is_empty() => Some(&error.path),
            _ => None,
        }
    }

    /// Whether a value could not be written. Another attempt to write it fails too.
    pub(crate) fn is_of_a_write(&self) -> bool {
        matches!(self.0, Cause::Write(_))
    }

    /// The error of JSON that does not parse.
    pub(crate) fn read(error: serde_json::Error) -> Self {
        Self(Cause::Read(error))
    }

    /// The error of a value, with the path that was collected on the way out.
    pub(crate) fn of_write(error: Unwritable) -> Self {
        let (steps, reason) = *error.0;
        let mut path = String::new();
        for step in steps.iter().rev().take(STEPS) {
            _ = match step {
                Step::Index(index) => write!(path, "[{index}]"),
                Step::Key(key) if path.is_empty() => write!(path, "{key}"),
                Step::Key(key) => write!(path, ".{key}"),
            };
        }
        if steps.len() > STEPS {
            path.push_str("...");
        }
        Self::write(path, reason)
    }

    pub(crate) fn custom(message: &str) -> Self {
        Self::write(String::new(), message.to_owned())
    }

    /// The same error of a value that contains this one under a name.
    pub(crate) fn inside(mut self, name: &str) -> Self {
        if let Cause::Write(error) = &mut self.0 {
            let dot = if error.path.is_empty() || error.path.starts_with('[') { "" } else { "." };
            error.path.insert_str(0, dot);
            error.path.insert_str(0, name);
        }
        self
    }

    /// The same error of an update: the key of an overwritten field is `=` and its name.
    pub(crate) fn in_an_update(mut self) -> Self {
        if let Cause::Write(error) = &mut self.0
            && error.path.starts_with('=')
        {
            error.path.remove(0);
        }
        self
    }

    fn write(path: String, reason: String) -> Self {
        Self(Cause::Write(Box::new(WriteError { path, reason })))
    }
}

fn prefix(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!("`{path}`: ") }
}

/// A value that cannot be written as JSON. It collects the path of the value on its way out.
#[derive(Debug)]
pub(crate) struct Unwritable(Box<(Vec<Step>, String)>);

/// A step of a path.
#[derive(Debug)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

impl Unwritable {
    #[cold]
    pub(super) fn new(reason: impl Into<String>) -> Self {
        Self(Box::new((Vec::new(), reason.into())))
    }

    /// The same error of the value that contains this one.
    #[cold]
    pub(super) fn at(mut self, step: Step) -> Self {
        self.0.0.push(step);
        self
    }
}

impl fmt::Display for Unwritable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.1)
    }
}

impl std::error::Error for Unwritable {}

impl ser::Error for Unwritable {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }
}

/// The number of steps that a path shows.
const STEPS: usize = 16;
