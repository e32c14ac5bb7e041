//! What users of an earlier version asked for and how it was answered, kept beside the database that it left.

use std::path::Path;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{Frontrow, Reply, Shopper};

/// Requests with their answers, in order.
#[derive(Debug, Default)]
pub struct Story(Vec<Value>);

impl Story {
    /// The one that was saved in `file`.
    #[must_use]
    pub fn load(file: &Path) -> Self {
        let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        Self(serde_json::from_str(&text).expect("a list of requests"))
    }

    /// Writes it to `file`.
    pub fn save(&self, file: &Path) {
        let text = serde_json::to_string_pretty(&self.0).expect("it is JSON");
        std::fs::write(file, format!("{text}\n")).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }

    /// Asks for `path` in the name of the user `id`, and keeps request and answer. A POST has a key.
    pub async fn ask(&mut self, shopper: &Shopper, id: &str, path: &str, post: Option<(&str, Value)>) -> Reply {
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

    /// Polls the place in line of the user `id`, and keeps what doesn't change by time.
    pub async fn wait(&mut self, shopper: &Shopper, id: &str) {
        let polled = shopper.poll().await;
        let path = format!("/v1/queue-tokens/{}", shopper.token.as_deref().unwrap_or_default());
        let lasting: Value =
            ["status", "number", "position"].map(|name| (name.to_owned(), polled.body[name].clone())).into_iter().collect();
        self.0.push(json!({"user": id, "path": path, "status": 200, "answer": lasting}));
    }

    /// Asks `server` for all of it once more: each answer has all that the first one had, and a request with a key has no second effect.
    pub async fn assert_is_answered_again(&self, server: &Frontrow) {
        for told in &self.0 {
            let text = |name: &str| told[name].as_str();
            let (path, user) = (text("path").unwrap(), text("user").unwrap());
            let mut shopper = Shopper::vouched_for(server, user).await;
            shopper.token = text("queue_token").map(str::to_owned);
            let (method, key) = (if text("key").is_some() { Method::POST } else { Method::GET }, text("key"));
            let body = Some(&told["body"]).filter(|body| !body.is_null());
            let reply = shopper.send(method, path, key, body).await.unwrap();
            assert_eq!(u64::from(reply.status), told["status"], "{path}: {reply:?}");
            assert!(has_all(&reply.body, &told["answer"]), "{path} was answered\n{}\nand is now answered\n{}", told["answer"], reply.body);
            assert_eq!(reply.header("idempotency-replayed") == "true", key.is_some(), "{path}: {reply:?}");
        }
    }
}

/// Whether `value` has every member that `wanted` has. A later version may tell more.
fn has_all(value: &Value, wanted: &Value) -> bool {
    match (value, wanted) {
        (Value::Object(value), Value::Object(wanted)) => {
            wanted.iter().all(|(name, wanted)| value.get(name).is_some_and(|value| has_all(value, wanted)))
        }
        (Value::Array(values), Value::Array(wanted)) => {
            values.len() == wanted.len() && values.iter().zip(wanted).all(|(value, wanted)| has_all(value, wanted))
        }
        _ => value == wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_answer_may_have_more_and_must_have_no_less() {
        let told = json!({"id": 1, "seats": [{"number": 7}], "paid": null});
        assert!(has_all(&json!({"id": 1, "seats": [{"number": 7, "accessible": false}], "paid": null, "new": 2}), &told));
        for changed in [
            json!({"id": 2, "seats": [{"number": 7}], "paid": null}),
            json!({"id": 1, "seats": [{"number": 8}], "paid": null}),
            json!({"id": 1, "seats": [{"number": 7}, {"number": 8}], "paid": null}),
            json!({"id": 1, "seats": [], "paid": null}),
            json!({"id": 1, "seats": [{"number": 7}]}),
        ] {
            assert!(!has_all(&changed, &told), "{changed}");
        }
    }
}
