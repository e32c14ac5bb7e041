//! Secrets that must not appear in the logs of servers: access tokens, queue tokens, idempotency keys.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// The secrets that this test process knows.
static SECRETS: Mutex<Option<HashSet<String>>> = Mutex::new(None);

/// Registers `secret`: from now on no log may contain it.
pub(crate) fn register_secret(secret: &str) {
    SECRETS.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default().insert(secret.to_owned());
}

/// Returns an idempotency key that is unique to `key`, and registered as a secret. It is no word that a log could contain otherwise.
pub(crate) fn secret_key(key: &str) -> String {
    // The databases in tests/fixtures contain keys with this suffix.
    let key = format!("{key}-known-to-nobody");
    register_secret(&key);
    key
}

/// Asserts that no line of the log in `file` contains a secret.
pub(crate) fn assert_contains_no_secret(file: &Path) {
    let log = std::fs::read_to_string(file).expect("servers have logs");
    let secrets = SECRETS.lock().unwrap_or_else(PoisonError::into_inner);
    let disclosing = log.lines().find(|line| contains_secret(line, secrets.as_ref()));
    assert_eq!(disclosing, None, "the log contains a secret");
}

fn contains_secret(line: &str, secrets: Option<&HashSet<String>>) -> bool {
    let in_a_word = |sign: char| sign.is_ascii_alphanumeric() || "-_.".contains(sign);
    let mut words = line.split(|sign| !in_a_word(sign)).map(|word| word.trim_matches('.'));
    // Every access token starts like this.
    words.any(|word| word.starts_with("eyJ") || secrets.is_some_and(|secrets| secrets.contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_anywhere_in_a_line() {
        let secrets = HashSet::from(["5f0c5a9e-1c3b-4b57-9d3c-4d8f8e9f1a2b".to_owned(), "hold-1".to_owned()]);
        for line in [
            r#"{"authorization":"Bearer eyJhbGciOiJIUzI1NiJ9.e30.x"}"#,
            "GET /v1/queue-tokens/5f0c5a9e-1c3b-4b57-9d3c-4d8f8e9f1a2b/events",
            "key=hold-1, retried",
        ] {
            assert!(contains_secret(line, Some(&secrets)), "{line}");
        }
        assert!(!contains_secret("route=/v1/queue-tokens/{token} status=200 hold-12", Some(&secrets)));
    }
}
