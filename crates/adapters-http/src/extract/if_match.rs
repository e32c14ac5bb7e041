//! `If-Match`: a change says which version it was made for.
//!
//! Our tags are strong, and tell a row's version. A proxy that compresses an answer makes its tag weak (nginx) or appends the coding to it
//! (Apache), because the bytes are others; the version is the same. RFC 9110 (13.1.1) asks for the strong comparison, by which such a tag never
//! matches: no change could be made through such a proxy. The comparison is there to keep a client from overwriting what it hasn't seen, and
//! the version alone does that; so it is compared, and marks that proxies leave are ignored.

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap};
use domain::Version;

use super::{RequestPart, invalid_parameter};
use crate::api::Api;
use crate::problem::{Code, Problem};
use crate::response::{uncoded, unmarked};

/// A version that nothing has: who asks for it has seen something else.
const NEVER: Version = Version(0);

/// The version that the thing must still have; none if any will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IfMatch(pub(crate) Option<Version>);

impl RequestPart for IfMatch {
    fn of(request: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        read(request.headers())
    }
}

fn read(headers: &HeaderMap) -> Result<IfMatch, Problem> {
    let mut given = headers.get_all(header::IF_MATCH);
    let (tag, more) = (given.next(), given.next().is_some());
    let Some(tag) = tag else {
        let detail = "send If-Match with the ETag that the change was made for, or * to change whatever is there";
        return Err(Problem::new(Code::PreconditionRequired, detail));
    };
    let tag = tag.to_str().ok().filter(|_| !more).map(str::trim).ok_or_else(unclear)?;
    if tag == "*" {
        return Ok(IfMatch(None));
    }
    let opaque = unmarked(tag).strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).filter(|inside| !inside.contains(['"', ' ']));
    Ok(IfMatch(Some(opaque.map(|opaque| version(uncoded(opaque)).unwrap_or(NEVER)).ok_or_else(unclear)?)))
}

/// The version that a tag of ours tells.
fn version(opaque: &str) -> Option<Version> {
    opaque.parse().ok().map(Version).filter(|version| version.0.to_string() == opaque)
}

fn unclear() -> Problem {
    invalid_parameter("If-Match", "one entity tag as it came, with its quotes, or *")
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
    fn a_change_says_which_version_it_was_made_for() {
        assert_eq!(of(&[b"\"7\""]).ok(), Some(IfMatch(Some(Version(7)))));
        assert_eq!(of(&[b" * "]).ok(), Some(IfMatch(None)));
        for through_a_proxy in ["W/\"7\"", "\"7-gzip\"", "W/\"7-br\""] {
            assert_eq!(of(&[through_a_proxy.as_bytes()]).ok(), Some(IfMatch(Some(Version(7)))), "{through_a_proxy}");
        }
        for never in ["W/\"07\"", "\"7-x\"", "\"-gzip\"", "\"07\"", "\"+7\"", "\"abc\"", "\"\"", "\"99999999999999999999\""] {
            assert_eq!(of(&[never.as_bytes()]).ok(), Some(IfMatch(Some(NEVER))), "{never}");
        }
        assert!(of(&[]).is_err_and(|problem| problem.to_string().starts_with("PRECONDITION_REQUIRED")));
        for unclear in [b"".as_slice(), b"7", b"\"7", b"7\"", b"\"6\", \"7\"", b"**", b"w/\"7\"", b"\"\xff\"", b"\""] {
            assert!(of(&[unclear]).is_err_and(|problem| problem.to_string().starts_with("VALIDATION_FAILED")), "{unclear:?}");
        }
        assert!(of(&[b"\"7\"", b"\"7\""]).is_err());
    }

    proptest! {
        #[test]
        fn every_tag_of_ours_is_understood(version in 1..i64::MAX, bytes in "[\"W/*0-9, ]{0,8}") {
            prop_assert_eq!(of(&[version_tag(Version(version)).as_bytes()]).ok(), Some(IfMatch(Some(Version(version)))));
            if let Ok(IfMatch(Some(version))) = of(&[bytes.as_bytes()]) {
                prop_assert!(version == NEVER || unmarked(bytes.trim()) == version_tag(version), "{}", bytes);
            }
        }
    }
}
