//! Commands with an idempotency key: repeating one with the same key, for example after a broken connection, has no further effect.

use application::RandomIds;
use application::ports::Ids as _;
use serde_json::Value;

use crate::client::Client;

/// Sends `body` with `key`, or with a generated one. If the outcome is unknown, the error contains the key.
pub(super) fn post(client: &Client, path: &str, key: Option<String>, body: &Value) -> anyhow::Result<Value> {
    let key = key.unwrap_or_else(|| RandomIds.secret().to_string());
    client.post_idempotent(path, &key, body).map_err(|error| {
        let is_unknown = error.is_outcome_unknown();
        let error = anyhow::Error::from(error);
        if is_unknown { error.context(format!("the outcome is unknown; to find out, repeat the command with --key {key}")) } else { error }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::client::fake::FakeServer;

    fn problem(status: &'static str, code: &str) -> crate::client::fake::ScriptedResponse {
        (status, "", json!({"title": "No", "code": code}).to_string())
    }

    #[test]
    fn an_error_contains_the_key_only_if_the_outcome_is_unknown() {
        let fake = FakeServer::with(vec![problem("503 Service Unavailable", "UNAVAILABLE"), problem("409 Conflict", "INVALID_STATE")]);
        let client = fake.client();
        let error = || format!("{:#}", post(&client, "/x", Some("k-1".to_owned()), &json!({})).unwrap_err());
        assert!(error().contains("--key k-1"));
        assert!(!error().contains("--key"));
        assert!(fake.requests().iter().all(|request| request.headers.contains("idempotency-key: k-1")));
    }
}
