//! Entity tags: a client that knows the answer already is told so. All are weak: they promise the same meaning, not the same bytes.

use std::fmt::Write as _;

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use sha2::{Digest as _, Sha256};

use crate::api::Api;
use crate::extract::RequestPart;
use crate::problem::Problem;

/// How many bytes of the digest make a tag.
const BYTES: usize = 12;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// So many are room enough for most tags that can be read.
const USUAL_LENGTH: usize = 48;

/// What a representation is recognised by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag(String);

impl Tag {
    /// The tag of a representation that is told apart by `content`.
    pub(crate) fn of(content: &[u8]) -> Self {
        let mut tag = String::with_capacity(4 + 2 * BYTES);
        tag.push_str("W/\"");
        for byte in Sha256::digest(content).iter().take(BYTES) {
            // Writing to a string can't fail.
            let _ = write!(tag, "{byte:02x}");
        }
        tag.push('"');
        Self(tag)
    }

    /// The tag of a representation that is told apart by `fields`: visible ASCII without quotes.
    pub(crate) fn readable(fields: impl std::fmt::Display) -> Self {
        let mut tag = String::with_capacity(USUAL_LENGTH);
        // Writing to a string can't fail.
        let _ = write!(tag, "W/\"{fields}\"");
        Self(tag)
    }

    fn opaque(&self) -> &str {
        unmarked(&self.0)
    }
}

/// What proxies that compress an answer append to the inside of its tag, instead of making it weak.
const CODINGS: &[&str] = &["-gzip", "-br", "-zstd", "-deflate"];

/// `tag` without the mark of weakness.
pub(crate) fn unmarked(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

/// The inside of a tag without what a compressing proxy appended to it.
pub(crate) fn uncoded(inside: &str) -> &str {
    CODINGS.iter().find_map(|coding| inside.strip_suffix(coding)).unwrap_or(inside)
}

/// A tag as it was given out, whatever a compressing proxy made of it.
fn plain(tag: &str) -> String {
    let tag = unmarked(tag);
    match tag.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inside) => format!("\"{}\"", uncoded(inside)),
        None => tag.to_owned(),
    }
}

/// The representations that the client has: `If-None-Match`.
pub(crate) enum KnownTags {
    /// Any.
    Any,
    /// These, without the mark of weakness.
    These(Vec<String>),
}

impl RequestPart for KnownTags {
    fn of(request: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        Ok(Self::read(request.headers()))
    }
}

impl KnownTags {
    fn read(headers: &HeaderMap) -> Self {
        let mut known = Vec::new();
        for list in headers.get_all(header::IF_NONE_MATCH).filter_map(|value| value.to_str().ok()) {
            for tag in list.split(',').map(str::trim) {
                if tag == "*" {
                    return Self::Any;
                }
                known.push(plain(tag));
            }
        }
        Self::These(known)
    }

    /// Whether the client has the representation of `tag`.
    fn contain(&self, tag: &Tag) -> bool {
        match self {
            Self::Any => true,
            Self::These(known) => known.iter().any(|known| known == tag.opaque()),
        }
    }

    /// The answer, or that the client has it already. `caching` says who may keep it and for how long.
    pub(crate) fn answer(
        &self,
        tag: &Tag,
        caching: &'static str,
        body: impl FnOnce() -> Result<actix_web::web::Bytes, Problem>,
    ) -> Result<HttpResponse, Problem> {
        let mut answer = if self.contain(tag) {
            HttpResponse::NotModified().finish()
        } else {
            HttpResponse::Ok().insert_header((header::CONTENT_TYPE, JSON)).body(body()?)
        };
        if let Ok(tag) = HeaderValue::from_str(&tag.0) {
            answer.headers_mut().insert(header::ETAG, tag);
        }
        answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn known(header: &'static str) -> KnownTags {
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_NONE_MATCH, HeaderValue::from_static(header));
        KnownTags::read(&headers)
    }

    #[test]
    fn tags_are_compared_weakly_and_in_lists() {
        let tag = Tag("W/\"abc\"".to_owned());
        for header in ["W/\"abc\"", "\"abc\"", "\"x\", W/\"abc\"", "*", " \"abc\" ,", "W/\"abc-gzip\"", "\"abc-br\""] {
            assert!(known(header).contain(&tag), "{header}");
        }
        for header in ["W/\"abd\"", "abc", "", "\"ab\"", "\"abc-x\"", "\"-gzip\""] {
            assert!(!known(header).contain(&tag), "{header}");
        }
    }

    #[test]
    fn another_content_has_another_tag() {
        assert_eq!(Tag::of(b"a"), Tag::of(b"a"));
        assert_ne!(Tag::of(b"a"), Tag::of(b"b"));
    }

    proptest! {
        #[test]
        fn a_tag_is_recognised_among_whatever_else_a_client_sends(content: Vec<u8>, before in "[ -~]{0,30}", after: Vec<u8>) {
            let tag = Tag::of(&content);
            let mut headers = HeaderMap::new();
            if let Ok(nonsense) = HeaderValue::from_bytes(&after) {
                headers.append(header::IF_NONE_MATCH, nonsense);
            }
            headers.append(header::IF_NONE_MATCH, HeaderValue::from_str(&format!("{before}, {}", tag.0)).expect("a value"));
            prop_assert!(KnownTags::read(&headers).contain(&tag));
        }
    }
}
