//! Paths and methods: unknown ones, and those of other routes.

use actix_web::http::Uri;
use application::ports::ReaderName;

use super::Group;
use super::fixture::Fixture;
use super::request::Request;

/// Path segments that are not the id of anything.
const INVALID_IDS: &[&str] = &[
    "x",
    "0",
    "-1",
    "null",
    ".",
    "..",
    "%2e%2e",
    "..%2f..%2fetc%2fpasswd",
    "..%5c..%5cboot.ini",
    "%00",
    "%0d%0aSet-Cookie:%20a=b",
    "%ff",
    "%c0%af",
    "%e0%80%80",
    "%ed%a0%80",
    "%F0%28%8C%28",
    "%",
    "%zz",
    "%25%30%30",
    "*",
    "$(id)",
    "'%20OR%20'1'='1",
    "%3Cscript%3E",
    "{id}",
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "0f207207-0000-7000-8000-00000000dead",
    "%7B0f207207-0000-7000-8000-00000000dead%7D",
    "urn:uuid:0f207207-0000-7000-8000-00000000dead",
    "0f207207000070008000000000000000dead",
    "0f207207-0000-7000-8000-00000000dead%00",
    "0f207207-0000-7000-8000-00000000dead%20",
    "0f207207-0000-7000-8000-00000000dea\u{445}",
];

const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "G.E.T", "X"];

pub(super) fn groups(fixture: &Fixture) -> Vec<Group> {
    let (mut nowhere, mut methods) = (Vec::new(), Vec::new());
    for valid in &fixture.valid {
        let request = &valid.request;
        if let Some((before, after)) = around_the_id(request) {
            // A reader of the event log is identified by a name, and a new name is a new reader.
            let is_name = |id: &str| request.operation.contains("{name}") && ReaderName::new(id).is_ok();
            let invalid_ids = INVALID_IDS.iter().filter(|id| !is_name(id));
            nowhere.extend(invalid_ids.filter_map(|id| encoded(&format!("{before}{id}{after}"))).map(|target| request.with_target(target)));
            nowhere.push(request.with_target(format!("{before}{}{after}", "a".repeat(20_000))));
        }
        nowhere.extend(variants(&request.target).iter().filter_map(|target| encoded(target)).map(|target| request.with_target(target)));
        let known: Vec<_> = fixture
            .valid
            .iter()
            .filter(|other| other.request.target == request.target)
            .map(|other| other.request.method.as_str())
            .collect();
        methods.extend(METHODS.iter().filter(|method| !known.contains(method)).map(|method| request.with_method(method)));
    }
    // An invalid id of an item may match the path of another route with another method, too.
    vec![(&[(404, "NOT_FOUND"), (405, "METHOD_NOT_ALLOWED")], nowhere), (&[(405, "METHOD_NOT_ALLOWED")], methods)]
}

/// Returns the parts of the target before and after its id.
fn around_the_id(request: &Request) -> Option<(&str, &str)> {
    let pattern = request.operation.split(' ').nth(1)?;
    let (before, rest) = pattern.split_once('{')?;
    let after = rest.split_once('}')?.1;
    request.target.strip_suffix(after).map(|_| (&request.target[..before.len()], &request.target[request.target.len() - after.len()..]))
}

/// Returns the target as a client may write it, if it can be written at all.
fn encoded(target: &str) -> Option<String> {
    let ascii: String = target.chars().map(|c| if c.is_ascii() { c.to_string() } else { "%d1%85".to_owned() }).collect();
    (ascii.starts_with('/') && ascii.parse::<Uri>().is_ok()).then_some(ascii)
}

/// Returns invalid variants of a valid target.
fn variants(target: &str) -> Vec<String> {
    let (start, end) = target.rsplit_once('/').unwrap_or_default();
    // All paths below /docs are one resource, which looks up the file itself.
    let slash = if target == "/docs" { "/x/" } else { "/" };
    vec![
        format!("{target}{slash}"),
        format!("{target}/%2e"),
        format!("{target}/../../../../etc/passwd"),
        format!("/{target}"),
        format!("{start}//{end}"),
        format!("{start}/./{end}"),
        format!("{start}/%2e/{end}"),
        format!("{start}%2f{end}"),
        format!("{start}%5c{end}"),
        format!("{target};x=1"),
        format!("{target}%00"),
        format!("{target}%20"),
        format!("{target}%3fx=1"),
        format!("{target}.json"),
        format!("{start}/{}", end.to_uppercase() + "X"),
        format!("/v2{target}"),
        format!("{target}/{}", "x/".repeat(2_000)),
    ]
}
