//! `Accept-Encoding`: whether the client accepts a compressed response.

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};

use super::part::RequestPart;
use crate::api::Api;
use crate::problem::Problem;

/// Whether the client accepts gzip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AcceptsGzip(pub(crate) bool);

impl RequestPart for AcceptsGzip {
    fn of(request: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        Ok(Self(accepts_gzip(request.headers())))
    }
}

impl AcceptsGzip {
    /// Adds the headers of a response whose body is compressed if the client accepts that.
    pub(crate) fn describe(self, mut response: HttpResponse) -> HttpResponse {
        if self.0 && !response.status().is_redirection() {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
        response
    }
}

/// Reads `Accept-Encoding`: gzip by name decides, otherwise `*`. Without either, the body is not compressed.
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let codings = headers.get_all(header::ACCEPT_ENCODING).filter_map(|value| value.to_str().ok()).flat_map(|list| list.split(','));
    let mut any = None;
    for coding in codings {
        let mut parts = coding.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let quality = parts.filter_map(|part| part.split_once('=')).find(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
        let is_accepted = !quality.is_some_and(|(_, value)| value.trim().parse::<f32>().is_ok_and(|quality| quality <= 0.0));
        match name.as_str() {
            "gzip" | "x-gzip" => return is_accepted,
            "*" => any = Some(is_accepted),
            _ => {}
        }
    }
    any.unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn accepts(value: &'static str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
        accepts_gzip(&headers)
    }

    #[test]
    fn gzip_is_sent_only_if_it_is_accepted() {
        for value in ["gzip", "br, GZIP;q=0.5", "*", "identity;q=0, *;q=0.1", "x-gzip"] {
            assert!(accepts(value), "{value}");
        }
        for value in ["", "br", "gzip;q=0", "*, gzip; q=0.0", "identity", "*;q=0", "gzipped"] {
            assert!(!accepts(value), "{value}");
        }
        assert!(!accepts_gzip(&HeaderMap::new()));
    }

    proptest! {
        #[test]
        fn arbitrary_encodings_do_not_panic(lists in prop::collection::vec("[ -~\t\u{80}-\u{ff}]{0,40}", 0..4)) {
            let mut headers = HeaderMap::new();
            for list in lists {
                headers.append(header::ACCEPT_ENCODING, HeaderValue::from_bytes(list.as_bytes()).expect("a value"));
            }
            let _ = accepts_gzip(&headers);
        }
    }
}
