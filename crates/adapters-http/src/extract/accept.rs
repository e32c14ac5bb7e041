//! `Accept`: whether the client accepts the media type of the response.

use std::marker::PhantomData;

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap};

use super::part::RequestPart;
use crate::api::Api;
use crate::problem::{Code, Problem};

/// The media types of responses.
pub(crate) trait Media {
    /// The names, like `application/json`; the first is preferred if the client accepts several of them equally.
    const NAMES: &'static [&'static str];
}

/// JSON.
pub(crate) struct Json;

impl Media for Json {
    const NAMES: &'static [&'static str] = &["application/json"];
}

/// Server-sent events.
pub(crate) struct Events;

impl Media for Events {
    const NAMES: &'static [&'static str] = &["text/event-stream"];
}

/// A list as JSON, in pages, or as CSV, completely.
pub(crate) struct JsonOrCsv;

impl Media for JsonOrCsv {
    const NAMES: &'static [&'static str] = &["application/json", "text/csv"];
}

/// An image of a QR code.
pub(crate) struct QrImage;

impl Media for QrImage {
    const NAMES: &'static [&'static str] = &["image/svg+xml", "image/png"];
}

/// The media type of `M` that the client prefers.
pub(crate) struct Preferred<M> {
    /// The name, like `text/csv`.
    pub(crate) name: &'static str,
    media: PhantomData<M>,
}

impl<M: Media> RequestPart for Preferred<M> {
    fn of(request: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        preferred::<M>(request.headers()).map(|name| Self { name, media: PhantomData })
    }
}

/// Refuses a request whose `Accept` excludes all types of `M`.
pub(super) fn check<M: Media>(headers: &HeaderMap) -> Result<(), Problem> {
    preferred::<M>(headers).map(|_| ())
}

/// Returns the type of `M` that the client prefers.
fn preferred<M: Media>(headers: &HeaderMap) -> Result<&'static str, Problem> {
    let ranges = || headers.get_all(header::ACCEPT).filter_map(|value| value.to_str().ok()).flat_map(|list| list.split(','));
    let is_any = ranges().next().is_none();
    // The most specific range that covers a type decides about it.
    let quality = |name: &str| {
        let most_specific = ranges().filter_map(|range| match_range(range, name)).max_by_key(|(specificity, _)| *specificity);
        if is_any { 1.0 } else { most_specific.map_or(0.0, |(_, quality)| quality) }
    };
    let mut best: Option<(&'static str, f32)> = None;
    for (name, quality) in M::NAMES.iter().map(|name| (*name, quality(name))) {
        if quality > best.map_or(0.0, |(_, best)| best) {
            best = Some((name, quality));
        }
    }
    best.map(|(name, _)| name).ok_or_else(|| {
        let names = M::NAMES.join(" or ");
        Problem::new(Code::NotAcceptable, format!("responses have the media type {names}, which Accept excludes"))
    })
}

/// Returns the specificity with which `range` covers the type `name`, if it does, and how much the client prefers it: 0 excludes it.
fn match_range(range: &str, name: &str) -> Option<(u8, f32)> {
    let mut parts = range.split(';').map(str::trim);
    let range = parts.next()?.to_ascii_lowercase();
    let main_type = name.split('/').next().unwrap_or_default();
    let specificity = match range.strip_suffix("/*") {
        _ if range == name => 2,
        Some(main) if main == main_type => 1,
        Some("*") => 0,
        Some(_) | None => return None,
    };
    let quality = parts.filter_map(|part| part.split_once('=')).find(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    let quality = quality.and_then(|(_, value)| value.trim().parse::<f32>().ok()).filter(|quality| quality.is_finite());
    Some((specificity, quality.unwrap_or(1.0)))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn accepts(header: &'static str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(header));
        check::<Json>(&headers).is_ok()
    }

    #[test]
    fn requests_that_accept_json_are_accepted() {
        assert!(check::<Json>(&HeaderMap::new()).is_ok());
        for header in ["*/*", "application/*", "application/json", "text/html, application/json;q=0.1", "Application/JSON; charset=utf-8"] {
            assert!(accepts(header), "{header}");
        }
    }

    #[test]
    fn requests_that_exclude_json_are_refused() {
        for header in ["text/html", "application/xml", "application/json;q=0", "*/*, application/json;q=0.0", "text/*"] {
            assert!(!accepts(header), "{header}");
        }
    }

    #[test]
    fn event_streams_require_their_own_media_type() {
        let accepts = |header| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(header));
            check::<Events>(&headers).is_ok()
        };
        assert!(["text/event-stream", "*/*", "text/*;q=0.5"].map(accepts).iter().all(|accepted| *accepted));
        assert!(!accepts("application/json"));
    }

    #[test]
    fn the_preferred_type_is_the_one_with_the_highest_quality() {
        let preferred = |header| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(header));
            preferred::<JsonOrCsv>(&headers).ok()
        };
        for header in ["*/*", "application/json", "text/csv, application/json", "text/csv;q=0.5, application/*", "application/json, text/*"]
        {
            assert_eq!(preferred(header), Some("application/json"), "{header}");
        }
        for header in
            ["text/csv", "text/*", "Text/CSV; charset=utf-8", "application/json;q=0.4, text/csv;q=0.5", "*/*, application/json;q=0"]
        {
            assert_eq!(preferred(header), Some("text/csv"), "{header}");
        }
        assert_eq!(preferred("text/html"), None);
        assert_eq!(super::preferred::<QrImage>(&HeaderMap::new()).ok(), Some("image/svg+xml"));
    }

    proptest! {
        #[test]
        fn arbitrary_accept_headers_do_not_panic(lists in prop::collection::vec("[ -~\t\u{80}-\u{ff}]{0,40}", 0..4)) {
            let mut headers = HeaderMap::new();
            for list in lists {
                headers.append(header::ACCEPT, HeaderValue::from_bytes(list.as_bytes()).expect("a value"));
            }
            let _ = check::<Json>(&headers);
            let _ = check::<Events>(&headers);
            let _ = check::<JsonOrCsv>(&headers);
        }

        #[test]
        fn json_by_name_is_accepted_with_any_other_range(others in "(text|image|\\*)/(html|\\*)(;q=(0|1|0\\.[0-9]{1,3}))?", q in 1..=1000_u16) {
            let mut headers = HeaderMap::new();
            let value = format!("{others}, application/json;q={}", f32::from(q) / 1000.0);
            headers.insert(header::ACCEPT, HeaderValue::from_str(&value).expect("a value"));
            prop_assert!(check::<Json>(&headers).is_ok(), "{}", value);
        }
    }
}
