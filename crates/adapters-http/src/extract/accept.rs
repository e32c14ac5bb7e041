//! `Accept`: whether the client wants what it can have.

use actix_web::http::header::{self, HeaderMap};

use crate::problem::{Code, Problem};

/// What answers come as.
pub(crate) trait Media {
    /// The type, like `application`.
    const TYPE: &'static str;
    /// The whole name, like `application/json`.
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

/// Refuses a client that doesn't want `M`.
pub(super) fn check<M: Media>(headers: &HeaderMap) -> Result<(), Problem> {
    let mut ranges = headers.get_all(header::ACCEPT).filter_map(|value| value.to_str().ok()).flat_map(|list| list.split(',')).peekable();
    if ranges.peek().is_none() {
        return Ok(());
    }
    // The most specific range that covers it has the last word.
    let verdict = ranges.filter_map(weigh::<M>).max_by_key(|(specific, _)| *specific);
    match verdict {
        Some((_, true)) => Ok(()),
        Some((_, false)) | None => Err(Problem::new(Code::NotAcceptable, format!("answers come as {}, which Accept excludes", M::NAME))),
    }
}

/// How specifically `range` covers `M`, if it does, and whether it is wanted then.
fn weigh<M: Media>(range: &str) -> Option<(u8, bool)> {
    let mut parts = range.split(';').map(str::trim);
    let range = parts.next()?.to_ascii_lowercase();
    let specific = match range.strip_suffix("/*") {
        _ if range == M::NAME => 2,
        Some(main) if main == M::TYPE => 1,
        Some("*") => 0,
        Some(_) | None => return None,
    };
    let quality = parts.filter_map(|part| part.split_once('=')).find(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    let unwanted = quality.is_some_and(|(_, value)| value.trim().parse::<f32>().is_ok_and(|quality| quality <= 0.0));
    Some((specific, !unwanted))
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
    fn json_is_answered_to_whoever_takes_it() {
        assert!(check::<Json>(&HeaderMap::new()).is_ok());
        for header in ["*/*", "application/*", "application/json", "text/html, application/json;q=0.1", "Application/JSON; charset=utf-8"] {
            assert!(accepts(header), "{header}");
        }
    }

    #[test]
    fn a_client_that_excludes_json_is_told() {
        for header in ["text/html", "application/xml", "application/json;q=0", "*/*, application/json;q=0.0", "text/*"] {
            assert!(!accepts(header), "{header}");
        }
    }

    #[test]
    fn a_stream_of_events_is_for_whoever_takes_one() {
        let accepts = |header| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(header));
            check::<Events>(&headers).is_ok()
        };
        assert!(["text/event-stream", "*/*", "text/*;q=0.5"].map(accepts).iter().all(|takes| *takes));
        assert!(!accepts("application/json"));
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_is_judged(lists in prop::collection::vec("[ -~\t\u{80}-\u{ff}]{0,40}", 0..4)) {
            let mut headers = HeaderMap::new();
            for list in lists {
                headers.append(header::ACCEPT, HeaderValue::from_bytes(list.as_bytes()).expect("a value"));
            }
            let _ = check::<Json>(&headers);
            let _ = check::<Events>(&headers);
        }

        #[test]
        fn json_by_its_name_is_wanted_among_any_other_ranges(others in "(text|image|\\*)/(html|\\*)(;q=(0|1|0\\.[0-9]{1,3}))?", q in 1..=1000_u16) {
            let mut headers = HeaderMap::new();
            let value = format!("{others}, application/json;q={}", f32::from(q) / 1000.0);
            headers.insert(header::ACCEPT, HeaderValue::from_str(&value).expect("a value"));
            prop_assert!(check::<Json>(&headers).is_ok(), "{}", value);
        }
    }
}
