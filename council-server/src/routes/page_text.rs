//! Texts of the page. A client that accepts gzip receives them compressed.

use std::io::Write;
use std::sync::OnceLock;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;

/// A text of the page. It is compressed at the first request for it, and only once.
pub(crate) struct PageText {
    text: Bytes,
    gzip: OnceLock<Bytes>,
}

impl PageText {
    pub(crate) fn new(text: impl Into<Bytes>) -> Self {
        Self { text: text.into(), gzip: OnceLock::new() }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.text
    }

    /// The answer with this text in this encoding.
    pub(crate) fn response(&self, content_type: &'static str, encoding: Encoding) -> Response {
        let body = match encoding {
            Encoding::Identity => Body::from(self.text.clone()),
            Encoding::Gzip => Body::from(self.gzip().clone()),
        };
        let mut response = Response::new(body);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(header::VARY, VARY);
        if encoding == Encoding::Gzip {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }

    fn gzip(&self) -> &Bytes {
        self.gzip.get_or_init(|| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(&self.text).expect("a Vec accepts all bytes");
            encoder.finish().expect("a Vec accepts all bytes").into()
        })
    }
}

/// The encoding of an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Identity,
    Gzip,
}

impl Encoding {
    /// Gzip, if the client names it in `Accept-Encoding` and does not exclude it with the weight 0.
    pub(crate) fn accepted_by(request: &HeaderMap) -> Self {
        let values = request.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        let accepts_gzip = values.flat_map(|value| value.split(',')).any(|encoding| {
            let (name, weight) = encoding.split_once(';').unwrap_or((encoding, "q=1"));
            let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok());
            name.trim().eq_ignore_ascii_case("gzip") && weight.is_some_and(|weight| weight > 0.0)
        });
        if accepts_gzip { Self::Gzip } else { Self::Identity }
    }
}

/// Tells caches that the answer depends on the encodings that the client accepts.
pub(crate) const VARY: HeaderValue = HeaderValue::from_static("accept-encoding");
