//! Texts as JSON: many bytes that need no escape are found at once.
//!
//! Most of a record is text that a model wrote, and `serde_json` looks at its bytes one by one.

/// Writes a text with its quotation marks.
pub(super) fn write_text(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    loop {
        let (plain, special) = rest.split_at(plain_length(rest));
        out.extend_from_slice(plain);
        let Some((byte, after)) = special.split_first() else { break };
        write_escape(*byte, out);
        rest = after;
    }
    out.push(b'"');
}

/// The number of bytes before the first that JSON escapes.
fn plain_length(text: &[u8]) -> usize {
    // Without an early exit inside a block, the compiler compares many bytes at once.
    let is_plain = |block: &&[u8]| !block.iter().fold(false, |found, byte| found | is_special(*byte));
    let blocks = BLOCK * text.chunks_exact(BLOCK).take_while(is_plain).count();
    let rest = &text[blocks..];
    blocks + rest.iter().position(|byte| is_special(*byte)).unwrap_or(rest.len())
}

fn is_special(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

fn write_escape(special: u8, out: &mut Vec<u8>) {
    let letter = match special {
        b'"' | b'\\' => special,
        0x08 => b'b',
        b'\t' => b't',
        b'\n' => b'n',
        0x0c => b'f',
        b'\r' => b'r',
        control => {
            let digit = |value: u8| HEXADECIMAL[usize::from(value)];
            return out.extend_from_slice(&[b'\\', b'u', b'0', b'0', digit(control >> 4), digit(control & 15)]);
        }
    };
    out.extend_from_slice(&[b'\\', letter]);
}

const HEXADECIMAL: &[u8; 16] = b"0123456789abcdef";

/// The number of bytes that are compared at once.
const BLOCK: usize = 64;
