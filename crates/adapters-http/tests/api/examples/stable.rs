//! Recorded bodies with stable ids, tokens and delays: the ones in a shop are random. Of long lists, only the first items are recorded.

use std::collections::HashMap;

use serde_json::Value;
use uuid::Uuid;

use crate::plan::{CONCERT, LATER_SCHEDULE, SCHEDULE};

/// The ids of the demo, so that examples can be sent to a server with demo data.
const OF_THE_DEMO: [(Uuid, &str); 3] = [
    (CONCERT.0, "0f207207-0000-7000-8000-0000000c1b00"),
    (SCHEDULE.0, "0f207207-0000-7000-8000-0000000c1b01"),
    (LATER_SCHEDULE.0, "0f207207-0000-7000-8000-0000000c1b02"),
];
/// The beginning of the URLs that end with stream tickets.
const STREAMS: &str = "/v1/streams/";
const STREAM_TICKET: &str = "HqJiP9hP6sKCTl2tzzF1US9uLzl_lwvTZ1gPW_fx1zMWdm3bUHVLDPW7UgIrrotiocxxZaA9-6sqgkn5mN40jSdJW2I";
const TICKET_CODE: &str = "AGQ7ZZ4CLZY6PC5HHOOZSMFAUAAAABY5X2MEMOS6QTOMBLHGBJTYEVQC";
const ACCESS_TOKEN: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl";
/// The maximum number of items of a list in an example.
const MAX_ITEMS: usize = 3;
const UUID_LENGTH: usize = 36;

/// Returns `body` with its ids numbered in the order of their appearance.
pub(super) fn stable(body: &Value) -> Value {
    let mut known: HashMap<Uuid, String> = OF_THE_DEMO.into_iter().map(|(id, text)| (id, text.to_owned())).collect();
    let mut body = body.clone();
    replace(&mut body, &mut known);
    body
}

fn replace(value: &mut Value, known: &mut HashMap<Uuid, String>) {
    match value {
        Value::String(text) if text.starts_with("eyJ") => ACCESS_TOKEN.clone_into(text),
        Value::String(text) if text.starts_with(STREAMS) => {
            let stream = text.rsplit_once('/').map_or("", |(stream, _)| stream);
            *text = with_stable_ids(&format!("{stream}/{STREAM_TICKET}"), known);
        }
        Value::String(text) if text.len() == TICKET_CODE.len() && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            TICKET_CODE.clone_into(text);
        }
        Value::String(text) => *text = with_stable_ids(&with_stable_retry(text), known),
        Value::Array(items) => {
            items.truncate(MAX_ITEMS);
            for item in items {
                replace(item, known);
            }
        }
        Value::Object(members) => members.values_mut().for_each(|member| replace(member, known)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Replaces the time after which to reconnect, with which an event stream begins: it is randomised, so that clients don't reconnect at once.
fn with_stable_retry(text: &str) -> String {
    match text.strip_prefix("retry: ").and_then(|rest| rest.split_once('\n')) {
        Some((_milliseconds, event)) => format!("retry: 1500\n{event}"),
        None => text.to_owned(),
    }
}

/// Replaces each UUID in `text`, which may be a path or an event.
fn with_stable_ids(text: &str, known: &mut HashMap<Uuid, String>) -> String {
    let (mut stable, mut rest) = (String::new(), text);
    while let Some(first) = rest.chars().next() {
        let id = rest.get(..UUID_LENGTH).filter(|id| id.as_bytes()[8] == b'-').and_then(|id| Uuid::try_parse(id).ok());
        let length = if let Some(id) = id {
            let number = known.len();
            stable.push_str(known.entry(id).or_insert_with(|| format!("019d4c5e-1f0a-7cc3-9a52-{number:012x}")));
            UUID_LENGTH
        } else {
            stable.push(first);
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    stable
}
