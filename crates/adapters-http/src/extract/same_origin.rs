//! Protection against cross-site request forgery, for requests that a cookie authenticates or that set one.
//!
//! Browsers report in `Sec-Fetch-Site` which site's page sent a request, and pages can't change it. Browsers that don't send it, because they
//! are old or the connection is unencrypted, send `Origin`, which must name the host of the request. A request with neither is not from a
//! page of another site: browsers send `Origin` with each POST since 2020.

use actix_web::HttpRequest;
use actix_web::http::Uri;
use actix_web::http::header::{self, HeaderMap, HeaderName};
use actix_web::http::uri::Authority;

use super::part::RequestPart;
use crate::api::Api;
use crate::problem::{Code, Problem};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// A check that no page of another origin has sent the request.
pub(crate) struct SameOrigin;

impl RequestPart for SameOrigin {
    fn of(request: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        if is_same_origin(request.headers()) {
            Ok(Self)
        } else {
            Err(Problem::new(Code::CrossSiteRequest, "requests that use the session cookie must come from a page of this origin"))
        }
    }
}

fn is_same_origin(headers: &HeaderMap) -> bool {
    let mut sites = headers.get_all(SEC_FETCH_SITE);
    match (sites.next(), sites.next()) {
        // `none`: the user has entered the address.
        (Some(site), None) => [b"same-origin".as_slice(), b"none"].contains(&site.as_bytes()),
        (Some(_), Some(_)) => false,
        (None, _) => has_own_origin(headers),
    }
}

fn has_own_origin(headers: &HeaderMap) -> bool {
    let mut origins = headers.get_all(header::ORIGIN);
    let (origin, second) = (origins.next(), origins.next());
    let Some(origin) = origin else { return true };
    let origin: Option<Uri> = origin.to_str().ok().and_then(|text| text.parse().ok());
    let authority = origin.as_ref().and_then(Uri::authority).map(Authority::as_str);
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    second.is_none() && authority.is_some_and(|authority| host.is_some_and(|host| host.eq_ignore_ascii_case(authority)))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn accepts(sent: &[(&'static str, &str)]) -> bool {
        let request = sent.iter().fold(TestRequest::default(), |request, header| request.append_header(*header));
        is_same_origin(request.to_http_request().headers())
    }

    #[test]
    fn the_site_that_the_browser_reports_decides() {
        assert!(accepts(&[("sec-fetch-site", "same-origin"), ("origin", "https://shop.example"), ("host", "shop.example")]));
        assert!(accepts(&[("sec-fetch-site", "none")]));
        for site in ["cross-site", "same-site", "", "SAME-ORIGIN", "same-origin, cross-site"] {
            assert!(!accepts(&[("sec-fetch-site", site), ("origin", "https://shop.example"), ("host", "shop.example")]), "{site}");
        }
        assert!(!accepts(&[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")]));
    }

    #[test]
    fn without_a_site_the_origin_must_name_the_host() {
        assert!(accepts(&[]), "not a browser");
        for (origin, host) in [("http://localhost:8080", "localhost:8080"), ("https://shop.example", "Shop.Example")] {
            assert!(accepts(&[("origin", origin), ("host", host)]), "{origin}");
        }
        for (origin, host) in [
            ("https://evil.example", "shop.example"),
            ("https://shop.example:8443", "shop.example"),
            ("https://shop.example.evil.example", "shop.example"),
            ("null", "shop.example"),
            ("", ""),
            ("shop.example/x", "shop.example"),
        ] {
            assert!(!accepts(&[("origin", origin), ("host", host)]), "{origin}");
        }
        assert!(!accepts(&[("origin", "https://shop.example")]), "no host");
        let twice = [("origin", "https://shop.example"), ("origin", "https://evil.example"), ("host", "shop.example")];
        assert!(!accepts(&twice));
    }
}
