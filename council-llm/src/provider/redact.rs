//! Keys and credentials that no text may show.

/// `address` without the part before its last `@` and without its query, because both may contain a key. The text need not be an address.
pub(crate) fn without_credentials(address: &str) -> String {
    let (scheme, rest) = match address.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), address),
    };
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    // A query may itself hold an `@`; what follows that begins with `&`.
    let end = host.find(['?', '&', '#']).unwrap_or(host.len());
    scheme + &host[..end]
}

/// Whether a text can be a key, so that it is masked wherever it stands. A short text and a word that stands for no key also stand in
/// messages, which would be hard to read without them.
#[cfg(any(feature = "anthropic", feature = "openai"))]
pub(crate) fn is_secret(text: &str) -> bool {
    text.len() >= SHORTEST_KEY && !NO_KEYS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether the value of a header or of a parameter with this name is a secret.
pub(crate) fn names_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["key", "token", "secret", "auth", "password", "signature", "cookie"].iter().any(|word| name.contains(word))
}

/// The length of the shortest key that is masked, in bytes.
#[cfg(any(feature = "anthropic", feature = "openai"))]
const SHORTEST_KEY: usize = 8;

/// What people write instead of a key, for servers that need none.
#[cfg(any(feature = "anthropic", feature = "openai"))]
const NO_KEYS: [&str; 20] = [
    "anything",
    "api-key",
    "api_key",
    "dummy-key",
    "lm-studio",
    "llama-cpp",
    "llama.cpp",
    "localhost",
    "no-key-required",
    "no-key-needed",
    "not-needed",
    "not_needed",
    "not-required",
    "not-used",
    "openai-key",
    "optional",
    "password",
    "placeholder",
    "required",
    "sk-no-key-required",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(any(feature = "anthropic", feature = "openai"))]
    #[test]
    fn a_short_or_dummy_key_is_no_secret() {
        for dummy in ["", "x", "none", "EMPTY", "ollama", "1234567", "not-needed", "LM-Studio", "sk-no-key-required"] {
            assert!(!is_secret(dummy), "{dummy}");
        }
        assert!(is_secret("12345678") && is_secret("sk-very-secret"));
    }

    #[test]
    fn only_the_place_is_shown() {
        for (address, shown) in [
            ("http://host:1/v1", "http://host:1/v1"),
            ("http://me:secret@host/v1", "http://host/v1"),
            ("secret@host", "host"),
            ("http://me:sec/ret@host", "http://host"),
            ("http://me:sec?ret@host", "http://host"),
            ("http://host/v1?key=secret", "http://host/v1"),
            ("http://host/v1?user=a@b&key=secret", "http://b"),
            ("gpu?key=secret", "gpu"),
            ("http://host/#secret", "http://host/"),
        ] {
            assert_eq!(without_credentials(address), shown, "{address}");
        }
    }
}
