//! Headers: what is sent and wanted as what, and under which key.

use super::Sort;
use super::stage::{Good, Key, Stage};

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

const NOT_JSON: &[&[u8]] = &[
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

const NO_TAGS: &[&[u8]] = &[
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

const NO_KEYS: &[&[u8]] = &[b"", b" ", b"a b", b"a\tb", b"\xe9", b"\xf0\x9f\x8e\xab", b"\xff\xff", &[b'k'; 256], &[b'k'; 8_000]];

pub(super) fn sorts(stage: &Stage) -> Vec<Sort> {
    let (mut types, mut unwanted, mut keys) = (Vec::new(), Vec::new(), Vec::new());
    for request in stage.those(|good| good.body.is_some()) {
        types.push(request.without("Content-Type"));
        types.push(request.and("Content-Type", "application/json"));
        types.push(request.and("Content-Type", "text/plain"));
        types.extend(MEDIA_TYPES.iter().map(|media_type| request.with("Content-Type", media_type)));
        types.extend(CODINGS.iter().map(|coding| request.with("Content-Encoding", coding)));
    }
    for request in stage.those(|good| good.request.target.starts_with("/v1/")) {
        // An event stream comes as another type.
        let wanted =
            |range: &[u8]| request.target.ends_with("/events") && [b"text/*".as_slice(), b"*/*, application/json;q=0"].contains(&range);
        unwanted.extend(NOT_JSON.iter().filter(|range| !wanted(range)).map(|range| request.with("Accept", range)));
    }
    keys.extend(stage.those(|good| good.key == Key::Required).into_iter().map(|request| request.without("Idempotency-Key")));
    for request in stage.those(|good| good.key == Key::Optional) {
        keys.extend([&b"x"[..], b"123456789012345678901"].map(|guessed| request.with("Idempotency-Key", guessed)));
    }
    for request in stage.those(|good| good.key != Key::None) {
        keys.push(request.and("Idempotency-Key", "another"));
        keys.push(request.and("Idempotency-Key", request.header("Idempotency-Key")));
        keys.extend(NO_KEYS.iter().map(|key| request.with("Idempotency-Key", key)));
    }
    let (mut unconditional, mut others, mut unclear) = (Vec::new(), Vec::new(), Vec::new());
    for request in stage.those(Good::conditional) {
        unconditional.push(request.without("If-Match"));
        unclear.push(request.and("If-Match", "\"1\""));
        others.extend(OTHER_VERSIONS.iter().map(|tag| request.with("If-Match", tag)));
        unclear.extend(NO_TAGS.iter().map(|tag| request.with("If-Match", tag)));
    }
    vec![
        (&[(428, "PRECONDITION_REQUIRED")], unconditional),
        (&[(412, "PRECONDITION_FAILED")], others),
        (&[(400, "VALIDATION_FAILED")], unclear),
        (&[(415, "UNSUPPORTED_MEDIA_TYPE")], types),
        (&[(406, "NOT_ACCEPTABLE")], unwanted),
        (&[(400, "IDEMPOTENCY_KEY_REQUIRED")], keys),
    ]
}
