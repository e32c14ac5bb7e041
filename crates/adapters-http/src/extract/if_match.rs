//! `If-Match`: the version that a change applies to.
//!
//! The service's tags are strong, and contain a row's version. A proxy that compresses a response makes its tag weak (nginx) or appends the
//! coding to it (Apache), because the bytes differ; the version is the same. RFC 9110 (13.1.1) requires the strong comparison, by which
//! such a tag never matches: no change could be made through such a proxy. The comparison keeps a client from overwriting what it hasn't
//! seen, and the version alone is enough for that; so only the version is compared, and the marks of proxies are ignored.

use actix_web::HttpRequest;
use actix_web::http::header::{self, EntityTag, HeaderMap};
use domain::Version;

use super::part::RequestPart;
use super::query::invalid_parameter;
use crate::api::Api;
use crate::problem::{Code, Problem};
use crate::response::without_coding;

/// A version that no row has, for tags that are not of this service.
const NEVER: Version = Version(0);

/// The version that the resource must have; none if any version matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IfMatch(pub(crate) Option<Version>);

impl RequestPart for IfMatch {
    fn of(request: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        read(request.headers())
    }
}

fn read(headers: &HeaderMap) -> Result<IfMatch, Problem> {
    let mut values = headers.get_all(header::IF_MATCH);
    let (tag, more) = (values.next(), values.next().is_some());
    let Some(tag) = tag else {
        let detail = "send If-Match with the ETag of the version to change, or * for any version";
        return Err(Problem::new(Code::PreconditionRequired, detail));
    };
    let tag = tag.to_str().ok().filter(|_| !more).map(str::trim).ok_or_else(invalid_tag)?;
    if tag == "*" {
        return Ok(IfMatch(None));
    }
    let tag: EntityTag = tag.parse().map_err(|_| invalid_tag())?;
    Ok(IfMatch(Some(version(without_coding(&tag)).unwrap_or(NEVER))))
}

/// Returns the version in a tag of this service.
fn version(opaque: &str) -> Option<Version> {
    opaque.parse().ok().map(Version).filter(|version| version.0.to_string() == opaque)
}

fn invalid_tag() -> Problem {
    invalid_parameter("If-Match", "must be one unchanged entity tag, with its quotes, or *")
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use proptest::prelude::*;

    use super::*;
    use crate::response::version_tag;

    fn of(values: &[&[u8]]) -> Result<IfMatch, Problem> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::IF_MATCH, HeaderValue::from_bytes(value).expect("a value"));
        }
        read(&headers)
    }

    #[test]
    fn if_match_is_one_tag_or_any() {
        assert_eq!(of(&[b"\"7\""]).ok(), Some(IfMatch(Some(Version(7)))));
        assert_eq!(of(&[b" * "]).ok(), Some(IfMatch(None)));
        for through_a_proxy in ["W/\"7\"", "\"7-gzip\"", "W/\"7-br\""] {
            assert_eq!(of(&[through_a_proxy.as_bytes()]).ok(), Some(IfMatch(Some(Version(7)))), "{through_a_proxy}");
        }
        for never in ["W/\"07\"", "\"7-x\"", "\"-gzip\"", "\"07\"", "\"+7\"", "\"abc\"", "\"\"", "\"99999999999999999999\""] {
            assert_eq!(of(&[never.as_bytes()]).ok(), Some(IfMatch(Some(NEVER))), "{never}");
        }
        assert!(of(&[]).is_err_and(|problem| problem.to_string().starts_with("PRECONDITION_REQUIRED")));
        for invalid in [b"".as_slice(), b"7", b"\"7", b"7\"", b"\"6\", \"7\"", b"**", b"w/\"7\"", b"\"\xff\"", b"\""] {
            assert!(of(&[invalid]).is_err_and(|problem| problem.to_string().starts_with("VALIDATION_FAILED")), "{invalid:?}");
        }
        assert!(of(&[b"\"7\"", b"\"7\""]).is_err());
    }

    proptest! {
        #[test]
        fn every_version_tag_is_read(version in 1..i64::MAX, bytes in "[\"W/*0-9, ]{0,8}") {
            prop_assert_eq!(of(&[version_tag(Version(version)).as_bytes()]).ok(), Some(IfMatch(Some(Version(version)))));
            if let Ok(IfMatch(Some(version))) = of(&[bytes.as_bytes()]) {
                let tag: EntityTag = bytes.trim().parse().expect("a tag");
                prop_assert!(version == NEVER || tag.tag() == version.0.to_string(), "{}", bytes);
            }
        }
    }
}
