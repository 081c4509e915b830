//! Whether a place in Markdown is in code, told character by character.

/// The code around a place: a fence, or backticks on its line.
#[derive(Debug)]
pub(super) struct Code {
    fence: Option<char>,
    /// Whether backticks were opened on this line and not closed.
    is_inline: bool,
    /// The length of the run of backticks or tildes that ends here.
    run: usize,
    /// Whether nothing but white space stands before that run on its line.
    begins_line: bool,
    previous: char,
}

impl Default for Code {
    fn default() -> Self {
        Self { fence: None, is_inline: false, run: 0, begins_line: true, previous: '\n' }
    }
}

impl Code {
    /// Takes the next character.
    pub(super) fn take(&mut self, c: char) {
        if matches!(c, '`' | '~') {
            self.run = if self.previous == c { self.run + 1 } else { 1 };
        } else {
            let is_open = self.is_open();
            if self.run >= FENCE && self.begins_line {
                self.fence = match self.fence {
                    Some(fence) if fence == self.previous => None,
                    Some(fence) => Some(fence),
                    None => Some(self.previous),
                };
                self.is_inline = false;
            } else if self.fence.is_none() {
                self.is_inline = is_open;
            }
            self.begins_line = if c == '\n' { true } else { self.begins_line && self.run == 0 && c.is_whitespace() };
            self.is_inline &= c != '\n';
            self.run = 0;
        }
        self.previous = c;
    }

    /// Whether the next character is in code.
    pub(super) fn is_open(&self) -> bool {
        let toggles = self.run > 0 && self.previous == '`';
        self.fence.is_some() || self.is_inline != toggles
    }
}

/// The least backticks of a fence.
const FENCE: usize = 3;
