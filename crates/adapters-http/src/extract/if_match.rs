//! `If-Match`: a change says which version it was made for.

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap};
use domain::Version;

use super::{Part, misfit};
use crate::api::Api;
use crate::problem::{Code, Problem};

/// A version that nothing has: who asks for it has seen something else.
const NEVER: Version = Version(0);

/// The version that the thing must still have; none if any will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IfMatch(pub(crate) Option<Version>);

impl Part for IfMatch {
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
    // A weak tag is never the same as a strong one (RFC 9110, 13.1.1).
    let (opaque, weak) = tag.strip_prefix("W/").map_or((tag, false), |opaque| (opaque, true));
    let opaque = opaque.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).filter(|inside| !inside.contains(['"', ' ']));
    Ok(IfMatch(Some(opaque.map(|opaque| version(opaque).filter(|_| !weak).unwrap_or(NEVER)).ok_or_else(unclear)?)))
}

/// The version that a tag of ours tells.
fn version(opaque: &str) -> Option<Version> {
    opaque.parse().ok().map(Version).filter(|version| version.0.to_string() == opaque)
}

fn unclear() -> Problem {
    misfit("If-Match", "one entity tag as it came, with its quotes, or *")
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use proptest::prelude::*;

    use super::*;
    use crate::answer::version_tag;

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
        for never in ["W/\"7\"", "\"07\"", "\"+7\"", "\"abc\"", "\"\"", "\"99999999999999999999\""] {
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
                prop_assert!(version == NEVER || bytes.trim() == version_tag(version), "{}", bytes);
            }
        }
    }
}
