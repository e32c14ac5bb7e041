//! `Accept`: whether the client wants the JSON that it can have.

use actix_web::http::header::{self, HeaderMap};

use crate::problem::{Code, Problem};

/// Refuses a client that doesn't want JSON.
pub(super) fn json(headers: &HeaderMap) -> Result<(), Problem> {
    let mut ranges = headers.get_all(header::ACCEPT).filter_map(|value| value.to_str().ok()).flat_map(|list| list.split(',')).peekable();
    if ranges.peek().is_none() {
        return Ok(());
    }
    // The most specific range that covers JSON has the last word.
    let verdict = ranges.filter_map(weigh).max_by_key(|(specific, _)| *specific);
    match verdict {
        Some((_, true)) => Ok(()),
        Some((_, false)) | None => Err(Problem::new(Code::NotAcceptable, "answers come as application/json, which Accept excludes")),
    }
}

/// How specifically `range` covers JSON, if it does, and whether JSON is wanted then.
fn weigh(range: &str) -> Option<(u8, bool)> {
    let mut parts = range.split(';').map(str::trim);
    let specific = match parts.next()?.to_ascii_lowercase().as_str() {
        "application/json" => 2,
        "application/*" => 1,
        "*/*" => 0,
        _ => return None,
    };
    let quality = parts.filter_map(|part| part.split_once('=')).find(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    let unwanted = quality.is_some_and(|(_, value)| value.trim().parse::<f32>().is_ok_and(|quality| quality <= 0.0));
    Some((specific, !unwanted))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn accepts(header: &'static str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(header));
        json(&headers).is_ok()
    }

    #[test]
    fn json_is_answered_to_whoever_takes_it() {
        assert!(json(&HeaderMap::new()).is_ok());
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
}
