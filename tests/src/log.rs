//! What servers write into their logs, and what must not be in there: access tokens, queue tokens, idempotency keys.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// What this test process knows that no log may tell.
static SECRETS: Mutex<Option<HashSet<String>>> = Mutex::new(None);

/// No log may tell `secret` from now on.
pub(crate) fn keep_secret(secret: &str) {
    SECRETS.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default().insert(secret.to_owned());
}

/// An idempotency key that is told from any other by `key`. It is no word that a log could have from elsewhere.
pub(crate) fn secret_key(key: &str) -> String {
    let key = format!("{key}-known-to-nobody");
    keep_secret(&key);
    key
}

/// No line of the log in `file` tells a secret.
pub(crate) fn assert_keeps_secrets(file: &Path) {
    let log = std::fs::read_to_string(file).expect("servers have logs");
    let secrets = SECRETS.lock().unwrap_or_else(PoisonError::into_inner);
    let told = log.lines().find(|line| tells(line, secrets.as_ref()));
    assert_eq!(told, None, "the log tells a secret");
}

fn tells(line: &str, secrets: Option<&HashSet<String>>) -> bool {
    let in_a_word = |sign: char| sign.is_ascii_alphanumeric() || "-_.".contains(sign);
    let mut words = line.split(|sign| !in_a_word(sign)).map(|word| word.trim_matches('.'));
    // Every access token begins so.
    words.any(|word| word.starts_with("eyJ") || secrets.is_some_and(|secrets| secrets.contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_wherever_it_is_told() {
        let secrets = HashSet::from(["5f0c5a9e-1c3b-4b57-9d3c-4d8f8e9f1a2b".to_owned(), "hold-1".to_owned()]);
        for line in [
            r#"{"authorization":"Bearer eyJhbGciOiJIUzI1NiJ9.e30.x"}"#,
            "GET /v1/queue-tokens/5f0c5a9e-1c3b-4b57-9d3c-4d8f8e9f1a2b/events",
            "key=hold-1, retried",
        ] {
            assert!(tells(line, Some(&secrets)), "{line}");
        }
        assert!(!tells("route=/v1/queue-tokens/{token} status=200 hold-12", Some(&secrets)));
    }
}
