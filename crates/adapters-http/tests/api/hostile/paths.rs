//! Paths and methods: what leads nowhere, or elsewhere.

use actix_web::http::Uri;
use application::ports::ReaderName;

use super::Sort;
use super::request::Request;
use super::stage::Stage;

/// What is no id in the place of one.
const NO_IDS: &[&str] = &[
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

pub(super) fn sorts(stage: &Stage) -> Vec<Sort> {
    let (mut nowhere, mut methods) = (Vec::new(), Vec::new());
    for good in &stage.good {
        let request = &good.request;
        if let Some((before, after)) = around_the_id(request) {
            // A reader of the log is known by a name, and a new name is a new reader.
            let is_name = |id: &str| request.of.contains("{name}") && ReaderName::new(id).is_ok();
            let no_ids = NO_IDS.iter().filter(|id| !is_name(id));
            nowhere.extend(no_ids.filter_map(|id| encoded(&format!("{before}{id}{after}"))).map(|target| request.to(target)));
            nowhere.push(request.to(format!("{before}{}{after}", "a".repeat(20_000))));
        }
        nowhere.extend(elsewhere(&request.target).iter().filter_map(|target| encoded(target)).map(|target| request.to(target)));
        let known: Vec<_> =
            stage.good.iter().filter(|other| other.request.target == request.target).map(|other| other.request.method.as_str()).collect();
        methods.extend(METHODS.iter().filter(|method| !known.contains(method)).map(|method| request.by(method)));
    }
    // What is no id of a list's items may be none of an item by another method, too.
    vec![(&[(404, "NOT_FOUND"), (405, "METHOD_NOT_ALLOWED")], nowhere), (&[(405, "METHOD_NOT_ALLOWED")], methods)]
}

/// What the target has before and after its id.
fn around_the_id(request: &Request) -> Option<(&str, &str)> {
    let pattern = request.of.split(' ').nth(1)?;
    let (before, rest) = pattern.split_once('{')?;
    let after = rest.split_once('}')?.1;
    request.target.strip_suffix(after).map(|_| (&request.target[..before.len()], &request.target[request.target.len() - after.len()..]))
}

/// The target as a client may write it, if it can be written at all.
fn encoded(target: &str) -> Option<String> {
    let ascii: String = target.chars().map(|c| if c.is_ascii() { c.to_string() } else { "%d1%85".to_owned() }).collect();
    (ascii.starts_with('/') && ascii.parse::<Uri>().is_ok()).then_some(ascii)
}

/// Targets beside a good one.
fn elsewhere(target: &str) -> Vec<String> {
    let (start, end) = target.rsplit_once('/').unwrap_or_default();
    // All below /docs is one resource, whose files are told apart behind it.
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
