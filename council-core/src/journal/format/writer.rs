//! One record, or another object, as it is written.

use super::text::write_text;

/// A JSON object that is being written, field by field.
pub(crate) struct Writer {
    out: Vec<u8>,
}

impl Writer {
    /// A record; `inside` is the field of its path, with a comma behind.
    pub(crate) fn line(inside: &str) -> Self {
        Self::line_in(Vec::with_capacity(96), inside)
    }

    /// A record that is written in this room.
    pub(crate) fn line_in(mut room: Vec<u8>, inside: &str) -> Self {
        room.clear();
        room.extend_from_slice(b"{\"v\":1,");
        room.extend_from_slice(inside.as_bytes());
        Self { out: room }
    }

    /// An object of no kind in particular.
    pub(crate) fn object() -> Self {
        let mut out = Vec::with_capacity(64);
        out.push(b'{');
        Self { out }
    }

    /// A field whose value is written by a function.
    pub(crate) fn with<E>(mut self, key: &str, value: impl FnOnce(&mut Vec<u8>) -> Result<(), E>) -> Result<Self, E> {
        self.key(key);
        value(&mut self.out)?;
        self.out.push(b',');
        Ok(self)
    }

    /// A field that is JSON already.
    pub(crate) fn raw(mut self, key: &str, json: &str) -> Self {
        self.key(key);
        self.out.extend_from_slice(json.as_bytes());
        self.out.push(b',');
        self
    }

    /// The fields of an object that has some.
    pub(crate) fn fields(mut self, of: &Self) -> Self {
        self.out.extend_from_slice(&of.out[1..]);
        self
    }

    /// A field whose value cannot fail to be written: a text, a number, a list of them.
    pub(crate) fn plain(self, key: &str, value: &(impl serde::Serialize + ?Sized)) -> Self {
        let json = serde_json::to_string(value)
            .unwrap_or_else(|error| unreachable!("texts and numbers can be written: {error}"));
        self.raw(key, &json)
    }

    pub(crate) fn name(mut self, key: &str, name: &str) -> Self {
        self.key(key);
        write_text(name, &mut self.out);
        self.out.push(b',');
        self
    }

    /// The field, where there is a value.
    pub(crate) fn maybe(self, key: &str, value: Option<u32>) -> Self {
        match value {
            Some(value) => self.plain(key, &value),
            None => self,
        }
    }

    /// The field, where it is true.
    pub(crate) fn flag(self, key: &str, value: bool) -> Self {
        if value { self.raw(key, "true") } else { self }
    }

    fn key(&mut self, key: &str) {
        self.out.push(b'"');
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    pub(crate) fn end(mut self) -> String {
        self.close();
        // What serde_json writes is UTF-8, and so is the rest.
        String::from_utf8(self.out).unwrap_or_else(|error| unreachable!("JSON is UTF-8: {error}"))
    }

    /// What was written, as long as it is, and the room that it was written in.
    pub(crate) fn end_in_room(mut self) -> (String, Vec<u8>) {
        self.close();
        let text = str::from_utf8(&self.out).unwrap_or_else(|error| unreachable!("JSON is UTF-8: {error}"));
        (text.to_owned(), self.out)
    }

    fn close(&mut self) {
        match self.out.last_mut() {
            Some(comma) if *comma == b',' => *comma = b'}',
            _ => self.out.push(b'}'),
        }
    }
}
