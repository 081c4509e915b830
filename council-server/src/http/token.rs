//! The secret that lets a client in.

use std::fmt;
use std::str::FromStr;

use subtle::ConstantTimeEq;

/// A token that clients bring; never empty, and never shown.
///
/// White space around it is dropped: a token that was pasted with a line break is the token.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// Whether a client brought this token. Takes equally long wherever the two differ, so that it cannot be guessed byte by
    /// byte; only the length can be told from the time.
    pub(crate) fn is(&self, brought: &str) -> bool {
        self.0.as_bytes().ct_eq(brought.as_bytes()).into()
    }
}

impl FromStr for Token {
    type Err = InvalidToken;

    fn from_str(text: &str) -> Result<Self, InvalidToken> {
        match text.trim() {
            "" => Err(InvalidToken),
            token => Ok(Self(token.to_owned())),
        }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(***)")
    }
}

/// A token without a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the token is empty: give one, or leave it out")]
pub struct InvalidToken;
