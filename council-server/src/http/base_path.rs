//! Path below which a server has its routes.

use std::fmt;
use std::str::FromStr;

/// The path below which a server has all its routes, such as `/council` behind a proxy that serves other programs too.
///
/// It is `/`, or begins with a slash and has no slash at its end.
///
/// ```
/// use council_server::BasePath;
///
/// let path: BasePath = "/council/".parse()?;
/// assert_eq!(path.to_string(), "/council");
/// assert_eq!(BasePath::default().to_string(), "/");
/// assert!("council".parse::<BasePath>().is_err());
/// # Ok::<(), council_server::InvalidBasePath>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BasePath {
    /// Empty for `/`.
    prefix: String,
}

impl BasePath {
    /// The text before the paths of routes, which begin with a slash: empty, or such as `/council`.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }
}

impl FromStr for BasePath {
    type Err = InvalidBasePath;

    fn from_str(text: &str) -> Result<Self, InvalidBasePath> {
        let invalid = || InvalidBasePath { text: text.to_owned() };
        let path = text.trim();
        let prefix = path.strip_suffix('/').unwrap_or(path);
        let mut segments = prefix.split('/');
        let is_segment = |segment: &str| {
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
            !matches!(segment, "" | "." | "..") && segment.bytes().all(is_plain)
        };
        // The text before the first slash.
        let is_absolute = !path.is_empty() && segments.next() == Some("");
        if is_absolute && segments.all(is_segment) { Ok(Self { prefix: prefix.to_owned() }) } else { Err(invalid()) }
    }
}

impl fmt::Display for BasePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.prefix.is_empty() { "/" } else { &self.prefix })
    }
}

/// The error of a text that is not a base path.
///
/// ```
/// let error = "council".parse::<council_server::BasePath>().unwrap_err();
/// assert!(error.to_string().starts_with("`council` is not a base path"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a base path: write a path such as `/council`, of letters, digits, `-`, `_`, `.` and `~` between its slashes"
)]
pub struct InvalidBasePath {
    text: String,
}
