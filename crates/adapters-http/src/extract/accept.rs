//! `Accept`: whether the client accepts the media type of the response.

use actix_web::http::header::{self, HeaderMap};

use crate::problem::{Code, Problem};

/// The media type of responses.
pub(crate) trait Media {
    /// The type, like `application`.
    const TYPE: &'static str;
    /// The full name, like `application/json`.
    const NAME: &'static str;
}

/// JSON.
pub(crate) struct Json;

impl Media for Json {
    const TYPE: &'static str = "application";
    const NAME: &'static str = "application/json";
}

/// Server-sent events.
pub(crate) struct Events;

impl Media for Events {
    const TYPE: &'static str = "text";
    const NAME: &'static str = "text/event-stream";
}

/// Refuses a request whose `Accept` excludes `M`.
pub(super) fn check<M: Media>(headers: &HeaderMap) -> Result<(), Problem> {
    let mut ranges = headers.get_all(header::ACCEPT).filter_map(|value| value.to_str().ok()).flat_map(|list| list.split(',')).peekable();
    if ranges.peek().is_none() {
        return Ok(());
    }
    // The most specific range that covers the type decides.
    let most_specific = ranges.filter_map(match_range::<M>).max_by_key(|(specificity, _)| *specificity);
    match most_specific {
        Some((_, true)) => Ok(()),
        Some((_, false)) | None => {
            Err(Problem::new(Code::NotAcceptable, format!("responses have the media type {}, which Accept excludes", M::NAME)))
        }
    }
}

/// Returns the specificity with which `range` covers `M`, if it does, and whether it accepts `M`.
fn match_range<M: Media>(range: &str) -> Option<(u8, bool)> {
    let mut parts = range.split(';').map(str::trim);
    let range = parts.next()?.to_ascii_lowercase();
    let specificity = match range.strip_suffix("/*") {
        _ if range == M::NAME => 2,
        Some(main) if main == M::TYPE => 1,
        Some("*") => 0,
        Some(_) | None => return None,
    };
    let quality = parts.filter_map(|part| part.split_once('=')).find(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    let excluded = quality.is_some_and(|(_, value)| value.trim().parse::<f32>().is_ok_and(|quality| quality <= 0.0));
    Some((specificity, !excluded))
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

    proptest! {
        #[test]
        fn arbitrary_accept_headers_do_not_panic(lists in prop::collection::vec("[ -~\t\u{80}-\u{ff}]{0,40}", 0..4)) {
            let mut headers = HeaderMap::new();
            for list in lists {
                headers.append(header::ACCEPT, HeaderValue::from_bytes(list.as_bytes()).expect("a value"));
            }
            let _ = check::<Json>(&headers);
            let _ = check::<Events>(&headers);
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
