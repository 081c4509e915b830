//! Addresses without their credentials.

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

#[cfg(test)]
mod tests {
    use super::without_credentials;

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
