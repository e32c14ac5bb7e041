//! Requests of users of an earlier version and their responses, stored beside the database that it left.

use std::path::Path;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{Frontrow, Reply, Shopper};

/// Requests with their responses, in order.
#[derive(Debug, Default)]
pub struct Transcript(Vec<Value>);

impl Transcript {
    /// Loads the transcript in `file`.
    #[must_use]
    pub fn load(file: &Path) -> Self {
        let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        Self(serde_json::from_str(&text).expect("a list of requests"))
    }

    /// Writes the transcript to `file`.
    pub fn save(&self, file: &Path) {
        let text = serde_json::to_string_pretty(&self.0).expect("it is JSON");
        std::fs::write(file, format!("{text}\n")).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }

    /// Sends a request as the user `id`, and records it with its response. A POST has a key.
    pub async fn send(&mut self, shopper: &Shopper, id: &str, path: &str, post: Option<(&str, Value)>) -> Reply {
        let (key, body) = post.unzip();
        let method = if body.is_some() { Method::POST } else { Method::GET };
        let reply = shopper.send(method, path, key, body.as_ref()).await.unwrap();
        assert!(reply.status < 400, "{path}: {reply:?}");
        self.0.push(json!({
            "user": id,
            "queue_token": shopper.token,
            "path": path,
            "key": key,
            "body": body,
            "status": reply.status,
            "answer": reply.body,
        }));
        reply
    }

    /// Polls the queue token of the user `id`, and records the members that don't change over time.
    pub async fn poll(&mut self, shopper: &Shopper, id: &str) {
        let polled = shopper.poll().await;
        let path = format!("/v1/queue-tokens/{}", shopper.token.as_deref().unwrap_or_default());
        let stable: Value = ["status", "number", "position"].map(|name| (name.to_owned(), polled.body[name].clone())).into_iter().collect();
        self.0.push(json!({"user": id, "path": path, "status": 200, "answer": stable}));
    }

    /// Sends all requests to `server` again: each response has all members of the recorded one, and a request with a key has no second
    /// effect.
    pub async fn assert_replays_on(&self, server: &Frontrow) {
        for recorded in &self.0 {
            let text = |name: &str| recorded[name].as_str();
            let (path, user) = (text("path").unwrap(), text("user").unwrap());
            let mut shopper = Shopper::with_issued_token(server, user).await;
            shopper.token = text("queue_token").map(str::to_owned);
            let (method, key) = (if text("key").is_some() { Method::POST } else { Method::GET }, text("key"));
            let body = Some(&recorded["body"]).filter(|body| !body.is_null());
            let reply = shopper.send(method, path, key, body).await.unwrap();
            assert_eq!(u64::from(reply.status), recorded["status"], "{path}: {reply:?}");
            assert!(
                has_all(&reply.body, &recorded["answer"]),
                "{path} was answered\n{}\nand is now answered\n{}",
                recorded["answer"],
                reply.body
            );
            assert_eq!(reply.header("idempotency-replayed") == "true", key.is_some(), "{path}: {reply:?}");
        }
    }
}

/// Whether `value` has every member that `expected` has. A later version may return more.
fn has_all(value: &Value, expected: &Value) -> bool {
    match (value, expected) {
        (Value::Object(value), Value::Object(expected)) => {
            expected.iter().all(|(name, expected)| value.get(name).is_some_and(|value| has_all(value, expected)))
        }
        (Value::Array(values), Value::Array(expected)) => {
            values.len() == expected.len() && values.iter().zip(expected).all(|(value, expected)| has_all(value, expected))
        }
        _ => value == expected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_response_may_have_additional_members_but_lacks_none() {
        let recorded = json!({"id": 1, "seats": [{"number": 7}], "paid": null});
        assert!(has_all(&json!({"id": 1, "seats": [{"number": 7, "accessible": false}], "paid": null, "new": 2}), &recorded));
        for changed in [
            json!({"id": 2, "seats": [{"number": 7}], "paid": null}),
            json!({"id": 1, "seats": [{"number": 8}], "paid": null}),
            json!({"id": 1, "seats": [{"number": 7}, {"number": 8}], "paid": null}),
            json!({"id": 1, "seats": [], "paid": null}),
            json!({"id": 1, "seats": [{"number": 7}]}),
        ] {
            assert!(!has_all(&changed, &recorded), "{changed}");
        }
    }
}
