//! `If-None-Match`: the representations that the client already has.

use actix_web::http::header::{self, EntityTag, HeaderMap, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};

use super::part::RequestPart;
use crate::api::Api;
use crate::problem::Problem;
use crate::response::Tag;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The representations that the client has. Invalid tags are ignored: at worst the client receives a representation that it already has.
pub(crate) enum KnownTags {
    /// Any.
    Any,
    /// These.
    These(Vec<EntityTag>),
}

impl RequestPart for KnownTags {
    fn of(request: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        Ok(Self::read(request.headers()))
    }
}

impl KnownTags {
    // actix's `IfNoneMatch` fails as a whole if one of several header lines is not text.
    fn read(headers: &HeaderMap) -> Self {
        let mut known = Vec::new();
        for list in headers.get_all(header::IF_NONE_MATCH).filter_map(|value| value.to_str().ok()) {
            for tag in list.split(',').map(str::trim) {
                if tag == "*" {
                    return Self::Any;
                }
                known.extend(tag.parse::<EntityTag>());
            }
        }
        Self::These(known)
    }

    /// Returns whether the client has the representation of `tag`.
    pub(crate) fn contain(&self, tag: &Tag) -> bool {
        match self {
            Self::Any => true,
            Self::These(known) => known.iter().any(|known| tag.matches(known)),
        }
    }

    /// Returns the response with `body`, or 304 if the client already has the representation of `tag`. `caching` is the value of
    /// `Cache-Control`.
    pub(crate) fn respond(
        &self,
        tag: &Tag,
        caching: &'static str,
        body: impl FnOnce() -> Result<actix_web::web::Bytes, Problem>,
    ) -> Result<HttpResponse, Problem> {
        let mut response = if self.contain(tag) {
            HttpResponse::NotModified().finish()
        } else {
            HttpResponse::Ok().insert_header((header::CONTENT_TYPE, JSON)).body(body()?)
        };
        if let Some(tag) = tag.header() {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn known(header: &'static str) -> KnownTags {
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_NONE_MATCH, HeaderValue::from_static(header));
        KnownTags::read(&headers)
    }

    #[test]
    fn tags_in_lists_are_compared_weakly() {
        let tag = Tag::readable("abc");
        for header in ["W/\"abc\"", "\"abc\"", "\"x\", W/\"abc\"", "*", " \"abc\" ,", "W/\"abc-gzip\"", "\"abc-br\""] {
            assert!(known(header).contain(&tag), "{header}");
        }
        for header in ["W/\"abd\"", "abc", "", "\"ab\"", "\"abc-x\"", "\"-gzip\""] {
            assert!(!known(header).contain(&tag), "{header}");
        }
    }

    proptest! {
        #[test]
        fn a_tag_is_found_among_arbitrary_other_values(content: Vec<u8>, before in "[ -~]{0,30}", after: Vec<u8>) {
            let tag = Tag::of(&content);
            let mut headers = HeaderMap::new();
            if let Ok(nonsense) = HeaderValue::from_bytes(&after) {
                headers.append(header::IF_NONE_MATCH, nonsense);
            }
            let own = tag.header().expect("a value");
            let list = format!("{before}, {}", own.to_str().expect("text"));
            headers.append(header::IF_NONE_MATCH, HeaderValue::from_str(&list).expect("a value"));
            prop_assert!(KnownTags::read(&headers).contain(&tag));
        }
    }
}
