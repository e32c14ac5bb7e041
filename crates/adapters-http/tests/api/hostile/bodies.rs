//! Bodies: what is no JSON, or JSON that nobody asked for.

use serde_json::Value;

use super::Sort;
use super::request::Request;
use super::stage::Stage;
use crate::admin::orders;

/// No JSON at all, or none that can be represented.
const NO_JSON: &[&[u8]] = &[
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

/// JSON, but no object, or none that anybody knows.
const NOT_ASKED_FOR: &[&str] = &[
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

/// What fits nowhere in the place of a good value, as JSON.
const MISFITS: &[&str] = &[
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

/// What is wrong for members of a certain kind only, by the end of the pointer to them.
const PARTICULAR: &[(&str, &[&str])] = &[
    (
        "_id",
        &["1", "\"x\"", "\"{0f207207-0000-7000-8000-000000000001\"", "\"urn:uuid:0f207207-0000-7000-8000-000000000001x\"", "\"' OR 1=1\""],
    ),
    ("/currency", &["\"krw\"", "\"KR\"", "\"KRWW\"", "\"EUR\"", "\"\u{ff2b}RW\"", "\"KRW \"", "\"K\\u0000W\"", "410"]),
    ("/amount/amount", &["\"1000\"", "1000.0", "1e3", "10000000000"]),
    ("/seat_numbers", &["[2,2]", "[2,2.0]", "[0]", "[-2]", "[4294967296]", "[\"2\"]", "\"2\"", "2", "{\"0\":2}", "[[2]]", "[2,null]"]),
    ("/name", &["1", "[\"Eve\"]", "\"\\r\\n\"", "\"\\u0085\"", "\"\\u001b[31m\""]),
];

pub(super) fn sorts(stage: &Stage) -> Vec<Sort> {
    let (mut broken, mut other, mut large) = (Vec::new(), Vec::new(), Vec::new());
    for good in &stage.good {
        let Some((body, members)) = &good.body else { continue };
        let request = &good.request;
        broken.extend(NO_JSON.iter().filter(|text| good.needs_body || !text.is_empty()).map(|text| request.saying(*text)));
        other.extend(NOT_ASKED_FOR.iter().map(|text| request.saying(*text)));
        for pointer in *members {
            broken_values(request, body, pointer, &mut broken, &mut other);
        }
        let text = body.to_string();
        other.push(request.saying(twice(body)));
        other.push(request.saying(with_member(&text, "\"stranger\":1")));
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            for depth in [127, 128, 129, 2_000] {
                let deep = format!("{}1{}", open.repeat(depth), close.repeat(depth));
                (if depth < 128 { &mut other } else { &mut broken }).push(request.saying(deep));
            }
        }
        let limit = if good.ordered() { 4 * 1024 * 1024 } else { 16 * 1024 };
        large.push(request.saying(format!("{text}{}", " ".repeat(limit))));
        if !good.ordered() {
            large.push(request.saying("[".repeat(200_000)));
            large.push(request.saying(vec![0; 2_000_000]));
        }
        other.push(request.saying(with_member(&text, &format!("\"{}\":1", "x".repeat(10_000)))));
    }
    vec![(&[(400, "MALFORMED_JSON")], broken), (&[(400, "VALIDATION_FAILED")], other), (&[(413, "PAYLOAD_TOO_LARGE")], large)]
}

/// `body` with each misfit in the place of what is at `pointer`.
fn broken_values(request: &Request, body: &Value, pointer: &str, broken: &mut Vec<Request>, other: &mut Vec<Request>) {
    const PLACE: &str = "the-place-of-a-misfit";
    let mut template = body.clone();
    *template.pointer_mut(pointer).expect("a member") = Value::from(PLACE);
    let template = template.to_string();
    let particular = PARTICULAR.iter().filter(|(end, _)| pointer.ends_with(end)).flat_map(|(_, misfits)| *misfits);
    // What may be left out may be null.
    let optional = ["/concert_id"].contains(&pointer)
        || request.target == "/v1/payments" && pointer == "/amount"
        || orders::may_be_null(request.method.as_str(), &request.target, pointer);
    for invalid_parameter in MISFITS.iter().chain(particular).filter(|invalid_parameter| !(optional && **invalid_parameter == "null")) {
        let text = template.replace(&format!("\"{PLACE}\""), invalid_parameter);
        let is_json = serde_json::from_str::<Value>(&text).is_ok();
        (if is_json { &mut *other } else { &mut *broken }).push(request.saying(text));
    }
}

/// The object with its first member twice; one that nobody knows, if it has none.
fn twice(body: &Value) -> String {
    let (name, value) =
        body.as_object().and_then(|members| members.iter().next()).map_or(("x", Value::from(1)), |(name, value)| (name, value.clone()));
    with_member(&with_member("{}", &format!("\"{name}\":{value}")), &format!("\"{name}\":{value}"))
}

fn with_member(object: &str, member: &str) -> String {
    let rest = object.trim_start_matches('{');
    format!("{{{member}{}{rest}", if rest == "}" { "" } else { "," })
}
