//! Splitter of a byte stream into server-sent events.

use super::errors::CallErrors;
use crate::chat::error::ChatError;

/// An incremental splitter of `text/event-stream`. It reads each byte once, and buffers at most one event.
///
/// It keeps the data, which the chat providers use, and whether the name is `error`. It skips other names, ids and comments. Lines end with CR, LF or CRLF. UTF-8 is checked for
/// each line, so the boundaries of network packets do not matter.
#[derive(Debug)]
pub(super) struct Splitter {
    limit: usize,
    line: Vec<u8>,
    data: Option<String>,
    is_error: bool,
    after_cr: bool,
    /// Whether a line has ended. Only the first line may begin with a byte order mark.
    begun: bool,
}

/// An event.
#[derive(Debug)]
pub(super) struct SseEvent {
    pub(super) data: String,
    /// Whether its name is `error`.
    pub(super) is_error: bool,
}

impl Splitter {
    /// A splitter that refuses events of more than `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, line: Vec::new(), data: None, is_error: false, after_cr: false, begun: false }
    }

    /// Reads the next bytes, and calls `event` with each event that they complete.
    pub(super) fn push(
        &mut self,
        mut bytes: &[u8],
        errors: &CallErrors,
        mut event: impl FnMut(SseEvent),
    ) -> Result<(), ChatError> {
        while !bytes.is_empty() {
            if std::mem::take(&mut self.after_cr) && bytes[0] == b'\n' {
                bytes = &bytes[1..];
                continue;
            }
            let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let part = &bytes[..end.unwrap_or(bytes.len())];
            if part.len() + self.held() > self.limit {
                return Err(errors.too_large(self.limit));
            }
            self.line.extend_from_slice(part);
            let Some(end) = end else { break };
            self.after_cr = bytes[end] == b'\r';
            bytes = &bytes[end + 1..];
            if let Some(complete) = self.end_line(errors)? {
                event(complete);
            }
        }
        Ok(())
    }

    fn held(&self) -> usize {
        self.line.len() + self.data.as_ref().map_or(0, String::len)
    }

    /// Ends the line. An empty line ends the event.
    fn end_line(&mut self, errors: &CallErrors) -> Result<Option<SseEvent>, ChatError> {
        let begun = std::mem::replace(&mut self.begun, true);
        if self.line.is_empty() {
            let is_error = std::mem::take(&mut self.is_error);
            return Ok(self.data.take().map(|data| SseEvent { data, is_error }));
        }
        let line = std::str::from_utf8(&self.line).map_err(|error| errors.malformed(&error))?;
        let line = line.strip_prefix('\u{feff}').filter(|_| !begun).unwrap_or(line);
        if let Some(name) = value_of(line, "event") {
            self.is_error = name == "error";
        }
        if let Some(value) = value_of(line, "data") {
            match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            }
        }
        self.line.clear();
        Ok(None)
    }
}

/// The value of a field, without one space after the colon; `None` if the line is another field.
fn value_of<'a>(line: &'a str, field: &str) -> Option<&'a str> {
    let value = line.strip_prefix(field)?;
    match value.strip_prefix(':') {
        Some(value) => Some(value.strip_prefix(' ').unwrap_or(value)),
        None => value.is_empty().then_some(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::http::advice::Advisor;

    /// The events of `text`, cut into pieces of `size` bytes.
    fn split(text: &[u8], size: usize, limit: usize) -> Result<Vec<String>, ChatError> {
        let (mut splitter, mut events) = (Splitter::new(limit), Vec::new());
        let errors = CallErrors::new("test".into(), String::new(), [], Advisor::default());
        for piece in text.chunks(size) {
            splitter.push(piece, &errors, |event| events.push(event.data))?;
        }
        Ok(events)
    }

    #[test]
    fn events_do_not_depend_on_line_ends_or_cuts() {
        let text = ": hi\nevent: x\ndata: one\nid: 7\n\ndata:two\ndata:  grün 🌲\n\n\n\ndata\n\ndatum: x\n\ndata: cut";
        for end in ["\n", "\r", "\r\n"] {
            let text = text.replace('\n', end);
            for size in 1..=text.len() {
                let events = split(text.as_bytes(), size, 100).unwrap();
                assert_eq!(events, ["one", "two\n grün 🌲", ""], "{end:?} in pieces of {size}");
            }
        }
    }

    #[test]
    fn a_byte_order_mark_is_skipped_at_the_beginning_alone() {
        for size in 1..=9 {
            assert_eq!(split("\u{feff}data: one\n\ndata: two\n\n".as_bytes(), size, 100).unwrap(), ["one", "two"]);
            assert_eq!(split("\n\u{feff}data: one\n\ndata: two\n\n".as_bytes(), size, 100).unwrap(), ["two"]);
        }
    }

    #[test]
    fn an_event_has_a_largest_size() {
        for text in ["data: 0123456789", "data: 01234\ndata: 5678\n\n", ":0123456789abcdef"] {
            for size in [1, 100] {
                let error = split(text.as_bytes(), size, 14).unwrap_err();
                assert_eq!(error.to_string(), "test sent more than 14 bytes");
            }
        }
        assert_eq!(split(b"data: 01234567\n\ndata: 01234567\n\n", 100, 14).unwrap().len(), 2);
    }

    #[test]
    fn text_that_is_no_utf8_is_an_error() {
        assert!(matches!(split(b"data: \xff\n\n", 1, 100), Err(ChatError::Malformed { .. })));
    }
}
