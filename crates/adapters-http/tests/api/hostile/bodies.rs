//! Bodies: malformed JSON, and JSON that no route expects.

use serde_json::Value;

use super::Group;
use super::fixture::Fixture;
use super::request::Request;
use crate::admin::valid_requests;

/// Text that is not JSON, or that contains values that can't be represented.
const MALFORMED: &[&[u8]] = &[
    b"",
    b" \r\n\t",
    b"{",
    b"}",
    b"{}}",
    b"{} {}",
    b"{}\0",
    b"\0",
    b"\x0c{}",
    b"\xc2\xa0{}",
    b"\xef\xbb\xbf{}",
    b"\xff\xfe{\0}\0",
    b"{\"a\":}",
    b"{\"a\" 1}",
    b"{\"a\":1,}",
    b"{a:1}",
    b"{'a':1}",
    b"[1,]",
    b"/* {} */ {}",
    b"{} // end",
    b"nul",
    b"True",
    b"undefined",
    b"NaN",
    b"-Infinity",
    b"{\"a\":NaN}",
    b"{\"a\":1e309}",
    b"{\"a\":-1e309}",
    b"{\"a\":1e99999999999999999999}",
    b"{\"a\":01}",
    b"{\"a\":+1}",
    b"{\"a\":.5}",
    b"{\"a\":1.}",
    b"{\"a\":0x10}",
    b"{\"a\":1_000}",
    b"{\"a\":\"\\ud800\"}",
    b"{\"a\":\"\\udc00\\ud800\"}",
    b"{\"a\":\"\\ud83d\\u0041\"}",
    b"{\"\\ud800\":1}",
    b"{\"a\":\"\\u00g0\"}",
    b"{\"a\":\"\\x41\"}",
    b"{\"a\":\"a\nb\"}",
    b"{\"a\":\"\0\"}",
    b"{\"a\":\"\x1f\"}",
    b"{\"a\":\"\xff\"}",
    b"{\"a\":\"\xc0\xaf\"}",
    b"{\"a\":\"\xe0\x80\x80\"}",
    b"{\"a\":\"\xed\xa0\x80\"}",
    b"{\"a\":\"\xf4\x90\x80\x80\"}",
    b"{\"a\":\"\xf8\x88\x80\x80\x80\"}",
    b"{\"a\":\"open",
    b"a=1&b=2",
    b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--",
    b"<a>1</a>",
    b"\x1f\x8b\x08\0\0\0\0\0\0\x03",
];

/// JSON that is not an object, or an object that no route expects.
const UNEXPECTED: &[&str] = &[
    "null",
    "true",
    "0",
    "-0.0",
    "9223372036854775807",
    "18446744073709551616",
    "1e308",
    "\"\"",
    "\"{}\"",
    "[{}]",
    "[1]",
    "{\"\":1}",
    "{\"__proto__\":{\"operator\":true}}",
    "{\"constructor\":{\"prototype\":{}}}",
    "{\"$ref\":\"#\"}",
    "{\"id\":\"00000000-0000-0000-0000-000000000000\"}",
    "{\"user_id\":\"00000000-0000-0000-0000-000000000000\"}",
    "{\"admin\":true}",
    "{\"\\u0000\":1}",
];

/// JSON values that are invalid for every member.
const INVALID_VALUES: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-0.0",
    "-1",
    "1.5",
    "1e308",
    "5e-324",
    "1e309",
    "NaN",
    "Infinity",
    "2147483648",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999999999999999999999",
    "\"\"",
    "\" \"",
    "\"\\u0000\"",
    "\"\\u0007\"",
    "\"\\ud800\"",
    "{}",
    "[]",
    "[[]]",
    "[null]",
    "[\"\"]",
    "{\"amount\":{\"amount\":{}}}",
];

/// JSON values that are invalid for members of a certain kind only, by the end of the pointer to them.
const INVALID_BY_KIND: &[(&str, &[&str])] = &[
    (
        "_id",
        &["1", "\"x\"", "\"{0f207207-0000-7000-8000-000000000001\"", "\"urn:uuid:0f207207-0000-7000-8000-000000000001x\"", "\"' OR 1=1\""],
    ),
    ("/currency", &["\"krw\"", "\"KR\"", "\"KRWW\"", "\"EUR\"", "\"\u{ff2b}RW\"", "\"KRW \"", "\"K\\u0000W\"", "410"]),
    ("/amount/amount", &["\"1000\"", "1000.0", "1e3", "10000000000"]),
    ("/seat_numbers", &["[2,2]", "[2,2.0]", "[0]", "[-2]", "[4294967296]", "[\"2\"]", "\"2\"", "2", "{\"0\":2}", "[[2]]", "[2,null]"]),
    ("/name", &["1", "[\"Eve\"]", "\"\\r\\n\"", "\"\\u0085\"", "\"\\u001b[31m\""]),
];

pub(super) fn groups(fixture: &Fixture) -> Vec<Group> {
    let (mut malformed, mut invalid, mut oversized) = (Vec::new(), Vec::new(), Vec::new());
    for valid in &fixture.valid {
        let Some((body, members)) = &valid.body else { continue };
        let request = &valid.request;
        malformed.extend(MALFORMED.iter().filter(|text| valid.needs_body || !text.is_empty()).map(|text| request.with_body(*text)));
        invalid.extend(UNEXPECTED.iter().map(|text| request.with_body(*text)));
        for pointer in *members {
            broken_values(request, body, pointer, &mut malformed, &mut invalid);
        }
        let text = body.to_string();
        invalid.push(request.with_body(twice(body)));
        invalid.push(request.with_body(with_member(&text, "\"stranger\":1")));
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            for depth in [127, 128, 129, 2_000] {
                let deep = format!("{}1{}", open.repeat(depth), close.repeat(depth));
                (if depth < 128 { &mut invalid } else { &mut malformed }).push(request.with_body(deep));
            }
        }
        let limit = if valid.is_admin() { 4 * 1024 * 1024 } else { 16 * 1024 };
        oversized.push(request.with_body(format!("{text}{}", " ".repeat(limit))));
        if !valid.is_admin() {
            oversized.push(request.with_body("[".repeat(200_000)));
            oversized.push(request.with_body(vec![0; 2_000_000]));
        }
        invalid.push(request.with_body(with_member(&text, &format!("\"{}\":1", "x".repeat(10_000)))));
    }
    vec![(&[(400, "MALFORMED_JSON")], malformed), (&[(400, "VALIDATION_FAILED")], invalid), (&[(413, "PAYLOAD_TOO_LARGE")], oversized)]
}

/// Adds `body` with the value at `pointer` replaced by each invalid one to `malformed` or `invalid`.
fn broken_values(request: &Request, body: &Value, pointer: &str, malformed: &mut Vec<Request>, invalid: &mut Vec<Request>) {
    const PLACEHOLDER: &str = "the-placeholder";
    let mut template = body.clone();
    *template.pointer_mut(pointer).expect("a member") = Value::from(PLACEHOLDER);
    let template = template.to_string();
    let by_kind = INVALID_BY_KIND.iter().filter(|(end, _)| pointer.ends_with(end)).flat_map(|(_, values)| *values);
    // An optional member may be null.
    let optional = ["/concert_id"].contains(&pointer)
        || request.target == "/v1/payments" && pointer == "/amount"
        || valid_requests::may_be_null(request.method.as_str(), &request.target, pointer);
    for value in INVALID_VALUES.iter().chain(by_kind).filter(|value| !(optional && **value == "null")) {
        let text = template.replace(&format!("\"{PLACEHOLDER}\""), value);
        let is_json = serde_json::from_str::<Value>(&text).is_ok();
        (if is_json { &mut *invalid } else { &mut *malformed }).push(request.with_body(text));
    }
}

/// Returns the object with its first member twice; with an unknown member twice if it has none.
fn twice(body: &Value) -> String {
    let (name, value) =
        body.as_object().and_then(|members| members.iter().next()).map_or(("x", Value::from(1)), |(name, value)| (name, value.clone()));
    with_member(&with_member("{}", &format!("\"{name}\":{value}")), &format!("\"{name}\":{value}"))
}

fn with_member(object: &str, member: &str) -> String {
    let rest = object.trim_start_matches('{');
    format!("{{{member}{}{rest}", if rest == "}" { "" } else { "," })
}
