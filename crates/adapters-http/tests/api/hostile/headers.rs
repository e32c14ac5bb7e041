//! Headers: media types, versions and idempotency keys.

use super::Group;
use super::fixture::{Fixture, Key, ValidRequest};

const MEDIA_TYPES: &[&[u8]] = &[
    b"",
    b" ",
    b"/",
    b"json",
    b"*/*",
    b"application/*",
    b"application/jsonp",
    b"application/json-seq",
    b"application/problem+json",
    b"application/vnd.api+json",
    b"text/json",
    b"text/plain",
    b"text/html; application/json",
    b"application/xml, application/json",
    b"application/json, text/plain",
    b"application/json charset=utf-8",
    b"application/json; charset=latin1",
    b"application/json; charset=utf-16",
    b"application/json; charset=",
    b"application/json; charset=utf-7; charset=utf-8",
    b"application/x-www-form-urlencoded",
    b"multipart/form-data; boundary=x",
    b"application/octet-stream",
    b"application/json\xff",
    b"\xc0\xaf",
];

const CODINGS: &[&[u8]] = &[b"gzip", b"br", b"deflate", b"zstd", b"identity, gzip", b"x", b"\xff", b""];

const RANGES_WITHOUT_JSON: &[&[u8]] = &[
    b"text/html",
    b"text/*",
    b"image/*;q=1, text/html",
    b"application/xml",
    b"application/jsonp",
    b"application/json;q=0",
    b"application/json;q=0.000",
    b"application/*;q=0",
    b"*/*;q=0",
    b"*/*, application/json;q=0",
    b"application/json;q=-1",
    b",",
    b";q=1",
    b"//",
    b"*",
    b"application",
    b"*/json",
];

const OTHER_VERSIONS: &[&[u8]] = &[
    b"\"0\"",
    b"\"2\"",
    b"\"-1\"",
    b"\"01\"",
    b"W/\"2\"",
    b"\"2-gzip\"",
    b"\"1-x\"",
    b"\"\"",
    b"\"x\"",
    b"\"9223372036854775807\"",
    b"\"9223372036854775808\"",
];

const INVALID_TAGS: &[&[u8]] = &[
    b"",
    b" ",
    b"1",
    b"\"1",
    b"1\"",
    b"\"1\",",
    b"\"1\", \"2\"",
    b"*, \"1\"",
    b"**",
    b"w/\"1\"",
    b"'1'",
    b"\"1\xff\"",
    b"\xff",
    &[b'"'; 8_000],
];

const INVALID_KEYS: &[&[u8]] = &[b"", b" ", b"a b", b"a\tb", b"\xe9", b"\xf0\x9f\x8e\xab", b"\xff\xff", &[b'k'; 256], &[b'k'; 8_000]];

pub(super) fn groups(fixture: &Fixture) -> Vec<Group> {
    let (mut types, mut not_acceptable, mut keys) = (Vec::new(), Vec::new(), Vec::new());
    for request in fixture.requests_where(|valid| valid.body.is_some()) {
        types.push(request.without("Content-Type"));
        types.push(request.with_added("Content-Type", "application/json"));
        types.push(request.with_added("Content-Type", "text/plain"));
        types.extend(MEDIA_TYPES.iter().map(|media_type| request.with("Content-Type", media_type)));
        types.extend(CODINGS.iter().map(|coding| request.with("Content-Encoding", coding)));
    }
    for request in fixture.requests_where(|valid| valid.request.target.starts_with("/v1/")) {
        // Event streams, lists as CSV and images have other media types.
        let is_text = ["/events", "0005a/tickets", "0005a/reservations"].iter().any(|end| request.target.ends_with(end))
            || request.target.starts_with("/v1/streams/");
        let is_image = request.target.ends_with("/qr");
        let is_accepted = |range: &[u8]| {
            range == b"text/*" && is_text
                || range == b"*/*, application/json;q=0" && (is_text || is_image)
                || range.starts_with(b"image/") && is_image
        };
        not_acceptable.extend(RANGES_WITHOUT_JSON.iter().filter(|range| !is_accepted(range)).map(|range| request.with("Accept", range)));
    }
    keys.extend(fixture.requests_where(|valid| valid.key == Key::Required).into_iter().map(|request| request.without("Idempotency-Key")));
    for request in fixture.requests_where(|valid| valid.key == Key::Optional) {
        keys.extend([&b"x"[..], b"123456789012345678901"].map(|guessed| request.with("Idempotency-Key", guessed)));
    }
    for request in fixture.requests_where(|valid| valid.key != Key::None) {
        keys.push(request.with_added("Idempotency-Key", "another"));
        keys.push(request.with_added("Idempotency-Key", request.header("Idempotency-Key")));
        keys.extend(INVALID_KEYS.iter().map(|key| request.with("Idempotency-Key", key)));
    }
    let (mut unconditional, mut others, mut invalid) = (Vec::new(), Vec::new(), Vec::new());
    for request in fixture.requests_where(ValidRequest::is_conditional) {
        unconditional.push(request.without("If-Match"));
        invalid.push(request.with_added("If-Match", "\"1\""));
        others.extend(OTHER_VERSIONS.iter().map(|tag| request.with("If-Match", tag)));
        invalid.extend(INVALID_TAGS.iter().map(|tag| request.with("If-Match", tag)));
    }
    vec![
        (&[(428, "PRECONDITION_REQUIRED")], unconditional),
        (&[(412, "PRECONDITION_FAILED")], others),
        (&[(400, "VALIDATION_FAILED")], invalid),
        (&[(415, "UNSUPPORTED_MEDIA_TYPE")], types),
        (&[(406, "NOT_ACCEPTABLE")], not_acceptable),
        (&[(400, "IDEMPOTENCY_KEY_REQUIRED")], keys),
    ]
}
