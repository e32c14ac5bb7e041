//! Commands with an idempotency key: one that is given again after a broken connection has one effect if its key is the same.

use application::RandomIds;
use application::ports::Ids as _;
use serde_json::Value;

use crate::client::{Client, Refused};

/// Sends `body` with `key`, or with a new one. If the outcome is unknown, the error names the key.
pub(super) fn post(client: &Client, path: &str, key: Option<String>, body: &Value) -> anyhow::Result<Value> {
    let key = key.unwrap_or_else(|| RandomIds.secret().to_string());
    client.post_once(path, &key, body).map_err(|error| {
        let is_unknown = error.downcast_ref::<Refused>().is_none_or(|refused| refused.code() == "UNAVAILABLE");
        if is_unknown { error.context(format!("the outcome is unknown; the same command with --key {key} finds out")) } else { error }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::client::fake::Fake;

    fn problem(status: &'static str, code: &str) -> crate::client::fake::Scripted {
        (status, "", json!({"title": "No", "code": code}).to_string())
    }

    #[test]
    fn an_unknown_outcome_names_the_key_and_a_refusal_does_not() {
        let fake = Fake::with(vec![problem("503 Service Unavailable", "UNAVAILABLE"), problem("409 Conflict", "INVALID_STATE")]);
        let client = fake.client();
        let error = || format!("{:#}", post(&client, "/x", Some("k-1".to_owned()), &json!({})).unwrap_err());
        assert!(error().contains("--key k-1"));
        assert!(!error().contains("--key"));
        assert!(fake.asked().iter().all(|asked| asked.headers.contains("idempotency-key: k-1")));
    }
}
