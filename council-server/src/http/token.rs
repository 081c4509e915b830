//! Token that clients authenticate with.

use std::fmt;
use std::str::FromStr;

use subtle::ConstantTimeEq;

/// A token that clients authenticate with. It is never empty, and `Debug` does not show it.
///
/// White space around it is removed, so a token that was pasted with a line break is valid.
///
/// ```
/// use council_server::{InvalidToken, Token};
///
/// let token: Token = "open sesame\n".parse()?;
/// assert_eq!(format!("{token:?}"), "Token(***)");
/// # Ok::<(), InvalidToken>(())
/// ```
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// Compares the token with a given one in constant time: the time depends only on the length.
    pub(crate) fn matches(&self, given: &str) -> bool {
        self.0.as_bytes().ct_eq(given.as_bytes()).into()
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

/// The error of an empty token.
///
/// ```
/// let error = " ".parse::<council_server::Token>().unwrap_err();
/// assert_eq!(error.to_string(), "the token is empty: set a token, or remove the setting");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the token is empty: set a token, or remove the setting")]
#[non_exhaustive]
pub struct InvalidToken;
