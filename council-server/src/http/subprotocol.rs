//! Subprotocols of a WebSocket. A browser can set no other header when it opens one, so a subprotocol may have the token.

use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

/// The token in the subprotocols that a client offers: `council.token.` and the token in Base64 for URLs, without padding.
pub(crate) fn token(headers: &HeaderMap) -> Option<String> {
    let encoded = offered(headers).find_map(|offer| offer.strip_prefix(TOKEN))?;
    String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()
}

/// The subprotocol for the answer, if the client offers it. It is never the one with the token.
pub(crate) fn chosen(headers: &HeaderMap) -> Option<HeaderValue> {
    offered(headers).any(|offer| offer == PLAIN).then_some(HeaderValue::from_static(PLAIN))
}

fn offered(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let values = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

const PLAIN: &str = "council";
const TOKEN: &str = "council.token.";
