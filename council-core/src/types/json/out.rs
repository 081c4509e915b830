//! The text of a value that is being written, and the parts of it that are no values by themselves.

use serde::Serialize;

use super::text::write_text;
use crate::types::json_error::Unwritable;

pub(super) struct JsonWriter {
    pub(super) out: Vec<u8>,
    /// The number of open lists and objects.
    pub(super) depth: usize,
    /// Whether the value is a map whose keys are known to differ.
    pub(super) has_known_keys: bool,
}

impl JsonWriter {
    /// Writes into a buffer, in place of its content.
    pub(super) fn new(mut out: Vec<u8>, has_known_keys: bool) -> Self {
        out.clear();
        Self { out, depth: 0, has_known_keys }
    }

    pub(super) fn open(&mut self, bracket: u8) -> Result<(), Unwritable> {
        if self.depth == DEPTH {
            return Err(Unwritable::new(format!(
                "nested more than {DEPTH} levels deep, which could not be read again; keep it flat, for example as a list with indices"
            )));
        }
        self.depth += 1;
        self.out.push(bracket);
        Ok(())
    }

    /// Closes a list or an object, or two of them.
    pub(super) fn close(&mut self, brackets: &[u8]) {
        self.depth -= brackets.len();
        self.out.extend_from_slice(brackets);
    }

    /// Opens the object of a variant with data.
    pub(super) fn open_variant(&mut self, name: &str) -> Result<(), Unwritable> {
        self.open(b'{')?;
        write_text(name, &mut self.out);
        self.out.push(b':');
        Ok(())
    }

    #[inline]
    pub(super) fn number(&mut self, number: impl Serialize) -> Result<(), Unwritable> {
        serde_json::to_writer(&mut self.out, &number).map_err(|error| of_serde_json(&error))
    }

    #[inline]
    pub(super) fn float(&mut self, number: impl Serialize + Into<f64> + Copy) -> Result<(), Unwritable> {
        let value: f64 = number.into();
        if value.is_finite() {
            return self.number(number);
        }
        let name = if value.is_nan() { "NaN" } else { "an infinite number" };
        Err(Unwritable::new(format!("JSON cannot represent {name}; use an `Option`, with `None` for this case")))
    }
}

#[cold]
pub(super) fn of_serde_json(error: &serde_json::Error) -> Unwritable {
    Unwritable::new(error.to_string())
}

/// The number of nested lists and objects that `serde_json` can read.
const DEPTH: usize = 127;
